"""How long a domain usually takes to confirm an email, and when one is late. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.model.documents import Awaited, Late
from core.rules.monitoring.feed_health import is_stuck

if TYPE_CHECKING:
    from core.model.documents import DocumentRow


SAMPLES: Final = 50
"""The newest deliveries tell how a domain is now; more would only remember how it was."""
_FEWEST: Final = 5
_TIMES_SLOW: Final = 10
#: Below it nobody would call: greylisting alone takes a few minutes.
NEVER_LATE_BEFORE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pace:
    """From the acceptance by SES to that by the recipient's server."""

    usual: timedelta
    """Half of them are faster."""
    slow: timedelta
    """Nineteen of twenty are faster."""


def pace_of(samples: Sequence[timedelta]) -> Pace | None:
    """Return the pace of a domain; ``None`` while too little is known to call anything late."""
    if len(samples) < _FEWEST:
        return None
    ordered = sorted(samples)
    return Pace(ordered[(len(ordered) - 1) // 2], ordered[-1 - len(ordered) // 20])


def late_after(pace: Pace) -> timedelta:
    """Return how long an email may wait before it is late.

    Ten times what is slow for this very domain, so that one which always greylists is not late
    every time, and never less than ten minutes.
    """
    return max(pace.slow * _TIMES_SLOW, NEVER_LATE_BEFORE)


def lateness(domain: str, pace: Pace | None, waited: timedelta) -> Late | None:
    """Return what makes an unconfirmed email late, ``None`` while it is not."""
    if pace is None or waited <= late_after(pace):
        return None
    return Late(domain, pace.usual.total_seconds(), waited.total_seconds())


def awaited(domain: str, pace: Pace | None, sent_at: datetime) -> Awaited | None:
    """Return until when an email sent then may stay unconfirmed; ``None`` while nobody can say."""
    if pace is None:
        return None
    return Awaited(domain, pace.usual.total_seconds(), sent_at, sent_at + late_after(pace))


def late_document(row: DocumentRow, now: datetime) -> Late | None:
    """Return what makes a document's latest email late now.

    ``SENT ?`` says more, so what is stuck is not called late as well.
    """
    due, summary = row.awaited, row.summary
    if due is None or now <= due.late_at or is_stuck(summary.word, summary.last_sent_at, now):
        return None
    return Late(due.domain, due.usual_seconds, (now - due.sent_at).total_seconds())


def late_words(late: Late) -> str:
    """Say it: *acme.com confirms in 9 s as a rule; this one waits 3 h.*"""
    usual, waited = _spoken(late.usual_seconds), _spoken(late.waited_seconds)
    return f"{late.domain} confirms in {usual} as a rule; this one waits {waited}."


def _spoken(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length or (unit != "d" and seconds >= length):
            return f"{seconds // length:.0f} {unit}"
    return f"{max(1, round(seconds))} s"
