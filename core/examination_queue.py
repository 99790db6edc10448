"""Pure: the queue's attributes and policy, and its dead-letter queue, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import OuttrayError, QueueGoneError
from core.examination import Check, Result, failed, skipped
from core.feedhealth import next_step
from core.queue_policy import Reading, Verdict, bus_may_send, may_send

TWO_WEEKS: Final = 14 * 24 * 3600
SHORTEST_VISIBILITY: Final = 30
"""Seconds: SQS's own default. A batch is stored in much less, also when the database is busy."""
_AWS_OWN_KEY: Final = "alias/aws/sqs"
_STATEMENT: Final = (
    "Add a statement to the queue's Policy: Allow sqs:SendMessage to sns.amazonaws.com,"
    " Condition ArnEquals aws:SourceArn {topic}; or outtray aws setup."
)


@dataclass(frozen=True, slots=True)
class DeadLetterFacts:
    count: int
    retention_seconds: int


@dataclass(frozen=True, slots=True)
class QueueFacts:
    arn: str
    waiting: int
    in_flight: int
    retention_seconds: int
    dead_letter_arn: str
    """Empty: the queue has none."""
    dead_letters: DeadLetterFacts | OuttrayError | None = None
    policy: str = ""
    """JSON, as SQS keeps it; empty: only the account itself may send."""
    visibility_seconds: int = SHORTEST_VISIBILITY
    kms_key: str = ""
    """Id, alias or ARN of a key of KMS; empty: none, or SQS's own encryption."""


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
        return Check(
            "queue", Result.WARN,
            f"Reachable, {words}; it forgets events after {_days(facts.retention_seconds)}.",
            "Set MessageRetentionPeriod to 14 days (1209600): who is away longer loses events.",
            details,
        )  # fmt: skip
    return Check("queue", Result.OK, f"Reachable, {words}, kept for 14 days.", details=details)


def judge_policy(facts: QueueFacts, topics: Sequence[str], *, bus: str) -> Check:
    """``topics`` are those that events are published to; ``bus`` an EventBridge bus, if one is."""
    leg = "queue_policy"
    if not topics and not bus:
        return skipped(leg, "There is no destination to follow.")
    readings = [(topic, may_send(facts.policy, topic, facts.arn)) for topic in topics]
    if not topics:
        readings = [("EventBridge", bus_may_send(facts.policy, facts.arn))]
    source, reading = min(readings, key=lambda each: _GRAVITY.index(each[1].verdict))
    details = {"source": source, "verdict": reading.verdict.value}
    result, title, todo = _policy_words(source, reading)
    return Check(leg, result, title, todo, details)


_GRAVITY: Final = (
    Verdict.DENIED,
    Verdict.UNREADABLE,
    Verdict.NOT_ALLOWED,
    Verdict.UNKNOWN,
    Verdict.OPEN,
    Verdict.ALLOWED,
)


def _policy_words(source: str, reading: Reading) -> tuple[Result, str, str]:
    todo = _STATEMENT.format(topic=source)
    match reading.verdict:
        case Verdict.ALLOWED:
            return Result.OK, f"{source} may send into the queue, by its policy.", ""
        case Verdict.OPEN:
            title = f"{source} may send into the queue, but so may others: events can be forged."
            return Result.WARN, title, f"Let the policy name aws:SourceArn {source}."
        case Verdict.DENIED:
            title = f"The queue's policy denies {source}: no event arrives."
            return Result.FAIL, title, "Take that Deny out of the queue's Policy, or narrow it."
        case Verdict.UNREADABLE:
            return Result.FAIL, "The queue's policy cannot be read.", todo
        case Verdict.UNKNOWN:
            title = f"Whether the queue's policy lets {source} send is not known: it has conditions"
            return Result.SKIPPED, f"{title} that are not understood here.", todo
        case _:
            title = f"The queue's policy does not let {source} send: no event arrives."
            if reading.others:
                title += f" It lets {', '.join(reading.others)}."
            return Result.FAIL, title, todo


def judge_visibility(facts: QueueFacts) -> Check:
    seconds = facts.visibility_seconds
    details = {"visibility_seconds": seconds}
    if seconds < SHORTEST_VISIBILITY:
        return Check(
            "visibility", Result.WARN,
            f"What is being stored is handed out again after {seconds} s.",
            "Set VisibilityTimeout to 30 seconds or more: otherwise bodies reach the dead letters.",
            details,
        )  # fmt: skip
    return Check("visibility", Result.OK, f"A body is ours alone for {seconds} s.", details=details)


def judge_encryption(facts: QueueFacts) -> Check:
    leg, key = "encryption", facts.kms_key
    details = {"kms_key": key or None}
    if not key:
        return Check(leg, Result.OK, "No key of KMS is in the way.", details=details)
    if key.endswith(_AWS_OWN_KEY):
        return Check(
            leg, Result.FAIL,
            "The queue is encrypted with AWS's own key for SQS, which SNS may not use.",
            "Use SQS's own encryption (SqsManagedSseEnabled), or a key of yours whose policy allows"
            " kms:GenerateDataKey and kms:Decrypt to sns.amazonaws.com.",
            details,
        )  # fmt: skip
    return Check(
        leg, Result.OK,
        f"Encrypted with {key}: its policy must allow kms:GenerateDataKey and kms:Decrypt to"
        " sns.amazonaws.com (events.amazonaws.com for EventBridge). That is not looked at.",
        details=details,
    )  # fmt: skip


def judge_dead_letters(facts: QueueFacts) -> Check:
    leg = "dead_letters"
    if not facts.dead_letter_arn:
        return Check(
            leg, Result.WARN, "The queue has no dead-letter queue.",
            "Give it one: a body that stops Outtray again and again would come for ever.",
        )  # fmt: skip
    found = facts.dead_letters
    if isinstance(found, OuttrayError):
        name = facts.dead_letter_arn.rpartition(":")[2]
        check = failed(leg, found, f"sqs:GetQueueAttributes on {name}")
        if check.result is Result.FAIL:
            return Check(leg, Result.WARN, check.title, "Look at the queue's RedrivePolicy.")
        return check
    count = found.count if found else 0
    details: dict[str, object] = {"dead_letters": count}
    if found:
        details["retention_seconds"] = found.retention_seconds
    if count:
        what = "1 message is" if count == 1 else f"{count} messages are"
        return Check(
            leg, Result.WARN, f"{what} in the dead-letter queue: those events were never stored.",
            "Repair the cause, then redrive: aws sqs start-message-move-task.", details,
        )  # fmt: skip
    if found and found.retention_seconds < facts.retention_seconds:
        # A message keeps its age when it is moved: SQS documents it.
        return Check(
            leg, Result.WARN,
            f"The dead-letter queue forgets after {_days(found.retention_seconds)}, sooner than the"
            f" queue ({_days(facts.retention_seconds)}): what is moved there keeps its age.",
            "Set its MessageRetentionPeriod to 14 days (1209600).", details,
        )  # fmt: skip
    return Check(leg, Result.OK, "The dead-letter queue is empty.", details=details)


def _days(seconds: int) -> str:
    if seconds < 86_400:
        return f"{seconds / 3600:.2g} h"
    return f"{seconds / 86_400:.2g} day{'' if seconds == 86_400 else 's'}"
