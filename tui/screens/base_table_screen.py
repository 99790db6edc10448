"""Screens whose table can be sorted and arranged, and what they remember of it for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on

from tui.screens.handy import HandyScreen
from tui.widgets.data_table.layout import Layout, arranged, from_json, resized, to_json
from tui.widgets.data_table.table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets.data_table.column import Column


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
        backend, key = self.desk.backend, self.columns_key
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
        backend, key, text = self.desk.backend, self.columns_key, to_json(layout)
        self.desk.jobs.start(None, lambda: backend.preferences.put(key, text), None, self.report)

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
