"""Pure: the queue's attributes and policy, and its dead-letter queue, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.model.errors import OuttrayError, QueueGoneError
from core.rules.doctor import encryption
from core.rules.doctor.checks import (
    Check,
    Fault,
    Result,
    duration,
    failed,
    of_faults,
    skipped,
    unknown,
)
from core.rules.doctor.encryption import Encrypted, Key
from core.rules.doctor.policies import (
    EVENTBRIDGE,
    GRAVITY,
    SNS,
    Reading,
    Verdict,
    bus_may_send,
    may_send,
)
from core.rules.doctor.queue import (
    GOOD_RECEIVES,
    LONGEST_DELAY,
    SHORTEST_VISIBILITY,
    TWO_WEEKS,
    QueueAddress,
    Redrive,
    parse_address,
)
from core.rules.monitoring.feed_health import next_step

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
    key: Key | OuttrayError | None = None
    """What KMS says of it."""
    delay_seconds: int = 0
    """Before anything that comes can be received."""
    receives: int | None = None
    """After so many in vain, a body goes to the dead letters; ``None``: not known."""
    url: str = ""
    """What was looked at; another than what is set where only a name is."""


def judge_queue(
    facts: QueueFacts | OuttrayError | None, given: str = "", region: str = ""
) -> Check:
    """``None``: none is configured; ``given`` is the setting, ``region`` where SQS is asked."""
    if facts is None:
        return Check(
            "queue", Result.FAIL, "No queue is configured, so no status ever changes.",
            "Set OUTTRAY_QUEUE_URL, or feed.queue_url in the settings file.",
        )  # fmt: skip
    address = parse_address(given) if given else None
    faults = _address_faults(address, given, facts, region) if address else []
    if isinstance(facts, OuttrayError):
        if faults:
            return of_faults("queue", [*faults, Fault(Result.FAIL, facts.title, "")], "")
        if isinstance(facts, QueueGoneError):
            return Check("queue", Result.FAIL, facts.title, next_step(facts))
        return failed("queue", facts, "sqs:GetQueueAttributes")
    details = {
        "waiting": facts.waiting,
        "in_flight": facts.in_flight,
        "retention_seconds": facts.retention_seconds,
        "delay_seconds": facts.delay_seconds,
    }
    words = f"Reachable, {facts.waiting} waiting, {facts.in_flight} in flight"
    if facts.delay_seconds > LONGEST_DELAY:
        faults.append(Fault(
            Result.WARN,
            f"Every report waits {duration(facts.delay_seconds)} in the queue before it can be"
            " read.",
            "Set DelaySeconds to 0.",
        ))  # fmt: skip
    if facts.retention_seconds < TWO_WEEKS:
        faults.append(Fault(
            Result.WARN,
            f"{words}; it forgets events after {duration(facts.retention_seconds)}.",
            "Set MessageRetentionPeriod to 14 days (1209600): who is away longer loses events.",
        ))  # fmt: skip
    return of_faults("queue", faults, f"{words}, kept for 14 days.", details)


def _address_faults(
    address: QueueAddress, given: str, facts: QueueFacts | OuttrayError, region: str
) -> list[Fault]:
    """What is wrong with the setting, whatever was found behind it."""
    faults = []
    if not address.is_url:
        url = facts.url if isinstance(facts, QueueFacts) else ""
        todo = f"Set OUTTRAY_QUEUE_URL to {url}."
        if not url:
            name = address.name or "NAME"
            todo = f"Set OUTTRAY_QUEUE_URL to what aws sqs get-queue-url --queue-name {name} says."
        kind = "only a name" if address.name == given else "no URL"
        title = f"{given!r} is {kind}: SQS wants the queue's URL, so no report is fetched."
        faults.append(Fault(Result.FAIL, title, todo))
    if address.is_fifo:
        title = f"{address.name} is a FIFO queue, into which SES's topic cannot publish."
        todo = "Use a standard queue: outtray aws setup makes one."
        faults.append(Fault(Result.FAIL, title, todo))
    if address.region and region and address.region != region:
        title = f"The queue is in {address.region}, and SQS is asked in {region}."
        todo = f"Set AWS_REGION to {address.region}, or use a queue in {region}."
        faults.append(Fault(Result.FAIL, title, todo))
    return faults


def judge_policy(facts: QueueFacts, topics: Sequence[str], *, bus: str) -> Check:
    """``topics`` are those that events are published to; ``bus`` an EventBridge bus, if one is."""
    leg = "queue_policy"
    if not topics and not bus:
        return skipped(leg, "There is no destination to follow.")
    readings = [(topic, may_send(facts.policy, topic, facts.arn)) for topic in topics]
    if not topics:
        readings = [("EventBridge", bus_may_send(facts.policy, facts.arn))]
    source, reading = min(readings, key=lambda each: GRAVITY.index(each[1].verdict))
    details = {"source": source, "verdict": reading.verdict.value}
    result, title, todo = _policy_words(source, reading)
    if reading.verdict is Verdict.UNKNOWN:
        return unknown(leg, title, todo, details)
    return Check(leg, result, title, todo, details)


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
            return Result.WARN, f"{title} that are not understood here.", todo
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


def judge_encryption(facts: QueueFacts, source: str = "", *, bus: str = "") -> Check:
    """``source`` is the topic that publishes into the queue; without one the ``bus`` does."""
    is_bus = bool(bus) and not source
    return encryption.judge_encryption(
        Encrypted(
            "encryption",
            "queue",
            EVENTBRIDGE if is_bus else SNS,
            "EventBridge" if is_bus else "SNS",
            source,
            "SQS",
            "Use SQS's own encryption (SqsManagedSseEnabled)",
        ),
        facts.kms_key,
        facts.key,
    )


def judge_dead_letters(facts: QueueFacts) -> Check:
    leg = "dead_letters"
    if not facts.dead_letter_arn:
        return Check(
            leg, Result.WARN, "The queue has no dead-letter queue.",
            "Give it one: a body that stops Outtray again and again would come for ever.",
        )  # fmt: skip
    found = facts.dead_letters
    faults = _receive_faults(facts)
    if isinstance(found, OuttrayError):
        name = facts.dead_letter_arn.rpartition(":")[2]
        check = failed(leg, found, f"sqs:GetQueueAttributes on {name}")
        todo = "Look at the queue's RedrivePolicy." if check.result is Result.FAIL else check.next
        faults.append(Fault(Result.WARN, check.title, todo))
        return replace(of_faults(leg, faults, ""), is_known=False)
    count = found.count if found else 0
    details: dict[str, object] = {"dead_letters": count}
    if found:
        details["retention_seconds"] = found.retention_seconds
    if count:
        what = "1 message is" if count == 1 else f"{count} messages are"
        faults.append(Fault(
            Result.WARN, f"{what} in the dead-letter queue: those events were never stored.",
            "Repair the cause, then redrive: aws sqs start-message-move-task.",
        ))  # fmt: skip
    if found and found.retention_seconds < facts.retention_seconds:
        # A message keeps its age when it is moved: SQS documents it.
        faults.append(Fault(
            Result.WARN,
            f"The dead-letter queue forgets after {duration(found.retention_seconds)}, sooner than"
            f" the queue ({duration(facts.retention_seconds)}): what is moved there keeps its age.",
            "Set its MessageRetentionPeriod to 14 days (1209600).",
        ))  # fmt: skip
    return of_faults(leg, faults, "The dead-letter queue is empty.", details)


def _receive_faults(facts: QueueFacts) -> list[Fault]:
    if not Redrive(facts.dead_letter_arn, facts.receives).gives_up_too_soon:
        return []
    times = "once" if facts.receives == 1 else f"{facts.receives} times"
    return [
        Fault(
            Result.WARN,
            f"What was received {times} and not stored goes to the dead-letter queue: one crash"
            " loses reports.",
            f"Set maxReceiveCount in the queue's RedrivePolicy to {GOOD_RECEIVES}.",
        )
    ]
