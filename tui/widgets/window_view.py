"""The rows of a reader on screen, line by line: a header that stays, zebra, cursor and marks."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.badges import BADGE_CLASSES, BADGE_CSS
from tui.columns import fit
from tui.text import cell
from tui.widgets.window_lines import CLASSES, GUTTER, Look, Painter

if TYPE_CHECKING:
    from core.errors import OuttrayError
    from tui.columns import Column, Context
    from tui.widgets.window_reader import Reader

T = TypeVar("T")

_READING: Final = "Reading …"


class WindowView(ScrollView, Generic[T]):
    """Paints; it never reads rows, nor moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*CLASSES, *BADGE_CLASSES}

    DEFAULT_CSS = (
        BADGE_CSS
        + """
    WindowView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .window-table--header { color: $foreground 60%; }
        & > .window-table--row-odd { background: $boost; }
        & > .window-table--cursor { background: $block-cursor-blurred-background; }
        & > .window-table--mark { color: $text-accent; text-style: bold; }
        & > .window-table--placeholder { color: $foreground 50%; }
        &:focus > .window-table--cursor { background: $primary 30%; text-style: bold; }
        &:ansi > .window-table--cursor, &:nocolor > .window-table--cursor {
            background: $background;
            color: $foreground;
            text-style: bold reverse;
        }
    }
    """
    )

    def __init__(
        self,
        columns: Sequence[Column[T]],
        reader: Reader[T],
        empty: str,
        context: Context,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty = empty
        """What to say when there are no rows; lines are separated by line breaks."""
        self._columns = tuple(columns)
        self._reader = reader
        self._cell_context = context
        self._painter = Painter(self._ground, self._ink)
        self._cursor = 0
        self._marked: frozenset[int] = frozenset()
        self._is_stale = False
        self._is_dimmed = False
        self._sort: tuple[str, bool] | None = None
        self._problem: OuttrayError | None = None

    @property
    def columns(self) -> Sequence[Column[T]]:
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column[T]]) -> None:
        self._columns = tuple(columns)
        self._fit()

    @property
    def currency(self) -> str:
        """The currency whose amounts carry no sign."""
        return self._cell_context.currency

    @currency.setter
    def currency(self, currency: str) -> None:
        self._cell_context = replace(self._cell_context, currency=currency)
        self._repaint()

    @property
    def sort(self) -> tuple[str, bool] | None:
        """The order that the header shows, and whether it descends; ``None``: it shows none."""
        return self._sort

    @sort.setter
    def sort(self, sort: tuple[str, bool] | None) -> None:
        self._sort = sort
        self._repaint()

    @property
    def fitted(self) -> Sequence[tuple[Column[T], int]]:
        """The columns on screen with their widths."""
        return self._painter.fitted

    def _dim(self, *, is_dimmed: bool) -> None:
        """Show that what stands here is about to be replaced by the same in another order."""
        if is_dimmed != self._is_dimmed:
            self._is_dimmed = is_dimmed
            self._repaint()

    @property
    def is_stale(self) -> bool:
        """What the badges say may be older than it looks: they lose their grounds."""
        return self._is_stale

    @is_stale.setter
    def is_stale(self, is_stale: bool) -> None:
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self._repaint()

    @property
    def row_count(self) -> int:
        return self._reader.rows.count

    @property
    def _page_height(self) -> int:
        """Rows on screen; before the first layout as many as a screen may have."""
        return max(1, self.size.height - 1) if self.size.height else 60

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width = self.size.width
        self._painter.fit(fit(self._columns, width - GUTTER), width)
        self.virtual_size = Size(width, self.row_count + 1)
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._repaint()

    def _repaint(self) -> None:
        self._painter.forget()
        self.refresh()

    def _ground(self, name: str) -> Style:
        style = self.get_component_rich_style(name)
        return style + Style(dim=True) if self._is_dimmed else style

    def _ink(self, name: str) -> Style:
        """Only what the class itself says; its colours are mixed with the ground of the table."""
        if self._is_stale and name.startswith(("badge--", "tone--")):
            name = name.replace("badge--", "tone--", 1)
            return self._ink_of_class(name) + Style(dim=True, bold=False)
        return self._ink_of_class(name)

    def _ink_of_class(self, name: str) -> Style:
        whole = self.get_component_rich_style(name)
        own = self.get_component_rich_style(name, partial=True)
        ground = whole.bgcolor if own.bgcolor is not None else None
        letters = whole.color if own.color is not None or ground is not None else None
        return own + Style(color=letters, bgcolor=ground)

    def render_line(self, y: int) -> Strip:
        """Return one line of what is on screen; never reads anything."""
        if y == 0:
            name, descending = self._sort or ("", False)
            return self._painter.header(name, "" if not name else "▼" if descending else "▲")
        index = self.scroll_offset.y + y - 1
        if index >= self.row_count:
            return self._painter.words(self._words(y - 2))
        row = self._reader.rows.get(index)
        look = Look(index == self._cursor, odd=index % 2 == 1)
        if row is None or self._reader.source is None:
            return self._painter.placeholder(look)
        if self._marked and self._reader.key_at(index) in self._marked:
            look = Look(look.cursor, marked=True, odd=look.odd)
        return self._painter.row(index, row, look, self._cell_context)

    def _words(self, place: int) -> str:
        """Return a line of what there is to say in place of rows."""
        if self.row_count or place < 0:
            return ""
        text = self.empty
        if self._reader.loading:
            text = _READING
        elif self._problem is not None:
            text = f"✖ {self._problem.title}\n{self._problem.hint}"
        elif self._reader.source is None:
            text = ""
        width = max(1, self.size.width - 2 * GUTTER)
        lines = [part for line in text.split("\n") for part in textwrap.wrap(cell(line), width)]
        return lines[place] if place < len(lines) else ""
