"""Letters over the screen: one goes where the letter stands, and any other key only leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.widgets import Input, Static

from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.jump import JumpScreen, labels
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen
from tui.widgets.data_table.table import WindowTable
from tui.widgets.search_field import Search


@given(st.integers(0, 26 * 26))
def test_no_label_is_the_beginning_of_another(count: int) -> None:
    made = labels(count)
    assert len(made) == len(set(made)) == count
    alone = {label for label in made if len(label) == 1}
    assert all(label[0] not in alone for label in made if len(label) == 2)


def _labels(person: Driver) -> list[str]:
    assert isinstance(person.app.screen, JumpScreen)
    return [mark.name or "" for mark in person.app.screen.query(Static)]


def _at(person: Driver, part: str) -> str:
    """Return the label in front of the line with ``part`` in it."""
    return person.line(part)[:2].strip().lower()


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_a_letter_takes_the_cursor_to_its_row(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await person.do("search.leave")
        before = person.lines
        await person.do("app.jump")
        label = _at(person, "Dr. Mikra Kranz")
        assert label in _labels(person)
        shown = [line[2:] for line in person.lines[7:-1]]
        assert shown == [line[2:] for line in before[7:-1]]  # nothing is hidden by the letters
        await person.type(label.upper())
        table = person.app.screen.query_one(WindowTable)
        assert table.has_focus
        assert table.cursor_row is not None
        assert table.cursor_row.name == "Dr. Mikra Kranz"


async def test_a_letter_goes_to_the_search_and_to_a_filter(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.do("app.jump")
        screen = person.app.screen_stack[0]
        assert isinstance(screen, CustomersScreen)
        assert isinstance(person.app.screen, JumpScreen)
        at = {mark.region.offset: mark.name for mark in person.app.screen.query(Static)}
        await person.type(at[screen.search.region.offset] or "?")
        assert screen.search.has_focus
        await person.do("search.leave")
        await person.do("app.jump")
        start = {key: start for start, key in screen.chips.starts}["attention"]
        await person.type(at[screen.chips.content_region.offset + Offset(start, 0)] or "?")
        assert screen.chips.chosen == "attention"


async def test_any_other_key_leaves_and_does_nothing_else(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        for key in ("escape", "semicolon", "1", "f5", "down", "enter"):
            await person.do("app.jump")
            assert isinstance(person.app.screen, JumpScreen)
            await person.press(key)
            assert isinstance(person.app.screen, CustomersScreen), key
            assert person.app.screen.query_one(WindowTable).cursor_index == 0


async def test_a_field_that_is_typed_into_keeps_the_semicolon(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("a;b")
        screen = person.app.screen
        assert isinstance(screen, CustomersScreen)
        assert screen.search.value == "a;b"
        await person.do("app.jump_out")
        assert _labels(person)
        await person.press("escape")
        assert screen.search.value == "a;b"
        assert screen.search.has_focus


async def test_pairs_of_letters_where_there_are_many_rows(backend: FakeBackend) -> None:
    async with driving(backend, (132, 50)) as person:
        await person.do("search.leave")
        await person.do("app.all")
        await person.do("app.jump")
        pairs = [label for label in _labels(person) if len(label) == 2]
        assert pairs
        await person.type(pairs[-1][0])
        left = [m for m in person.app.screen.query(Static) if m.display]
        assert {(mark.name or "")[0] for mark in left} == {pairs[-1][0]}
        await person.type(pairs[-1][1])
        assert not isinstance(person.app.screen, JumpScreen)


async def test_the_emails_of_a_log_and_the_fields_of_a_dialog(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.log")
        screen = person.app.screen
        assert isinstance(screen, CommunicationsScreen)
        log = screen.log_panel
        await person.do("app.jump")
        offsets = {mark.region.offset: mark.name for mark in person.app.screen.query(Static)}
        await person.type(offsets[log.items[-1].region.offset] or "?")
        assert log.has_focus
        assert log.items[-1].has_class("-cursor")
        await person.do("documents.follow_up")
        dialog = person.dialog
        await person.do("app.jump_out")
        offsets = {mark.region.offset: mark.name for mark in person.app.screen.query(Static)}
        fields = [field for field in dialog.query(Input) if not isinstance(field, Search)]
        await person.type(offsets[fields[-1].region.offset] or "?")
        assert fields[-1].has_focus
