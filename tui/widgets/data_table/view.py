"""The rows of a reader on screen, line by line: a header that stays, zebra, cursor and marks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.commands.dispatch import key_of, with_keys
from tui.format.badges import style
from tui.format.text import cell
from tui.widgets.data_table.column import fit
from tui.widgets.data_table.pages import News
from tui.widgets.data_table.painter import CLASSES, GUTTER, LeanLines, Look, Painter

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from core.rules.search.ranking import Typed
    from tui.widgets.data_table.column import Column, Context
    from tui.widgets.data_table.pages import Reader

T = TypeVar("T")

_READING: Final = "Reading …"
_SLOW: Final = "Still reading …  {screen.close} stops waiting"
#: From when on one says that a reading takes long.
SLOW_AFTER: Final = 1.0
#: Lines are made ahead when one has been still for so long, so many at once, with such pauses.
_STILL, _AT_ONCE, _BETWEEN = 0.02, 8, 0.004


class WindowView(LeanLines, Generic[T]):
    """Paints; it never reads rows, nor moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(CLASSES)

    DEFAULT_CSS = """
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
        self.news: News[T] | None = None
        """Which rows to mark as changed; set before the first rows are shown."""
        self._is_stale = False
        self._is_dimmed = False
        self._sort: tuple[str, bool] | None = None
        self._problem: OuttrayError | None = None
        self._typed: Typed | None = None
        self._is_slow = False
        self._is_stopped = False
        self._fit_width, self._has_scrollbar = 0, False
        self._ahead: Iterator[int] = iter(())

    # ------------------------------------------------------------------ slow readings

    @property
    def is_slow(self) -> bool:
        """A reading takes long, and says so."""
        return self._is_slow and self._reader.reading is not None

    def watch_reading(self) -> None:
        """Say so if the reading that has just begun takes long."""
        self._is_stopped = False
        self.set_timer(SLOW_AFTER, partial(self._look_at, self._reader.reading))

    def _look_at(self, reading: object | None) -> None:
        if reading is not None and reading is self._reader.reading:
            self._is_slow = True
            self.refresh()

    def stop_waiting(self) -> None:
        """Keep what is shown; what is being read answers nobody."""
        self._reader.stop()
        self._is_slow, self._is_stopped = False, True
        self.refresh()

    # ------------------------------------------------------------------ what it shows

    @property
    def columns(self) -> Sequence[Column[T]]:
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column[T]]) -> None:
        self._columns = tuple(columns)
        self._fit()

    @property
    def shown_columns(self) -> tuple[Column[T], ...]:
        """Those that there is room for."""
        return tuple(column for column, _ in fit(self._columns, self.size.width - GUTTER))

    @property
    def currency(self) -> str:
        """The currency whose amounts carry no sign."""
        return self._cell_context.currency

    @currency.setter
    def currency(self, currency: str) -> None:
        self._cell_context = replace(self._cell_context, currency=currency)
        self._repaint()

    @property
    def typed(self) -> Typed | None:
        """What the next rows are searched for: marked where a column shows it."""
        return self._typed

    @typed.setter
    def typed(self, typed: Typed | None) -> None:
        self._typed = typed  # the rows of what was typed before keep their marks

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

    def _fit_lines(self) -> None:
        """Make no more cells than are seen: what lies under the scrollbar would be cut off."""
        self._fit_width, self._has_scrollbar = self.size.width, self._is_scrollbar_there
        hidden = self.styles.scrollbar_size_vertical if self._has_scrollbar else 0
        width = self.size.width - hidden
        self._painter.fit(fit(self._columns, self.size.width - GUTTER), width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines within ``crop``."""
        if (self.size.width, self._is_scrollbar_there) != (self._fit_width, self._has_scrollbar):
            self._fit_lines()
        return super().render_lines(crop)

    @property
    def _is_scrollbar_there(self) -> bool:
        """Laid out, not only wanted: a line that ends before its place does is not painted."""
        return self.show_vertical_scrollbar and bool(self.vertical_scrollbar.region.width)

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self._fit_lines()
        self.virtual_size = Size(self.size.width, self.row_count + 1)
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter.forget()
        self.refresh()

    def _repaint(self) -> None:
        self._painter.forget()
        self.refresh_changed()

    def _ground(self, name: str) -> Style:
        style = self.get_component_rich_style(name)
        return style + Style(dim=True) if self._is_dimmed else style

    def _ink(self, name: str) -> Style:
        """Only what the class itself says; its colours are mixed with the ground of the table."""
        if self._is_stale and name.startswith(("badge--", "tone--")):
            name = name.replace("badge--", "tone--", 1)
            return self._ink_on_ground(name) + Style(dim=True, bold=False)
        return self._ink_on_ground(name)

    def _ink_on_ground(self, name: str) -> Style:
        if name in CLASSES:
            whole = self.get_component_rich_style(name)
            own = self.get_component_rich_style(name, partial=True)
            return own + Style(color=whole.color if own.color is not None else None)
        # No component classes: with 34 of them every change of focus or width took 10 ms.
        ink = self.app.stylesheet.parse_style(style(name))
        under = self.background_colors[1]
        ground = under if ink.background is None else under + ink.background
        return ink.rich_style + Style(
            color=None if ink.foreground is None else (ground + ink.foreground).rich_color,
            bgcolor=None if ink.background is None else ground.rich_color,
        )

    def render_line(self, y: int) -> Strip:
        """Return one line of what is on screen; never reads anything."""
        if y == 0:
            if self.is_slow and self.row_count:
                return self._painter.words(_SLOW)
            name, descending = self._sort or ("", False)
            return self._painter.header(name, "" if not name else "▼" if descending else "▲")
        index = self.scroll_offset.y + y - 1
        if index >= self.row_count:
            return self._painter.words(self._words(y - 2))
        return self._line_of(index)

    def make_ahead(self, indexes: Iterable[int]) -> None:
        """Make the lines of rows that may be wanted next, a few at a time between the keys."""
        self._ahead = iter(indexes)
        self.set_timer(_STILL, partial(self._make_some, self._ahead))

    def _make_some(self, indexes: Iterator[int]) -> None:
        if indexes is self._ahead and self.is_attached:  # else the person went on
            some = list(islice(indexes, _AT_ONCE))
            here = [index for index in some if self._reader.rows.get(index) is not None]
            _ = self.seen([self._line_of(index, is_seen=False) for index in here])
            if some:
                self.set_timer(_BETWEEN, partial(self._make_some, indexes))

    def _line_of(self, index: int, *, is_seen: bool = True) -> Strip:
        row = self._reader.rows.get(index)
        look = Look(index == self._cursor, odd=index % 2 == 1)
        if row is None or self._reader.source is None:
            return self._painter.placeholder(look)
        key = self._reader.source.key(row)
        if self.news is not None:
            is_new = self.news.is_new if is_seen else self.news.would_be_new
            look = replace(look, news=True) if is_new(key, row) else look
        if key in self._marked:
            look = replace(look, marked=True)
        return self._painter.row(index, row, look, self._cell_context)

    def _words(self, place: int) -> str:
        """Return a line of what there is to say in place of rows."""
        if self.row_count or place < 0:
            return ""
        text = self.empty
        if self._reader.loading:
            text = with_keys(_SLOW) if self.is_slow else _READING
        elif self._is_stopped:
            text = f"Not read: you stopped waiting.\n{key_of('app.reload')} reads it again."
        elif self._problem is not None:
            text = f"✖ {self._problem.title}\n{self._problem.hint}"
        elif self._reader.source is None:
            text = ""
        width = max(1, self.size.width - 2 * GUTTER)
        lines = [part for line in text.split("\n") for part in textwrap.wrap(cell(line), width)]
        return lines[place] if place < len(lines) else ""
