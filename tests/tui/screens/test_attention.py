"""Needs attention on the screen: what is wrong, acknowledging, going there and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.attention import AttentionChip
from core.model.delivery import DeliveryEvent
from core.model.enums import DisplayStatus
from core.model.errors import DatabaseError
from tests.tui.company import NOW, Company
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.chasing import SnoozeDialog
from tui.dialogs.compose.compose import ComposeDialog
from tui.screens.attention import AttentionScreen
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen


async def there(person: Driver) -> AttentionScreen:
    await person.press("down")  # from the search to the list
    await person.do("app.attention")
    screen = person.app.screen
    assert isinstance(screen, AttentionScreen)
    return screen


def listed(person: Driver, backend: FakeBackend) -> list[str]:
    """The numbers on screen, from top to bottom."""
    numbers = [row.number for row in backend.company.rows()]
    found = [(line, n) for line in person.lines for n in numbers if line[1:].startswith(f" {n} ")]
    return [n for _, n in found]


async def test_the_key_opens_it_and_the_worst_stands_first_with_what_to_do(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await there(person)
        expected = [backend.company.row(k).number for k in backend.attention.ids(_open())]
        assert len(expected) > 2
        assert listed(person, backend) == expected
        row = backend.attention.rows(backend.attention.ids(_open()))[0]
        assert row.next.words in person.line(row.document.number)
        assert "balance × days overdue" in person.text
        assert f"Open {len(expected)}" in person.text


def _open() -> AttentionChip:
    return AttentionChip.OPEN


@pytest.mark.parametrize("key", ["k", "space"])
async def test_acknowledging_hides_the_row_and_backspace_brings_it_back(
    backend: FakeBackend, key: str
) -> None:
    async with driving(backend) as person:
        await there(person)
        before = listed(person, backend)
        await person.press("down", key)
        assert listed(person, backend) == [before[0], *before[2:]]
        assert f"{before[1]} is hidden from your list" in person.words
        assert "Acknowledged 1" in person.text
        await person.do("attention.undo")
        assert listed(person, backend) == before
        await person.do("attention.undo")
        assert "You acknowledged nothing just now." in person.words


async def test_the_filter_shows_what_was_acknowledged_and_the_same_key_brings_it_back(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await there(person)
        first = listed(person, backend)[0]
        await person.do("attention.acknowledge")
        await person.press("right", "right", "right")
        assert listed(person, backend) == [first]
        assert "Bring back" in person.lines[-1]
        await person.do("attention.acknowledge")
        assert listed(person, backend) == []
        assert "You have acknowledged nothing" in person.words
        await person.press("escape")
        assert first in listed(person, backend)


async def test_something_new_that_goes_wrong_brings_it_back(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await there(person)
        rows = backend.attention.rows(backend.attention.ids(_open()))
        row = next(r for r in rows if r.word is DisplayStatus.BOUNCED)
        backend.attention.acknowledge(row.id, row.seen)
        backend.change_elsewhere()
        await person.until(lambda: row.document.number not in listed(person, backend))
        address = backend.company.log(row.id).emails[0].recipients[0].address
        fact = DeliveryEvent(
            "Complaint", NOW + timedelta(minutes=1), "", address, "abuse", feedback_id="again"
        )
        backend.company.apply(row.id, fact)
        backend.change_elsewhere()
        await person.until(lambda: row.document.number in listed(person, backend))


async def test_enter_opens_the_log_and_back_returns_to_the_same_row(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        screen = await there(person)
        await person.press("down")
        key = screen._table.cursor_key
        await person.press("enter")
        shown = person.app.screen
        assert isinstance(shown, CommunicationsScreen)
        assert shown.log_panel.display
        assert shown.log_panel.document_id == key
        await person.press("q")
        assert person.app.screen is screen
        assert screen._table.cursor_key == key
        await person.press("q")
        assert isinstance(person.app.screen, CustomersScreen)


async def test_the_keys_that_help_work_on_the_row(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        screen = await there(person)
        row = screen._table.cursor_row
        assert row is not None
        await person.do("attention.follow_up")
        assert isinstance(person.app.screen, ComposeDialog)
        assert row.document.number in person.dialog.subject.value
        await person.press("escape")
        await person.until(lambda: person.app.screen is screen)
        await person.do("attention.snooze")
        assert isinstance(person.app.screen, SnoozeDialog)
        await person.press("escape")
        assert person.app.screen is screen


async def test_e_is_off_with_a_reason_where_no_address_failed(backend: FakeBackend) -> None:
    async with driving(FakeBackend(Company(), NOW)) as person:
        await there(person)
        await person.do("attention.edit_address")
        assert "There is no document under the cursor." in person.words


async def test_an_empty_list_says_that_nothing_is_wrong() -> None:
    async with driving(FakeBackend(Company(), NOW)) as person:
        await there(person)
        assert "Nothing needs you" in person.words


async def test_when_all_is_acknowledged_it_says_so_and_where_it_is(backend: FakeBackend) -> None:
    for row in backend.attention.rows(backend.attention.ids(_open())):
        backend.attention.acknowledge(row.id, row.seen)
    async with driving(backend) as person:
        await there(person)
        assert "Nothing new needs you." in person.words
        assert "acknowledged: [ and ] show them" in person.words


async def test_a_database_that_does_not_answer_is_told_in_words(backend: FakeBackend) -> None:
    backend.fail("attention_ids", DatabaseError("The database did not answer.", "Try again."))
    async with driving(backend) as person:
        await there(person)
        assert "The database did not answer." in person.words
        backend.fail("attention_ids", None)
        await person.press("f5")
        assert isinstance(person.app.screen, AttentionScreen)


@pytest.mark.parametrize("size", [(80, 24), (132, 36)])
async def test_it_fits(backend: FakeBackend, size: tuple[int, int]) -> None:
    async with driving(backend, size) as person:
        await there(person)
        assert "Balance" in person.text
        assert "Overdue" in person.text
        assert "Next" in person.text
        assert all(len(line) <= size[0] for line in person.lines)
