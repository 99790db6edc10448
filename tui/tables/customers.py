"""The columns of the customers' table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.enums import DisplayStatus
from tui.format import badges
from tui.format.badges import Span
from tui.format.chasing import PHONE, held_mark
from tui.format.text import ago, amount, amounts, cell
from tui.tables import extra
from tui.widgets.data_table.column import Cell, Column, Context, money_of

if TYPE_CHECKING:
    from core.model.documents import CustomerRow


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
    from tui.format.highlight import marked

    return tuple(marked(text, context.typed, style, alike=alike))


def _open_balance(row: CustomerRow, context: Context) -> Cell:
    if not row.open_balance:
        return (Span("0.00", "ink--dim"),)
    if len(row.open_balance) == 1:
        only = row.open_balance[0]
        return (money_of(only.value, only.currency, context),)
    first = amount(row.open_balance[0])
    return (Span(amounts(row.open_balance), "ink--money", f"{first} +{len(row.open_balance) - 1}"),)


def _documents(row: CustomerRow, _: Context) -> Cell:
    return (Span(str(row.documents), "" if row.documents else "ink--dim"),)


def _customer_last_sent(row: CustomerRow, context: Context) -> Cell:
    return (Span(ago(row.last_sent_at, context.now)),)


def _needs_attention(row: CustomerRow, context: Context) -> Cell:
    counts = (
        (row.bounced, DisplayStatus.BOUNCED, "bounced"),
        (row.complained, DisplayStatus.COMPLAINED, "complained"),
        (row.dropped, DisplayStatus.DROPPED, "dropped"),
        (row.failed, DisplayStatus.FAILED, "failed"),
        (row.unconfirmed, DisplayStatus.UNCONFIRMED, "unconfirmed"),
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
            ("bounced", "Bounced", 7, extra.bounced),
            ("unreached", "Never reached", 13, extra.unreached),
            ("to_call", "To call", 7, extra.to_call),
        )
    ),
    Column(
        "attention", "Needs attention", 17, _needs_attention, ideal=42, weight=2, sort="attention"
    ),
)
