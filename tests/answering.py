"""The conditions of a filter line read in plain Python: what the SQL must agree with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import TypeVar

from core.model.conditions import (
    Condition,
    Dated,
    Measure,
    Measures,
    Moment,
    Part,
    Relation,
    Says,
    Stands,
)
from core.model.documents import DocumentRow, DocumentView
from core.model.enums import DocumentKind
from core.rules.filters import values
from core.rules.search.text import search_key

_When = TypeVar("_When", date, datetime)
_COMPARE = {
    Relation.LESS: lt,
    Relation.AT_MOST: le,
    Relation.EQUAL: eq,
    Relation.AT_LEAST: ge,
    Relation.MORE: gt,
}


def answers(
    row: DocumentRow,
    condition: Condition,
    *,
    as_of: datetime,
    has_chip: Callable[[DocumentRow, DocumentView], bool],
    sent_by: str = "",
    addresses: tuple[str, ...] = (),
) -> bool:
    """Whether a document answers to a condition; ``addresses`` are its customer's."""
    if isinstance(condition, Stands):
        found = any(has_chip(row, chip) for chip in condition.chips)
    elif isinstance(condition, Says):
        found = any(_says(row, condition.part, v, sent_by, addresses) for v in condition.values)
    elif isinstance(condition, Measures):
        found = _COMPARE[condition.relation](_number(row, condition.measure), condition.value)
    else:
        found = _dated(row, condition, as_of)
    return found is not condition.negated


def _number(row: DocumentRow, measure: Measure) -> Decimal:
    if measure is Measure.SENDS:
        return Decimal(row.summary.send_count)
    return row.total if measure is Measure.TOTAL else row.balance_due


def _says(
    row: DocumentRow, part: Part, value: str, sent_by: str, addresses: tuple[str, ...]
) -> bool:
    recipient, key = row.summary.last_recipient.lower(), search_key(value)
    match part:
        case Part.KIND:
            return row.kind.value == value
        case Part.STATUS:
            return row.status.lower().startswith(value.lower())
        case Part.CURRENCY:
            return row.currency.lower().startswith(value.lower())
        case Part.CUSTOMER:
            return key in search_key(row.customer)
        case Part.NUMBER:
            return key in search_key(row.number)
        case Part.BY:
            return row.summary.last_email_id is not None and sent_by.lower().startswith(
                value.lower()
            )
        case Part.TO:
            return _goes_to(recipient, value.lower())
        case Part.WORDS:
            whose = search_key(" ".join((row.customer, *addresses)))
            return key in search_key(row.number) or key in recipient or key in whose


def _goes_to(recipient: str, wanted: str) -> bool:
    if wanted.startswith("@"):
        return recipient.endswith(wanted) if "." in wanted else wanted in recipient
    if wanted.endswith("@"):
        return recipient.startswith(wanted)
    return recipient == wanted if "@" in wanted else wanted in recipient


def _dated(row: DocumentRow, condition: Dated, as_of: datetime) -> bool:
    if condition.moment is Moment.SENT:
        return _between(row.summary.last_sent_at, values.instants(condition, as_of))
    if condition.moment is Moment.OVERDUE and (
        row.kind is not DocumentKind.INVOICE or row.balance_due <= 0
    ):
        return False
    day = row.issued_on if condition.moment is Moment.ISSUED else row.due_on
    return _between(day, values.days(condition, as_of))


def _between(at: _When | None, ends: tuple[_When | None, _When | None]) -> bool:
    since, until = ends
    if at is None or (since is not None and at < since):
        return False
    return until is None or at < until
