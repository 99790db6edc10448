"""Pure: what was found on each leg between an email and its status → a check in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.model.errors import (
    CredentialsError,
    NotPermittedError,
    OuttrayError,
    RegionError,
    UnansweredError,
    UnreachableError,
)
from core.model.feed import AccountNotice
from core.rules.doctor.checks import Check, Result, failed, skipped
from core.rules.export.tabular import utc_text
from core.rules.monitoring.feed_health import QUIET_HINT, Heard, next_step, silence
from core.rules.monitoring.incidents import concerns, notice_headline

# --------------------------------------------------------------------------- settings, database


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    source: str
    """The file; empty: only the environment and defaults."""
    sender: str
    address: str
    """The bare address of ``sender``; empty where it has none."""
    pattern_problem: str = ""
    """What is wrong with the office's own pattern for numbers."""


def judge_settings(facts: SettingsFacts) -> Check:
    where = facts.source or "no file, environment only"
    details = {"file": facts.source or None, "from": facts.sender or None}
    if not facts.sender:
        return Check(
            "settings", Result.FAIL, f"There is no From address ({where}).",
            "Set OUTTRAY_FROM, or mail.from in the settings file.", details,
        )  # fmt: skip
    if not facts.address:
        return Check(
            "settings", Result.FAIL, f"The From address {facts.sender!r} is none ({where}).",
            "Correct OUTTRAY_FROM, or mail.from in the settings file.", details,
        )  # fmt: skip
    if facts.pattern_problem:
        return Check(
            "settings", Result.WARN, f"mail.number_pattern: {facts.pattern_problem}.",
            "Write a simpler pattern, then run: outtray events link --again", details,
        )  # fmt: skip
    return Check("settings", Result.OK, f"From {facts.sender} ({where}).", details=details)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    label: str
    version: str | None
    """``None``: nothing of Outtray's is there yet."""
    expected: str
    known: Sequence[str]
    is_file: bool
    damage: str = ""
    """What SQLite's own check found."""
    journal: str = ""
    unwritable: str = ""
    obstacle: str = ""
    """Why there is none and there can be none, where that is so."""


def judge_database(facts: DatabaseFacts) -> Check:
    details = {"version": facts.version, "journal": facts.journal or None}

    def check(result: Result, title: str, todo: str = "") -> Check:
        return Check("database", result, title, todo, details)

    if facts.version is None and facts.obstacle:
        return check(
            Result.FAIL,
            f"There is no {facts.label}, and it cannot be created: {facts.obstacle}.",
            "Correct OUTTRAY_DATABASE_URL, or database.url in the settings file.",
        )
    if facts.version is None:
        return check(
            Result.WARN, f"{facts.label} is empty.", "outtray db upgrade creates its tables."
        )
    if facts.version not in facts.known:
        return check(
            Result.FAIL,
            f"{facts.label} was written by a newer Outtray (version {facts.version}).",
            "Update Outtray.",
        )
    if facts.damage:
        return check(
            Result.FAIL,
            f"{facts.label} is damaged: {facts.damage}",
            "Stop every Outtray, then put back a copy: outtray db restore FILE.",
        )
    if facts.unwritable:
        return check(
            Result.FAIL,
            f"{facts.label} cannot be written: {facts.unwritable}",
            "Check the rights of file and folder, and the space on the disk.",
        )
    if facts.version != facts.expected:
        return check(Result.WARN, f"{facts.label} is of an older version.", "outtray db upgrade.")
    if facts.is_file and facts.journal != "wal":
        return check(
            Result.WARN,
            f"{facts.label} is not in WAL mode ({facts.journal}): writers will block readers.",
            "Keep it on a local disk: WAL does not work on network drives.",
        )
    kind = "writable, undamaged, WAL" if facts.is_file else "writable"
    return check(Result.OK, f"{facts.label}, version {facts.version}: {kind}.")


# --------------------------------------------------------------------------- account, identity


@dataclass(frozen=True, slots=True)
class AccountFacts:
    region: str
    is_sandbox: bool
    is_sending_enabled: bool
    enforcement: str
    most_in_24_hours: float
    """-1 means unlimited, as in ``GetAccount``."""
    most_a_second: float
    sent_in_24_hours: float
    suppressed_reasons: tuple[str, ...] = ()


def judge_credentials(answers: Sequence[object], are_there: Callable[[], bool]) -> Check:
    """Judge by what SES and SQS answered, facts or errors: whoever answers has taken them.

    That there is no way to AWS, or no Region, says nothing of credentials, unless there are none.
    """
    errors = [each for each in answers if isinstance(each, OuttrayError)]
    refused = [
        each
        for each in errors
        if isinstance(each, CredentialsError)
        and not isinstance(each, NotPermittedError | RegionError)
    ]
    if refused:
        return failed("credentials", refused[0])
    if accounts := [each for each in answers if isinstance(each, AccountFacts)]:
        region = accounts[0].region
        return Check(
            "credentials", Result.OK, f"AWS accepts them in {region}.", details={"region": region}
        )  # fmt: skip
    unheard = (RegionError, UnreachableError, UnansweredError)
    if len(answers) > len(errors) or not all(isinstance(each, unheard) for each in errors):
        return Check("credentials", Result.OK, "AWS knows them.")
    if not are_there():
        return Check(
            "credentials", Result.FAIL, "There are no AWS credentials.",
            "Set AWS_PROFILE or the keys; with SSO run aws sso login.",
        )  # fmt: skip
    return skipped("credentials", "Not known: AWS could not be asked.")


