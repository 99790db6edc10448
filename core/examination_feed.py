"""Pure: the legs that events take, configuration set → destination → topic → queue, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import OuttrayError, QueueGoneError
from core.examination import Check, Result, failed, is_missing, skipped
from core.feedhealth import next_step

#: Without these a status stays wrong for ever; without those it is merely known later.
NEEDED: Final = ("DELIVERY", "BOUNCE", "COMPLAINT")
WANTED: Final = ("SEND", "REJECT", "DELIVERY_DELAY")
#: Engagement only.
OPTIONAL: Final = ("OPEN", "CLICK")
TWO_WEEKS: Final = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a configuration set sends its events."""

    name: str
    is_enabled: bool
    types: frozenset[str]
    topic: str = ""
    """ARN of an SNS topic."""
    bus: str = ""
    """ARN of an EventBridge bus."""


@dataclass(frozen=True, slots=True)
class ConfigurationSetFacts:
    name: str
    is_sending_enabled: bool
    destinations: tuple[Destination, ...] | OuttrayError


def judge_configuration_set(
    facts: ConfigurationSetFacts | OuttrayError | None, *, is_default: bool
) -> Check:
    """``None``: none is named; ``is_default``: it is the identity's own."""
    leg = "configuration_set"
    if facts is None:
        return Check(
            leg, Result.FAIL, "No configuration set is named, so SES reports nothing.",
            "Set OUTTRAY_CONFIGURATION_SET, or mail.configuration_set in the settings file.",
        )  # fmt: skip
    if isinstance(facts, OuttrayError):
        if is_missing(facts):
            return Check(
                leg, Result.FAIL, facts.title, "Check OUTTRAY_CONFIGURATION_SET and AWS_REGION."
            )
        return failed(leg, facts, "ses:GetConfigurationSet")
    details = {"name": facts.name, "sending_enabled": facts.is_sending_enabled}
    if not facts.is_sending_enabled:
        return Check(
            leg, Result.FAIL, f"Sending is paused for the configuration set {facts.name}.",
            "PutConfigurationSetSendingOptions starts it again.", details,
        )  # fmt: skip
    whose = ", the identity's own" if is_default else ""
    return Check(leg, Result.OK, f"{facts.name}{whose}.", details=details)


def judge_destinations(found: Sequence[Destination] | OuttrayError, name: str) -> Check:
    """The types count together: two destinations may share the work."""
    leg = "event_destinations"
    if isinstance(found, OuttrayError):
        return failed(leg, found, "ses:GetConfigurationSetEventDestinations")
    usable = usable_destinations(found)
    types = {kind for each in usable for kind in each.types}
    details = {"destinations": len(found), "types": " ".join(sorted(types))}

    def check(result: Result, title: str, todo: str = "") -> Check:
        return Check(leg, result, title, todo, details)

    if not usable:
        off = [each.name for each in found if not each.is_enabled]
        title = f"{name} sends its events to no topic and no bus."
        if off:
            title = f"The event destination {off[0]} of {name} is switched off."
        return check(Result.FAIL, title, "Add an enabled destination with an SNS topic.")
    if missing := [kind for kind in NEEDED if kind not in types]:
        return check(
            Result.FAIL,
            f"{name} does not report {_list(missing)}.",
            "Add the types to the event destination: without them statuses stay wrong.",
        )
    if missing := [kind for kind in WANTED if kind not in types]:
        return check(
            Result.WARN,
            f"{name} does not report {_list(missing)}.",
            "Add the types to the event destination.",
        )
    if missing := [kind for kind in OPTIONAL if kind not in types]:
        return check(
            Result.OK, f"{name} reports everything but {_list(missing)}: no one will see opens."
        )
    return check(Result.OK, f"{name} reports all that is needed.")


def usable_destinations(found: Sequence[Destination]) -> list[Destination]:
    return [each for each in found if each.is_enabled and (each.topic or each.bus)]


def _list(types: Sequence[str]) -> str:
    return ", ".join(kind.lower().replace("_", " ") for kind in types)


