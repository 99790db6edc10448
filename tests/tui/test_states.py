"""What the screens say when something is missing, slow, locked or gone, and that they recover."""

from __future__ import annotations

import asyncio

import pytest

from core.model.errors import DatabaseBusyError, DatabaseGoneError
from tests.tui.company import NOW, Company
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.app.app import OuttrayApp
from tui.screens.customers import CustomersScreen
from tui.widgets.data_table import view

GONE = DatabaseGoneError("The database /srv/out.db is gone.", "Put the file back.")
BUSY = DatabaseBusyError("Another program holds the database.", "Nothing was changed; try again.")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SLOW_AFTER", 0.05)
    monkeypatch.setattr(OuttrayApp, "LONGEST_PAUSE_SECONDS", 0.05)


def down(backend: FakeBackend, error: Exception | None) -> None:
    for method in ("revision", "feed_status", "count_customers", "page_customers", "overview"):
        backend.fail(method, error)


@pytest.mark.parametrize("error", [GONE, BUSY], ids=["gone", "busy"])
async def test_a_database_that_goes_away_is_told_in_a_line_and_followed_when_back(
    backend: FakeBackend, error: DatabaseGoneError
) -> None:
    async with driving(backend) as person:
        before = person.line("▌")
        down(backend, error)
        await person.until(lambda: "Outtray goes on trying" in person.text)
        assert error.title.rstrip(".") in person.text
        await person.do("app.reload")
        assert person.line("▌") == before  # old rows stay
        down(backend, None)
        await person.until(lambda: "The database is back" in person.text)
        assert "Outtray goes on trying" not in person.text


async def test_a_program_that_starts_on_a_locked_database_fills_itself_later(
    backend: FakeBackend,
) -> None:
    down(backend, BUSY)
    async with driving(backend) as person:
        await person.until(lambda: "✖ Another program holds the database." in person.text)
        down(backend, None)
        await person.until(lambda: "The database is back" in person.text)
        await person.settle()
        assert f"{len(backend.company.customers)} customers" in person.text


async def slow(person: Driver) -> None:
    person.backend.hold("count_customers")
    await person.pilot.press("f5")
    await person.until(lambda: "Still reading …" in person.text)


async def test_a_slow_reading_says_so_keeps_the_rows_and_can_be_left(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("down")
        before = person.line("▌")
        await slow(person)
        assert person.line("▌") == before
        await person.pilot.press("escape")
        await person.tick()
        assert "Still reading" not in person.text
        assert isinstance(person.app.screen, CustomersScreen)
        assert person.line("▌") == before
        backend.release("count_customers")
        await person.do("app.reload")
        assert "Still reading" not in person.text


async def test_a_slow_reading_of_other_rows_can_be_left_and_taken_up_again(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.press("down")
        backend.hold("page_customers")
        await person.pilot.press("n")
        await person.until(lambda: "Still reading …" in person.text)
        await person.pilot.press("escape")
        await person.tick()
        assert "you stopped waiting" in person.text
        backend.release("page_customers")
        await person.do("app.reload")
        assert "you stopped waiting" not in person.text


async def test_a_quick_reading_says_nothing(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        for _ in range(3):
            await person.do("app.reload")
            await asyncio.sleep(0.06)
            await person.pilot.pause()
            assert "Still reading" not in person.text


async def test_an_empty_database_says_what_to_do_first_in_every_place() -> None:
    async with driving(FakeBackend(Company(), NOW)) as person:
        assert "outtray import FILE" in person.words
        await person.press("down")
        for key, words in {
            "a": "outtray import FILE",
            "w": "Nothing needs you",
            "u": "Nothing waits to be linked.",
            "s": "No address is suppressed",
            "m": "Nothing waits to be sent",
        }.items():
            await person.press(key)
            assert words in person.words, key
            await person.press("q")
