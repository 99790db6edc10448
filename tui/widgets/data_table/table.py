"""A table over any number of rows, of which only a window is in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size

from tui.widgets.data_table.column import Context
from tui.widgets.data_table.header import WindowHeader
from tui.widgets.data_table.pages import Reader, Rows, RowSource, Wish, clamp, page_numbers
from tui.widgets.data_table.painter import GUTTER

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from tui.runtime.background import BackgroundCalls
    from tui.widgets.data_table.column import Column
    from tui.widgets.data_table.pages import Window

__all__ = ["RowSource", "WindowTable"]

T = TypeVar("T")

#: How long the rows of the last filter may stay on screen while those of the next are read: long
#: enough to type without flicker, too short to be taken for an answer.
PATIENCE: Final = 0.1
#: Seconds between two looks at the clock: *3 s ago* must not stay for ever.
TICK: Final = 10.0


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


class WindowTable(WindowHeader[T], can_focus=True):
    """Rows of a ``RowSource`` in columns, with a cursor that stays with its row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "Up", show=False, id="table.up"),
        Binding("down,j", "cursor_down", "Down", show=False, id="table.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="table.page_down"),
        Binding("home", "top", "First", show=False, id="table.first"),
        Binding("end", "bottom", "Last", show=False, id="table.last"),
        Binding("enter", "choose", "Open", show=False, id="table.choose"),
        Binding("space", "mark", "Select", show=False, id="table.mark"),
    ]

    def __init__(
        self,
        columns: Sequence[Column[T]],
        background_calls: BackgroundCalls,
        *,
        empty: str = "Nothing here.",
        currency: str = "",
        clock: Callable[[], datetime] = utc_now,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        reader: Reader[T] = Reader(
            background_calls,
            on_window=self._show,
            on_page=self._page_came,
            on_count=self._count_came,
            on_error=self._fail,
        )
        super().__init__(
            columns, reader, empty, Context(clock(), currency), name=name, id=id, classes=classes
        )
        self._clock = clock
        self._key: int | None = None
        self._steps = 0  # moves of the cursor over rows that are still on their way
        self._choose_next = False
        self._keeps = False
        self._asks_beside = False

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)

    def _tick(self) -> None:
        if (now := self._clock()) != self._cell_context.now:
            self._cell_context = replace(self._cell_context, now=now)
            self._repaint()

    # ------------------------------------------------------------------ what it holds

    @property
    def cursor_index(self) -> int:
        return self._cursor

    @property
    def cursor_key(self) -> int | None:
        """The key under the cursor; ``None`` also while that row is on its way."""
        return None if self._reader.loading else self._key

    @property
    def cursor_row(self) -> T | None:
        """The row under the cursor; ``None`` also while it is on its way."""
        return None if self._reader.loading else self._reader.rows.get(self._cursor)

    @property
    def marked(self) -> frozenset[int]:
        """The keys of the rows selected with space; they outlive ``load``."""
        return self._marked

    def clear_marks(self) -> None:
        self.mark(frozenset())

    # ------------------------------------------------------------------ reading

    def load(
        self, source: RowSource[T], *, cursor_key: int | None = None, same_rows: bool = False
    ) -> None:
        """Show other rows; the cursor goes to ``cursor_key``, or to the first.

        ``same_rows``: only their order is another one, and those of before stay, dimmed, as long
        as it takes.
        """
        self._keeps = same_rows
        self._steps, self._choose_next = 0, False
        height = self._page_height
        self._reader.load(source, Wish(height, cursor_key=cursor_key, anchor_key=cursor_key))
        self.watch_reading()
        self.set_timer(PATIENCE, partial(self._let_go, source))

    def reload(self) -> None:
        """Read the same rows again; cursor, scroll and marks stay with their rows."""
        if not self._reader.loading:
            self._reader.read(self._wish())
            self.watch_reading()

    def _wish(self) -> Wish:
        top, height = self.scroll_offset.y, self._page_height
        anchor, anchor_key = self._cursor, self._key
        if not top <= anchor < top + height:
            anchor, anchor_key = top, self._reader.key_at(top)
        return Wish(height, top, self._cursor, self._key, anchor, anchor_key)

    def stop_waiting(self) -> None:
        were_others = self._reader.loading
        super().stop_waiting()
        if were_others:  # rows of another filter would pass for an answer
            self._replace(Rows(), 0)

    def _let_go(self, source: RowSource[T]) -> None:
        if self._reader.loading and source is self._reader.source:
            if self._keeps and self.row_count:
                self._dim(is_dimmed=True)
                return
            self._replace(Rows(), 0, loading=True)

    def _show(self, wish: Wish, window: Window[T]) -> None:
        self._is_slow = False
        if not self._reader.loading and self._wish() != wish:
            self.reload()  # the person moved meanwhile: what was read is not what they look at
            return
        steps, choose = self._steps, self._choose_next
        self._steps, self._choose_next, self._problem = 0, False, None
        self._cursor = window.cursor
        context = self._cell_context
        self._cell_context = replace(context, now=self._clock(), typed=self._typed)
        self._replace(Rows(window.count, window.pages), window.top)
        self._highlight(again=True)
        self.post_message(self.Loaded(self, window.count))
        if steps:
            self.move_to(self._cursor + steps)
        if choose:
            self.action_choose()

    def _page_came(self) -> None:
        self.refresh_changed()
        self._ask()
        self._highlight()

    def _count_came(self) -> None:
        self.virtual_size = Size(self.size.width, self.row_count + 1)
        self._page_came()
        self.post_message(self.Loaded(self, self.row_count))

    def _fail(self, error: OuttrayError) -> None:
        self._is_slow = False
        if self._reader.loading:
            self._choose_next, self._problem, self._cursor = False, error, 0
            self._replace(Rows(), 0)
            self._highlight(again=True)
        self.post_message(self.Failed(self, error))

    def _replace(self, rows: Rows[T], top: int, *, loading: bool = False) -> None:
        self._reader.accept(rows, loading=loading)
        self._is_dimmed = False
        self.virtual_size = Size(self.size.width, rows.count + 1)
        self.scroll_to(y=top, animate=False, force=True)
        self._repaint()
        self._ask()

    def _ask(self) -> None:
        """Have the pages read that are on screen; those beside it when that is painted."""
        top, height, count = self.scroll_offset.y, self._page_height, self.row_count
        self._reader.ask(
            [
                *page_numbers(top, top + height, count),
                *page_numbers(self._cursor, self._cursor + 1, count),
            ]
        )
        if not self._asks_beside:
            self._asks_beside = True
            self.call_after_refresh(self._ask_beside)

    def _ask_beside(self) -> None:
        self._asks_beside = False
        top, height, count = self.scroll_offset.y, self._page_height, self.row_count
        self._reader.ask(page_numbers(top - 2 * height, top + 4 * height, count))
        below = range(top + height, min(top + 2 * height, count))
        self.make_ahead((*below, *range(max(0, top - height), top)))

    # ------------------------------------------------------------------ cursor and marks

    def move_to(self, index: int) -> None:
        """Put the cursor on that row, or the nearest there is, and bring it into view."""
        if self._reader.loading:
            self._steps += index - self._cursor
            return
        old, self._cursor = self._cursor, clamp(index, self.row_count)
        if old != self._cursor:
            self._have_seen(old, self._cursor)
        top, height = self.scroll_offset.y, self._page_height
        if not top <= self._cursor < top + height:
            above = self._cursor < top
            top = self._cursor if above else self._cursor - height + 1
            self.scroll_to(y=top, animate=False, force=True)
        self._refresh_rows(old, self._cursor)
        self._ask()
        self._highlight()

    def _have_seen(self, *indexes: int) -> None:
        """Take the mark off rows that the cursor was moved to, or away from: both were seen."""
        for index in indexes:
            key = self._reader.key_at(index)
            if self.news is not None and key is not None and self.news.look(key):
                self._refresh_rows(index)

    def on_unmount(self) -> None:
        if self.news is not None:
            self.news.leave()

    def _highlight(self, *, again: bool = False) -> None:
        """Take the key of the row under the cursor and tell, if it is another or read ``again``."""
        key = self._reader.key_at(self._cursor)
        if key != self._key or again:
            self._key = key
            if key is not None or not self.row_count:
                self.post_message(self.Highlighted(self, key, self.cursor_row))

    def mark(self, keys: frozenset[int]) -> None:
        """Select just these rows, whether they are among those in memory or not."""
        if keys != self._marked:
            self._marked = keys
            self.refresh_changed()
            self.post_message(self.SelectionChanged(self, keys))

    def action_cursor_up(self) -> None:
        self.move_to(self._cursor - 1)

    def action_cursor_down(self) -> None:
        self.move_to(self._cursor + 1)

    def action_page_up(self) -> None:
        self.move_to(self._cursor - self._page_height)

    def action_page_down(self) -> None:
        self.move_to(self._cursor + self._page_height)

    def action_top(self) -> None:
        self.move_to(0)

    def action_bottom(self) -> None:
        self.move_to(self.row_count - 1)

    def action_choose(self) -> None:
        """Choose the row under the cursor; one that is on its way is chosen when it is there."""
        row = self.cursor_row
        if self._reader.loading:
            self._choose_next = True
        elif row is not None and self._key is not None:
            self._have_seen(self._cursor)
            self.post_message(self.Chosen(self, self._key, row))

    def action_mark(self) -> None:
        """Select the row under the cursor, or no longer, and go on to the next."""
        if self.cursor_key is not None:
            self.mark(self._marked ^ {self.cursor_key})
            self.action_cursor_down()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y == 0:
            self.click_header(offset.x)
        if offset is None or offset.y == 0 or self._reader.loading:
            return
        index = self.scroll_offset.y + offset.y - 1
        if index >= self.row_count:
            return
        self.move_to(index)
        if event.chain == 2:
            self.action_choose()
        elif offset.x < GUTTER and self._key is not None:
            self.mark(self._marked ^ {self._key})

    def on_resize(self) -> None:
        self.move_to(self._cursor)  # fewer lines must not hide it

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def _refresh_rows(self, *indexes: int) -> None:
        top = self.scroll_offset.y
        self.refresh(*(Region(0, index - top + 1, self.size.width, 1) for index in indexes))
