"""The header answers to the mouse: a click sorts, a border that is dragged makes columns wider."""

from __future__ import annotations

from typing import TypeVar

from textual import events

from tui.widgets.data_table.header import WindowTold
from tui.widgets.data_table.layout import NARROWEST

T = TypeVar("T")


class WindowHeader(WindowTold[T]):
    """Tells what the person wants of a column; whoever holds the order and the columns does it."""

    _dragged: tuple[str, int] | None = None
    """Which border is held, and where its column begins."""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        column, is_border = self._painter.column_at(event.x)
        if event.y == 0 and is_border and column is not None:
            width = next(width for each, width in self.fitted if each.id == column.id)
            self._dragged = (column.id, event.x - width)
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged is not None:
            name, left = self._dragged
            self.post_message(self.Resized(self, name, max(NARROWEST, event.x - left)))
            event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            event.stop()

    def click_header(self, x: int) -> None:
        """Sort by the column at ``x``; its border is there to be dragged."""
        column, is_border = self._painter.column_at(x)
        if column is not None and not is_border:
            self.post_message(self.SortWanted(self, column.id))
