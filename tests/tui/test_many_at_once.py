"""Space, then F or R: one summary by reason, one confirmation, progress, a result to keep."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.model.documents import DocumentFilter
from core.model.enums import DisplayStatus
from core.model.errors import RefusedError
from core.model.suppressions import Suppression
from core.settings.loading import Settings
from tests.core.db.books import START, entry, put
from tests.core.mail_fakes import FakeAccount, FakeList, FakeMailer
from tests.tui.driver import Driver
from tui.app.app import OuttrayApp
from tui.dialogs.bulk.bulk import BulkDialog, Phase

SIZES = [(132, 36), (80, 24)]


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def office(sqlite_database: Database, mailer: FakeMailer) -> Backend:
    """Eight invoices of eight customers: one is paid, one address is suppressed."""
    put(
        sqlite_database,
        *(
            entry(
                f"INV-{n}",
                f"Customer {n}",
                f"to{n}@customer.example",
                status="PAID" if n == 7 else "OPEN",
            )
            for n in range(1, 9)
        ),
    )
    settings = Settings(
        sqlite_database.url,
        operator="anna",
        sender="billing@outtray.example",
        configuration_set="outtray",
    )
    listed = FakeList(Suppression("to8@customer.example", "BOUNCE", START, "ses"))
    begun = time.monotonic()
    return Backend(
        settings,
        clock=lambda: START + timedelta(seconds=time.monotonic() - begun),  # the rate is by time
        mailer=mailer,
        suppression_list=listed,
        account=FakeAccount(),
    )


@asynccontextmanager
async def at_work(office: Backend, size: tuple[int, int] = (132, 36)) -> AsyncIterator[Driver]:
    """Stand on the documents of all customers."""
    app = OuttrayApp(office, clock=lambda: START)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        person = Driver(app, pilot, office)  # type: ignore[arg-type]
        await person.settle()
        await person.press("down")
        await person.do("app.all")
        yield person
    office.close()


def dialog(person: Driver) -> BulkDialog:
    screen = person.app.screen
    assert isinstance(screen, BulkDialog)
    return screen


async def summary(person: Driver, command: str = "documents.follow_up") -> BulkDialog:
    """Select everything, and have it judged."""
    await person.do("documents.select_all")
    await person.do(command)
    await person.until(lambda: dialog(person)._phase is Phase.CHOOSING)
    await person.settle()
    return dialog(person)


def words(office: Backend) -> dict[str, DisplayStatus]:
    return {row.number: row.summary.word for row in office.documents.page(DocumentFilter())}


@pytest.mark.parametrize("size", SIZES)
async def test_the_summary_counts_by_reason_before_anything_is_sent(
    office: Backend, mailer: FakeMailer, size: tuple[int, int]
) -> None:
    async with at_work(office, size) as person:
        await summary(person)
        assert "Follow up on 8 documents" in person.text
        assert "☑    6  can go" in person.text
        assert "☐    1  ask · Settled already" in person.text
        assert "✖    1  refused · Suppressed" in person.text
        assert "6 documents, 6 emails to 6 customers." in person.words
        await person.do("bulk.close")
        assert mailer.calls == []
        assert set(words(office).values()) == {DisplayStatus.NEVER_SENT}


async def test_the_keys_f_and_r_say_how_many_are_selected(office: Backend) -> None:
    async with at_work(office) as person:
        await person.do("documents.select")
        await person.do("documents.select")
        assert "Follow up 2" in person.lines[-1]
        await person.press("escape")
        assert "Follow up 2" not in person.lines[-1]


async def test_what_is_ticked_leaves_once_and_the_result_says_why_the_rest_did_not(
    office: Backend, mailer: FakeMailer
) -> None:
    async with at_work(office) as person:
        shown = await summary(person)
        await person.do("bulk.send")
        await person.until(lambda: shown._phase is Phase.DONE, 15)
        await person.settle()
        assert sorted(mailer.recipients) == [f"to{n}@customer.example" for n in range(1, 7)]
        assert "6 of 6 sent" in person.text
        assert "not sent" in person.line("INV-8")
        assert "Suppressed" in person.line("INV-8")
        assert "PAID" in person.line("INV-7")
        await person.do("bulk.close")
        assert "Follow up 8" not in person.lines[-1], "what was dealt with is not selected"
    assert sum(word is DisplayStatus.SENT for word in words(office).values()) == 6


async def test_a_group_and_a_single_document_can_be_unticked(
    office: Backend, mailer: FakeMailer
) -> None:
    async with at_work(office) as person:
        shown = await summary(person)
        await person.do("bulk.unfold")
        await person.press("down")
        await person.do("bulk.tick")
        assert "◪    6  can go" in person.text
        assert "5 documents, 5 emails" in person.words
        await person.press("up")
        await person.do("bulk.tick")
        await person.do("bulk.tick")
        assert "Nothing is ticked." in person.text
        await person.do("bulk.send")
        assert "Send is off" in person.text
        assert shown._phase is Phase.CHOOSING
        assert mailer.calls == []


async def test_what_the_gate_asks_about_goes_when_it_is_ticked_and_what_it_refuses_never(
    office: Backend, mailer: FakeMailer
) -> None:
    async with at_work(office) as person:
        shown = await summary(person)
        await person.press("down")
        await person.do("bulk.tick")
        assert "1 although the gate asks." in person.words
        await person.press("down")
        await person.do("bulk.tick")
        assert "The gate refuses these" in person.words
        await person.do("bulk.send")
        await person.until(lambda: shown._phase is Phase.DONE, 15)
        assert "to7@customer.example" in mailer.recipients
        assert "to8@customer.example" not in mailer.recipients


async def test_a_refusal_of_ses_stands_first_in_the_result(
    office: Backend, mailer: FakeMailer
) -> None:
    mailer.answers = [RefusedError("SES said: Email address is not verified.")]
    async with at_work(office) as person:
        shown = await summary(person)
        await person.do("bulk.send")
        await person.until(lambda: shown._phase is Phase.DONE, 15)
        await person.settle()
        assert "5 of 6 sent · 1 failed" in person.text
        first = shown._results()[0]
        assert (first.word, "not verified" in first.reason) == (DisplayStatus.FAILED, True)


async def test_what_waits_can_be_taken_out_after_a_second_press(
    office: Backend, mailer: FakeMailer
) -> None:
    office.outbox.pause("lunch")
    async with at_work(office) as person:
        shown = await summary(person)
        await person.do("bulk.send")
        await person.until(lambda: shown._progress.waiting == 6, 15)
        await person.do("bulk.cancel")
        assert "Yes, take out what waits" in person.text
        await person.do("bulk.cancel")
        await person.until(lambda: shown._phase is Phase.DONE, 15)
        await person.settle()
        assert "6 taken out" in person.text
        assert mailer.calls == []


async def test_the_result_can_be_kept_in_a_file(
    office: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with at_work(office) as person:
        shown = await summary(person)
        await person.do("bulk.send")
        await person.until(lambda: shown._phase is Phase.DONE, 15)
        await person.settle()
        await person.do("bulk.export")
        await person.press("enter")
        (path,) = tmp_path.glob("outtray-follow-up-*.csv")
        lines = path.read_text("utf-8").splitlines()
        assert lines[0] == "number,customer,address,state,reason"
        assert len(lines) == 9
        assert "Written" in person.text


async def test_with_nothing_in_the_table_selecting_all_selects_nothing(office: Backend) -> None:
    async with at_work(office) as person:
        await person.do("documents.bounced")
        await person.do("documents.select_all")
        await person.do("documents.follow_up")
        assert not isinstance(person.app.screen, BulkDialog)


async def test_selecting_all_selects_what_the_filter_shows_whatever_was_selected_before(
    office: Backend,
) -> None:
    async with at_work(office) as person:
        await person.do("documents.select_all")
        assert "Follow up 8" in person.text
        await person.press("slash")
        await person.type("INV-7")
        await person.do("search.leave")
        await person.do("documents.select_all")
        assert "Follow up 1" in person.text
        await person.do("documents.select_all")
        assert "Follow up 1" not in person.text, "again: none"
