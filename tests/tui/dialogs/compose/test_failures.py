"""A send that does not go well: told in words, the draft kept, nothing repeated blindly."""

from __future__ import annotations

import pytest

from core.model.email import Finding, RecipientOutcome, SendOutcome, Verdict, Weight
from core.model.enums import DisplayStatus
from core.model.errors import RefusedError, ServiceError, UnansweredError
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.screens.communications import CommunicationsScreen


async def test_a_refusal_of_ses_is_told_in_the_dialog_and_the_draft_is_kept(
    backend: FakeBackend,
) -> None:
    error = RefusedError("SES refused the email.", "Email address is not verified.")
    backend.fail("send", error)
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        assert "SES refused the email." in person.text
        assert "Email address is not verified." in person.text
        assert person.dialog.subject.value == "Following up on estimate EST-0007"
        backend.fail("send", None)
        await person.do("compose.send")
        assert len(backend.sent) == 1


async def test_a_recipient_that_ses_refused_is_told_in_the_dialog(backend: FakeBackend) -> None:
    failed = RecipientOutcome(
        "t@x.example", DisplayStatus.FAILED, error="MessageRejected: not verified"
    )
    backend.answer_send(SendOutcome("EST-0007", 7, Verdict(), (failed,)))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        assert "Nothing was sent." in person.text
        assert "MessageRejected: not verified" in person.text


async def test_an_unknown_outcome_closes_the_dialog_and_warns_of_repeating(
    backend: FakeBackend,
) -> None:
    doubtful = RecipientOutcome("t@x.example", DisplayStatus.UNCONFIRMED)
    backend.answer_send(SendOutcome("EST-0007", 7, Verdict(), (doubtful,)))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert "we do not know whether SES took it" in person.words


async def test_a_send_that_ses_has_and_the_database_has_not_is_told_and_not_offered_again(
    backend: FakeBackend,
) -> None:
    words = "SES has it. The record could not be kept: The disk is full. Do not send it again."
    kept = RecipientOutcome(
        "t@x.example", DisplayStatus.UNCONFIRMED, error=words, is_recorded=False
    )
    backend.answer_send(SendOutcome("EST-0007", 7, Verdict(), (kept,)))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert words in person.words
        assert "we do not know" not in person.words


@pytest.mark.parametrize("code", ["unconfirmed", "mailed_today"])
async def test_only_who_was_told_that_it_may_be_doubled_says_again(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    answers: list[tuple[bool, bool]] = []
    asked = Verdict((Finding(Weight.ASK, code, "Something to think of"),))

    def send(_: object, confirmed: bool, again: bool = False) -> SendOutcome:
        answers.append((confirmed, again))
        return SendOutcome("EST-0007", None, asked)

    monkeypatch.setattr(backend, "check", lambda _: asked)
    monkeypatch.setattr(backend, "send", send)
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        await person.do("compose.send")
        await person.do("compose.send")
    assert answers == [(True, code == "unconfirmed")]


async def test_an_unanswered_send_is_checked_again_before_it_can_be_repeated(
    backend: FakeBackend,
) -> None:
    backend.fail("send", UnansweredError("SES did not answer."))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        checks = backend.calls["check"]
        await person.do("compose.send")
        assert "SES did not answer." in person.text
        assert backend.calls["check"] == checks + 1


async def test_a_check_that_fails_neither_sends_nor_blocks_for_ever(backend: FakeBackend) -> None:
    backend.fail("check", ServiceError("The database is away.", "Ask for it."))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "The database is away." in person.text
        await person.do("compose.send")
        assert backend.sent == []
        backend.fail("check", None)
        await person.do("compose.send")
        assert "nothing speaks against it" in person.text
        await person.do("compose.send")
        assert len(backend.sent) == 1


async def test_a_gate_that_changed_its_mind_stops_the_send(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        backend.company.suppressed["terrill@krajcik.example"] = ("Suppressed since a minute", "")
        await person.do("compose.send")
        assert backend.sent == []
        assert "Suppressed since a minute" in person.text
        assert person.dialog.send_button.disabled


async def test_compose_that_fails_is_told_and_nothing_opens(backend: FakeBackend) -> None:
    backend.fail("compose", ServiceError("No template.", "Write one."))
    async with driving(backend) as person:
        await person.at("EST-0007")
        await person.do("documents.follow_up")
        assert "No template." in person.words
        assert isinstance(person.app.screen, CommunicationsScreen)
