"""Snooze, call and evidence from the screens, as a person does it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.model.chasing import HoldKind, Outcome
from core.model.errors import InputError
from tests.tui.driver import driving
from tests.tui.fakes import FakeBackend
from tui.dialogs.chasing import CallDialog, SnoozeDialog

SIZES = [(80, 24), (132, 36)]
NUMBER = "INV-0042"


@pytest.mark.parametrize("size", SIZES)
async def test_z_puts_off_chasing_and_z_again_lifts_it(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with driving(backend, size) as driver:
        await driver.at(NUMBER)
        await driver.do("documents.snooze")
        assert isinstance(driver.app.screen, SnoozeDialog)
        await driver.type("5 dec")
        assert "Saturday, 5 December 2026, in 15 days" in driver.words
        await driver.press("tab")
        await driver.type("by phone")
        await driver.press("enter")
        (hold,) = [hold for *_, hold in backend.company.holds]
        assert (hold.kind, hold.until, hold.note) == (
            HoldKind.PROMISE, date(2026, 12, 5), "by phone",
        )  # fmt: skip
        assert "zz" in driver.line(NUMBER)
        assert "anna promised not to chase before 5 Dec" in driver.words  # the toast
        await driver.press("Z")
        screen = driver.app.screen
        assert isinstance(screen, SnoozeDialog)
        assert (screen.until.value, screen.note.value) == ("2026-12-05", "by phone")
        await driver.pilot.click("#lift")
        await driver.settle()
        assert backend.company.holds[-1][2].until is None
        assert "zz" not in driver.line(NUMBER)


async def test_a_day_that_cannot_be_stays_in_the_dialog(backend: FakeBackend) -> None:
    async with driving(backend, (80, 24)) as driver:
        await driver.at(NUMBER)
        await driver.do("documents.snooze")
        await driver.type("2020-01-01")
        await driver.press("enter")
        assert isinstance(driver.app.screen, SnoozeDialog)
        assert "2020-01-01 is not to come. Name a day after today." in driver.words
        assert backend.company.holds == []
        await driver.press("escape")
        assert not driver.app.screen.is_modal


async def test_a_customer_is_put_off_from_the_list(backend: FakeBackend) -> None:
    async with driving(backend) as driver:
        await driver.press("down")
        await driver.do("customers.snooze")
        await driver.type("+2w")
        await driver.press("enter")
        ((_, document_id, hold),) = backend.company.holds
        assert (document_id, hold.whole_customer) == (None, True)
        assert "zz 4 Dec" in driver.text


@pytest.mark.parametrize("size", SIZES)
async def test_p_logs_a_call_among_the_emails(backend: FakeBackend, size: tuple[int, int]) -> None:
    backend.company.customers[backend.company.find(NUMBER).customer_id].phone = "+41 44 555 01 01"
    async with driving(backend, size) as driver:
        await driver.at(NUMBER)
        await driver.press("enter")
        await driver.do("documents.call")
        assert isinstance(driver.app.screen, CallDialog)
        assert "+41 44 555 01 01" in driver.words
        await driver.press("right", "right")  # promised
        await driver.press("tab", "tab")
        await driver.type("pays soon")
        await driver.press("tab", "tab")
        await driver.type("friday")
        await driver.press("enter")
        ((call,),) = backend.company.calls.values()
        assert (call.outcome, call.note, call.contact) == (
            Outcome.PROMISED, "pays soon", "Ada Nord",
        )  # fmt: skip
        assert "☎ Call promised · Ada Nord" in driver.words
        assert backend.company.holds[0][2].until == date(2026, 11, 27)


async def test_what_goes_wrong_is_said_and_what_was_typed_stays(backend: FakeBackend) -> None:
    backend.fail("log_call", InputError("The database is gone.", "Try again."))
    async with driving(backend) as driver:
        await driver.at(NUMBER)
        await driver.do("documents.call")
        await driver.press("tab", "tab")
        await driver.type("hello")
        await driver.press("enter")
        screen = driver.app.screen
        assert isinstance(screen, CallDialog)
        assert "The database is gone. Try again." in driver.words
        assert screen.note.value == "hello"
        backend.fail("log_call", None)
        await driver.press("ctrl+s")
        assert not driver.app.screen.is_modal


async def test_x_writes_evidence_where_the_person_says(backend: FakeBackend) -> None:
    async with driving(backend) as driver:
        await driver.at(NUMBER)
        await driver.do("documents.evidence")
        assert f"evidence-{NUMBER}.zip" in driver.text
        await driver.press("enter")
        ((document_id, to),) = backend.exported
        assert document_id == backend.company.find(NUMBER).id
        assert to == Path.cwd() / f"evidence-{NUMBER}.zip"
        assert "7 files in" in driver.words


async def test_a_path_that_cannot_be_written_is_said_and_can_be_corrected_at_once(
    backend: FakeBackend,
) -> None:
    async with driving(backend) as driver:
        await driver.at(NUMBER)
        await driver.do("documents.evidence")
        backend.fail("export_evidence", InputError("That folder does not exist.", "Name another."))
        await driver.press("enter")
        assert "That folder does not exist." in driver.text
        backend.fail("export_evidence", None)
        await driver.press("end", "ctrl+u")
        await driver.type("proof.zip")
        await driver.press("enter")
        assert not driver.app.screen.is_modal


async def test_hostile_notes_and_names_are_only_text(backend: FakeBackend) -> None:
    async with driving(backend) as driver:
        await driver.at(NUMBER)
        await driver.press("enter")
        await driver.do("documents.call")
        await driver.press("tab", "tab")
        await driver.type("[red]x[/foo] [@click=app.quit]")
        await driver.press("enter")
        assert "[red]x[/foo] [@click=app.quit]" in driver.words
