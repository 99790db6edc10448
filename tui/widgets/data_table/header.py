"""The header and the mouse, and what a table tells the screen that it is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from textual import events
from textual.message import Message

from core.model.errors import OuttrayError
from tui.widgets.data_table.column import NARROWEST
from tui.widgets.data_table.view import WindowView

T = TypeVar("T")


class WindowTold(WindowView[T]):
    """Its messages; who posts them is further down."""

    @dataclass
    class _About(Message):
        table: WindowTold[Any]

        @property
        def control(self) -> WindowTold[Any]:
            return self.table

    @dataclass
    class Highlighted(_About, namespace="window_table"):
        """The cursor is on another row, or its row has new values, or there is none (``None``)."""

        key: int | None
        row: Any

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, WindowTold.Highlighted) and message.table is self.table

    @dataclass
    class Chosen(_About, namespace="window_table"):
        """Enter or a double click on a row."""

        key: int
        row: Any

    @dataclass
    class SelectionChanged(_About, namespace="window_table"):
        """The set of marked rows is another one."""

        keys: frozenset[int]

    @dataclass
    class Loaded(_About, namespace="window_table"):
        """The rows were read, for the first time or again."""

        count: int

    @dataclass
    class Failed(_About, namespace="window_table"):
        """Rows could not be read; where there are none to show, the table says so itself."""

        error: OuttrayError

    @dataclass
    class SortWanted(_About, namespace="window_table"):
        """A click on the title of a column."""

        column: str

    @dataclass
    class Resized(_About, namespace="window_table"):
        """The right border of a column was dragged; it is to be so wide."""

        column: str
        width: int


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
