"""Pure: the legs that events take, configuration set → destination → topic → queue, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.errors import OuttrayError
from core.rules.doctor.checks import Check, Result, failed, is_missing
from core.rules.doctor.reports import NEEDED, OPTIONAL, WANTED, in_words


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
