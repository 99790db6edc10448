"""Insights on the screen: rates with their verdict, plots, days to choose from."""

from __future__ import annotations

import pytest

from core.model.errors import DatabaseError
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.screens.customers import CustomersScreen
from tui.screens.insights import InsightsScreen


async def there(person: Driver) -> InsightsScreen:
    await person.press("down")
    await person.do("app.insights")
    screen = person.app.screen
    assert isinstance(screen, InsightsScreen)
    return screen


async def test_the_key_opens_it_with_rates_verdicts_and_plots(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await there(person)
        assert "1,500 emails, counted by us" in person.text
        assert "✓ within limits; AWS reviews accounts at 5 %" in person.words
        assert "2 %" in person.line("Bounces")
        assert "█" in person.line("Sent")
        assert "The mailbox does not exist" in person.text
        assert "to 10 s" in person.text
        assert "50 %  20 opened by a person" in person.text
        assert "40 %  12 invoices paid since" in person.text
        assert "96 %" in person.line("acme.example")
        await person.press("q")
        assert isinstance(person.app.screen, CustomersScreen)


async def test_other_days_are_counted_and_f5_counts_anew(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await there(person)
        await person.do("insights.next_chip")
        assert "4,500 emails" in person.text
        await person.press("left", "left")
        assert "350 emails" in person.text
        backend.insights.asked.clear()
        await person.do("app.reload")
        assert (7, True) in backend.insights.asked


async def test_it_says_that_it_counts_and_stays_usable_meanwhile(backend: FakeBackend) -> None:
    backend.hold("insights")
    async with driving(backend) as person:
        await person.press("down")
        await person.pilot.press("i")
        await person.tick()
        assert "Counting …" in person.text
        await person.pilot.press("q")
        await person.tick()
        assert isinstance(person.app.screen, CustomersScreen)
        backend.release("insights")
        await person.settle()


async def test_few_emails_get_no_verdict(backend: FakeBackend) -> None:
    backend.insights.per_day = 5
    async with driving(backend) as person:
        await there(person)
        assert "too few to judge" in person.text


async def test_nothing_sent_is_said_in_words(backend: FakeBackend) -> None:
    backend.insights.per_day = 0
    async with driving(backend) as person:
        await there(person)
        assert "Nothing was sent in the last 30 days." in person.words
        await person.do("insights.next_chip")
        assert "Nothing was sent in the last 90 days." in person.words


async def test_a_failure_is_told_in_words_and_f5_tries_again(backend: FakeBackend) -> None:
    backend.fail("insights", DatabaseError("The database did not answer.", "Try again."))
    async with driving(backend) as person:
        await there(person)
        assert "✖ The database did not answer." in person.words
        backend.fail("insights", None)
        await person.press("f5")
        assert "1,500 emails" in person.text


async def test_a_domain_written_by_strangers_is_harmless(backend: FakeBackend) -> None:
    backend.insights.domain = "[/b]evil\x1b[2J\u202e.example"
    async with driving(backend) as person:
        await there(person)
        assert "[/b]evil␛[2J.example" in person.text


@pytest.mark.parametrize("size", [(80, 24), (132, 36), (200, 60)])
async def test_it_fits_and_the_end_can_be_reached(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await there(person)
        assert "Bounces" in person.text
        assert all(len(line) <= size[0] for line in person.lines)
        await person.press("end")
        await person.until(lambda: "acme.example" in person.text)


async def test_without_colour_the_words_and_signs_remain(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(backend) as person:
        await there(person)
        assert "✓ within limits" in person.text
        assert "│" in person.line("Complaints")
