"""Columns as data: title, width, alignment, priority on narrow screens, value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from rich.cells import cell_len

from core.calling import needs_call
from core.feedhealth import is_stuck
from core.model import Amount, Kind, Word
from core.pace import late_document
from tui import badges, columns_extra
from tui.badges import Span
from tui.chasing import PHONE, held_mark
from tui.text import ago, amount, amounts, cell, money

if TYPE_CHECKING:
    from core.model import CustomerRow, DocumentRow
    from core.ranking import Typed

T = TypeVar("T")
Cell = tuple[Span, ...]

#: Cells between two columns.
GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Context:
    """What a cell depends on beside its row."""

    now: datetime
    currency: str = ""
    """The currency that needs no sign; amounts in others carry theirs. Empty: none carries one."""
    typed: Typed | None = None
    """What the rows were searched for; the columns that it is found in mark it."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column; ``priority`` 0 stays on the narrowest screen, the highest leaves first."""

    id: str
    title: str
    width: int
    """The least width in cells."""
    value: Callable[[T, Context], Cell]
    ideal: int = 0
    """The width that is enough for nearly every row."""
    weight: int = 0
    """Its share of what is left when every column has its ideal width."""
    align: Literal["left", "right"] = "left"
    priority: int = 0
    sort: str = ""
    """The order of the backend that this column stands for; empty: it cannot be sorted by."""
    unsorted: str = "Only its own words could be sorted, and they say little in that order."
    """Why it cannot, for whoever tries."""
    hidden: bool = False
    """Shown only where a person wants it."""

    @property
    def wanted(self) -> int:
        return max(self.width, self.ideal)


#: Columns from this priority on are shown only where those before have their ideal width.
EXTRA: Final = 3


def fit(columns: Sequence[Column[T]], width: int) -> list[tuple[Column[T], int]]:
    """Return the columns that fit into ``width`` cells, in their order, each with its width."""
    shown = [column for column in columns if not column.hidden]
    while len(shown) > 1 and _needed(shown) > width:
        shown.remove(max(reversed(shown), key=lambda column: column.priority))
    widths = {column.id: column.width for column in shown}
    left = max(0, width - sum(widths.values()) - _gaps(shown))
    lacking = {column.id: column.wanted - column.width for column in shown}
    left -= _share(widths, lacking, min(left, sum(lacking.values())))
    _share(widths, {column.id: column.weight for column in shown}, left)
    return [(column, min(widths[column.id], max(width, 0))) for column in shown]


def _needed(columns: Sequence[Column[T]]) -> int:
    """The least width of ``columns``; that of the main ones is the ideal one beside extras."""
    if all(column.priority < EXTRA for column in columns):
        return sum(column.width for column in columns) + _gaps(columns)
    widths = (c.width if c.priority >= EXTRA else c.wanted for c in columns)
    return sum(widths) + _gaps(columns)


def _gaps(columns: Sequence[Column[T]]) -> int:
    return GAP * (len(columns) - 1)


def _share(widths: dict[str, int], shares: dict[str, int], amount: int) -> int:
    """Add ``amount`` to ``widths`` in proportion to ``shares``; return how much was added."""
    left, total = amount, sum(shares.values())
    for name, share in shares.items():
        if share:
            more = left * share // total
            widths[name] += more
            left, total = left - more, total - share
    return amount - left


# --------------------------------------------------------------------------- documents

#: The badge of a row fills this much, so that the blocks stand in one column.
_BLOCK: Final = 16
_CLOSED: Final = frozenset({"PAID", "DRAFT", "VOID", "CANCELLED", "EXPIRED", "DECLINED"})


def _number(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.number), "ink--strong"),)


def _customer(row: DocumentRow, _: Context) -> Cell:
    return (Span(cell(row.customer)),)


def _kind(row: DocumentRow, _: Context) -> Cell:
    return (Span("Invoice" if row.kind is Kind.INVOICE else "Estimate"),)


def _status(row: DocumentRow, _: Context) -> Cell:
    status = cell(row.status).upper()
    return (Span(status, "ink--dim" if status in _CLOSED else ""),)


def _figure(value: Decimal, currency: str, context: Context) -> str:
    foreign = context.currency and currency.upper() != context.currency.upper()
    return amount(Amount(value, currency)) if foreign else money(value, currency)


def _money(value: Decimal, currency: str, context: Context) -> Span:
    rounded = f"≈{value:,.0f}" if value.is_finite() and abs(value.adjusted()) < 15 else "≈…"
    return Span(_figure(value, currency, context), "ink--money" if value else "ink--dim", rounded)


def _total(row: DocumentRow, context: Context) -> Cell:
    return (_money(row.total, row.currency, context),)


