"""Which day to come a person means: ``5 dec``, ``friday``, ``+2w``, ``2026-12-05``. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from core.model.errors import UsageError

EXAMPLES: Final = "5 dec · friday · tomorrow · +2w · 10 days · 2026-12-05"
#: Further away is a slip of the finger.
FURTHEST: Final = timedelta(days=3 * 366)

_MONTHS: Final = (
    "january february march april may june july august september october november december"
)
_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday"
_RELATIVE: Final = re.compile(r"(?:\+|in )?([0-9]{1,4}) ?(d|w|m|days?|weeks?|months?)")
_DAY_MONTH: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)? ?([a-z]{3,})\.?(?:,? ([0-9]{4}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]{3,})\.? ?([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?")
_DOTTED: Final = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\.? ?([0-9]{4})?")


def parse_day(text: str, today: date) -> date:
    """Return the day after ``today`` that ``text`` names; see ``EXAMPLES``.

    A day without a year is the next one; a weekday is never today.

    Raises:
        UsageError: it cannot be read, is not to come, or lies years away.
    """
    plain = " ".join(text.casefold().replace("\u00a0", " ").split())
    try:
        found = _read(plain, today)
    except (ValueError, OverflowError) as error:
        raise UsageError(_no_day(text), f"For example: {EXAMPLES}.") from error
    if found is None:
        raise UsageError(_no_day(text), f"For example: {EXAMPLES}.")
    if found <= today:
        raise UsageError(f"{found.isoformat()} is not to come.", "Name a day after today.")
    if found - today > FURTHEST:
        raise UsageError(f"{found.isoformat()} is years away.", "Name a day within three years.")
    return found


def spoken_day(day: date, today: date) -> str:
    """``5 Dec``, with the year where it is another one."""
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def _no_day(text: str) -> str:
    return "No day was named." if not text.strip() else f"{text.strip()[:40]!r} is no day."


def _read(text: str, today: date) -> date | None:
    if text == "tomorrow":
        return today + timedelta(days=1)
    if text == "next week":
        return today + timedelta(days=7 - today.weekday())
    if text in ("next month", "end of month"):
        first = _next_month(today)
        return first if text == "next month" else _last_of_month(today)
    if relative := _RELATIVE.fullmatch(text):
        return _later(today, int(relative[1]), relative[2][0])
    weekday = _one_of(_WEEKDAYS, text.removeprefix("next ").removeprefix("on "))
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if named := _DAY_MONTH.fullmatch(text):
        return _on(int(named[1]), _one_of(_MONTHS, named[2]), named[3], today)
    if named := _MONTH_DAY.fullmatch(text):
        return _on(int(named[2]), _one_of(_MONTHS, named[1]), named[3], today)
    if dotted := _DOTTED.fullmatch(text):
        return _on(int(dotted[1]), int(dotted[2]) - 1, dotted[3], today)
    return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None


def _one_of(words: str, beginning: str) -> int | None:
    """The place of the word that begins so; three letters are enough for both lists."""
    if len(beginning) < 3:
        return None
    return next((n for n, word in enumerate(words.split()) if word.startswith(beginning)), None)


def _on(day: int, month: int | None, year: str | None, today: date) -> date | None:
    if month is None:
        return None
    if year:
        return date(int(year), month + 1, day)
    for candidate in range(today.year, today.year + 9):  # a 29 February may be eight years away
        try:
            found = date(candidate, month + 1, day)
        except ValueError:
            continue
        if found > today:
            return found
    return None


def _later(today: date, count: int, unit: str) -> date:
    if unit != "m":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 + count
    year, month = divmod(months, 12)
    for day in range(today.day, 27, -1):  # 31 January and a month is the end of February
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))


def _next_month(today: date) -> date:
    return _later(today.replace(day=1), 1, "m")


def _last_of_month(today: date) -> date:
    last = _next_month(today) - timedelta(days=1)
    return last if last > today else _next_month(_next_month(today)) - timedelta(days=1)
