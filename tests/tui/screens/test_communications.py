"""The documents of a customer, the same over all, and the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.enums import EmailKind
from tests.tui.believable import bounce, days, fact
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.compose.compose import ComposeDialog
from tui.screens.communications import CommunicationsScreen
from tui.widgets.email_log import EmailLog


async def open_ludwig(person: Driver) -> Driver:
    return await person.press("enter")  # the first of those who need attention


def screen_of(person: Driver) -> CommunicationsScreen:
    screen = person.app.screen
    assert isinstance(screen, CommunicationsScreen)
    return screen


async def test_the_card_tells_whom_to_write_to_and_what_is_open(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        assert "brook59@example.org   ✖ BOUNCED   hard bounce" in person.text
        assert "also terrill@krajcik.example" in person.text
        assert "open balance $4,070.51" in person.text
        assert "11 documents · 14 emails · 2 follow-ups" in person.text


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_every_status_is_a_glyph_and_a_word(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await open_ludwig(person)
        for look in (
            "✖ BOUNCED", "● DELIVERED", "◉ OPENED", "◌ DEFERRED", "◈ CLICKED", "⚑ COMPLAINED",
            "⊘ DROPPED", "✖ BOUNCED soft", "· never sent",
        ):  # fmt: skip
            assert look in person.text
        assert "SENT" in person.line("⟵ BOUNCED")


async def test_b_shows_the_unresolved_bounces_and_again_all(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.do("documents.bounced")
        numbers = [n for n in ("INV-0042", "INV-0036", "INV-0033") if n in person.text]
        assert numbers == ["INV-0042", "INV-0036", "INV-0033"]
        assert "INV-0041" not in person.text
        assert "Show all" in person.lines[-1]
        await person.press("B")
        assert "INV-0041" in person.text


async def test_brackets_walk_through_the_filters(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.do("documents.previous_chip")
        assert "EST-0006" in person.text
        assert "INV-0042" not in person.text
        await person.do("documents.next_chip")
        assert "INV-0042" in person.text


async def test_slash_searches_within(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.do("documents.search")
        await person.type("est-")
        assert "EST-0007" in person.text
        assert "INV-0042" not in person.text
        await person.press("enter")
        await person.do("screen.close")
        assert "INV-0042" in person.text


async def test_a_filter_without_documents_says_so(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.type("kranz")
        await person.press("enter")
        await person.do("documents.bounced")
        assert "No unresolved bounce." in person.text


async def test_going_back_returns_to_the_same_row(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.do("search.leave")
        await person.press("down", "down", "down", "enter")
        assert "Customers › Bergmann & Töchter" in person.text
        await person.do("app.back")
        await person.press("enter")
        assert "Customers › Bergmann & Töchter" in person.text


async def test_enter_opens_the_log_with_times_words_and_advice(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("enter")
        assert "4 emails, newest first" in person.text
        assert "sent 14:02:11 · bounced 14:03:40 · hard bounce · 5.1.1" in person.text
        assert "server said  smtp; 550 5.1.1 <brook59@example.org>" in person.text
        assert "Correct the address, then resend." in person.text
        assert person.text.count("▾") == 1
        assert person.text.count("▸") == 3


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_enter_and_escape_close_the_log(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("enter", key)
        assert "newest first" not in person.text
        assert isinstance(person.app.screen, CommunicationsScreen)


async def test_the_log_follows_the_cursor(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("enter", "down")
        assert "INV-0036   2 emails, newest first" in person.text


async def test_in_the_log_arrows_choose_and_enter_expands(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("enter", "tab")
        assert isinstance(person.app.focused, EmailLog)
        await person.do("log.down")
        await person.do("log.toggle")
        assert person.text.count("▾") == 2
        assert "Accepted by the server, which is not the inbox" in person.text
        await person.do("log.toggle")
        assert person.text.count("▾") == 1
        await person.do("screen.close")
        assert not screen_of(person).log_panel.display
        assert person.app.focused is not None
        assert person.app.focused.id == "documents"


async def test_a_document_that_was_never_sent_has_an_empty_log(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("end", "enter")
        assert "nothing was sent yet" in person.text


async def test_what_we_never_sent_can_be_followed_up_for_another_program_may_have_sent_it(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("end")
        assert "R  Send" in person.lines[-1]
        await person.do("documents.follow_up")
        assert isinstance(person.app.screen, ComposeDialog)
        assert "Follow up on" in person.text


async def test_no_word_for_a_day_is_shown_as_a_question(backend: FakeBackend) -> None:
    late = NOW + timedelta(days=2)
    async with driving(backend, now=late) as person:
        await open_ludwig(person)
        assert "SENT ?" in person.line("INV-0036")
        await person.press("down", "enter")
        assert "it may be stuck, or the feed is broken" in person.text


async def test_a_failed_copy_is_marked(backend: FakeBackend) -> None:
    company = backend.company
    ludwig = company.customers[1]
    document = company.document(ludwig, "INV-0099", "OPEN", "5.00", "5.00")
    company.email(
        document, EmailKind.ORIGINAL, "Invoice", NOW, "anna",
        ("a@one.example", [fact("Delivery", NOW)]), cc=(("b@two.example", [bounce(NOW)]),),
    )  # fmt: skip
    async with driving(backend) as person:
        await open_ludwig(person)
        assert "! 1/2" in person.line("INV-0099")
        await person.press("enter")
        assert "Cc  b@two.example" in person.text


async def test_when_ses_reports_row_chips_card_and_log_change(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("down", "enter")
        assert "➤ SENT" in person.line("INV-0036")
        backend.report(backend.company.find("INV-0036").id, fact("Delivery", NOW))
        backend.pull(0)  # another desk took it from the queue
        await person.until(lambda: "● DELIVERED" in person.line("INV-0036"))
        await person.settle()
        assert "delivered 16:03:20" in person.text
        assert "terrill@krajcik.example ● delivered now" in person.text


async def test_the_programs_own_feed_moves_the_row(backend: FakeBackend) -> None:
    backend.settings = replace(backend.settings, queue_url="https://sqs.example/q")
    async with driving(backend) as person:
        await open_ludwig(person)
        backend.report(backend.company.find("INV-0041").id, fact("Open", days(0)))
        await person.until(lambda: "◉ OPENED" in person.line("INV-0041"))


async def test_keys_that_are_off_are_not_lost_on_a_narrow_screen(backend: FakeBackend) -> None:
    async with driving(backend, (80, 24)) as person:
        await open_ludwig(person)
        bottom = person.lines[-1]
        for part in ("F  Follow up", "R  Resend", "B  Bounced", "?  Help", "Q  Back"):
            assert part in bottom


async def test_a_time_on_another_day_says_the_day(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.do("documents.search")
        await person.type("INV-0037")
        await person.press("enter", "enter")
        assert "complained 10 Oct 16:03" in person.text


async def test_only_the_newest_email_is_open_when_a_newer_one_arrives(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await open_ludwig(person)
        await person.press("enter")
        draft = backend.company.composition(EmailKind.RESEND, 1).draft
        backend.company.add_email(draft, NOW, "ben")
        backend.change_elsewhere()
        await person.until(lambda: "5 emails" in person.text)
        assert person.text.count("▾") == 1
        assert "today 16:03 · ben" in person.line("▾")
