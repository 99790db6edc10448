"""Needs attention as a table: columns, filters, and where its rows come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.model.attention import AttentionChip, AttentionRow
from core.model.chasing import CallReason
from core.model.documents import Amount
from core.model.enums import DocumentKind
from tui.commands.dispatch import another_filter, with_keys
from tui.format import badges
from tui.format.badges import ChipItem, Span
from tui.format.chasing import PHONE
from tui.format.text import ago, amount, cell, money
from tui.widgets.data_table.column import Cell, Column, Context

if TYPE_CHECKING:
    from core.backend import Backend

_CHIPS: Final[tuple[tuple[AttentionChip, str, str, str], ...]] = (
    (AttentionChip.OPEN, "Open", "", ""),
    (AttentionChip.FAILURES, "Failures", "✖", "tone--bounced"),
    (AttentionChip.CALLS, "To call", PHONE, "ink--warning"),
    (AttentionChip.ACKNOWLEDGED, "Acknowledged", "✓", "ink--dim"),
    (AttentionChip.SNOOZED, "Snoozed", "zz", "ink--dim"),
)
_NOTHING: Final = {
    AttentionChip.OPEN: "Nothing needs you: no failure is unresolved, and nobody needs a call.",
    AttentionChip.FAILURES: "No failure is unresolved.\n{filters}",
    AttentionChip.CALLS: "Nobody needs a call.\n{filters}",
    AttentionChip.ACKNOWLEDGED: "You have acknowledged nothing that is still wrong.\n"
    "{attention.acknowledge} on a row hides it from your list until something else goes wrong"
    " with it.",
    AttentionChip.SNOOZED: "Nothing that needs attention is put off.\n"
    "{attention.snooze} on a row puts it off.",
}


class AttentionSource:
    """The order is read whole with every look, its rows page by page."""

    def __init__(self, backend: Backend, chip: AttentionChip) -> None:
        self._backend = backend
        self._chip = chip
        self._ids: tuple[int, ...] = ()

    def count(self) -> int:
        self._ids = self._backend.attention.ids(self._chip)
        return len(self._ids)

    def page(self, offset: int, limit: int) -> Sequence[AttentionRow]:
        return self._backend.attention.rows(self._ids[offset : offset + limit])

    def position(self, key: int) -> int | None:
        return self._ids.index(key) if key in self._ids else None

    def key(self, row: AttentionRow) -> int:
        return row.id


def chip_items(counts: Mapping[AttentionChip, int]) -> list[ChipItem]:
    """Return the filters with their counts; all of them are always there."""
    return [
        ChipItem(chip, label, counts.get(chip), glyph, tone) for chip, label, glyph, tone in _CHIPS
    ]


def nothing(chip: AttentionChip, acknowledged: int) -> str:
    """Say why the table is empty; what was merely acknowledged is not gone."""
    if chip is AttentionChip.OPEN and acknowledged:
        return with_keys(
            f"Nothing new needs you.\n{acknowledged:,} acknowledged:"
            " {attention.previous_chip} and {attention.next_chip} show them."
        )
    return with_keys(_NOTHING[chip].replace("{filters}", another_filter("attention")))


def wrong_words(row: AttentionRow) -> str:
    """Return what is wrong in a sentence, with the address that failed where one did."""
    where = f" · {cell(row.address, 60)}" if row.address else ""
    return f"{cell(row.words)}{where}"


def _wrong(row: AttentionRow, _: Context) -> Cell:
    if row.word is None:
        return (Span(f"{PHONE} ", "ink--warning"), Span(wrong_words(row), "", _brief(row)))
    look = badges.badge(row.word, forward=row.is_forward)
    return (Span(look.text, look.tone), Span(f"  {wrong_words(row)}", "", f"  {_brief(row)}"))


def _brief(row: AttentionRow) -> str:
    """The sentence where there is little room."""
    need = row.document.summary.call
    if row.word is None and need is not None and need.reason is CallReason.SILENT:
        return f"{need.emails} emails, no answer"
    return cell(row.words)


def _next(row: AttentionRow, _: Context) -> Cell:
    said = with_keys(f"{{{row.next.command}}}: {row.next.words}")
    return (Span(said, "", " ".join(said.split()[:2])),)


def _balance(row: AttentionRow, _: Context) -> Cell:
    document = row.document
    if document.kind is DocumentKind.ESTIMATE:
        return ()
    style = "ink--money" if document.balance_due else "ink--dim"
    owed = Amount(document.balance_due, document.currency)
    return (Span(amount(owed), style, money(document.balance_due, document.currency)),)


def _overdue(row: AttentionRow, _: Context) -> Cell:
    if row.days_overdue:
        return (Span(f"{row.days_overdue:,} d"),)
    return (Span("not due" if row.document.due_on else "–", "ink--dim", "–"),)


ATTENTION_COLUMNS: Final[tuple[Column[AttentionRow], ...]] = (
    Column(
        "number", "Number", 8, lambda row, _: (Span(cell(row.document.number), "ink--strong"),)
    ),
    Column(
        "customer",
        "Customer",
        12,
        lambda row, _: (Span(cell(row.document.customer)),),
        ideal=18,
        priority=1,
    ),
    Column("wrong", "What is wrong", 18, _wrong, ideal=44, weight=3),
    Column(
        "since", "Since", 10, lambda row, c: (Span(ago(row.since, c.now)),), priority=2
    ),
    Column("balance", "Balance", 10, _balance, ideal=12, align="right"),
    Column("overdue", "Overdue", 7, _overdue, align="right"),
    Column("next", "Next", 10, _next, ideal=18),
)  # fmt: skip
