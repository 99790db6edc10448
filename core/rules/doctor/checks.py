"""One leg, looked at: what came of it, in words, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from core.model.errors import (
    BetweenError,
    FalseAnswerError,
    NoSuchThingError,
    NotPermittedError,
    OuttrayError,
    UnansweredError,
    UnreachableError,
)
from core.model.outbox import BRAKE, OutboxHold
from core.rules.export.tabular import utc_text
from core.rules.monitoring.send_rate import hold_words


class Result(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One leg, looked at."""

    leg: str
    """A stable word for scripts: ``queue``, ``event_destinations`` …"""
    result: Result
    title: str
    next: str = ""
    """What to do, in plain words; empty where all is well."""
    details: Mapping[str, object] = field(default_factory=dict)
    """The figures behind the words, for scripts."""
    is_known: bool = True
    """Whether the leg could be looked at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a leg; a leg may have several."""

    result: Result
    title: str
    next: str


_WORST_FIRST: Final = (Result.FAIL, Result.WARN)


def worst(checks: Iterable[Check]) -> Result:
    """Return the result of the whole: ``fail``, ``warn`` or ``ok``."""
    found = {check.result for check in checks}
    return next((bad for bad in _WORST_FIRST if bad in found), Result.OK)


def summary(checks: Sequence[Check], broken: str = "FAIL") -> str:
    """Return the whole in one sentence; ``broken`` is how a broken leg is marked on the page."""
    result = worst(checks)
    if result is Result.FAIL:
        return f"Something is broken; see what is marked {broken}."
    if result is Result.WARN:
        return "Nothing broken was found; see what is marked warn."
    if any(not check.is_known for check in checks):
        return "Nothing broken was found, but not every leg could be checked."
    return "All is well."


def of_faults(
    leg: str, faults: Sequence[Fault], well: str, details: Mapping[str, object] | None = None
) -> Check:
    """Return a leg with everything that is wrong with it, the worst first; else that it is well."""
    if not faults:
        return Check(leg, Result.OK, well, details=details or {})
    ranked = sorted(faults, key=lambda each: _WORST_FIRST.index(each.result))
    titles = " ".join(each.title for each in ranked)
    steps = " ".join(dict.fromkeys(each.next for each in ranked))
    return Check(leg, ranked[0].result, titles, steps, details or {})


def skipped(leg: str, why: str, todo: str = "") -> Check:
    return Check(leg, Result.SKIPPED, why, todo, is_known=False)


def unknown(leg: str, why: str, todo: str, details: Mapping[str, object] | None = None) -> Check:
    """Return a leg that may be broken: it could not be looked at, and that is not well."""
    return Check(leg, Result.WARN, f"Not checked. {why}", todo, details or {}, is_known=False)


def failed(leg: str, error: OuttrayError, permission: str = "") -> Check:
    """Return the check of a leg that could not be looked at: not permitted is not broken."""
    if isinstance(error, NotPermittedError):
        allow = error.hint or f"Allow {permission}."
        return unknown(leg, error.title, f"To have it checked: {allow[0].lower()}{allow[1:]}")
    if isinstance(error, BetweenError | FalseAnswerError):
        todo = error.hint
    elif isinstance(error, UnreachableError | UnansweredError):
        todo = "Check the network and AWS_REGION."
    else:
        todo = error.hint or _WHERE.get(leg, "outtray doctor again in a moment.")
    return Check(leg, Result.FAIL, error.title, todo, is_known=False)


_WHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "identity": "Check OUTTRAY_FROM and AWS_REGION.",
        "configuration_set": "Check OUTTRAY_CONFIGURATION_SET and AWS_REGION.",
        "suppression": "Look at the suppression list of the account in the SES console.",
        "event_destinations": "Look at the event destinations of the set in the SES console.",
        "topic_policy": "Look at the topic in the SNS console.",
        "topic_encryption": "Look at the topic's encryption in the SNS console.",
        "subscription": "Look at the subscriptions of the topic in the SNS console.",
        "queue": "Check OUTTRAY_QUEUE_URL and AWS_REGION.",
        "encryption": "Look at the queue's encryption in the SQS console.",
        "dead_letters": "Look at the queue's RedrivePolicy.",
    }
)
"""Where to look after a no that has no next step of its own."""


def is_missing(error: OuttrayError) -> bool:
    """SES, SNS or KMS said that there is no such thing, which is an answer."""
    return isinstance(error, NoSuchThingError)


def duration(seconds: int) -> str:
    """``45 s``, ``15 min``, ``12 h``, ``4 days``: the largest unit of which there are two."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and not seconds % size):
            amount = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{amount} {'day' if unit == 'days' and amount == '1' else unit}"
    return f"{seconds} s"


LEGS: Final = (
    "settings",
    "database",
    "credentials",
    "sending",
    "identity",
    "configuration_set",
    "suppression",
    "event_destinations",
    "topic_policy",
    "topic_encryption",
    "subscription",
    "queue_policy",
    "queue",
    "visibility",
    "encryption",
    "dead_letters",
    "feed",
    "quarantine",
    "notices",
    "outbox",
)
"""In the order in which they are looked at: an email's way, then its events' way back."""


def unsettled(error: OuttrayError) -> tuple[Check, ...]:
    """Return the checks where the settings cannot be read: without them nothing can be."""
    why = "The settings could not be read."
    return (failed("settings", error), *(skipped(leg, why) for leg in LEGS[1:]))


#: Without these a status stays wrong for ever; without those it is merely known later.
NEEDED: Final = ("DELIVERY", "BOUNCE", "COMPLAINT")
WANTED: Final = ("SEND", "REJECT", "DELIVERY_DELAY", "RENDERING_FAILURE")
#: Engagement only.
OPTIONAL: Final = ("OPEN", "CLICK")


def in_words(kinds: Sequence[str]) -> str:
    return ", ".join(kind.lower().replace("_", " ") for kind in kinds)


def judge_outbox(waiting: int, holds: Sequence[OutboxHold]) -> Check:
    """Return what holds the outbox back, since when, when it goes on, and what a person may do."""
    details: dict[str, object] = {
        "waiting": waiting,
        "holds": [
            {
                "name": hold.name,
                "since": utc_text(hold.since),
                "retry_at": hold.retry_at and utc_text(hold.retry_at),
            }
            for hold in holds
        ],
    }
    count = "1 email waits" if waiting == 1 else f"{waiting:,} emails wait"
    if not holds:
        words = f"{count}; nothing holds them back." if waiting else "Nothing waits."
        return Check("outbox", Result.OK, words, details=details)
    told = " ".join(map(hold_words, holds))
    is_broken = any(hold.name == BRAKE for hold in holds)
    todo = "outtray outbox resume lets it go on."
    if is_broken:
        todo = "outtray outbox resume tries one now; outtray outbox settle closes the unconfirmed."
    return Check(
        "outbox", Result.FAIL if is_broken else Result.WARN, f"{told} {count}.", todo, details
    )
