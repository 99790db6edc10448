"""Which times a condition allows, at a moment and in a zone. Pure.

Days and months are those of the person's calendar: of ``zone``, by default the computer's own.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, TypeAlias

from core.model.conditions import Dated, Moment, NamedDay, Period, Relation, Span, Unit

Instants: TypeAlias = tuple[datetime | None, datetime | None]
"""From the first on, and before the second; ``None``: without end."""
Days: TypeAlias = tuple[date | None, date | None]
"""The same of days."""

_TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_NAMED: Final = {NamedDay.YESTERDAY: -1, NamedDay.TODAY: 0, NamedDay.TOMORROW: 1}


def needs_now(condition: Dated) -> bool:
    """Whether what it allows changes with the time."""
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
