"""Pure: the way of a report, leg by leg; ``doctor`` and ``aws setup`` judge it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core.model.errors import OuttrayError, QueueGoneError
from core.rules.doctor.checks import NEEDED, WANTED, Check, is_missing, skipped
from core.rules.doctor.destination_checks import (
    ConfigurationSetFacts,
    Destination,
    TopicFacts,
    judge_configuration_set,
    judge_destinations,
    judge_topic_encryption,
    judge_topic_policy,
    usable_destinations,
)
from core.rules.doctor.filters import Subscription, judge_subscription
from core.rules.doctor.policies import account_of, sources_in
from core.rules.doctor.queue import parse_address
from core.rules.doctor.queue_checks import (
    QueueFacts,
    judge_dead_letters,
    judge_encryption,
    judge_policy,
    judge_queue,
    judge_visibility,
)

_NO_SET: Final = "The configuration set could not be looked at."
_NO_DESTINATION: Final = "There is no destination to follow."
_NO_QUEUE: Final = "The queue could not be looked at."


def judge_set(facts: WayFacts, *, is_default: bool = False) -> Check:
    """``is_default``: the set is the identity's own, and not of the settings."""
    if facts.name and facts.chosen is None:
        return skipped("configuration_set", "SES could not be asked.")
    return judge_configuration_set(facts.chosen, is_default=is_default)


def judge_publishing(facts: WayFacts) -> list[Check]:
    """From the set's destinations to what the queue lets in: five legs."""
    route = facts.route
    checks = [_destinations(facts)]
    if not route.kinds and not route.bus:
        why = _NO_DESTINATION if isinstance(facts.destinations, tuple) else _NO_SET
        legs = ("topic_policy", "topic_encryption", "subscription", "queue_policy")
        return [*checks, *(skipped(leg, why) for leg in legs)]
    topics = {each: facts.topics[each] for each in _subscribed(facts, route)}
    arns = {topic: facts.set_arn(topic) for topic in topics}
    is_gone = isinstance(facts.chosen, OuttrayError) and is_missing(facts.chosen)
    if not facts.name or is_gone:
        checks.append(skipped("topic_policy", "Which configuration set publishes is not known."))
    else:
        checks.append(judge_topic_policy(topics, arns))
    checks.append(judge_topic_encryption(topics, arns))
    return [*checks, *_into_queue(facts, route)]


def _destinations(facts: WayFacts) -> Check:
    if facts.destinations is None:
        return skipped("event_destinations", _NO_SET)
    return judge_destinations(facts.destinations, facts.name)


def _into_queue(facts: WayFacts, route: Route) -> list[Check]:
    found = facts.subscriptions if facts.subscriptions is not None else ()
    subscription = skipped("subscription", _NO_QUEUE)
    if arn := facts.queue_arn:
        subscription = judge_subscription(found, arn, bus=route.bus, kinds=route.kinds)
    if not isinstance(facts.queue, QueueFacts):
        return [subscription, skipped("queue_policy", _NO_QUEUE)]
    topics = _subscribed(facts, route)
    return [subscription, judge_policy(facts.queue, topics, bus=route.bus)]


def _subscribed(facts: WayFacts, route: Route) -> tuple[str, ...]:
    """Return the topics that the queue is subscribed to; all of them where that is not known."""
    topics = tuple(route.kinds)
    if facts.subscriptions is None or isinstance(facts.subscriptions, OuttrayError):
        return topics
    ours = {each.topic for each in facts.subscriptions if each.endpoint == facts.queue_arn}
    return tuple(topic for topic in topics if topic in ours) or topics


def judge_queues(facts: WayFacts) -> list[Check]:
    """The queue, and the one behind it: four legs."""
    checks = [judge_queue(facts.queue, facts.queue_given, facts.region)]
    if not isinstance(facts.queue, QueueFacts):
        legs = ("visibility", "encryption", "dead_letters")
        return [*checks, *(skipped(leg, _NO_QUEUE) for leg in legs)]
    route = facts.route
    topics = _subscribed(facts, route)
    return [
        *checks,
        judge_visibility(facts.queue),
        judge_encryption(facts.queue, topics[0] if topics else "", bus=route.bus),
        judge_dead_letters(facts.queue),
    ]


def judge_way(facts: WayFacts) -> tuple[Check, ...]:
    return (judge_set(facts), *judge_publishing(facts), *judge_queues(facts))


@dataclass(frozen=True, slots=True)
class Route:
    """Where reports are published to."""

    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """ARN of a topic → the types of report that it gets."""
    bus: str = ""
    """ARN of an EventBridge bus, if one is used."""


@dataclass(frozen=True, slots=True)
class WayFacts:
    """Every part is what was found, or what kept one from looking; ``None``: not asked."""

    name: str
    """Of the configuration set; empty: none is named."""
    chosen: ConfigurationSetFacts | OuttrayError | None
    destinations: tuple[Destination, ...] | OuttrayError | None
    topics: Mapping[str, TopicFacts | OuttrayError]
    subscriptions: tuple[Subscription, ...] | OuttrayError | None
    queue: QueueFacts | OuttrayError | None
    queue_given: str = ""
    """As the settings name it."""
    region: str = ""
    """Where SQS is asked."""

    @property
    def route(self) -> Route:
        return route(self.destinations, self.queue)

    @property
    def queue_arn(self) -> str:
        """Return the queue's ARN, worked out of its URL where SQS does not say it.

        Empty where there is no such queue, or nothing tells which one is meant.
        """
        if isinstance(self.queue, QueueFacts):
            return self.queue.arn
        address = parse_address(self.queue_given)
        region = address.region or self.region
        is_gone = self.queue is None or isinstance(self.queue, QueueGoneError)
        if is_gone or not (address.name and address.account and region):
            return ""
        topic = next(iter(self.route.kinds), "arn:aws")
        return f"arn:{topic.split(':')[1]}:sqs:{region}:{address.account}:{address.name}"

    def set_arn(self, topic: str) -> str:
        """Return the ARN for which SES publishes: of this account, in the topic's Region."""
        parts = (topic.split(":") + [""] * 6)[:6]
        account = account_of(self.queue_arn) or parts[4]
        return f"arn:{parts[1]}:ses:{parts[3]}:{account}:configuration-set/{self.name}"


def route(
    destinations: tuple[Destination, ...] | OuttrayError | None,
    queue: QueueFacts | OuttrayError | None,
) -> Route:
    """Return where reports go; where SES does not say it, the topics that the queue lets in."""
    if isinstance(destinations, tuple):
        kinds: dict[str, frozenset[str]] = {}
        for each in usable_destinations(destinations):
            if each.topic:
                kinds[each.topic] = kinds.get(each.topic, frozenset()) | each.types
        bus = next((each.bus for each in usable_destinations(destinations) if each.bus), "")
        return Route(kinds, bus)
    policy = queue.policy if isinstance(queue, QueueFacts) else ""
    topics = [each for each in sources_in(policy) if _is_topic(each)]
    return Route(dict.fromkeys(topics, frozenset((*NEEDED, *WANTED))))


def _is_topic(arn: str) -> bool:
    parts = arn.split(":")
    return len(parts) == 6 and parts[2] == "sns" and "*" not in arn
