"""Amounts, counts and times as people type them into a filter, and how they are written. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final, TypeAlias

from core.model.conditions import (
    Dated,
    Measure,
    Moment,
    NamedDay,
    Part,
    Period,
    Relation,
    Span,
    Unit,
    When,
)
from core.model.documents import VIEW_OF, DocumentView
from core.model.enums import DocumentKind

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


#: In the order in which they are offered.
STATES: Final = {
    **{
        view.value.replace("_", "-"): view
        for view in (
            DocumentView.STUCK,
            DocumentView.LATE,
            DocumentView.NEEDS_CALL,
            *VIEW_OF.values(),
            DocumentView.NEVER_REACHED,
            DocumentView.SNOOZED,
            DocumentView.ATTENTION,
        )
    },
    "soft": DocumentView.SOFT_BOUNCED,
}
KINDS: Final = {
    "invoice": DocumentKind.INVOICE,
    "estimate": DocumentKind.ESTIMATE,
    "invoices": DocumentKind.INVOICE,
    "estimates": DocumentKind.ESTIMATE,
}
OVERDUE: Final = Moment.OVERDUE.value
COMPARED: Final[dict[str, Measure | Moment]] = {
    **{measure.value: measure for measure in Measure},
    **{moment.value: moment for moment in Moment},
}
SAID: Final = {part.value: part for part in Part if part is not Part.WORDS}
#: What a beginning is completed to.
OFFERS: Final = (
    "balance>",
    *STATES,
    "overdue",
    "sent<",
    "due<",
    "issued<",
    "to:",
    "total>",
    "sends>",
    "customer:",
    "number:",
    "by:",
    "status:",
    "kind:",
    "currency:",
    "invoice",
    "estimate",
    "overdue>",
)
FIRST_OFFERED: Final = 2
"""Letters; a single one begins too much."""


def completion(line: str) -> str:
    """Return ``line`` with its last word gone on to the filter that it begins; empty for none."""
    word = line[line.rfind(" ") + 1 :]
    bare = word.removeprefix("-").lower()
    if len(bare) < FIRST_OFFERED or line != line.rstrip():
        return ""
    for offer in OFFERS:
        if offer.startswith(bare) and len(offer) > len(bare):
            return line + offer[len(bare) :]
    return ""


def begins_a_filter(word: str) -> bool:
    """Whether whoever types ``word`` may be on the way to a filter."""
    bare = word.removeprefix("-").lower()
    return bool(bare) and any(offer.startswith(bare) for offer in OFFERS)


Instants: TypeAlias = tuple[datetime | None, datetime | None]
"""From the first on, and before the second; ``None``: without end."""
Days: TypeAlias = tuple[date | None, date | None]
"""The same of days."""
_TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_NAMED: Final = {NamedDay.YESTERDAY: -1, NamedDay.TODAY: 0, NamedDay.TOMORROW: 1}


def needs_now(condition: Dated) -> bool:
    """Whether what it allows changes with the time.

    Days and months are those of the person's calendar: of ``zone``, by default the computer's own.
    """
    return condition.moment is Moment.OVERDUE or not isinstance(condition.when, Period)


def instants(condition: Dated, as_of: datetime, zone: tzinfo | None = None) -> Instants:
    """Return the moments that a condition on what was sent allows."""
    when, relation = condition.when, condition.relation
    if isinstance(when, Span):
        edge = _back(when, as_of.astimezone(zone)).astimezone(UTC)
        if relation is Relation.LESS:
            return edge + _TICK, None
        if relation is Relation.AT_MOST:
            return edge, None
        if relation is Relation.EQUAL:
            return edge, edge + _TICK
        return None, edge + _TICK if relation is Relation.AT_LEAST else edge
    first, after = _compared(relation, *_calendar(when, as_of, zone))
    return _midnight(first, zone), _midnight(after, zone)


def days(condition: Dated, as_of: datetime, zone: tzinfo | None = None) -> Days:
    """Return the days that a condition on a due date or a date of issue allows."""
    when, relation, moment = condition.when, condition.relation, condition.moment
    today = as_of.astimezone(zone).date()
    if not isinstance(when, Span):
        first, after = _compared(relation, *_calendar(when, as_of, zone))
    elif moment is Moment.DUE:
        edge = _moved(today, when, 1)
        first, after = _compared(relation, edge, edge + _DAY)
    else:  # longer ago is earlier
        edge = _moved(today, when, -1)
        first, after = _compared(_TURNED[relation], edge, edge + _DAY)
    if moment is Moment.OVERDUE:
        after = today if after is None else min(after, today)
    return first, after


_TURNED: Final = {
    Relation.LESS: Relation.MORE,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.EQUAL: Relation.EQUAL,
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.MORE: Relation.LESS,
}


def _compared(relation: Relation, first: date, after: date) -> Days:
    """The days before, up to, within, from, or after those from ``first`` to before ``after``."""
    match relation:
        case Relation.LESS:
            return None, first
        case Relation.AT_MOST:
            return None, after
        case Relation.EQUAL:
            return first, after
        case Relation.AT_LEAST:
            return first, None
        case Relation.MORE:
            return after, None


def _calendar(when: NamedDay | Period, as_of: datetime, zone: tzinfo | None) -> tuple[date, date]:
    if isinstance(when, Period):
        return when.first, when.last + _DAY
    day = as_of.astimezone(zone).date() + _NAMED[when] * _DAY
    return day, day + _DAY


def _midnight(day: date | None, zone: tzinfo | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _back(span: Span, at: datetime) -> datetime:
    """``at`` in local time; a month ago is the same day and time of that month."""
    if span.unit is Unit.HOUR:
        return at - timedelta(hours=span.count)
    if span.unit in (Unit.MONTH, Unit.YEAR):
        day = _moved(at.date(), span, -1)
        return at + (day - at.date())
    return at - timedelta(days=span.count * (7 if span.unit is Unit.WEEK else 1))


def _moved(day: date, span: Span, sign: int) -> date:
    if span.unit not in (Unit.MONTH, Unit.YEAR):
        return day + timedelta(days=sign * span.count * (7 if span.unit is Unit.WEEK else 1))
    months = sign * span.count * (12 if span.unit is Unit.YEAR else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]  # a month before 31 March ends February
    return date(year, month + 1, min(day.day, last))