def _balance(row: DocumentRow, context: Context) -> Cell:
    if row.kind is Kind.ESTIMATE:
        return ()
    return (_money(row.balance_due, row.currency, context),)


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
    return (replace(spans[0], text=spans[0].text.ljust(_BLOCK), short=spans[0].text.rstrip()),)


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
            columns_extra.currency,
            priority=2,
            sort="currency",
            hidden=True,
        ),
        Column(
            "issued", "Issued", 10, columns_extra.issued, priority=2, sort="issued", hidden=True
        ),
        Column("due", "Due", 10, columns_extra.due, priority=2, sort="due", hidden=True),
        Column(
            "overdue",
            "Overdue",
            8,
            columns_extra.overdue,
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
            columns_extra.reached,
            align="right",
            unsorted="Sort by Delivery instead: what reached nobody stands at its end.",
            priority=2,
            hidden=True,
        ),
        Column("delivery", "Delivery", _BLOCK, _delivery, ideal=23, sort="delivery"),
    )


DOCUMENT_COLUMNS: Final = document_columns()
ALL_DOCUMENT_COLUMNS: Final = document_columns(customer=True)


# --------------------------------------------------------------------------- customers


def _name(row: CustomerRow, context: Context) -> Cell:
    return _searched(cell(row.name), context, "ink--strong", alike=True)


def _address(row: CustomerRow, context: Context) -> Cell:
    if not row.address:
        return (Span("no address", "ink--warning"),)
    return _searched(cell(row.address), context)


def _searched(text: str, context: Context, style: str = "", *, alike: bool = False) -> Cell:
    """Return ``text`` with what was typed marked in it."""
    if context.typed is None:
        return (Span(text, style),)
    from tui.marked import marked  # not for the first paint

    return tuple(marked(text, context.typed, style, alike=alike))


def _open_balance(row: CustomerRow, context: Context) -> Cell:
    if not row.open_balance:
        return (Span("0.00", "ink--dim"),)
    if len(row.open_balance) == 1:
        only = row.open_balance[0]
        return (_money(only.value, only.currency, context),)
    first = amount(row.open_balance[0])
    return (Span(amounts(row.open_balance), "ink--money", f"{first} +{len(row.open_balance) - 1}"),)


def _documents(row: CustomerRow, _: Context) -> Cell:
    return (Span(str(row.documents), "" if row.documents else "ink--dim"),)


def _customer_last_sent(row: CustomerRow, context: Context) -> Cell:
    return (Span(ago(row.last_sent_at, context.now)),)


def _needs_attention(row: CustomerRow, context: Context) -> Cell:
    counts = (
        (row.bounced, Word.BOUNCED, "bounced"),
        (row.complained, Word.COMPLAINED, "complained"),
        (row.dropped, Word.DROPPED, "dropped"),
        (row.failed, Word.FAILED, "failed"),
        (row.unconfirmed, Word.UNCONFIRMED, "unconfirmed"),
    )
    spans: list[Span] = []
    for count, word, label in counts:
        if count:
            look, gap = badges.badge(word), "  " if spans else ""
            short = f"{gap}{look.glyph} {count}"
            spans.append(Span(f"{short} {label}", look.tone, short))
    if row.never_reached:
        gap = "  " if spans else ""
        noun = "document" if row.never_reached == 1 else "documents"
        text = f"{gap}never reached · {row.never_reached} {noun}"
        spans.append(Span(text, "ink--warning", f"{gap}unreached {row.never_reached}"))
    if row.needs_call:
        gap = "  " if spans else ""
        short = f"{gap}{PHONE} {row.needs_call}"
        spans.append(Span(f"{short} to call", "ink--warning", short))
    held = held_mark(row.held_until, context.now)
    if held:
        gap = "  " if spans else ""
        spans.append(Span(f"{gap}{held}", "ink--dim", f"{gap}zz"))
    return tuple(spans)


_PART: Final = "It is a part of what Needs attention sorts by."
CUSTOMER_COLUMNS: Final[tuple[Column[CustomerRow], ...]] = (
    Column("customer", "Customer", 16, _name, ideal=24, weight=2, sort="customer"),
    Column(
        "address",
        "Address",
        12,
        _address,
        ideal=26,
        weight=2,
        priority=3,
        unsorted="Customers have several addresses; / finds one.",
    ),
    Column(
        "open_balance",
        "Open balance",
        12,
        _open_balance,
        ideal=14,
        align="right",
        unsorted="Amounts in several currencies have no order.",
    ),
    Column("documents", "Documents", 9, _documents, align="right", priority=4, sort="documents"),
    Column("last_sent", "Last sent", 11, _customer_last_sent, priority=1, sort="last_sent"),
    *(
        Column(name, title, width, value, align="right", unsorted=_PART, hidden=True)
        for name, title, width, value in (
            ("bounced", "Bounced", 7, columns_extra.bounced),
            ("unreached", "Never reached", 13, columns_extra.unreached),
            ("to_call", "To call", 7, columns_extra.to_call),
        )
    ),
    Column(
        "attention", "Needs attention", 17, _needs_attention, ideal=42, weight=2, sort="attention"
    ),
)
