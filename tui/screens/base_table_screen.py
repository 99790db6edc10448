"""Screens whose table can be sorted and arranged, and what they remember of it for each person."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on

from tui.screens.base_screen import PlaceScreen
from tui.tables.intents import CopyWanted, ExportWanted, OpenWanted
from tui.widgets.data_table.column import Context, Layout, arranged, from_json, resized, to_json
from tui.widgets.data_table.pages import News
from tui.widgets.data_table.table import WindowTable

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Rows, Sheet
    from tui.widgets.data_table.column import Column


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

    def no_row_to_act_on(self, command_id: str) -> str:
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
        seen = self.app_context.board.seen.setdefault(what, {})
        table.news = News(sign, is_quiet, seen)

    def sheet_of(
        self,
        table: WindowTable[T],
        name: str,
        record: Callable[[T], dict[str, Any]],
        read: Callable[[], Rows[T]],
    ) -> Sheet[T] | None:
        """Return what ``table`` shows."""
        from tui.tables.export_file import Sheet

        if not table.row_count:
            return None
        return Sheet(name, table.shown_columns, self._cells_of(table), record, read)

    def _cells_of(self, table: WindowTable[T]) -> Context:
        return Context(self.app_context.clock(), table.currency)


class TablePlace(HandyScreen):
    """``columns_key`` names the table among what a person's screens remember."""

    columns_key = ""
    table_columns: Sequence[Column[Any]] = ()
    """All that there are, those that are hidden at first included."""
    layout_of_columns = Layout()

    @property
    def table(self) -> WindowTable[Any]:
        raise NotImplementedError

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The order in force, and whether it descends."""
        raise NotImplementedError

    def sort_by(self, order: str, *, descending: bool) -> None:
        """Read the rows in another order; the cursor stays with its row."""
        raise NotImplementedError

    # ------------------------------------------------------------------ columns

    def remember_columns(self) -> None:
        """Arrange the columns as this person has them, once that is read."""
        self.table.sort = self.sorted_by
        backend, key = self.app_context.backend, self.columns_key
        self.read("columns", lambda: backend.preferences.get(key), self._remembered)

    def _remembered(self, kept: str | None) -> None:
        layout = from_json(kept)
        if not layout.is_empty:
            self._arrange(layout)

    def _arrange(self, layout: Layout) -> None:
        self.layout_of_columns = layout
        self.table.columns = arranged(self.table_columns, layout)

    def _keep(self, layout: Layout) -> None:
        self._arrange(layout)
        backend, key, text = self.app_context.backend, self.columns_key, to_json(layout)
        self.app_context.background_calls.start(
            None, lambda: backend.preferences.put(key, text), None, self.report
        )

    def command_columns(self) -> None:
        from tui.dialogs.columns import ColumnsDialog

        before = self.layout_of_columns

        def done(chosen: Layout | None) -> None:
            if chosen is None:
                self._arrange(before)
            else:
                self._keep(chosen)

        dialog = ColumnsDialog(self.table_columns, before, self._arrange, self.table)
        _ = self.app.push_screen(dialog, done)

    @on(WindowTable.Resized)
    def _resize(self, event: WindowTable.Resized) -> None:
        event.stop()
        self._keep(resized(self.layout_of_columns, event.column, event.width))

    # ------------------------------------------------------------------ order

    @on(WindowTable.SortWanted)
    def _sort(self, event: WindowTable.SortWanted) -> None:
        event.stop()
        column = next(each for each in self.table_columns if each.id == event.column)
        if not column.sort:
            self.notify(column.unsorted, title=f"Not sorted by {column.title}", markup=False)
        elif column.sort == self.sorted_by[0]:
            self.command_reverse()
        else:
            self._sort_first(column.sort)

    def _sort_first(self, order: str) -> None:
        """The direction in which one looks at it first: names from A, all else the most first."""
        self.sort_by(order, descending=order not in _FROM_A)

    def command_sort_left(self) -> None:
        self._step(-1)

    def command_sort_right(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        orders = [column.sort for column, _ in self.table.fitted if column.sort]
        if not orders:
            return
        now = self.sorted_by[0]
        place = orders.index(now) + by if now in orders else 0
        self._sort_first(orders[place % len(orders)])

    def command_reverse(self) -> None:
        order, descending = self.sorted_by
        self.sort_by(order, descending=not descending)


_FROM_A = ("number", "customer", "kind", "status", "currency", "last_recipient", "due")
