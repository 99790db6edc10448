"""Columns that a person may add to a table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.model.enums import DocumentKind
from tui.format.badges import Span
from tui.format.text import cell

if TYPE_CHECKING:
    from core.model.documents import CustomerRow, DocumentRow
    from tui.widgets.data_table.column import Cell, Context


def _day(when: date | None) -> Cell:
    return (Span(when.isoformat()),) if when else (Span("–", "ink--dim"),)


def issued(row: DocumentRow, _: Context) -> Cell:
    return _day(row.issued_on)


def due(row: DocumentRow, _: Context) -> Cell:
    return _day(row.due_on)


def overdue(row: DocumentRow, context: Context) -> Cell:
    """Days, of what is open on an invoice."""
    is_open = row.kind is DocumentKind.INVOICE and row.balance_due > 0
    if row.due_on is None or not is_open:
        return ()
    days = (context.now.astimezone().date() - row.due_on).days
    return (Span(f"{days:,} d", "ink--warning"),) if days > 0 else ()


def currency(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.currency).upper()),)


def reached(row: DocumentRow, _: Context) -> Cell:
    """How many of the latest email's recipients it got to."""
    summary = row.summary
    if not summary.recipients:
        return ()
    is_all = summary.delivered == summary.recipients
    return (Span(f"{summary.delivered}/{summary.recipients}", "" if is_all else "ink--warning"),)


def _number(count: int) -> Cell:
    return (Span(f"{count:,}", "" if count else "ink--dim"),)


def bounced(row: CustomerRow, _: Context) -> Cell:
    return _number(row.bounced)


def unreached(row: CustomerRow, _: Context) -> Cell:
    return _number(row.never_reached)


def to_call(row: CustomerRow, _: Context) -> Cell:
    return _number(row.needs_call)
