"""The topic that SES publishes to: may SES, and can it write what is encrypted there?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.model.errors import OuttrayError
from core.rules.doctor.checks import Check, Fault, Result, failed, is_missing, skipped, unknown
from core.rules.doctor.encryption import Encrypted, judge_encryption
from core.rules.doctor.keys import Key
from core.rules.doctor.policies import SES, Reading, Verdict, may_publish

_POLICY: Final = "topic_policy"
_KEY: Final = "topic_encryption"
_STATEMENT: Final = (
    "Add a statement to the topic's Policy: Allow sns:Publish to ses.amazonaws.com, Condition"
    " StringEquals AWS:SourceArn {source}; or outtray aws setup."
)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    arn: str
    policy: str = ""
    """JSON, as SNS keeps it."""
    kms_key: str = ""
    """Id, alias or ARN of a key of KMS; empty: none."""
    key: Key | OuttrayError | None = None

    @property
    def is_fifo(self) -> bool:
        return self.arn.endswith(".fifo")


Topics = Mapping[str, TopicFacts | OuttrayError]


def judge_topic_policy(topics: Topics, set_arns: Mapping[str, str]) -> Check:
    """``set_arns``: topic → ARN of the configuration set that publishes to it. The worst counts."""
    return _worst_of(
        _POLICY, [_policy(arn, facts, set_arns.get(arn, "")) for arn, facts in topics.items()]
    )


def judge_topic_encryption(topics: Topics, set_arns: Mapping[str, str]) -> Check:
    return _worst_of(
        _KEY, [_encryption(facts, set_arns.get(arn, "")) for arn, facts in topics.items()]
    )


def _worst_of(leg: str, checks: Sequence[Check]) -> Check:
    if not checks:
        return skipped(leg, "Reports come through no topic.")
    order = (Result.FAIL, Result.WARN, Result.SKIPPED, Result.OK)
    return min(checks, key=lambda each: order.index(each.result))


def _policy(arn: str, facts: TopicFacts | OuttrayError, source: str) -> Check:
    if isinstance(facts, OuttrayError):
        if is_missing(facts):
            return Check(
                _POLICY, Result.FAIL, f"The topic is gone: {facts.title}",
                "Create it again, or name another in the event destination.",
            )  # fmt: skip
        return failed(_POLICY, facts, "sns:GetTopicAttributes")
    if facts.is_fifo:
        return Check(
            _POLICY, Result.FAIL, f"{arn} is a FIFO topic, to which SES cannot publish.",
            "Name a standard topic in the event destination: outtray aws setup makes one.",
        )  # fmt: skip
    reading = may_publish(facts.policy, arn, source)
    details = {"topic": arn, "verdict": reading.verdict.value}
    fault = _fault(arn, source, reading)
    if fault is None:
        return Check(_POLICY, Result.OK, f"SES may publish to {arn}.", details=details)
    if reading.verdict is Verdict.UNKNOWN:
        return unknown(_POLICY, fault.title, fault.next, details)
    return Check(_POLICY, fault.result, fault.title, fault.next, details)


def _fault(arn: str, source: str, reading: Reading) -> Fault | None:
    todo = _STATEMENT.format(source=source)
    match reading.verdict:
        case Verdict.ALLOWED:
            return None
        case Verdict.OPEN:
            if not reading.is_for_anybody:
                return None
            title = f"Anybody may publish to {arn}: reports can be forged."
            return Fault(Result.WARN, title, f"Let its Policy name {SES} and {source} only.")
        case Verdict.DENIED:
            title = f"The topic's policy denies SES to publish to {arn}: no report arrives."
            todo = "Take that Deny out of the topic's Policy in the SNS console, or narrow it."
            return Fault(Result.FAIL, title, todo)
        case Verdict.UNREADABLE:
            return Fault(Result.FAIL, "The topic's policy cannot be read.", todo)
        case Verdict.UNKNOWN:
            title = f"Whether the topic's policy lets SES publish to {arn} is not known: it has"
            return Fault(Result.WARN, f"{title} conditions that are not understood here.", todo)
    title = f"The topic's policy does not let SES publish to {arn}: no report arrives."
    if reading.others:
        title += f" It lets {', '.join(reading.others)}."
    return Fault(Result.FAIL, title, todo)


def _encryption(facts: TopicFacts | OuttrayError, source: str) -> Check:
    if isinstance(facts, OuttrayError):
        if is_missing(facts):
            return skipped(_KEY, "The topic is gone.")
        return failed(_KEY, facts, "sns:GetTopicAttributes")
    off = (
        f"Take the encryption off the topic (aws sns set-topic-attributes --topic-arn {facts.arn}"
        " --attribute-name KmsMasterKeyId --attribute-value '')"
    )
    place = Encrypted(_KEY, "topic", SES, "SES", source, "SNS", off)
    return judge_encryption(place, facts.kms_key, facts.key)
