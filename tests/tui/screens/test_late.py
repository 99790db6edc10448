"""An email that its domain usually confirms much sooner is marked where one looks, quietly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.documents import Awaited, DocumentView
from core.model.enums import EmailKind
from tests.tui.company import NOW
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.screens.communications import CommunicationsScreen
from tui.widgets.chips import Chips


@pytest.fixture
def waiting(backend: FakeBackend) -> FakeBackend:
    """INV-0099 left three hours ago for a domain that confirms in nine seconds."""
    company = backend.company
    customer = next(iter(company.customers.values()))
    document = company.document(customer, "INV-0099", "OPEN", "10.00", "10.00")
    sent_at = NOW - timedelta(hours=3)
    company.email(document, EmailKind.ORIGINAL, "Invoice", sent_at, "anna", ("a@acme.com", []))
    company.awaited[document.id] = Awaited("acme.com", 9, sent_at, sent_at + timedelta(minutes=10))
    return backend


@pytest.mark.parametrize("size", [(132, 36), (80, 24)])
@pytest.mark.parametrize("no_color", [False, True])
async def test_a_late_email_is_told_by_a_sign_and_a_word(
    waiting: FakeBackend, size: tuple[int, int], no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    async with driving(waiting, size=size) as person:
        await person.press("enter")
        assert "◔ SENT late" in person.line("INV-0099")


async def test_the_late_have_a_chip_with_their_count(waiting: FakeBackend) -> None:
    async with driving(waiting) as person:
        await person.press("enter")
        chips = person.app.screen.query_one(Chips)
        assert "◔ Late 1" in person.text
        chips.pick(DocumentView.LATE)
        await person.settle()
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert "INV-0099" in person.text
        assert "INV-0041" not in person.text


async def test_nothing_is_marked_before_its_time(waiting: FakeBackend) -> None:
    company = waiting.company
    due = company.awaited[company.find("INV-0099").id]
    company.awaited[company.find("INV-0099").id] = Awaited("acme.com", 9, due.sent_at, NOW)
    async with driving(waiting) as person:
        await person.press("enter")
        assert "SENT" in person.line("INV-0099")
        assert "late" not in person.line("INV-0099")
        assert "Late" not in person.text


async def test_help_explains_both_waits(waiting: FakeBackend) -> None:
    from tui.dialogs.basic.help import sections

    told = " ".join(
        f"{sign} {text}" for _, lines in sections(["documents"]) for sign, text in lines
    )
    assert "SENT ? No word for a day" in told
    assert "SENT late The domain confirms sooner as a rule" in told
