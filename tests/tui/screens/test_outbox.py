"""The outbox on the screen, the count in the top line, and leaving while something waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.enums import DisplayStatus, EmailKind
from core.model.outbox import OutboxEntry
from tests.tui.company import NOW
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.app.app import OuttrayApp
from tui.dialogs.compose.compose import ComposeDialog
from tui.dialogs.leave import LeaveDialog
from tui.screens.customers import CustomersScreen
from tui.screens.outbox import OutboxScreen

BATCH = "3f2a9c"


@pytest.fixture(autouse=True)
def _fast_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OuttrayApp, "PULSE_SECONDS", 0.1)


def entry(n: int, word: DisplayStatus = DisplayStatus.QUEUED, **changes: object) -> OutboxEntry:
    values: dict[str, object] = {
        "delivery_id": n,
        "email_id": n,
        "document_id": 1,
        "number": f"INV-{n:04}",
        "customer": "Ludwig Krajcik DVM",
        "kind": EmailKind.FOLLOW_UP,
        "subject": f"Following up on invoice INV-{n:04}",
        "address": f"to{n}@customer.example",
        "word": word,
        "queued_at": NOW - timedelta(minutes=n),
        "sent_by": "anna",
        **changes,
    }
    return OutboxEntry(**values)  # type: ignore[arg-type]


def fill(backend: FakeBackend, *entries: OutboxEntry) -> None:
    backend.outbox.listed = list(entries)


def mixed(backend: FakeBackend) -> None:
    fill(
        backend,
        entry(1, DisplayStatus.UNCONFIRMED, error="SES did not answer."),
        entry(2, DisplayStatus.FAILED, error="SES said: Email address is not verified."),
        *(entry(n, batch_id=BATCH) for n in range(3, 9)),
    )
    backend.outbox.sent = 24


async def test_the_key_opens_it_and_it_says_how_far_everything_is(backend: FakeBackend) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m")
        assert isinstance(person.app.screen, OutboxScreen)
        assert "26 of 32" in person.text
        assert "6 waiting · 24 sent · 1 failed · 1 unconfirmed" in person.text
        assert "14.0 a second" in person.text
        assert f"batch {BATCH}" in person.text
        assert "not verifi" in person.line("INV-0002")
        assert "FAILED" in person.line("INV-0002")
        assert "QUEUED" in person.line("INV-0003")
        await person.press("q")
        assert isinstance(person.app.screen, CustomersScreen)


@pytest.mark.parametrize("size", [(80, 24), (132, 36)])
async def test_it_fits_and_the_count_is_in_the_top_line(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    mixed(backend)
    async with driving(backend, size) as person:
        await person.until(lambda: "↑ 6 waiting" in person.lines[0])
        await person.press("down", "m")
        assert "INV-0008" in person.text
        assert all(len(line) <= size[0] for line in person.lines)
        fill(backend)
        await person.until(lambda: "↑" not in person.lines[0])


async def test_an_empty_outbox_says_so(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("down", "m")
        assert "Nothing waits to be sent" in person.text


async def test_pausing_and_resuming_with_one_key_and_who_did_it(backend: FakeBackend) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m")
        await person.do("outbox.pause")
        assert "Paused by anna since" in person.text
        assert "Resume" in person.lines[-1]
        await person.do("outbox.pause")
        assert "Paused by" not in person.text
        assert "The outbox goes on." in person.words


async def test_cancelling_asks_and_offers_the_whole_batch(backend: FakeBackend) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m", "down", "down")
        await person.do("outbox.cancel")
        assert "Take INV-0003 to to3@customer.example out of the outbox?" in person.words
        assert "Cancel all 6 that wait of its batch" in person.words
        await person.press("escape")
        assert backend.outbox.acts == []
        await person.do("outbox.cancel")
        await person.press("y")
        assert backend.outbox.acts == [("cancel", 3)]
        await person.do("outbox.cancel")
        await person.press("b")
        assert backend.outbox.acts[-1] == ("cancel_batch", BATCH)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("outbox.cancel", "Only what waits"),
        ("outbox.again", "Only what failed"),
    ],
)
async def test_a_key_that_is_off_says_why(backend: FakeBackend, command: str, reason: str) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m")
        await person.do(command)
        assert reason in person.words
        assert backend.outbox.acts == []


async def test_settling_needs_a_note_and_an_answer(backend: FakeBackend) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m")
        await person.do("outbox.settle")
        assert "Was INV-0001 sent to to1@customer.example?" in person.words
        await person.press("enter")  # without a note it does not go on
        assert "It was sent" not in person.words
        await person.type("not in the sent folder")
        await person.press("enter")
        assert "It was not sent" in person.words
        await person.press("n")
        assert backend.outbox.acts == [("settle", 1, False, "not in the sent folder")]
        assert "INV-0001" not in person.line("UNCONFIRMED")


async def test_what_failed_is_written_again_through_the_dialog_and_its_gate(
    backend: FakeBackend,
) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.press("down", "m", "down")
        await person.do("outbox.again")
        assert isinstance(person.app.screen, ComposeDialog)
        assert backend.outbox.acts == [("again", 2)]


async def test_enter_says_the_whole_reason(backend: FakeBackend) -> None:
    fill(backend, entry(1, DisplayStatus.FAILED, error="SES said: " + "no, and no again; " * 10))
    async with driving(backend, (80, 24)) as person:
        await person.press("down", "m", "enter")
        assert person.words.count("no again") >= 5


async def test_hostile_words_stay_words(backend: FakeBackend) -> None:
    evil = "[@click=app.quit]x[/]\x1b]0;t\x07"
    fill(
        backend, entry(1, DisplayStatus.FAILED, error=evil, number=evil, address=evil, sent_by=evil)
    )
    async with driving(backend) as person:
        await person.press("down", "m", "enter")
        assert "\x1b" not in person.text
        assert "[@click=app.quit]x[/]" in person.text


# --------------------------------------------------------------------------- leaving


async def test_leaving_an_empty_outbox_asks_nothing(backend: FakeBackend) -> None:
    async with driving(backend) as person:
        await person.press("down", "q")
        assert person.has_ended


async def test_leaving_with_mail_in_the_outbox_says_what_becomes_of_it(
    backend: FakeBackend,
) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.until(lambda: "↑ 6" in person.lines[0])
        await person.press("down", "q")
        assert isinstance(person.app.screen, LeaveDialog)
        assert "6 emails wait to be sent" in person.words
        assert "go out when Outtray runs next" in person.words
        await person.press("escape")
        assert isinstance(person.app.screen, CustomersScreen)
        await person.press("q", "q")
        assert person.has_ended


async def test_one_may_wait_and_outtray_leaves_with_the_last(backend: FakeBackend) -> None:
    mixed(backend)
    async with driving(backend) as person:
        await person.until(lambda: "↑ 6" in person.lines[0])
        await person.press("ctrl+q", "enter")
        assert "leaves with the last" in person.words
        assert not person.has_ended
        backend.outbox.is_working = True
        await person.until(lambda: person.has_ended)
        assert backend.outbox.sent == 30


async def test_why_nothing_goes_is_told_where_one_waits(backend: FakeBackend) -> None:
    mixed(backend)
    backend.outbox.why = "Paused by ben since 20 Nov, 14:00."
    async with driving(backend) as person:
        await person.until(lambda: bool(person.app.app_context.board.outbox_words))
        await person.until(lambda: "↑ 6" in person.lines[0])
        await person.press("ctrl+q")
        assert "Paused by ben" in person.words


async def test_several_that_nobody_knows_of_are_settled_with_one_note(backend: FakeBackend) -> None:
    unknown = [
        entry(n, DisplayStatus.UNCONFIRMED, error="SES did not answer.") for n in range(1, 4)
    ]
    fill(backend, *unknown, entry(9))
    async with driving(backend) as person:
        await person.press("down", "m")
        await person.do("outbox.settle")
        await person.type("none is in the console")
        await person.press("enter")
        assert "None of the 3 was sent" in person.words
        await person.press("o")
        assert backend.outbox.acts == [
            ("settle", n, False, "none is in the console") for n in (1, 2, 3)
        ]
        assert "3 emails settled" in person.words


async def test_the_top_line_says_that_what_waits_is_on_hold(backend: FakeBackend) -> None:
    mixed(backend)
    backend.outbox.why = "Sending is on hold since 20 Nov, 14:02: SES did not answer."
    async with driving(backend) as person:
        await person.until(lambda: "↑ 6 on hold" in person.lines[0])
        backend.outbox.why = ""
        await person.until(lambda: "↑ 6 waiting" in person.lines[0])
