"""Sorting, arranging and the mouse, on the screens that have tables."""

from __future__ import annotations

from core.model.documents import DocumentFilter, DocumentOrder, DocumentSort
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.columns import ColumnsDialog
from tui.screens.base_table_screen import TablePlace
from tui.widgets.data_table.table import WindowTable


def table(person: Driver) -> WindowTable[object]:
    screen = person.app.screen
    assert isinstance(screen, TablePlace)
    return screen.table


def header(person: Driver) -> str:
    return next(line for line in person.lines if "Balance" in line or "Documents" in line)


async def open_all(person: Driver) -> None:
    await person.press("tab")
    await person.do("app.all")


async def test_the_column_that_sorts_moves_and_turns_round_and_the_cursor_stays_with_its_row(
    backend: FakeBackend,
) -> None:
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        assert "Last sent ▼" in header(person)
        await person.press("down", "down", "down")
        key = table(person).cursor_key
        for command, column, descending, arrow in (
            ("documents.sort_right", DocumentOrder.LAST_RECIPIENT, False, "Last recipient ▲"),
            ("documents.reverse", DocumentOrder.LAST_RECIPIENT, True, "Last recipient ▼"),
            ("documents.sort_left", DocumentOrder.LAST_SENT, True, "Last sent ▼"),
            ("documents.sort_left", DocumentOrder.SENDS, True, "▼"),
        ):
            await person.do(command)
            assert arrow in header(person)
            assert table(person).cursor_key == key
            where = DocumentFilter(sort=DocumentSort(column, descending))
            assert table(person).cursor_index == backend.documents.position(where, key or 0)


async def test_a_click_on_a_title_sorts_and_one_that_cannot_says_why(backend: FakeBackend) -> None:
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        widget = table(person)
        await person.pilot.click(widget, offset=(4, 0))
        await person.settle()
        assert "Number ▲" in header(person)
        await person.pilot.click(widget, offset=(4, 0))
        await person.settle()
        assert "Number ▼" in header(person)
        await person.do("app.customers")
        place = header(person).index("Open balance")
        await person.pilot.click(table(person), offset=(place, 0))
        await person.settle()
        assert "Amounts in several currencies have no order." in person.words


async def test_rows_in_another_order_stay_dimmed_until_they_are_read(backend: FakeBackend) -> None:
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        before = table(person).render_line(1).text
        backend.hold("document_position")
        await person.pilot.press("greater_than_sign")
        await person.until(lambda: table(person)._is_dimmed)
        assert table(person).render_line(1).text == before
        assert table(person).cursor_key is None  # nothing can be done about what is leaving
        await person.pilot.press("exclamation_mark")
        backend.release("document_position")
        await person.settle()
        assert not table(person)._is_dimmed
        assert "Last recipient ▼" in header(person)


async def test_columns_are_chosen_seen_at_once_kept_and_read_the_next_day(
    backend: FakeBackend,
) -> None:
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        await person.do("documents.columns")
        assert isinstance(person.app.screen, ColumnsDialog)
        await person.press("down", "space")
        title = person.line("Last sent")
        assert "Customer" not in title
        await person.press("escape")
        assert "Customer" in header(person)
        await person.do("documents.columns")
        await person.press("down", "space", "down", "down", "K", "K", "enter")
        assert "Customer" not in header(person)
        assert header(person).index("Status") < header(person).index("Kind")
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        assert "Customer" not in header(person)
        await person.do("documents.columns")
        await person.press("r", "enter")
        assert "Customer" in header(person)
        assert backend.preferences.get("columns.documents") is None


async def test_a_border_of_the_header_is_dragged(backend: FakeBackend) -> None:
    async with driving(backend, size=(160, 30)) as person:
        await open_all(person)
        widget = table(person)
        first, width = widget.fitted[0]
        await person.pilot.mouse_down(widget, offset=(2 + width, 0))
        await person.pilot.hover(widget, offset=(2 + width + 6, 0))
        await person.pilot.mouse_up(widget, offset=(2 + width + 6, 0))
        await person.settle()
        assert (first.id, widget.fitted[0][1]) == ("number", width + 6)
        assert table(person).sort == ("last_sent", True)


async def test_wheel_scrolls_and_the_cursor_stays(backend: FakeBackend) -> None:
    async with driving(backend, size=(160, 16)) as person:
        await open_all(person)
        widget = table(person)
        key = widget.cursor_key
        widget.scroll_to(y=20, animate=False)
        await person.settle()
        assert (widget.scroll_offset.y, widget.cursor_key) == (20, key)
