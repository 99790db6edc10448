"""Pictures of every screen that a person has looked at. Behaviour is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from core.model.enums import DisplayStatus, EmailKind
from core.model.outbox import OutboxEntry
from core.model.suppressions import Suppression
from tests.tui.company import NOW
from tests.tui.driver import Driver
from tests.tui.fakes import FakeBackend, as_backend
from tui.app.app import OuttrayApp

Compare = Callable[..., bool]

#: What to press after the start to be there; the first key leaves the search.
SCREENS = {
    "customers": ("down",),
    "customers-found": ("k", "r", "a", "j"),
    "communications": ("down", "enter", "enter"),
    "all-customers": ("down", "a"),
    "compose": ("down", "enter", "f"),
    "attention": ("down", "w"),
    "insights": ("down", "i"),
    "suppressions": ("down", "s"),
    "outbox": ("down", "m"),
    "unlinked": ("down", "u"),
    "settings": ("down", "g"),
    "help": ("down", "a", "question_mark"),
}
MODES = {
    "wide": ((132, 36), ""),
    "narrow": ((80, 24), ""),
    "light": ((132, 36), "outtray-light"),
    "no-colour": ((132, 36), ""),
}


@pytest.fixture
def busy(backend: FakeBackend) -> FakeBackend:
    """A company with something on every screen."""
    backend.suppressions.entries = [
        Suppression("brook59@example.org", "BOUNCE", NOW - timedelta(hours=2), "ses", "m1"),
        Suppression("angry@example.net", "COMPLAINT", NOW - timedelta(days=3), "ses"),
        Suppression("stop@x.example", "asked us", NOW - timedelta(days=9), "own", added_by="anna"),
    ]
    backend.outbox.listed = [
        waiting(number, word)
        for number, word in enumerate((DisplayStatus.UNCONFIRMED, DisplayStatus.FAILED), 1)
    ] + [waiting(number, DisplayStatus.QUEUED) for number in range(3, 9)]
    backend.linking.add("m1", "Invoice INV-0042 attached", "brook59@example.org", "INV-0042")
    backend.linking.add("m2", "Your estimates", "office@fjord.example", "INV-0041", "INV-0042")
    return backend


def waiting(number: int, word: DisplayStatus) -> OutboxEntry:
    return OutboxEntry(
        delivery_id=number,
        email_id=number,
        document_id=1,
        number=f"INV-{number:04}",
        customer="Ludwig Krajcik DVM",
        kind=EmailKind.FOLLOW_UP,
        subject=f"Following up on invoice INV-{number:04}",
        address=f"to{number}@customer.example",
        word=word,
        queued_at=NOW - timedelta(minutes=number),
        sent_by="anna",
        error="" if word is DisplayStatus.QUEUED else "SES did not answer in time.",
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen(
    snap_compare: Compare,
    busy: FakeBackend,
    screen: str,
    mode: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size, theme = MODES[mode]
    busy.settings = replace(busy.settings, theme=theme)
    if mode == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = OuttrayApp(as_backend(busy), clock=lambda: NOW)

    async def before(pilot: Pilot[None]) -> None:
        person = Driver(app, pilot, busy)
        await person.settle()
        await person.press(*SCREENS[screen])

    assert snap_compare(app, terminal_size=size, run_before=before)
