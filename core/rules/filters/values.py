"""Amounts, counts and times as people type them into a filter, and how they are written. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from core.model.conditions import NamedDay, Period, Span, Unit, When

AMOUNTS: Final = "an amount such as 500 or 1,000.50"
COUNTS: Final = "a whole number such as 2"
TIMES: Final = "7d, 2w, 3m, or a date such as 2026-11-01"
DAYS_OVERDUE: Final = "7d, 2w or 3m"

#: Twelve digits before the point: more is a slip, and would not fit the column.
_AMOUNT: Final = re.compile(r"[-+]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,2})?")
_AMOUNT_BEGUN: Final = re.compile(r"[-+]?[0-9]{0,12}(?:,[0-9]{0,3}){0,3}\.?")
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_SPAN: Final = re.compile(r"([0-9]{1,5})([hdwmy])")
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME_BEGUN: Final = re.compile(r"[0-9]{0,5}|[0-9]{4}-[0-9]?|[0-9]{4}-[0-9]{2}-[0-9]?")
_YEARS: Final = range(1900, 3000)
_LONGEST_DAYS: Final = 36_525
"""A hundred years: further away is a slip."""
_UNIT_DAYS: Final = {Unit.HOUR: 0, Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}


def read_amount(text: str) -> Decimal | None:
    """Read ``500``, ``1,000.50``, ``-5``; ``None`` for what is none, or could be two amounts.

    ``1.000`` is one to some people and a thousand to others.
    """
    return Decimal(text.replace(",", "")) if _AMOUNT.fullmatch(text) else None


def read_count(text: str) -> Decimal | None:
    return Decimal(text) if _COUNT.fullmatch(text) else None


def read_when(text: str, *, hours: bool = True) -> When | None:
    """Read ``7d``, ``today``, ``2026-11-01``, ``2026-11``, ``2026``; ``None`` for what is none."""
    plain = text.lower()
    if plain in (name.value for name in NamedDay):
        return NamedDay(plain)
    if span := _SPAN.fullmatch(plain):
        count, unit = int(span[1]), Unit(span[2])
        is_near = count * _UNIT_DAYS[unit] <= _LONGEST_DAYS
        return Span(count, unit) if is_near and (hours or unit is not Unit.HOUR) else None
    return _read_period(plain)


def _read_period(text: str) -> Period | None:
    found = _DATE.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS:
        return None
    year, month, day = int(found[1]), found[2], found[3]
    try:
        first = date(year, int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return Period(first, first)
    last_month = int(month or 12)
    return Period(first, date(year, last_month, calendar.monthrange(year, last_month)[1]))


def may_become_amount(text: str) -> bool:
    """Whether whoever has typed ``text`` may still be on the way to an amount."""
    return bool(_AMOUNT_BEGUN.fullmatch(text))


def may_become_count(text: str) -> bool:
    return not text


def may_become_when(text: str) -> bool:
    """The same for times."""
    plain = text.lower()
    return bool(_TIME_BEGUN.fullmatch(plain)) or any(
        name.value.startswith(plain) for name in NamedDay
    )


# --------------------------------------------------------------------------- writing


def write_number(value: Decimal) -> str:
    """As ``read_amount`` reads it: ``500``, ``1000.50``."""
    whole = value.to_integral_value()
    return f"{whole:f}" if whole == value else f"{value:.2f}"


def write_when(when: When) -> str:
    """As ``read_when`` reads it."""
    if isinstance(when, NamedDay):
        return when.value
    if isinstance(when, Span):
        return f"{when.count}{when.unit.value}"
    first, last = when.first, when.last
    if first == last:
        return first.isoformat()
    if (first.month, last.month) == (1, 12):
        return f"{first.year:04}"
    return f"{first:%Y-%m}"


def say_period(period: Period) -> str:
    """``1 Nov 2026``, ``Nov 2026``, ``2026``; months do not follow the locale."""
    first, last = period.first, period.last
    month = _MONTHS.split()[first.month - 1]
    if first == last:
        return f"{first.day} {month} {first.year}"
    is_year = last - first > timedelta(days=31)
    return f"{first.year}" if is_year else f"{month} {first.year}"


_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_UNIT_NAMES: Final = {
    Unit.HOUR: "hour",
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}


def say_span(span: Span) -> str:
    """``7 days``, ``1 week``."""
    return f"{span.count} {_UNIT_NAMES[span.unit]}{'' if span.count == 1 else 's'}"
