"""The outbox's table: columns, and where its rows come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.model.outbox import OutboxEntry
from tui.format import badges
from tui.format.badges import Span
from tui.format.outbox import why
from tui.format.text import ago, cell
from tui.widgets.data_table.column import Cell, Column, Context

if TYPE_CHECKING:
    from core.backend import Backend


class OutboxSource:
    """What is in the outbox, read whole with every look: it is short, or soon will be."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._entries: Sequence[OutboxEntry] = ()

    @property
    def entries(self) -> Sequence[OutboxEntry]:
        """What the last look has found."""
        return self._entries

    def count(self) -> int:
        self._entries = self._backend.outbox.entries()
        return len(self._entries)

    def page(self, offset: int, limit: int) -> Sequence[OutboxEntry]:
        return self._entries[offset : offset + limit]

    def position(self, key: int) -> int | None:
        ids = [entry.delivery_id for entry in self._entries]
        return ids.index(key) if key in ids else None

    def key(self, row: OutboxEntry) -> int:
        return row.delivery_id


def _status(row: OutboxEntry, _: Context) -> Cell:
    look = badges.badge(row.word)
    return (Span(f"{look.glyph} {look.label}", look.tone),)


def _why(row: OutboxEntry, context: Context) -> Cell:
    return (Span(why(row, context.now), "ink--dim"),)


OUTBOX_COLUMNS: Final[tuple[Column[OutboxEntry], ...]] = (
    Column("status", "Status", 13, _status),
    Column("number", "Number", 10, lambda row, _: (Span(cell(row.number)),), ideal=12),
    Column(
        "customer", "Customer", 12, lambda row, _: (Span(cell(row.customer)),), ideal=22, priority=3
    ),
    Column("to", "To", 16, lambda row, _: (Span(cell(row.address)),), ideal=28, weight=1),
    Column(
        "queued",
        "Queued",
        10,
        lambda row, context: (Span(ago(row.queued_at, context.now)),),
        priority=2,
    ),
    Column("by", "By", 6, lambda row, _: (Span(cell(row.sent_by, 12)),), priority=4),
    Column("why", "Why", 14, _why, ideal=40, weight=3, priority=1),
)
