"""What a table tells the screen that it is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from textual.message import Message

from core.model.errors import OuttrayError
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
