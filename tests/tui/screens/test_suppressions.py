"""S: both suppression lists as one table, released and added with a reason, in every weather."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.enums import DocumentKind
from core.model.suppressions import Cause, ListPhase, ListState, Suppression
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.suppression import ListDialog
from tui.screens.communications import CommunicationsScreen
from tui.screens.customers import CustomersScreen
from tui.screens.suppressions import SuppressionsScreen

BROOK = "brook59@example.org"
SIZES = pytest.mark.parametrize("size", [(132, 36), (80, 24)])


@pytest.fixture
def lists(backend: FakeBackend) -> FakeBackend:
    """A bounce of a document of the company on both lists, a complaint, one of our own."""
    found = backend.suppressions
    found.entries = [
        Suppression("Brook59@Example.org", "BOUNCE", NOW - timedelta(hours=2), "ses", "m1"),
        Suppression(BROOK, "left the firm", NOW - timedelta(hours=1), "own", added_by="ben"),
        Suppression("angry@example.net", "COMPLAINT", NOW - timedelta(days=3), "ses"),
        Suppression("stop@x.example", "asked us", NOW - timedelta(days=9), "own", added_by="anna"),
    ]
    document = backend.company.find("INV-0042")
    found.causes = {
        BROOK: Cause(
            email_id=1,
            subject="Following up on invoice INV-0042",
            sent_at=NOW - timedelta(hours=2),
            document_id=document.id,
            document_number="INV-0042",
            document_kind=DocumentKind.INVOICE,
            customer_id=document.customer_id,
            customer="Ludwig Krajcik DVM",
        )
    }
    found.state = ListState(ListPhase.READY, 2, NOW)
    return backend


async def opened(person: Driver) -> Driver:
    await person.press("tab")  # from the search to the list
    return await person.do("app.suppressions")


@SIZES
async def test_both_lists_are_one_table(lists: FakeBackend, size: tuple[int, int]) -> None:
    async with driving(lists, size) as person:
        await opened(person)
        assert "All 3   ✖ Bounces 1   ⚑ Complaints 1   ⊘ Ours 2   SES 2" in person.text
        assert "SES's list: 2 entries, read now" in person.text
        brook = person.line("Brook59@")
        assert "both" in brook
        assert "✖ hard bounce" in brook
        assert "2 h ago" in brook
        assert "INV-0042" in brook
        assert "⚑ complaint" in person.line("angry@example.net")
        assert "⊘ asked us" in person.line("stop@x.example")


async def test_chips_and_search_narrow_it(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.do("suppressions.next_chip")
        assert not person.line("angry@")
        await person.do("suppressions.next_chip")
        assert person.line("angry@")
        assert not person.line("stop@")
        await person.do("suppressions.previous_chip")
        await person.do("suppressions.previous_chip")
        await person.do("suppressions.search")
        await person.type("STOP")
        assert person.line("stop@")
        assert not person.line("Brook59@")
        await person.type("zzz")
        assert "No address matches “STOPzzz”." in person.text


@SIZES
async def test_enter_tells_all_about_an_address(lists: FakeBackend, size: tuple[int, int]) -> None:
    async with driving(lists, size) as person:
        await opened(person)
        await person.press("enter")
        assert "hard bounce since today 14:03" in person.words
        assert "left the firm since today 15:03 · added by ben" in person.words
        assert "“Following up on invoice INV-0042” · INV-0042 · Ludwig Krajcik DVM" in person.words
        assert "The next hard bounce puts the address back." in person.words
        await person.press("down", "down")
        assert "a person's decision" in person.words
        await person.press("escape")
        assert isinstance(person.app.screen, SuppressionsScreen)
        assert "a person's decision" not in person.words


async def test_a_reason_is_asked_and_the_address_leaves_both_lists(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.do("suppressions.remove")
        assert "Release Brook59@Example.org" in person.text
        await person.do("reason.apply")
        assert "Say why first." in person.words
        assert len(lists.suppressions.entries) == 4
        await person.type("has a new mailbox")
        await person.do("reason.apply")
        assert "removed from SES's list · removed from our own list" in person.words
        assert not person.line("│Brook59@") and len(lists.suppressions.entries) == 2  # noqa: PT018
        assert {entry.reason for entry in lists.suppressions.audit} == {"has a new mailbox"}


async def test_a_complaint_wants_the_address_typed(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.press("down", "x")
        assert "They marked our email as spam." in person.words
        await person.type("they want our bills again")
        await person.do("reason.apply")
        assert "Type angry@example.net to confirm" in person.words
        assert lists.calls.get("remove_suppression") is None
        await person.press("tab")
        await person.type("Angry@example.net")
        await person.do("reason.apply")
        assert not any("angry" in entry.address for entry in lists.suppressions.entries)


async def test_half_a_release_says_what_was_kept_and_is_tried_again(lists: FakeBackend) -> None:
    lists.suppressions.refusal = "SES said: not now."
    async with driving(lists) as person:
        await opened(person)
        await person.do("suppressions.remove")
        await person.type("why")
        await person.do("reason.apply")
        assert isinstance(person.app.screen, ListDialog)
        assert "NOT removed from SES's list: SES said: not now." in person.words
        assert "removed from our own list" in person.words
        assert "press again to retry" in person.words
        lists.suppressions.refusal = ""
        await person.do("reason.apply")
        assert isinstance(person.app.screen, SuppressionsScreen)
        assert not any("rook" in entry.address for entry in lists.suppressions.entries)


async def test_closing_after_half_a_release_shows_the_rest(lists: FakeBackend) -> None:
    lists.suppressions.refusal = "SES said: not now."
    async with driving(lists) as person:
        await opened(person)
        await person.do("suppressions.remove")
        await person.type("why")
        await person.do("reason.apply")
        await person.do("reason.close")
        assert "SES" in person.line("Brook59@Example.org")
        assert "both" not in person.line("Brook59@Example.org  ")


async def test_an_address_is_added_with_a_reason(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.do("suppressions.add")
        await person.do("reason.apply")
        assert "Type an address first." in person.words
        await person.type("new@x.example")
        await person.press("tab")
        await person.type("spam trap")
        await person.do("reason.apply")
        assert "added to our own list" in person.words
        assert "spam trap" in person.line("new@x.example")
        assert lists.suppressions.entries[-1].source == "own"


async def test_an_address_can_go_on_ses_list_instead(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.press("plus")
        await person.type("new@x.example")
        await person.press("tab")
        await person.type("spam trap")
        await person.press("tab", "space")
        await person.do("reason.apply")
        assert lists.suppressions.entries[-1].source == "ses"


async def test_the_causing_document_is_a_key_away_and_back_is_the_same_row(
    lists: FakeBackend,
) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.press("down", "down", "up", "up")
        await person.do("suppressions.document")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert "INV-0042 4 emails, newest first" in person.words
        assert "▌" in person.line("INV-0042")
        await person.press("escape", "escape")
        if not isinstance(person.app.screen, SuppressionsScreen):
            await person.press("escape")
        assert isinstance(person.app.screen, SuppressionsScreen)
        assert person.line("Brook59@").startswith("▌")
        await person.press("down")
        await person.do("suppressions.document")
        assert "No document of ours is known to have caused it." in person.words
        await person.press("q")
        assert isinstance(person.app.screen, CustomersScreen)


async def test_s_again_says_where_one_is_and_never_piles_screens_up(lists: FakeBackend) -> None:
    async with driving(lists) as person:
        await opened(person)
        await person.do("app.suppressions")
        assert "These are the suppressions." in person.words
        await person.do("suppressions.document")
        await person.do("app.suppressions")
        assert isinstance(person.app.screen, SuppressionsScreen)
        assert len(person.app.screen_stack) == 2


# --------------------------------------------------------------------------- the weather


async def test_while_the_list_is_read_one_sees_how_far_it_has_come(lists: FakeBackend) -> None:
    lists.suppressions.state = ListState(ListPhase.READING, 3_000)
    lists.hold("refresh")
    async with driving(lists) as person:
        await person.pilot.press("tab", "s")
        await person.until(lambda: "reading SES's list… 3,000 so far" in person.text)
        lists.suppressions.next_state = ListState(ListPhase.READY, 2, NOW)
        lists.release("refresh")
        await person.until(lambda: "SES's list: 2 entries, read now" in person.text)


@SIZES
@pytest.mark.parametrize(
    ("problem", "hint"),
    [
        ("SES cannot be reached at email.eu-west-1.amazonaws.com.", "Check the network"),
        ("There are no AWS credentials: Unable to locate.", "Check AWS_PROFILE or the keys"),
        ("SES said: not authorized to perform ses:List.", "Allow the call in the policy"),
    ],
    ids=["no network", "no credentials", "access denied"],
)
async def test_without_ses_ours_is_shown_with_the_reason_and_the_next_step(
    lists: FakeBackend, problem: str, hint: str, size: tuple[int, int]
) -> None:
    lists.suppressions.state = ListState(ListPhase.FAILED, problem=problem, hint=f"{hint}.")
    async with driving(lists, size) as person:
        await opened(person)
        assert f"SES's list cannot be read: {problem}" in person.words
        assert hint in person.words
        assert "F5 tries again" in person.words
        assert person.line("stop@x.example")
        assert not person.line("angry@")
        lists.suppressions.next_state = ListState(ListPhase.READY, 2, NOW)
        await person.do("app.reload")
        assert lists.calls["refresh_forced"] == 1
        assert person.line("angry@")


async def test_an_older_copy_is_shown_with_its_time(lists: FakeBackend) -> None:
    lists.suppressions.state = ListState(
        ListPhase.FAILED, 2, NOW - timedelta(hours=1), problem="SES cannot be reached."
    )
    async with driving(lists) as person:
        await opened(person)
        assert "Shown as of today 15:03." in person.words
        assert person.line("angry@")


async def test_an_empty_list_says_what_it_means(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await opened(person)
        assert "No address is suppressed." in person.text
        assert "N puts an address on our own list." in person.text
        await person.do("suppressions.remove")
        assert "There is no address under the cursor." in person.words


async def test_hostile_entries_are_shown_and_not_obeyed(lists: FakeBackend) -> None:
    lists.suppressions.entries = [
        Suppression(
            "a\x1b[2J@x", "[/bold] [@click=app.quit]x[/]", NOW, "own", added_by="\u202eanna"
        ),
    ]
    async with driving(lists) as person:
        await opened(person)
        await person.press("enter")
        assert "\x1b" not in person.text
        assert "\u202e" not in person.text
        assert "[@click=app.quit]" in person.text
        await person.do("suppressions.remove")
        assert "[@click=app.quit]" in person.text


# --------------------------------------------------------------------------- on the card


@SIZES
async def test_the_card_says_suppressed_with_reason_and_age(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    entry = Suppression(BROOK, "BOUNCE", NOW - timedelta(hours=2), "ses")
    backend.company.listed = {BROOK: entry}
    async with driving(backend, size) as person:
        await person.at("INV-0042")
        assert "✖ SUPPRESSED  hard bounce, 2 h ago" in person.text
        await person.do("documents.follow_up")
        await person.do("compose.use_1")
        assert "brook59@example.org ✖ SUPPRESSED" in person.text
