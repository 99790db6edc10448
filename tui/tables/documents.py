"""The columns of the documents' tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from core.model.enums import DocumentKind
from core.rules.chasing.call_reminders import needs_call
from core.rules.monitoring.delivery_latency import late_document
from core.rules.monitoring.feed_health import is_stuck
from tui.format import badges
from tui.format.badges import Span
from tui.format.chasing import PHONE, held_mark
from tui.format.text import ago, cell
from tui.tables import extra
from tui.widgets.data_table.column import Cell, Column, Context, money_of

if TYPE_CHECKING:
    from core.model.documents import DocumentRow


#: The badge of a row fills this much, so that the blocks stand in one column.
_BLOCK: Final = 16
_CLOSED: Final = frozenset({"PAID", "DRAFT", "VOID", "CANCELLED", "EXPIRED", "DECLINED"})


def _number(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.number), "ink--strong"),)


def _customer(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.customer)),)


def _kind(row: DocumentRow, _: Context) -> Cell:
    return (Span("Invoice" if row.kind is DocumentKind.INVOICE else "Estimate"),)


def _status(row: DocumentRow, _: Context) -> Cell:
    status = cell(row.status).upper()
    return (Span(status, "ink--dim" if status in _CLOSED else ""),)


def _total(row: DocumentRow, context: Context) -> Cell:
    return (money_of(row.total, row.currency, context),)


def _balance(row: DocumentRow, context: Context) -> Cell:
    if row.kind is DocumentKind.ESTIMATE:
        return ()
    return (money_of(row.balance_due, row.currency, context),)


def _sends(row: DocumentRow, _: Context) -> Cell:
    return (Span(str(row.summary.send_count), "" if row.summary.send_count else "ink--dim"),)


def _document_last_sent(row: DocumentRow, context: Context) -> Cell:
    when = ago(row.summary.last_sent_at, context.now)
    if not row.has_draft:
        return (Span(when),)
    return (Span("✎ ", "ink--dim"), Span(when if row.summary.last_sent_at else "draft"))


def _last_recipient(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.summary.last_recipient)),)


def _delivery(row: DocumentRow, context: Context) -> Cell:
    summary = row.summary
    stuck = is_stuck(summary.word, summary.last_sent_at, context.now)
    late = late_document(row, context.now) is not None
    spans = _chased(badges.delivery(summary, stuck=stuck, late=late), row, context.now)
    if len(spans) > 1:
        return spans
    whole = spans[0].text.rstrip()
    short = whole if cell_len(whole) <= _BLOCK else spans[0].short
    return (replace(spans[0], text=spans[0].text.ljust(_BLOCK), short=short),)


def _chased(spans: Cell, row: DocumentRow, now: datetime) -> Cell:
    """Add, quietly, that nobody is to chase, or that somebody should call.

    Where it is narrow the status keeps its word: the day goes first, then the mark.
    """
    held = held_mark(row.held_until, now)
    if not held and not needs_call(row, now):
        return spans
    mark = Span(f" {held}", "ink--dim", " zz") if held else Span(f" {PHONE}", "ink--warning", "")
    badge, *others = spans
    if cell_len(badge.text) + cell_len(mark.short or "") <= _BLOCK:
        badge = replace(badge, short=None)
    return (badge, *others, mark)


def document_columns(*, customer: bool = False) -> tuple[Column[DocumentRow], ...]:
    """Return the communications table's; with ``customer`` for the table over all customers."""
    recipient = 11 if customer else 18
    whose = Column(
        "customer", "Customer", 10, _customer, ideal=20, weight=2, priority=1, sort="customer"
    )
    return (
        Column("number", "Number", 8, _number, ideal=10, weight=1, sort="number"),
        *((whose,) if customer else ()),
        Column("kind", "Kind", 8, _kind, priority=6, sort="kind"),
        Column("status", "Status", 8, _status, ideal=9, priority=3, sort="status"),
        Column("total", "Total", 10, _total, ideal=12, align="right", priority=5, sort="total"),
        Column(
            "balance", "Balance", 9, _balance, ideal=10, align="right", priority=1, sort="balance"
        ),
        Column(
            "currency",
            "Currency",
            8,
            extra.currency,
            priority=2,
            sort="currency",
            hidden=True,
        ),
        Column("issued", "Issued", 10, extra.issued, priority=2, sort="issued", hidden=True),
        Column("due", "Due", 10, extra.due, priority=2, sort="due", hidden=True),
        Column(
            "overdue",
            "Overdue",
            8,
            extra.overdue,
            align="right",
            unsorted="Sort by Due instead: what was due first is overdue the longest.",
            priority=2,
            hidden=True,
        ),
        Column("sends", "Sends", 5, _sends, align="right", priority=4, sort="sends"),
        Column("last_sent", "Last sent", 11, _document_last_sent, priority=2, sort="last_sent"),
        Column(
            "last_recipient",
            "Last recipient",
            recipient,
            _last_recipient,
            ideal=22,
            weight=3,
            priority=2,
            sort="last_recipient",
        ),
        Column(
            "reached",
            "Reached",
            7,
            extra.reached,
            align="right",
            unsorted="Sort by Delivery instead: what reached nobody stands at its end.",
            priority=2,
            hidden=True,
        ),
        Column("delivery", "Delivery", _BLOCK, _delivery, ideal=23, sort="delivery"),
    )


DOCUMENT_COLUMNS: Final = document_columns()
ALL_DOCUMENT_COLUMNS: Final = document_columns(customer=True)