@dataclass(frozen=True, slots=True)
class Subscription:
    topic: str
    protocol: str
    endpoint: str
    is_confirmed: bool


def judge_subscription(
    found: Sequence[Subscription] | OuttrayError, queue_arn: str, *, bus: str
) -> Check:
    """``bus`` is the EventBridge bus that is used instead of a topic, if one is."""
    leg = "subscription"
    if isinstance(found, OuttrayError):
        if is_missing(found):
            return Check(
                leg, Result.FAIL, f"The topic is gone: {found.title}",
                "Create it again, or name another in the event destination.",
            )  # fmt: skip
        return failed(leg, found, "sns:ListSubscriptionsByTopic")
    mine = [each for each in found if each.endpoint == queue_arn]
    if any(each.is_confirmed for each in mine):
        return Check(leg, Result.OK, "The topic publishes into the queue.")
    if mine:
        return Check(
            leg, Result.FAIL, "The queue's subscription to the topic waits for confirmation.",
            "Confirm it, or subscribe the queue from its own account.",
        )  # fmt: skip
    if bus:
        return skipped(
            leg, "Events may come through EventBridge, whose rules are not read.",
            "Look for a rule of source aws.ses with the queue as its target.",
        )  # fmt: skip
    return Check(
        leg, Result.FAIL, "The queue is not subscribed to the topic.",
        "Subscribe it: aws sns subscribe --protocol sqs.", {"subscriptions": len(found)},
    )  # fmt: skip


# --------------------------------------------------------------------------- queue


@dataclass(frozen=True, slots=True)
class QueueFacts:
    arn: str
    waiting: int
    in_flight: int
    retention_seconds: int
    dead_letter_arn: str
    """Empty: the queue has none."""
    dead_letters: int | OuttrayError | None = None


def judge_queue(facts: QueueFacts | OuttrayError | None) -> Check:
    """``None``: none is configured."""
    if facts is None:
        return Check(
            "queue", Result.FAIL, "No queue is configured, so no status ever changes.",
            "Set OUTTRAY_QUEUE_URL, or feed.queue_url in the settings file.",
        )  # fmt: skip
    if isinstance(facts, OuttrayError):
        if isinstance(facts, QueueGoneError):
            return Check("queue", Result.FAIL, facts.title, next_step(facts))
        return failed("queue", facts, "sqs:GetQueueAttributes")
    details = {
        "waiting": facts.waiting,
        "in_flight": facts.in_flight,
        "retention_seconds": facts.retention_seconds,
    }
    words = f"{facts.waiting} waiting, {facts.in_flight} in flight"
    if facts.retention_seconds < TWO_WEEKS:
        days = f"{facts.retention_seconds / 86_400:g}"
        return Check(
            "queue", Result.WARN,
            f"Reachable, {words}; it forgets events after {days} days.",
            "Set MessageRetentionPeriod to 14 days (1209600): who is away longer loses events.",
            details,
        )  # fmt: skip
    return Check("queue", Result.OK, f"Reachable, {words}, kept for 14 days.", details=details)


def judge_dead_letters(facts: QueueFacts) -> Check:
    leg = "dead_letters"
    if not facts.dead_letter_arn:
        return Check(
            leg, Result.WARN, "The queue has no dead-letter queue.",
            "Give it one: a body that stops Outtray again and again would come for ever.",
        )  # fmt: skip
    if isinstance(facts.dead_letters, OuttrayError):
        name = facts.dead_letter_arn.rpartition(":")[2]
        check = failed(leg, facts.dead_letters, f"sqs:GetQueueAttributes on {name}")
        if check.result is Result.FAIL:
            return Check(leg, Result.WARN, check.title, "Look at the queue's RedrivePolicy.")
        return check
    count = facts.dead_letters or 0
    details = {"dead_letters": count}
    if count:
        what = "1 message is" if count == 1 else f"{count} messages are"
        return Check(
            leg, Result.WARN, f"{what} in the dead-letter queue: those events were never stored.",
            "Repair the cause, then redrive: aws sqs start-message-move-task.", details,
        )  # fmt: skip
    return Check(leg, Result.OK, "The dead-letter queue is empty.", details=details)
