"""Trouble beyond single emails, in words: a provider that turns us away, our own reputation. Pure.

Source of the limits: AWS reviews an account at 5 % hard bounces or 0.1 % complaints, and may pause
it at 10 % or 0.5 %. What the account's own suppression list stopped does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.model.feed import AccountNotice, NoticeKind

REPRESENTATIVE: Final = timedelta(days=30)
"""AWS looks at a *representative volume*, which it does not define; a month is ours."""
#: Where a single bad address weighs more than a limit, a rate says nothing.
FEWEST_EMAILS: Final = 200
_FEWEST_BOUNCES: Final = 5
_FEWEST_COMPLAINTS: Final = 2

BOUNCE_LIMITS: Final = (0.05, 0.10)
COMPLAINT_LIMITS: Final = (0.001, 0.005)


@dataclass(frozen=True, slots=True)
class ProviderTrouble:
    provider: str
    """A name, or a domain as customers wrote it."""
    since: datetime
    deferred: int
    """Deliveries that still wait."""
    bounced: int
    customers: int
    deliveries: int
    """All that this provider answered since then."""
    blames_us: bool
    """Most of its answers are about our reputation."""


@dataclass(frozen=True, slots=True)
class Reputation:
    """What AWS counts, over the emails that Outtray knows of."""

    sent: int = 0
    bounced: int = 0
    """Hard bounces; addresses that the account's own list stopped do not count."""
    complained: int = 0

    @property
    def bounce_rate(self) -> float:
        return self.bounced / self.sent if self.sent else 0.0

    @property
    def complaint_rate(self) -> float:
        return self.complained / self.sent if self.sent else 0.0


@dataclass(frozen=True, slots=True)
class Trouble:
    providers: tuple[ProviderTrouble, ...] = ()
    """Those in trouble, the one with the most customers first."""
    reputation: Reputation = Reputation()
    notices: tuple[AccountNotice, ...] = ()
    """What AWS says of our sending itself, and has not taken back."""


def headline(trouble: ProviderTrouble, now: datetime) -> str:
    """Say what is going on, in the operator's zone: *Google is deferring us since 10:40*."""
    verb = "deferring" if trouble.deferred >= trouble.bounced else "refusing"
    since, today = trouble.since.astimezone(), now.astimezone().date()
    when = f"{since:%H:%M}" if since.date() == today else f"{since:%d %b, %H:%M}"
    why = " over our reputation" if trouble.blames_us else ""
    return f"{trouble.provider} is {verb} us since {when}{why}"


def extent(trouble: ProviderTrouble) -> str:
    """Say how much of it there is."""
    failed = trouble.deferred + trouble.bounced
    return f"{failed} of {trouble.deliveries} emails to {trouble.customers} customers"


# --------------------------------------------------------------------------- our reputation


def reputation_words(reputation: Reputation) -> tuple[str, ...]:
    """Say which of our rates AWS acts on; nothing while there is too little to have a rate."""
    if reputation.sent < FEWEST_EMAILS:
        return ()
    found = []
    if reputation.bounced >= _FEWEST_BOUNCES:
        found.append(_over("bounce", reputation.bounce_rate, BOUNCE_LIMITS))
    if reputation.complained >= _FEWEST_COMPLAINTS:
        found.append(_over("complaint", reputation.complaint_rate, COMPLAINT_LIMITS))
    return tuple(words for words in found if words)


def _over(name: str, rate: float, limits: tuple[float, float]) -> str:
    review, pause = limits
    if rate < review:
        return ""
    acts, limit = ("may pause us", pause) if rate >= pause else ("reviews", review)
    return f"our {name} rate is {percent(rate)}: AWS {acts} at {percent(limit)}"


def percent(rate: float) -> str:
    """Cut off, not rounded: 4.96 % is not yet 5 %, and a limit is written as AWS writes it."""
    hundredths = int(rate * 10_000 + 1e-6)
    shown = hundredths // 10 * 10 if hundredths >= 100 else hundredths
    return f"{shown / 100:g} %"


ACCOUNT: Final = "the account"
PAUSED: Final = "AWS paused sending for "
"""How the words of a pause begin."""


def in_force(notices: Iterable[AccountNotice]) -> tuple[AccountNotice, ...]:
    """Return what is open now, oldest first: of one subject the newest word counts.

    Order and doubles do not matter. Of two words of one moment the bad one counts: it is the one
    that costs something when it is missed.

    EventBridge alone carries it: *Sending Status Disabled/Enabled* and *Advisor Recommendation
    Status Open/Resolved* (EventBridge events reference, Amazon SES; the guide's page on tenants).
    Pure.
    """
    newest: dict[tuple[NoticeKind, str], AccountNotice] = {}
    for notice in notices:
        key = (notice.kind, notice.subject)
        known = newest.get(key)
        if known is None or (notice.at, notice.is_open) > (known.at, known.is_open):
            newest[key] = notice
    found = (notice for notice in newest.values() if notice.is_open)
    return tuple(sorted(found, key=lambda notice: (notice.at, notice.kind, notice.subject)))


def concerns(notice: AccountNotice, configuration_set: str) -> bool:
    """Whether our own emails cannot leave while ``notice`` is in force."""
    if notice.kind is not NoticeKind.SENDING:
        return False
    return notice.subject in (ACCOUNT, f"configuration set {configuration_set}")


def notice_headline(notice: AccountNotice, now: datetime) -> str:
    """``AWS paused sending for the account since 10:40: bounce rate``, in the operator's zone."""
    at, today = notice.at.astimezone(), now.astimezone().date()
    when = f"{at:%H:%M}" if at.date() == today else f"{at:%d %b, %H:%M}"
    why = f": {notice.words}" if notice.words else ""
    if notice.kind is NoticeKind.SENDING:
        return f"{PAUSED}{notice.subject} since {when}{why}"
    return f"AWS warns about {notice.subject} since {when}{why}"
