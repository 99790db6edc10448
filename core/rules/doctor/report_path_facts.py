"""What was found on the way from the configuration set to the queue; errors are answers too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.model.errors import OuttrayError, QueueGoneError
from core.rules.doctor.destination_checks import (
    ConfigurationSetFacts,
    Destination,
    usable_destinations,
)
from core.rules.doctor.policies import account_of, sources_in
from core.rules.doctor.queue import parse_address
from core.rules.doctor.queue_checks import QueueFacts
from core.rules.doctor.reports import NEEDED, WANTED
from core.rules.doctor.subscription import Subscription
from core.rules.doctor.topic import TopicFacts


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
