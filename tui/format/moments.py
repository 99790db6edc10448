"""Pure: which moment of the past a person means, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from core.model.errors import UsageError
from tui.format.text import cell, clock_time, moment

EXAMPLES: Final = "2h · 3d · 14:00 · 2026-11-20 · 2026-11-20 14:00"
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_AGO: Final = re.compile(r"-?([0-9]{1,6}) ?(s|min|m|h|d|w)(?: ago)?")
_CLOCK: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_time(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Return the moment that ``text`` names; see ``EXAMPLES``. A day means its end.

    A time without a zone is of ``zone``, by default the computer's own.

    Raises:
        UsageError: it cannot be read, or it has yet to come.
    """
    plain = " ".join(text.lower().split())
    try:
        at = _read(plain, now, zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{cell(text, 40)!r} is no time.", f"For example: {EXAMPLES}.") from error
    if at <= now:
        return at
    if _DAY.fullmatch(plain) and at.astimezone(zone).date() == now.astimezone(zone).date():
        return now  # today is not over
    raise UsageError(f"{cell(text, 40)} has yet to come.", "What was known is asked of the past.")


def _read(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    ago = _AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    if _CLOCK.fullmatch(text):
        clock = time.fromisoformat(text.zfill(5))
        return _placed(datetime.combine(now.astimezone(zone), clock), zone)
    if _DAY.fullmatch(text):
        next_day = date.fromisoformat(text) + timedelta(days=1)
        return _placed(datetime.combine(next_day, time()), zone) - timedelta(microseconds=1)
    return _placed(datetime.fromisoformat(text.upper()), zone)


def _placed(at: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in UTC; one without a zone is of ``zone``, or of the computer's."""
    return (at if at.tzinfo or zone is None else at.replace(tzinfo=zone)).astimezone(UTC)


def earlier(moments: Sequence[datetime], at: datetime | None) -> datetime | None:
    """Return the moment before ``at`` (``None``: now), ``None`` when there is none."""
    return max((m for m in moments if at is None or m < at), default=None)


def later(moments: Sequence[datetime], at: datetime) -> datetime | None:
    """Return the moment after ``at``; ``None`` is now."""
    return min((m for m in moments if m > at), default=None)


def spoken(at: datetime, now: datetime) -> str:
    """``today 14:02:11``, ``on 19 Nov 09:30:00``."""
    day = moment(at, now).rpartition(" ")[0]
    return f"{'' if day == 'today' else 'on '}{day} {clock_time(at, seconds=True)}"
