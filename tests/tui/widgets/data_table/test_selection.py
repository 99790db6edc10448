"""Rows that were selected stay selected until a person says otherwise."""

from __future__ import annotations

from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.screens.communications import CommunicationsScreen


async def selected_one(person: Driver) -> CommunicationsScreen:
    await person.press("down", "enter", "space")
    screen = person.app.screen
    assert isinstance(screen, CommunicationsScreen)
    assert screen._table.marked
    return screen


async def test_escape_takes_the_selection_off_before_it_goes_back(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        screen = await selected_one(person)
        await person.press("escape")
        assert person.app.screen is screen
        assert not screen._table.marked


async def test_the_selection_outlives_a_search(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        screen = await selected_one(person)
        selected = screen._table.marked
        await person.do("documents.search")
        await person.type("inv")
        assert screen._table.marked == selected
