"""F and R: the dialog, the gate's verdict, one email at most, nothing lost."""

from __future__ import annotations

import pytest

from core.model.enums import EmailKind
from tests.tui.believable import bounce
from tests.tui.company import NOW
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.compose.compose import ComposeDialog
from tui.screens.communications import CommunicationsScreen


@pytest.mark.parametrize("key", ["f", "F"])
async def test_f_in_either_case_opens_a_follow_up_filled_in(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await person.at("INV-0041")
        await person.press(key)
        assert "Follow up on invoice INV-0041" in person.text
        assert person.dialog.to.value == "brook59@example.org"
        assert person.dialog.subject.value == "Following up on invoice INV-0041"
        assert person.dialog.message.text.startswith("Hi, I wanted to follow up on invoice")


@pytest.mark.parametrize("key", ["r", "R"])
async def test_r_in_either_case_opens_a_resend(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await person.at("INV-0041")
        await person.press(key)
        assert "Resend invoice INV-0041" in person.text


async def test_r_on_what_was_never_sent_sends_the_original(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0006")
        await person.do("documents.resend")
        assert "Send estimate EST-0006" in person.text
        await person.do("compose.use_1")
        await person.do("compose.send")
        assert backend.sent[0].kind is EmailKind.ORIGINAL
        assert backend.sent[0].to == ("terrill@krajcik.example",)


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_the_dialog_shows_what_is_owed_and_what_was_sent_before(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        assert "balance due $849.10 · 34 days overdue" in person.text
        assert "4 emails: today 14:02 anna  ✖ BOUNCED" in person.text


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
async def test_a_suppressed_address_says_why_and_send_is_off(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        assert "✖ Suppressed: nothing can be sent to this address" in person.text
        assert "caused by Following up on invoice INV-0042" in person.words
        assert person.dialog.send_button.disabled
        assert "off: Suppressed" in person.text
        await person.do("compose.send")
        assert backend.sent == []
        assert "Send is off" in person.text


@pytest.mark.parametrize("key", ["alt+1", "f2"])
async def test_another_address_is_one_key_away(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.press(key)
        assert person.dialog.to.value == "terrill@krajcik.example"
        assert "nothing speaks against it" in person.text
        assert not person.dialog.send_button.disabled


async def test_another_address_can_be_chosen_from_the_list(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.press("tab", "enter")
        assert person.dialog.to.value == "terrill@krajcik.example"


async def test_the_address_that_stands_in_is_remembered(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.do("compose.use_1")
        await person.do("compose.send")
        assert backend.sent[0].replaces == "brook59@example.org"


async def test_the_verdict_follows_what_is_typed(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.press("ctrl+u")
        await person.type("nobody")
        assert "nobody is not an email address." in person.text
        await person.type("@example.net")
        assert "nothing speaks against it" in person.text


async def test_send_is_off_while_the_address_is_being_checked(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0041")
        backend.company.suppressed.clear()
        backend.hold("check")
        await person.pilot.press("f")
        await person.until(lambda: isinstance(person.app.screen, ComposeDialog))
        await person.tick()
        assert "checking" in person.text
        assert person.dialog.send_button.disabled
        await person.pilot.press("ctrl+s")
        backend.release("check")
        await person.settle()
        assert backend.sent == []
        assert not person.dialog.send_button.disabled


async def test_a_late_answer_about_another_address_is_not_believed(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.do("compose.use_1")
        backend.hold("check")
        await person.pilot.press("x")
        await person.until(lambda: backend.calls["check"] >= 3)
        person.dialog.to.value = "brook59@example.org"
        await person.tick()
        backend.release("check")
        await person.settle()
        assert "✖ Suppressed" in person.text
        assert person.dialog.send_button.disabled


async def test_after_send_the_row_changes_at_once_and_again_when_ses_reports(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("INV-0042")
        await person.do("documents.follow_up")
        await person.do("compose.use_1")
        await person.do("compose.send")
        assert isinstance(person.app.screen, CommunicationsScreen)
        row = person.line("INV-0042")
        assert "➤ SENT" in row
        assert "⟵ BOUNCED" in row
        assert "terrill@krajcik.example" in row
        assert "Sent to terrill@krajcik.example; the badge moves when SES reports." in person.words
        backend.report(backend.company.find("INV-0042").id, bounce(NOW))
        backend.pull(0)
        await person.until(lambda: "✖ BOUNCED" in person.line("INV-0042"))


async def test_what_was_edited_is_what_is_sent(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.subject.focus()
        await person.press("end")
        await person.type(" again")
        person.dialog.message.focus()
        await person.press("down", "end", "enter")
        await person.type("Thanks, f and r")
        await person.do("compose.send")
        assert backend.sent[0].subject == "Following up on estimate EST-0007 again"
        assert backend.sent[0].body.endswith("questions.\nThanks, f and r")


async def test_however_often_send_is_pressed_one_email_leaves(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        backend.hold("send")
        await person.pilot.press("ctrl+s", "ctrl+s")
        await person.tick()
        assert "Sending…" in person.text
        await person.pilot.press("enter", "ctrl+s", "escape")
        await person.tick()
        assert isinstance(person.app.screen, ComposeDialog)
        backend.release("send")
        await person.settle()
        assert len(backend.sent) == 1
        assert isinstance(person.app.screen, CommunicationsScreen)


async def test_the_send_button_is_reached_with_tab(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        for _ in range(8):
            if person.app.focused is person.dialog.send_button:
                break
            await person.press("tab")
        await person.press("enter")
        assert len(backend.sent) == 1


async def test_a_question_of_the_gate_is_asked_before_it_sends(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.company.suppressed.clear()
        await person.at("INV-0038")
        await person.do("documents.follow_up")
        assert "This invoice is paid." in person.text
        assert "Send anyway" in person.text
        await person.do("compose.send")
        assert backend.sent == []
        assert "press once more" in person.text
        await person.do("compose.send")
        assert len(backend.sent) == 1


async def test_an_edit_takes_the_confirmation_back(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        backend.company.suppressed.clear()
        await person.at("INV-0038")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        person.dialog.message.focus()
        await person.type("x")
        assert "Send anyway" in person.text
        await person.do("compose.send")
        assert backend.sent == []


async def test_escape_keeps_the_draft_for_this_document_only(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.subject.focus()
        await person.press("end")
        await person.type(" kept")
        await person.do("compose.close")
        assert "The draft is kept" in person.words
        await person.do("documents.follow_up")
        assert person.dialog.subject.value.endswith(" kept")
        await person.do("compose.close")
        await person.press("down")
        await person.do("documents.follow_up")
        assert not person.dialog.subject.value.endswith(" kept")


async def test_a_sent_draft_is_not_offered_again(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.press("tab", "tab", "tab")
        person.dialog.subject.value = "Changed"
        await person.settle()
        await person.do("compose.send")
        await person.do("documents.follow_up")
        assert person.dialog.subject.value == "Following up on estimate EST-0007"


async def test_several_addresses_are_taken_apart(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.to.value = "a@x.example, b@y.example"
        person.dialog.cc.value = "c@z.example;"
        await person.settle()
        await person.do("compose.send")
        assert backend.sent[0].to == ("a@x.example", "b@y.example")
        assert backend.sent[0].cc == ("c@z.example",)
