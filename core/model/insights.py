"""How sending went over some days, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of emails; one email to two addresses counts as two, as it does for AWS."""

    sent: int = 0
    """SES took them, ours and other programs' that Outtray knows of."""
    delivered: int = 0
    bounced: int = 0
    """Hard bounces as AWS counts them: SES's global list counts, the account's own does not."""
    soft_bounced: int = 0
    dropped: int = 0
    """Stopped by a list, or rejected; those that AWS counts are in ``bounced`` as well."""
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class CauseCount:
    cause: str
    """One of Sisimai's reason words."""
    words: str
    """What it means, in a sentence."""
    fault: str
    count: int


@dataclass(frozen=True, slots=True)
class DomainCount:
    domain: str
    sent: int
    delivered: int
    bounced: int
    """Hard and soft."""
    usual_seconds: float | None
    """Half of the deliveries took no longer; ``None``: there was none."""


@dataclass(frozen=True, slots=True)
class TimeCount:
    """Deliveries that took at most ``upto_seconds``, and longer than the one before."""

    upto_seconds: int | None
    """``None``: longer than all others."""
    count: int


@dataclass(frozen=True, slots=True)
class FollowUps:
    sent: int = 0
    opened: int = 0
    """By a person; programs that only may have been one do not count."""
    invoices: int = 0
    paid: int = 0
    """Of these invoices: open when they were followed up, and paid now."""


@dataclass(frozen=True, slots=True)
class Insights:
    days: int
    since: datetime
    """The beginning of the first day, where the program runs."""
    counted_at: datetime
    total: Tally
    by_day: tuple[Day, ...]
    """Every day, oldest first, also those without an email."""
    causes: tuple[CauseCount, ...]
    """Most frequent first."""
    failures_read: int
    """Of how many of the newest failures the causes were told."""
    domains: tuple[DomainCount, ...]
    """Those with the most emails, most first."""
    times: tuple[TimeCount, ...]
    usual_seconds: float | None
    """Half of all deliveries took no longer."""
    follow_ups: FollowUps
