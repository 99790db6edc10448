"""A table over any number of rows: the cursor stays with its row, nobody waits, nothing lies."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from core.model.errors import DatabaseBusyError
from tui.format.badges import Span
from tui.format.text import cell
from tui.runtime import themes
from tui.runtime.background import BackgroundCalls
from tui.widgets.data_table.column import Column
from tui.widgets.data_table.pages import PAGE, Rows, Wish, read_window
from tui.widgets.data_table.table import WindowTable

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    id: int
    name: str


@dataclass
class Names:
    """Rows in memory; ``gate`` holds every answer back until it is set."""

    rows: list[Row]
    gate: threading.Event | None = None
    error: Exception | None = None
    pages: list[int] = field(default_factory=list)

    def count(self) -> int:
        self._enter()
        return len(self.rows)

    def _enter(self) -> None:
        if self.gate is not None:
            self.gate.wait(5)
        if self.error is not None:
            raise self.error

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        self._enter()
        self.pages.append(offset)
        return self.rows[offset : offset + limit]

    def position(self, key: int) -> int | None:
        return next((i for i, row in enumerate(self.rows) if row.id == key), None)

    def key(self, row: Row) -> int:
        return row.id


class Many(Names):
    """100,000 rows that nobody holds."""

    def __init__(self) -> None:
        super().__init__([])

    def count(self) -> int:
        return 100_000

    def page(self, offset: int, limit: int) -> Sequence[Row]:
        self.pages.append(offset)
        return [Row(i, f"row {i}") for i in range(offset, min(offset + limit, 100_000))]

    def position(self, key: int) -> int | None:
        return key


def names(count: int, prefix: str = "row") -> Names:
    return Names([Row(i, f"{prefix} {i}") for i in range(count)])


COLUMNS: Sequence[Column[Row]] = (
    Column("id", "Id", 6, lambda row, _: (Span(str(row.id), "ink--strong"),), align="right"),
    Column("name", "Name", 10, lambda row, _: (Span(cell(row.name)),), weight=1),
    Column("state", "State", 16, lambda _, __: (Span(" ✖ BOUNCED ", "badge--bounced"),)),
    Column("extra", "Extra", 40, lambda _, __: (), priority=9),
)


class Stage(App[None]):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.background_calls = BackgroundCalls(self)
        self.table: WindowTable[Row] = WindowTable(
            COLUMNS,
            self.background_calls,
            clock=lambda: NOW,
            empty="No one\nhere yet.",
            id="t",
            **options,
        )
        self.seen: list[Message] = []

    def get_css_variables(self) -> dict[str, str]:
        return themes.complete(super().get_css_variables(), ansi=False)

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    def on_window_table_highlighted(self, message: Message) -> None:
        self.seen.append(message)

    on_window_table_chosen = on_window_table_highlighted
    on_window_table_selection_changed = on_window_table_highlighted
    on_window_table_loaded = on_window_table_highlighted
    on_window_table_failed = on_window_table_highlighted

    def told(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.seen if isinstance(message, kind)]


@asynccontextmanager
async def stage(
    source: Names | None = None, size: tuple[int, int] = (60, 12)
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        if source is not None:
            app.table.load(source)
        await settle(pilot)
        yield app, pilot
        app.background_calls.close()


async def settle(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Stage)
    for _ in range(3):  # an answer is painted, and what is painted may ask for more
        await pilot.pause()
        await app.background_calls.idle()


def lines(app: Stage) -> list[str]:
    """What is on the screen."""
    table = app.table
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


# --------------------------------------------------------------------------- what is shown


async def test_titles_stay_on_top_and_rows_follow() -> None:
    async with stage(names(100)) as (app, pilot):
        assert lines(app)[:2] == [
            "      Id  Name                              State",
            "▌      0  row 0                              ✖ BOUNCED",
        ]
        await pilot.press("end")
        assert lines(app)[0] == "      Id  Name                              State"
        assert lines(app)[-1].startswith("▌     99  row 99")


async def test_no_rows_are_said_in_words() -> None:
    async with stage(names(0)) as (app, pilot):
        await pilot.press("down", "up", "end", "enter", "space")
        assert [line.strip() for line in lines(app)[:4]] == [
            lines(app)[0].strip(),
            "",
            "No one",
            "here yet.",
        ]
        assert (app.table.cursor_key, app.table.cursor_row) == (None, None)
        assert app.told(WindowTable.Highlighted)[-1].key is None
        assert app.told(WindowTable.Chosen) == []


async def test_one_row_is_under_the_cursor() -> None:
    async with stage(names(1)) as (app, pilot):
        await pilot.press("down", "pagedown")
        assert (app.table.cursor_key, app.table.cursor_row) == (0, Row(0, "row 0"))


async def test_before_anything_was_loaded_nothing_is_claimed() -> None:
    async with stage() as (app, _):
        assert [line for line in lines(app)[1:] if line] == []


HOSTILE = [
    "[/foo] [b]x[/b]",
    "[@click=app.quit]x[/]",
    "\x1b]0;title\x07\x1b[2J",
    "a\u202eb\u2066c",
    "one\ntwo\r\nthree",
    "日本語の会社" * 20,
    "x" * 10_000,
    "half \ud800 surrogate",
    "👨‍👩‍👧‍👦" * 9,
    "",
]


async def test_hostile_rows_stay_in_their_line_and_reach_no_terminal() -> None:
    source = Names([Row(i, text) for i, text in enumerate(HOSTILE)])
    async with stage(source, size=(60, 14)) as (app, _):
        for y in range(14):
            strip = app.table.render_line(y)
            assert strip.cell_length == app.table.size.width
            assert strip.text.isprintable()
            "".join(segment.text for segment in strip).encode("utf-8")


async def test_a_page_on_its_way_is_a_quiet_placeholder() -> None:
    source = names(1000)
    async with stage(source) as (app, pilot):
        held = threading.Event()
        read = source.page

        def late(offset: int, limit: int) -> Sequence[Row]:
            held.wait(5)
            return read(offset, limit)

        source.page = late  # type: ignore[method-assign]
        await pilot.press("end")
        assert lines(app)[-1] == "▌ …"
        assert app.table.cursor_key is None
        await pilot.press("enter")
        assert app.told(WindowTable.Chosen) == []
        held.set()
        await settle(pilot)
        assert lines(app)[-1].startswith("▌    999  row 999")
        assert app.table.cursor_key == 999


async def test_columns_leave_and_come_back_with_the_width() -> None:
    async with stage(names(50), size=(132, 20)) as (app, pilot):
        assert "Extra" in lines(app)[0]
        await pilot.press("end")
        await pilot.resize_terminal(60, 8)
        await settle(pilot)
        assert "Extra" not in lines(app)[0]
        assert lines(app)[-1].startswith("▌     49")
        shown = app.table.scrollable_content_region.width
        assert {app.table.render_line(y).cell_length for y in range(8)} == {shown}
        await pilot.resize_terminal(132, 20)
        await settle(pilot)
        assert "Extra" in lines(app)[0]


# --------------------------------------------------------------------------- the cursor


async def test_keys_move_the_cursor_and_it_never_leaves_the_rows() -> None:
    async with stage(names(100)) as (app, pilot):
        places = []
        keys = "up down j k pagedown end down home end pageup home"
        for key in keys.split():
            await pilot.press(key)
            places.append(app.table.cursor_index)
        assert places == [0, 1, 2, 1, 12, 99, 99, 0, 99, 88, 0]


async def test_the_cursor_is_always_on_screen_and_told() -> None:
    async with stage(names(100)) as (app, pilot):
        for _ in range(30):
            app.table.action_cursor_down()
        assert sum(line.startswith("▌") for line in lines(app)) == 1
        await pilot.pause()
        last = app.told(WindowTable.Highlighted)[-1]
        assert (last.key, last.row, last.control) == (30, Row(30, "row 30"), app.table)


async def test_enter_and_a_double_click_choose() -> None:
    async with stage(names(100)) as (app, pilot):
        await pilot.press("down", "enter")
        await pilot.click("#t", offset=(10, 5))
        assert app.table.cursor_index == 4
        await pilot.click("#t", offset=(10, 6), times=2)
        await pilot.pause()
        assert [message.key for message in app.told(WindowTable.Chosen)] == [1, 5]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with stage(names(500)) as (app, pilot):
        app.table.scroll_to(y=300, animate=False)
        await settle(pilot)
        assert lines(app)[1].split()[0] == "300"
        assert app.table.cursor_key == 0
        await pilot.press("down")
        assert lines(app)[1].startswith("▌      1")


async def test_space_selects_and_goes_on() -> None:
    async with stage(names(10)) as (app, pilot):
        await pilot.press("space", "space", "up", "space")
        await pilot.pause()
        assert app.table.marked == {0}
        assert lines(app)[1].startswith(" ✓")
        assert [m.keys for m in app.told(WindowTable.SelectionChanged)] == [{0}, {0, 1}, {0}]
        app.table.clear_marks()
        assert app.table.marked == frozenset()


# --------------------------------------------------------------------------- live updates


async def test_reload_keeps_the_cursor_the_scroll_and_the_marks_with_their_rows() -> None:
    source = names(300)
    async with stage(source) as (app, pilot):
        for _ in range(4):
            await pilot.press("pagedown")
        await pilot.press("space")
        before, key = lines(app), app.table.cursor_key
        source.rows = [Row(1000 + i, f"new {i}") for i in range(7)] + source.rows
        app.table.reload()
        await settle(pilot)
        assert app.table.cursor_key == key
        assert app.table.row_count == 307
        assert lines(app) == before


async def test_reload_shows_new_values_and_tells_them() -> None:
    source = names(20)
    async with stage(source) as (app, pilot):
        await pilot.press("down")
        source.rows[1] = Row(1, "changed")
        app.table.reload()
        await settle(pilot)
        assert "changed" in lines(app)[2]
        assert app.told(WindowTable.Highlighted)[-1].row == Row(1, "changed")


async def test_a_reader_at_the_top_sees_what_comes_in() -> None:
    source = names(20)
    async with stage(source) as (app, pilot):
        source.rows = [Row(77, "newest"), *source.rows]
        app.table.reload()
        await settle(pilot)
        assert "newest" in lines(app)[1]
        assert (app.table.cursor_key, app.table.cursor_index) == (0, 1)


async def test_where_the_row_is_gone_the_cursor_stays_in_its_place() -> None:
    source = names(30)
    async with stage(source) as (app, pilot):
        await pilot.press("down", "down", "down")
        del source.rows[3]
        app.table.reload()
        await settle(pilot)
        assert (app.table.cursor_index, app.table.cursor_key) == (3, 4)
        source.rows = source.rows[:2]
        app.table.reload()
        await settle(pilot)
        assert (app.table.cursor_index, app.table.cursor_key) == (1, 1)


async def test_a_reload_that_comes_after_the_person_moved_does_not_move_the_cursor() -> None:
    source = names(30)
    async with stage(source) as (app, pilot):
        source.gate = threading.Event()
        source.rows = [Row(500, "new"), *source.rows]
        app.table.reload()
        await pilot.press("down", "down")
        source.gate.set()
        await settle(pilot)
        assert app.table.cursor_key == 2


# --------------------------------------------------------------------------- other rows


async def test_load_puts_the_cursor_on_the_row_asked_for_or_on_the_first() -> None:
    async with stage(names(500)) as (app, pilot):
        await pilot.press("end")
        app.table.load(names(500, "other"), cursor_key=250)
        await settle(pilot)
        assert app.table.cursor_key == 250
        assert any(line.startswith("▌    250  other 250") for line in lines(app))
        app.table.load(names(500, "third"))
        await settle(pilot)
        assert app.table.cursor_key == 0
        assert lines(app)[1].startswith("▌      0  third 0")


async def test_rows_of_an_older_source_never_come_back() -> None:
    slow = names(40, "old")
    slow.gate = threading.Event()
    async with stage(names(40)) as (app, pilot):
        app.table.load(slow)
        app.table.load(names(40, "new"))
        while "new 0" not in lines(app)[1]:
            await pilot.pause()
        slow.gate.set()
        await settle(pilot)
        assert "new 0" in lines(app)[1]


async def test_while_other_rows_are_read_the_old_ones_cannot_be_acted_on() -> None:
    slow = names(40, "slow")
    slow.gate = threading.Event()
    async with stage(names(40)) as (app, pilot):
        app.table.load(slow)
        assert (app.table.cursor_key, app.table.cursor_row) == (None, None)
        await pilot.press("space", "down", "enter")
        assert app.told(WindowTable.Chosen) == []
        await pilot.pause(0.15)
        assert "Reading" in lines(app)[2]
        slow.gate.set()
        await settle(pilot)
        assert [message.row for message in app.told(WindowTable.Chosen)] == [Row(1, "slow 1")]


async def test_a_load_that_fails_says_why_in_place_of_rows() -> None:
    source = Names([], error=DatabaseBusyError("The database is busy.", "Try again."))
    async with stage(names(40)) as (app, pilot):
        app.table.load(source)
        await settle(pilot)
        assert [line.strip() for line in lines(app)[2:4]] == [
            "✖ The database is busy.",
            "Try again.",
        ]
        assert app.told(WindowTable.Failed)[0].error is source.error
        source.error, source.rows = None, [Row(1, "back")]
        app.table.reload()
        await settle(pilot)
        assert "back" in lines(app)[1]


async def test_a_reload_that_fails_keeps_the_rows() -> None:
    source = names(40)
    async with stage(source) as (app, pilot):
        source.error = DatabaseBusyError("The database is busy.")
        app.table.reload()
        await settle(pilot)
        assert "row 0" in lines(app)[1]
        assert len(app.told(WindowTable.Failed)) == 1


# --------------------------------------------------------------------------- a lot of rows


async def test_of_100_000_rows_only_pages_are_read() -> None:
    source = Many()
    async with stage(source) as (app, pilot):
        await pilot.press("end")
        await settle(pilot)
        assert lines(app)[-1].split()[1] == "99999"
        assert app.table.cursor_key == 99_999
        await pilot.press("home")
        await settle(pilot)
        assert app.table.cursor_key == 0
        assert len(source.pages) <= 6


async def test_memory_holds_a_few_pages_however_far_one_scrolls() -> None:
    rows: Rows[Row] = Rows(100_000)
    for number in range(500):
        rows.put(number, (Row(number, ""),) * PAGE)
    assert len(rows.missing(range(500))) == 500 - 16
    assert rows.get(499 * PAGE) is not None


@pytest.mark.parametrize(("key", "cursor", "top"), [(None, 0, 0), (5, 5, 0), (500, 500, 495)])
def test_a_first_reading_begins_at_the_key(key: int | None, cursor: int, top: int) -> None:
    window = read_window(names(1000), Wish(10, cursor_key=key, anchor_key=key))
    assert (window.count, window.cursor, window.top) == (1000, cursor, top)


def test_a_reader_who_scrolled_away_keeps_the_rows_before_the_eyes() -> None:
    source = names(1000)
    source.rows = [Row(5000, "new"), *source.rows]
    wish = Wish(10, top=300, cursor=2, cursor_key=2, anchor=300, anchor_key=300)
    window = read_window(source, wish)
    assert (window.cursor, window.top) == (3, 301)
