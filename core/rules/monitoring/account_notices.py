"""What AWS says of our sending itself, beside single emails: paused, allowed again, warned about.

EventBridge alone carries it: *Sending Status Disabled/Enabled* and *Advisor Recommendation Status
Open/Resolved* (EventBridge events reference, Amazon SES; the guide's page on tenants). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from core.model.feed import AccountNotice, NoticeKind

ACCOUNT: Final = "the account"
PAUSED: Final = "AWS paused sending for "
"""How the words of a pause begin."""


def in_force(notices: Iterable[AccountNotice]) -> tuple[AccountNotice, ...]:
    """Return what is open now, oldest first: of one subject the newest word counts.

    Order and doubles do not matter. Of two words of one moment the bad one counts: it is the one
    that costs something when it is missed.
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


def headline(notice: AccountNotice, now: datetime) -> str:
    """``AWS paused sending for the account since 10:40: bounce rate``, in the operator's zone."""
    at, today = notice.at.astimezone(), now.astimezone().date()
    when = f"{at:%H:%M}" if at.date() == today else f"{at:%d %b, %H:%M}"
    why = f": {notice.words}" if notice.words else ""
    if notice.kind is NoticeKind.SENDING:
        return f"{PAUSED}{notice.subject} since {when}{why}"
    return f"AWS warns about {notice.subject} since {when}{why}"
