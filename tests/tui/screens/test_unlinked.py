"""Emails of other programs that wait to be linked by hand: seen, linked, dismissed, taken back."""

from __future__ import annotations

import pytest

from core.model.errors import DatabaseBusyError
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.link import LinkDialog
from tui.screens.unlinked import UnlinkedScreen

STRANGER = "x@else.example"


@pytest.fixture
def waiting(backend: FakeBackend) -> FakeBackend:
    linking = backend.linking
    linking.add("m-1", "Pay INV-0042 online", STRANGER, "INV-0042", "INV-0041")
    linking.add("m-2", "Reminder INV-0050", STRANGER, "INV-0050")
    linking.add("m-3", "Opening hours", STRANGER)
    return backend


async def opened(person: Driver) -> None:
    await person.do("search.leave")
    await person.do("app.unlinked")
    assert isinstance(person.app.screen, UnlinkedScreen)


def dialog(person: Driver) -> LinkDialog:
    screen = person.app.screen
    assert isinstance(screen, LinkDialog)
    return screen


@pytest.mark.parametrize(
    ("size", "words"),
    [((132, 36), "2 emails wait to be linked: U"), ((80, 24), "2 to link: U")],
)
async def test_the_first_screen_says_quietly_that_some_wait(
    waiting: FakeBackend, size: tuple[int, int], words: str
) -> None:
    async with driving(waiting, size=size) as person:
        assert words in person.text
        await person.do("search.leave")
        assert "U  Unlinked" in person.lines[-1] or size[0] < 100


async def test_where_none_waits_nothing_speaks_of_it(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        assert "linked" not in person.text.lower()


async def test_an_empty_list_says_in_words_what_it_is_for(backend: FakeBackend) -> None:
    async with driving(backend, size=(80, 24)) as person:
        await opened(person)
        assert "Nothing waits to be linked." in person.text
        assert "wait here until you say which it is" in person.words


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_the_list_tells_what_each_points_to(
    waiting: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(waiting, size=size) as person:
        await opened(person)
        assert "INV-0042" in person.line("▌")
        assert "Opening hours" not in person.text
        assert "subject Pay INV-0042 online" in person.words
        assert "to x@else.example" in person.words


async def test_a_candidate_is_linked_with_two_keys_and_the_row_goes(waiting: FakeBackend) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.press("enter")
        assert "Which document is this email about?" in person.text
        await person.press("enter")
        document = waiting.company.find("INV-0042")
        assert waiting.linking.links == [("m-1", document.id)]
        assert "Linked to INV-0042 of Ludwig Krajcik DVM; 2 reports" in person.words
        assert "Pay INV-0042" not in person.text.partition("Linked")[0]
        assert "Waiting 1" in person.text
        await person.do("app.back")
        assert "1 email waits to be linked: U" in person.text


async def test_the_second_candidate_is_an_arrow_away(waiting: FakeBackend) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.press("l", "down", "enter")
        assert waiting.linking.links == [("m-1", waiting.company.find("INV-0041").id)]


async def test_any_document_is_found_by_number_or_customer(waiting: FakeBackend) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.press("enter")
        await person.type("sons")
        assert "INV-0051" in person.text
        assert "5,000.00 USD" in person.text
        await person.press("escape")
        assert "Something in it points to" in person.text
        await person.type("0051")
        await person.press("enter")
        assert waiting.linking.links == [("m-1", waiting.company.find("INV-0051").id)]


async def test_enter_waits_for_what_was_typed_and_never_takes_what_was_there_before(
    waiting: FakeBackend,
) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.press("enter")
        waiting.hold("page_documents")
        await person.pilot.press(*"0051", "enter")
        assert waiting.linking.links == []
        waiting.release("page_documents")
        await person.settle()
        assert waiting.linking.links == [("m-1", waiting.company.find("INV-0051").id)]


async def test_what_is_not_found_is_said_and_escape_leaves_step_by_step(
    waiting: FakeBackend,
) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.press("enter")
        await person.type("zzz")
        assert "No document matches “zzz”." in person.text
        await person.press("enter")
        assert waiting.linking.links == []
        await person.press("escape")
        dialog(person)
        await person.press("escape")
        assert isinstance(person.app.screen, UnlinkedScreen)


async def test_a_link_that_fails_is_said_in_the_dialog_and_can_be_tried_again(
    waiting: FakeBackend,
) -> None:
    async with driving(waiting) as person:
        await opened(person)
        waiting.fail("linking.link_to", DatabaseBusyError("The database is busy.", "Try again."))
        await person.press("enter", "enter")
        assert "The database is busy. Try again." in person.words
        waiting.fail("linking.link_to", None)
        await person.press("enter")
        assert len(waiting.linking.links) == 1


async def test_a_search_that_fails_is_said_in_the_dialog(waiting: FakeBackend) -> None:
    async with driving(waiting) as person:
        await opened(person)
        waiting.fail("page_documents", DatabaseBusyError("The database is busy.", "Try again."))
        await person.press("enter")
        await person.type("x")
        assert "The database is busy." in person.words


async def test_what_is_about_no_document_is_hidden_and_can_be_taken_back(
    waiting: FakeBackend,
) -> None:
    async with driving(waiting) as person:
        await opened(person)
        await person.do("unlinked.dismiss")
        assert "Waiting 1" in person.text
        await person.do("unlinked.next_chip")
        assert "no document · anna" in person.text
        assert "Opening hours" in person.text
        while "Pay INV-0042" not in person.line("▌"):
            await person.press("down")
        assert "Take back" in person.lines[-1]
        await person.do("unlinked.dismiss")
        assert "no document · anna" not in person.text
        await person.do("unlinked.previous_chip")
        assert "Waiting 2" in person.text


async def test_an_email_without_recipients_says_why_it_cannot_be_linked(
    backend: FakeBackend,
) -> None:
    backend.linking.add("m-9", "INV-0042", "", "INV-0042")
    async with driving(backend) as person:
        await opened(person)
        await person.press("l")
        assert isinstance(person.app.screen, UnlinkedScreen)
        assert "SES named no recipient" in person.words
        await person.press("enter")
        assert isinstance(person.app.screen, UnlinkedScreen)


async def test_hostile_subjects_are_letters_only(backend: FakeBackend) -> None:
    nasty = "[/foo] \x1b[2J [@click=app.quit]INV\u202e"
    backend.linking.add("m-9", nasty, f"{nasty}@x.example", "INV-0042", source=nasty)
    async with driving(backend) as person:
        await opened(person)
        assert "[@click=app.quit]INV" in person.text
        await person.press("enter")
        assert "[@click=app.quit]INV" in person.text
        await person.press("escape")
        await person.do("unlinked.dismiss")
        assert not person.has_ended
        assert "\x1b" not in person.text
        assert "\u202e" not in person.text


async def test_a_list_that_cannot_be_read_says_so_and_recovers(waiting: FakeBackend) -> None:
    waiting.fail("linking.page", DatabaseBusyError("The database is busy.", "Try again."))
    async with driving(waiting) as person:
        await opened(person)
        assert "The database is busy." in person.words
        waiting.fail("linking.page", None)
        await person.do("app.reload")
        assert "Pay INV-0042" in person.text