def judge_sending(facts: AccountFacts) -> Check:
    details = {
        "sandbox": facts.is_sandbox,
        "sending_enabled": facts.is_sending_enabled,
        "enforcement": facts.enforcement,
        "quota": facts.most_in_24_hours,
        "sent": facts.sent_in_24_hours,
        "rate": facts.most_a_second,
    }

    def check(result: Result, title: str, todo: str = "") -> Check:
        return Check("sending", result, title, todo, details)

    used = f"{facts.sent_in_24_hours:,.0f} of {facts.most_in_24_hours:,.0f} emails in 24 hours"
    if facts.most_in_24_hours < 0:
        used = f"{facts.sent_in_24_hours:,.0f} emails in 24 hours, no limit"
    used += f", {facts.most_a_second:g} a second"
    if facts.enforcement == "SHUTDOWN":
        return check(Result.FAIL, "SES has shut sending down.", "Answer AWS's case about it.")
    if not facts.is_sending_enabled:
        return check(
            Result.FAIL,
            "Sending is paused for this account.",
            "Find out who paused it; then PutAccountSendingAttributes.",
        )
    share = facts.sent_in_24_hours / facts.most_in_24_hours if facts.most_in_24_hours > 0 else 0
    if share >= 1:
        return check(Result.FAIL, f"The quota is used up: {used}.", "Wait, or ask AWS for more.")
    if facts.enforcement != "HEALTHY":
        return check(
            Result.WARN,
            f"SES reviews this account ({facts.enforcement}); {used}.",
            "Look at bounces and complaints; answer AWS's case about it.",
        )
    if facts.is_sandbox:
        return check(
            Result.WARN,
            f"The account is in the sandbox: verified recipients only; {used}.",
            "Ask AWS for production access in this Region.",
        )
    if share >= _NEARLY:
        return check(Result.WARN, f"The quota is nearly used up: {used}.", "Ask AWS for more.")
    return check(Result.OK, f"{used}.")


_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    name: str
    """The address, or the domain that covers it."""
    is_verified: bool
    configuration_set: str = ""
    """The set SES uses where a call names none."""


def judge_identity(facts: IdentityFacts | OuttrayError | None, address: str) -> Check:
    """``None``: neither the address nor its domain is there."""
    if isinstance(facts, OuttrayError):
        return failed("identity", facts, "ses:GetEmailIdentity")
    if facts is None or not facts.is_verified:
        what = f"{address} is not" if facts is None else f"{facts.name} is not yet"
        return Check(
            "identity", Result.FAIL, f"{what} verified in this Region.",
            "Verify the address or its domain in SES; Regions do not share identities.",
            {"identity": facts.name if facts else None, "verified": False},
        )  # fmt: skip
    return Check(
        "identity", Result.OK, f"{facts.name} is verified.",
        details={"identity": facts.name, "verified": True},
    )  # fmt: skip


# --------------------------------------------------------------------------- the feed


def judge_feed(
    heard: Heard, last_event_at: datetime | None, error: OuttrayError | None = None
) -> Check:
    """Return how the events have been coming, whoever fetched them."""
    details = {
        "last_event_at": last_event_at and utc_text(last_event_at),
        "sent": heard.sent,
        "with_events": heard.heard,
        "share_with_events": heard.share,
    }
    if error is not None:
        return Check("feed", Result.FAIL, error.title, next_step(error), details)
    trouble = silence(heard)
    if trouble:
        return Check("feed", Result.WARN, trouble, QUIET_HINT, details)
    if not heard.sent:
        words = "no email is old enough to be missed" if last_event_at else "no event ever came"
        return Check("feed", Result.OK, f"Nothing is missing: {words}.", details=details)
    words = f"{heard.heard} of the {heard.sent} emails of the last 24 hours have an event."
    return Check("feed", Result.OK, words, details=details)


def judge_quarantine(count: int) -> Check:
    if not count:
        return Check("quarantine", Result.OK, "Every body could be read.", details={"bodies": 0})
    what = "1 body" if count == 1 else f"{count} bodies"
    return Check(
        "quarantine", Result.WARN, f"{what} could not be read.",
        "outtray events quarantine lists them; retry reads them again, dismiss puts one aside.",
        {"bodies": count},
    )  # fmt: skip


def judge_notices(notices: Sequence[AccountNotice], configuration_set: str, now: datetime) -> Check:
    """What AWS said of sending itself, through EventBridge, and has not taken back."""
    if not notices:
        return Check("notices", Result.OK, "AWS reports neither a pause nor a warning.")
    stops = [each for each in notices if concerns(each, configuration_set)]
    words = "; ".join(notice_headline(each, now) for each in (stops or notices))
    details = {"notices": [f"{each.kind.value} {each.subject}" for each in notices]}
    if stops:
        todo = "Look at the reputation page of the SES console, and answer AWS's support case."
        return Check("notices", Result.FAIL, f"{words}.", todo, details)
    todo = "Look at the reputation page of the SES console."
    return Check("notices", Result.WARN, f"{words}.", todo, details)
