"""E: bounce → correct → send again, on a real database and with the real gate."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.reads import history
from core.db.writes.imported_records import Catalogue, CustomerEntry
from core.model.documents import CustomerFilter, DocumentFilter, DocumentRow
from core.model.enums import EmailKind
from core.model.errors import UnreachableError
from core.model.ports import Outgoing
from core.model.suppressions import Suppression
from core.settings.loading import Settings
from tests.core.db.books import START, entry, fact, hard_bounce, put, sent, tell
from tests.core.drafts import ANN, BOB
from tests.core.mail_fakes import FakeList, FakeMailer
from tests.tui.driver import Driver
from tui.app.app import OuttrayApp
from tui.dialogs.address.edit_address import EditAddressDialog
from tui.dialogs.address.requeue import RequeueDialog
from tui.dialogs.address.view import save_button
from tui.dialogs.compose.compose import ComposeDialog
from tui.dialogs.compose.state import Phase
from tui.screens.communications import CommunicationsScreen

OLD, NEW = ANN, "anna@customer.example"
SIZES = [(132, 36), (80, 24)]


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def suppressions() -> FakeList:
    return FakeList()


@pytest.fixture
def office(sqlite_database: Database, mailer: FakeMailer, suppressions: FakeList) -> Backend:
    """Three invoices that bounced last week, a contact that was reached, an invoice that went."""
    rows = put(sqlite_database, *(entry(f"INV-{n}", address=OLD) for n in (1, 2, 3)))
    at = START - timedelta(days=8)
    for position, row in enumerate(rows):
        when = at + timedelta(minutes=position)
        written = sent(sqlite_database, row, OLD, at=when, body=f"Please find {row.number}")
        tell(sqlite_database, hard_bounce(written.message_ids[0], -8 * 1440 + position + 1))
    with sqlite_database.transaction() as connection:
        catalogue = Catalogue(connection)
        catalogue.put_customer(CustomerEntry("Krajcik & Sons", BOB, "Bob"))
        catalogue.put_customer(CustomerEntry("Krajcik & Sons", OLD, "Ann"))
    (fine,) = put(sqlite_database, entry("INV-4"))
    written = sent(sqlite_database, fine, BOB, at=at - timedelta(days=1))
    tell(sqlite_database, fact("Delivery", written.message_ids[0], -9 * 1440 + 1, recipient=BOB))
    settings = Settings(
        sqlite_database.url,
        operator="anna",
        sender="billing@outtray.example",
        configuration_set="outtray",
    )
    return Backend(
        settings,
        clock=lambda: START,
        mailer=mailer,
        suppression_list=suppressions,
    )


@asynccontextmanager
async def at_work(office: Backend, size: tuple[int, int] = (132, 36)) -> AsyncIterator[Driver]:
    """Stand on the documents of the first customer."""
    app = OuttrayApp(office, clock=lambda: START)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        person = Driver(app, pilot, office)  # type: ignore[arg-type]
        await person.settle()
        await person.press("enter")
        yield person
    office.close()


def documents(office: Backend) -> dict[str, DocumentRow]:
    return {row.number: row for row in office.documents.page(DocumentFilter())}


def primary(office: Backend) -> str:
    return office.customers.page(CustomerFilter())[0].address


async def edit(person: Driver, address: str = "") -> EditAddressDialog:
    await person.do("documents.edit_address")
    dialog = person.app.screen
    assert isinstance(dialog, EditAddressDialog)
    if address:
        dialog.new.value = address
        await person.settle()
    return dialog


@pytest.mark.parametrize("size", SIZES)
async def test_the_dialog_says_what_failed_and_why_and_what_worked(
    office: Backend, size: tuple[int, int]
) -> None:
    async with at_work(office, size) as person:
        dialog = await edit(person)
        assert dialog.new.value == OLD
        assert "BOUNCED" in person.text
        assert "550 5.1.1 user unknown" in person.words
        assert "mailbox does not exist" in person.words.lower()
        assert f"Alt+1 {BOB}" in person.text
        assert "contact ● delivered" in person.words
        assert "type the right address" in person.words
        assert person.line("Save ^S"), "the buttons are on the screen"


def test_a_key_that_takes_nothing_is_not_named() -> None:
    assert "Alt+1" in save_button(Phase.CHECKED, None, is_changed=False, proposals=1).reason
    assert "Alt+1" not in save_button(Phase.CHECKED, None, is_changed=False).reason


async def test_bounce_correct_and_send_everything_again(
    office: Backend, mailer: FakeMailer
) -> None:
    async with at_work(office) as person:
        await edit(person, NEW)
        assert "nothing speaks against it" in person.words
        await person.do("edit.save")
        assert isinstance(person.app.screen, RequeueDialog)
        assert primary(office) == NEW
        assert all(number in person.text for number in ("INV-1", "INV-2", "INV-3"))
        assert "INV-4" not in "\n".join(
            line for line in person.lines if "[✓]" in line or "[ ]" in line
        )
        assert "Send 3 again" in person.text
        await person.do("requeue.send")
        assert "3 of 3 sent" in person.text
        assert sorted(call.recipient for call in mailer.calls) == [NEW, NEW, NEW]
        await person.do("requeue.close")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert "➤ SENT" in person.line("INV-1")
    for number in ("INV-1", "INV-2", "INV-3"):
        row = documents(office)[number]
        email = history.emails_of(office._reader, row.id)[0]
        assert (email.kind, email.body) == (EmailKind.RESEND, f"Please find {number}")
    office.close()


async def test_a_proposed_address_is_taken_with_a_key_and_enter_saves(
    office: Backend,
) -> None:
    async with at_work(office) as person:
        dialog = await edit(person)
        await person.do("edit.use_1")
        assert dialog.new.value == BOB
        await person.press("enter")
        assert isinstance(person.app.screen, RequeueDialog)
        assert primary(office) == BOB


async def test_a_slip_is_asked_about_and_the_better_address_offered(office: Backend) -> None:
    async with at_work(office) as person:
        dialog = await edit(person, "ann@gmial.com")
        assert "gmial.com: did you mean gmail.com?" in person.words
        assert "Alt+1 ann@gmail.com" in person.words
        assert "Save anyway" in person.text
        await person.do("edit.use_1")
        assert dialog.new.value == "ann@gmail.com"
        assert "nothing speaks against it" in person.words


async def test_a_suppressed_or_impossible_address_cannot_be_saved(
    office: Backend, suppressions: FakeList
) -> None:
    suppressions.entries[NEW] = Suppression(NEW, "COMPLAINT", START, "ses")
    async with at_work(office) as person:
        dialog = await edit(person, "nobody")
        assert dialog.save_button.disabled
        dialog.new.value = NEW
        await person.settle()
        assert "marked as spam" in person.words
        await person.do("edit.save")
        assert person.app.screen is dialog
        assert primary(office) == OLD


async def test_escape_changes_nothing(office: Backend, mailer: FakeMailer) -> None:
    async with at_work(office) as person:
        await edit(person, NEW)
        await person.do("edit.close")
        assert isinstance(person.app.screen, CommunicationsScreen)
        assert primary(office) == OLD
        assert mailer.calls == []


async def test_without_the_tick_nothing_is_saved_but_everything_can_be_sent(
    office: Backend,
) -> None:
    async with at_work(office) as person:
        dialog = await edit(person, NEW)
        dialog.to_customer.focus()
        await person.press("space")
        await person.do("edit.save")
        assert isinstance(person.app.screen, RequeueDialog)
        assert primary(office) == OLD


async def test_what_is_not_ticked_is_not_sent(office: Backend, mailer: FakeMailer) -> None:
    async with at_work(office) as person:
        await edit(person, NEW)
        await person.do("edit.save")
        await person.press("space")
        assert "Send 2 again" in person.text
        await person.do("requeue.tick_all")
        await person.do("requeue.tick_all")
        assert "nothing is ticked" in person.text
        await person.do("requeue.send")
        assert mailer.calls == []
        await person.press("down", "enter")
        await person.do("requeue.send")
        assert len(mailer.calls) == 1
        assert "1 of 1 sent" in person.text


async def test_exceptions_are_listed_with_their_reason_and_are_not_ticked(
    office: Backend, mailer: FakeMailer
) -> None:
    put(office._database, entry("INV-2", address=OLD, status="PAID"))
    async with at_work(office) as person:
        await edit(person, NEW)
        await person.do("edit.save")
        assert "INV-2 is PAID" in person.line("[ ] INV-2")
        assert "Send 2 again" in person.text
        await person.do("requeue.send")
        assert len(mailer.calls) == 2


async def test_one_that_fails_does_not_stop_the_others(office: Backend, mailer: FakeMailer) -> None:
    mailer.answers = [UnreachableError("The network is down.", "Try again.")]
    async with at_work(office) as person:
        await edit(person, NEW)
        await person.do("edit.save")
        await person.do("requeue.send")
        assert "2 of 3 sent" in person.text
        assert "not sent: The network is down." in person.words


async def test_it_can_be_stopped_after_the_one_on_its_way(
    office: Backend, mailer: FakeMailer
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def wait(_: Outgoing) -> None:
        going.set()
        go_on.wait(10)

    mailer.answers = [wait]
    async with at_work(office) as person:
        await edit(person, NEW)
        await person.do("edit.save")
        await person.pilot.press("r")
        await person.until(going.is_set)
        assert "0 of 3" in person.text
        await person.pilot.press("escape")
        await person.tick()
        assert "Stopping" in person.text
        go_on.set()
        await person.settle()
        assert "1 of 3 sent; stopped, 2 not tried" in person.text
        assert len(mailer.calls) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_fits_the_screen(office: Backend, size: tuple[int, int]) -> None:
    rows = put(office._database, *(entry(f"BIG-{n}", address=OLD) for n in range(40)))
    for position, row in enumerate(rows):
        at = START - timedelta(days=9, minutes=position)
        written = sent(office._database, row, OLD, at=at)
        tell(office._database, hard_bounce(written.message_ids[0], -9 * 1440))
    async with at_work(office, size) as person:
        await edit(person, NEW)
        await person.do("edit.save")
        assert "Send 43 again" in person.text
        assert "43 documents failed on" in person.text


async def test_a_corrected_address_is_saved_with_the_send_and_the_others_are_offered(
    office: Backend, mailer: FakeMailer
) -> None:
    async with at_work(office) as person:
        await person.do("documents.resend")
        dialog = person.dialog
        assert not dialog.keep.display
        dialog.to.value = NEW
        await person.settle()
        assert "save it to Krajcik & Sons in the place of" in person.words
        await person.do("compose.save_address")
        await person.do("compose.send")
        assert isinstance(person.app.screen, RequeueDialog)
        assert primary(office) == NEW
        assert "Send 2 again" in person.text
        assert len(mailer.calls) == 1


async def test_a_send_without_the_tick_saves_nothing(office: Backend) -> None:
    async with at_work(office) as person:
        await person.do("documents.resend")
        person.dialog.to.value = NEW
        await person.settle()
        await person.do("compose.send")
        assert not isinstance(person.app.screen, ComposeDialog | RequeueDialog)
        assert primary(office) == OLD


async def test_hostile_names_and_words_are_shown_letter_by_letter(
    sqlite_database: Database, office: Backend
) -> None:
    name = "[/red]\x1b[2J Evil\u202e Ltd"
    (row,) = put(sqlite_database, entry("X-1", customer=name, address="evil@x.example"))
    at = START - timedelta(days=1)
    written = sent(sqlite_database, row, "evil@x.example", at=at)
    words = "550 5.1.1 [@click=app.quit]\x1b]0;x\x07 user unknown"
    tell(sqlite_database, hard_bounce(written.message_ids[0], -1400, recipient="evil@x.example",
                                      diagnostic=words))  # fmt: skip
    app = OuttrayApp(office, clock=lambda: START)
    async with app.run_test(size=(132, 36), notifications=True) as pilot:
        person = Driver(app, pilot, office)  # type: ignore[arg-type]
        await person.settle()
        person.app.show_documents(None)
        await person.settle()
        await person.do("documents.edit_address")
        assert "[/red]" in person.text
        assert "[@click=app.quit]" in person.text
        assert "\x1b" not in person.text
        assert "\u202e" not in person.text
    office.close()


async def test_in_the_log_the_address_of_the_email_under_the_cursor_is_meant(
    office: Backend,
) -> None:
    row = documents(office)["INV-1"]
    written = sent(office._database, row, "second@x.example", at=START - timedelta(days=7))
    tell(
        office._database,
        hard_bounce(written.message_ids[0], -7 * 1440, recipient="second@x.example"),
    )
    async with at_work(office) as person:
        await person.press("enter", "tab")
        assert person.app.focused is not None
        assert person.app.focused.id == "log"
        await person.press("down")
        await person.do("documents.edit_address")
        dialog = person.app.screen
        assert isinstance(dialog, EditAddressDialog)
        assert dialog.new.value == OLD
