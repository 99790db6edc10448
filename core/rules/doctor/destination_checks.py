"""Pure: configuration set → destination → topic, as the doctor says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.model.errors import OuttrayError
from core.rules.doctor.checks import (
    NEEDED,
    OPTIONAL,
    WANTED,
    Check,
    Fault,
    Result,
    failed,
    in_words,
    is_missing,
    skipped,
    unknown,
)
from core.rules.doctor.encryption import Encrypted, Key, judge_encryption
from core.rules.doctor.policies import SES, Reading, Verdict, may_publish


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
    suppressed_reasons: tuple[str, ...] | None = None
    """The set's own choice, which may be none at all; ``None``: the account's holds."""


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
            f"{name} does not report {in_words(missing)}.",
            "Add the types to the event destination: without them statuses stay wrong.",
        )
    if missing := [kind for kind in WANTED if kind not in types]:
        return check(
            Result.WARN,
            f"{name} does not report {in_words(missing)}.",
            "Add the types to the event destination.",
        )
    if missing := [kind for kind in OPTIONAL if kind not in types]:
        return check(
            Result.OK, f"{name} reports everything but {in_words(missing)}: no one will see opens."
        )
    return check(Result.OK, f"{name} reports all that is needed.")


def judge_suppression(
    account: Sequence[str] | OuttrayError, chosen: ConfigurationSetFacts | OuttrayError | None
) -> Check:
    """Whether SES's own list would stop anything; the set's choice goes before the account's."""
    leg = "suppression"
    own = chosen.suppressed_reasons if isinstance(chosen, ConfigurationSetFacts) else None
    if own is None and isinstance(account, OuttrayError):
        return failed(leg, account, "ses:GetAccount")
    reasons = own if own is not None else account
    if isinstance(reasons, OuttrayError):
        return failed(leg, reasons, "ses:GetAccount")
    whose = "The account" if own is None else "The configuration set"
    details = {"reasons": " ".join(reasons), "of": "account" if own is None else "set"}
    if not reasons:
        return Check(
            leg, Result.WARN, f"{whose} suppresses for no reason: SES's list stops nothing.",
            "Suppress for BOUNCE and COMPLAINT: aws sesv2 put-account-suppression-attributes.",
            details,
        )  # fmt: skip
    if missing := [each for each in ("BOUNCE", "COMPLAINT") if each not in reasons]:
        title = f"{whose} does not suppress after a {missing[0].lower()}."
        return Check(leg, Result.WARN, title, f"Add {missing[0]} to the reasons.", details)
    title = f"{whose} suppresses after bounces and complaints."
    return Check(leg, Result.OK, title, details=details)


def usable_destinations(found: Sequence[Destination]) -> list[Destination]:
    return [each for each in found if each.is_enabled and (each.topic or each.bus)]


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
