"""Writing with the keyboard: addresses, texts, files, drafts, the look before it leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.email import AttachedFile, SavedDraft
from core.model.enums import EmailKind
from core.model.errors import DatabaseBusyError
from tests.tui.company import NOW
from tests.tui.driver import Driver, driving
from tests.tui.fake_composing import file
from tests.tui.fakes import FakeBackend
from tui.dialogs.basic.questions import PromptDialog
from tui.dialogs.compose.actions import PreviewDialog
from tui.dialogs.compose.compose import ComposeDialog
from tui.dialogs.compose.compose_form import Autosave
from tui.screens.communications import CommunicationsScreen

SIZES = pytest.mark.parametrize("size", [(132, 36), (80, 24)])


async def empty_to(person: Driver, number: str = "INV-0041") -> None:
    await person.at(number)
    await person.do("documents.follow_up")
    await person.press("ctrl+u")


# --------------------------------------------------------------------------- addresses


@pytest.mark.parametrize("key", ["tab", "enter"])
async def test_what_is_typed_of_an_address_is_completed(backend: FakeBackend, key: str) -> None:
    async with driving(backend) as person:
        await empty_to(person)
        await person.type("terr")
        assert "terrill@krajcik.example ➤ sent" in person.text
        await person.press(key)
        assert person.dialog.to.value == "terrill@krajcik.example"
        assert person.dialog.to.has_focus
        await person.press("tab")
        assert not person.dialog.to.has_focus


async def test_the_second_address_is_completed_and_the_first_not_offered_again(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await empty_to(person)
        await person.type("terrill@krajcik.example; example")
        await person.press("down", "tab")
        assert person.dialog.to.value == "terrill@krajcik.example; brook59@example.org"


async def test_escape_closes_the_suggestions_before_the_dialog(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await empty_to(person)
        await person.type("terr")
        await person.press("escape")
        assert person.dialog.to.value == "terr"
        await person.press("escape")
        assert isinstance(person.app.screen, CommunicationsScreen)


@SIZES
async def test_several_addresses_each_say_how_they_fared_and_the_wrong_one_is_named(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await empty_to(person)
        person.dialog.to.value = "terrill@krajcik.example a@new.example oops"
        await person.settle()
        assert "terrill@krajcik.example ➤ sent 9 h ago · a@new.example new here · ✖ oops" in (
            person.words
        )
        assert "oops is not an email address" in person.words


async def test_a_bcc_is_shown_on_demand_and_sent_as_one(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "Bcc  " not in person.text.replace("C Bcc", "")
        await person.do("compose.bcc")
        await person.type("boss@acme.example")
        await person.do("compose.send")
        assert backend.sent[0].bcc == ("boss@acme.example",)


async def test_answers_can_be_sent_elsewhere(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "empty: answers come to the sender" not in person.text
        await person.do("compose.reply_to")
        assert "empty: answers come to the sender" in person.text
        await person.type("desk@acme.example")
        await person.do("compose.send")
        assert backend.sent[0].reply_to == "desk@acme.example"


async def test_what_is_emptied_while_writing_is_checked_anew(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        checks = backend.calls["check"]
        person.dialog.subject.value = "Other words"
        await person.settle()
        assert backend.calls["check"] == checks  # the gate does not ask about words
        person.dialog.subject.value = ""
        await person.settle()
        assert backend.calls["check"] == checks + 1


# --------------------------------------------------------------------------- texts


@SIZES
async def test_the_step_is_shown_and_another_is_a_key_away(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "◂ friendly ▸  1 of 3" in person.text
        await person.do("compose.version")
        assert "◂ firm ▸  2 of 3" in person.text
        assert person.dialog.subject.value == "Reminder: estimate EST-0007"
        await person.do("compose.send")
        assert backend.sent[0].body.startswith("Hi, we have not heard from you")


async def test_the_arrows_change_the_text_where_its_line_has_the_focus(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.form.version_line.focus()
        await person.press("left")
        assert "◂ final ▸" in person.text
        await person.press("right", "enter")
        assert "◂ firm ▸" in person.text


async def test_ones_own_words_are_not_lost_by_looking_at_others(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.message.focus()
        await person.type("Dear Ann, ")
        mine = person.dialog.message.text
        for _ in range(4):
            await person.do("compose.version")
        assert person.dialog.message.text == mine
        assert "◂ your text ▸  4 of 4" in person.text


async def test_a_resend_offers_the_current_document_and_says_what_changed(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("INV-0041")
        await person.do("documents.resend")
        assert "◂ as sent ▸  1 of 2" in person.text
        assert "balance: 100 USD → 40 USD" in person.text
        await person.do("compose.version")
        assert "◂ current document ▸" in person.text
        assert "this is about invoice INV-0041" in person.dialog.message.text


# --------------------------------------------------------------------------- files


@SIZES
async def test_a_file_is_attached_by_its_path_and_removed_again(
    backend: FakeBackend, tmp_path: Path, size: tuple[int, int]
) -> None:
    file(tmp_path, "terms.pdf")
    async with driving(backend, size) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.attachments.focus()
        await person.press("a")
        assert isinstance(person.app.screen, PromptDialog)
        person.app.screen.answer.value = f"{tmp_path}/ter"
        await person.settle()
        await person.press("tab")
        assert person.app.screen.answer.value == f"{tmp_path}/terms.pdf"
        await person.press("enter")
        assert "terms.pdf  8 B  sha256 " in person.text
        checks = backend.calls["check"]
        await person.press("delete")
        assert "terms.pdf" not in person.text
        assert backend.calls["check"] == checks + 1
        await person.do("compose.send")
        assert backend.sent[0].attachments == ()


async def test_what_ses_refuses_is_refused_in_words_and_can_be_corrected(
    backend: FakeBackend, tmp_path: Path
) -> None:
    file(tmp_path, "setup.exe")
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.attach")
        prompt = person.app.screen
        assert isinstance(prompt, PromptDialog)
        prompt.answer.value = f"{tmp_path}/setup.exe"
        await person.press("enter")
        assert "SES takes no .exe files" in person.text
        prompt.answer.value = f"{tmp_path}/none.pdf"
        await person.press("enter")
        assert "cannot be attached" in person.words
        await person.press("escape")
        assert person.dialog.attachments.files == ()


# --------------------------------------------------------------------------- before it leaves


@SIZES
@pytest.mark.parametrize("key", ["alt+p", "ctrl+o"])
async def test_the_preview_shows_the_composed_message(
    backend: FakeBackend, size: tuple[int, int], key: str
) -> None:
    async with driving(backend, size) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.bcc.value = "boss@acme.example"
        person.dialog.message.text = "Hi **Ann**"
        await person.settle()
        await person.press(key)
        assert isinstance(person.app.screen, PreviewDialog)
        assert "2 emails will leave, one each" in person.text
        assert "From        billing@acme.example" in person.text
        assert "boss@acme.example (in no header)" in person.words
        assert "Hi **Ann**" in person.text
        assert "The same as HTML" in person.text
        assert backend.sent == []
        await person.press("escape")
        assert isinstance(person.app.screen, ComposeDialog)


async def test_a_preview_of_nothing_says_why(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await empty_to(person)
        backend.fail("preview", DatabaseBusyError("The database is busy.", "Try again."))
        await person.do("compose.preview")
        assert "The database is busy." in person.text
        assert isinstance(person.app.screen, ComposeDialog)


async def test_a_test_goes_to_ones_own_address_and_the_email_stays_open(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.test")
        prompt = person.app.screen
        assert isinstance(prompt, PromptDialog)
        assert prompt.answer.value == "billing@acme.example"
        await person.press("enter")
        assert [address for _, address in backend.composing.tests] == ["billing@acme.example"]
        assert "does not record it" in person.words
        assert isinstance(person.app.screen, ComposeDialog)
        assert backend.sent == []


# --------------------------------------------------------------------------- drafts


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Autosave, "PAUSE", 0.02)


@pytest.mark.usefixtures("soon")
async def test_a_draft_is_kept_while_one_types_without_closing(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.message.focus()
        await person.type("Dear Ann, ")
        await person.until(lambda: bool(backend.composing.kept))
        (kept,) = backend.composing.kept.values()
        assert kept.draft.body.startswith("Dear Ann, ")
        await person.press(*["backspace"] * len("Dear Ann, "))
        await person.until(lambda: not backend.composing.kept)  # nothing is left to keep


async def test_a_kept_draft_is_offered_and_can_be_put_away(backend: FakeBackend) -> None:
    row = backend.company.find("EST-0007")
    made = backend.company.composition(EmailKind.FOLLOW_UP, row.id).draft
    left = replace(
        made, body="My own words", attachments=(AttachedFile("a.txt", "text/plain", b"a"),)
    )
    backend.composing.kept[row.id, EmailKind.FOLLOW_UP] = SavedDraft(left, NOW.replace(hour=14))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "✎ draft of today 14:03, unsent · ^N starts anew" in person.text
        assert person.dialog.message.text == "My own words"
        assert "a.txt" in person.text
        await person.do("compose.anew")
        assert person.dialog.message.text == made.body
        assert person.dialog.attachments.files == ()
        await person.do("compose.close")
        assert backend.composing.kept == {}
        assert "The draft is kept" not in person.words


async def test_the_draft_of_a_colleague_is_told(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backend.company.composition(EmailKind.FOLLOW_UP, backend.company.find("EST-0007").id)
    theirs = replace(made, drafts_of_others=(("ben", NOW),))
    monkeypatch.setattr(backend.company, "composition", lambda *_: theirs)
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "✎ ben has an unsent draft of today" in person.text
        assert person.dialog.message.text == made.draft.body


async def test_a_draft_that_cannot_be_kept_is_told(backend: FakeBackend) -> None:
    backend.fail("save", DatabaseBusyError("The database is busy.", "Try again."))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        person.dialog.subject.value = "Changed"
        await person.settle()
        await person.do("compose.close")
        assert "The draft is not kept" in person.words


@pytest.mark.usefixtures("soon")
async def test_a_draft_that_is_being_written_when_the_email_leaves_does_not_come_back(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        backend.hold("save")
        person.dialog.subject.value = "Changed"
        await person.until(lambda: backend.calls.get("save", 0) == 1)
        await asyncio.sleep(0.4)  # the check of what was typed
        await person.pilot.press("ctrl+s")
        await person.until(lambda: bool(backend.sent))
        backend.release("save")
        await person.settle()
        await person.until(lambda: backend.calls.get("discard", 0) == 1)
        await person.settle()
        assert backend.composing.kept == {}


@pytest.mark.usefixtures("soon")
async def test_a_draft_written_while_ses_is_called_does_not_come_back_either(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        backend.hold("save")
        person.dialog.subject.value = "Changed"
        await person.until(lambda: backend.calls.get("save", 0) == 1)
        await asyncio.sleep(0.4)  # the check of what was typed
        backend.hold("send")
        await person.pilot.press("ctrl+s")
        await person.until(lambda: backend.calls.get("send", 0) == 1)
        backend.release("save")
        await person.until(lambda: bool(backend.composing.kept))
        await person.tick()
        backend.composing.kept.clear()  # the send's own transaction
        backend.release("send")
        await person.settle()
        assert backend.calls.get("discard", 0) == 1
        assert backend.composing.kept == {}


async def test_help_names_the_keys_of_the_dialog(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.press("f1")
        assert "Show exactly what leaves" in person.text
