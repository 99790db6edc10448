"""What the screens with a table share: copy of a row, open its document, export the table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tui.screens.base_screen import PlaceScreen
from tui.tables.intents import CopyWanted, ExportWanted, OpenWanted
from tui.widgets.data_table.changed_rows import News
from tui.widgets.data_table.column import Context
from tui.widgets.data_table.table import WindowTable

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from tui.tables.copy_items import Item
    from tui.tables.export_sheet import Rows, Sheet

T = TypeVar("T")

_NOTHING = "There is nothing under the cursor."


class HandyScreen(PlaceScreen):
    """``Y``, ``O`` and ``D``; a screen says what of, and has the commands in its place."""

    def copyable(self) -> tuple[str, Sequence[Item]]:
        """What the cursor is on, in harmless words, and what can be copied of it."""
        return "", ()

    def document_here(self) -> DocumentRow | None:
        """The document that the cursor is on."""
        return None

    def sheet(self) -> Sheet[Any] | None:
        """All that the table shows; ``None``: there are no rows."""
        return None

    def no_hands(self, command_id: str) -> str:
        """Say why copy, open or export is off; empty for every other command."""
        match command_id.partition(".")[2]:
            case "copy":
                return "" if self.copyable()[1] else _NOTHING
            case "open_file":
                return "" if self.document_here() else "There is no document under the cursor."
            case "export":
                return "" if self.sheet() else "There is nothing here to export."
        return ""

    def command_copy(self) -> None:
        self.post_message(CopyWanted(*self.copyable()))

    def command_open_file(self) -> None:
        row = self.document_here()
        if row is not None:
            self.post_message(OpenWanted(row))

    def command_export(self) -> None:
        sheet = self.sheet()
        if sheet is not None:
            self.post_message(ExportWanted(sheet))

    def whole_row(self, table: WindowTable[T], row: T) -> tuple[Item, ...]:
        """The row in words, for the end of what can be copied."""
        from tui.tables.copy_items import Item, whole

        return (Item("Whole row", whole(table.columns, row, self._cells_of(table))),)

    def follow(
        self,
        table: WindowTable[T],
        what: str,
        sign: Callable[[T], Hashable],
        is_quiet: Callable[[T], bool] = lambda _: False,
    ) -> None:
        """Have ``table`` mark the rows whose ``sign`` changed since the person saw them."""
        seen = self.desk.board.seen.setdefault(what, {})
        table.news = News(sign, is_quiet, seen)

    def sheet_of(
        self,
        table: WindowTable[T],
        name: str,
        record: Callable[[T], dict[str, Any]],
        read: Callable[[], Rows[T]],
    ) -> Sheet[T] | None:
        """Return what ``table`` shows."""
        from tui.tables.export_sheet import Sheet

        if not table.row_count:
            return None
        return Sheet(name, table.shown_columns, self._cells_of(table), record, read)

    def _cells_of(self, table: WindowTable[T]) -> Context:
        return Context(self.desk.clock(), table.currency)
