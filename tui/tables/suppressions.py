"""The columns of the Suppressions screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.rules.gate.suppression_list import weightiest
from tui.format import badges
from tui.format.badges import Span, word_of
from tui.format.suppressions import cause_words, row_adders, row_list, row_reason
from tui.format.text import ago, cell
from tui.widgets.data_table.column import Column

if TYPE_CHECKING:
    from core.model.suppressions import SuppressedAddress
    from tui.widgets.data_table.column import Cell, Context


def _address(row: SuppressedAddress, _: Context) -> Cell:
    others = len(row.spellings) - 1
    more = f" +{others}" if others else ""
    return (Span(cell(row.address), "ink--strong"), Span(more, "ink--dim"))


def _list(row: SuppressedAddress, _: Context) -> Cell:
    return (Span(row_list(row)),)


def _reason(row: SuppressedAddress, _: Context) -> Cell:
    first = weightiest(row.entries)
    if first is None:
        return ()
    look = badges.badge(word_of(first))
    return (Span(f"{look.glyph} {row_reason(row)}", "ink--dim" if first.ignored_by else look.tone),)


def _since(row: SuppressedAddress, context: Context) -> Cell:
    return (Span(ago(row.since, context.now)),)


def _cause(row: SuppressedAddress, _: Context) -> Cell:
    return (Span(cause_words(row.cause)),)


def _added_by(row: SuppressedAddress, _: Context) -> Cell:
    return (Span(row_adders(row), "ink--dim"),)


SUPPRESSION_COLUMNS: Final[tuple[Column[SuppressedAddress], ...]] = (
    Column("address", "Address", 20, _address, ideal=28, weight=2),
    Column("list", "List", 4, _list),
    Column("reason", "Reason", 13, _reason, ideal=26, weight=1),
    Column("since", "Since", 11, _since),
    Column("cause", "Caused by", 16, _cause, ideal=40, weight=2, priority=1),
    Column("added_by", "Added by", 8, _added_by, ideal=10, priority=2),
)
