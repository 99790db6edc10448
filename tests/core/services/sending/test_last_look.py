"""What is on a list when an email is handed to SES is not mailed, whoever sends it and however."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.aws.clients import Clients
from core.aws.mailer import SesMailer
from core.aws.suppression_list import SesSuppressionList
from core.backend import Backend
from core.db.engine import Database
from core.db.reads import addresses
from core.db.writes import suppressions
from core.model.enums import DisplayStatus, EmailKind
from core.model.errors import NotPermittedError, ThrottledError, UnreachableError
from core.model.ports import EffectiveReasons
from core.model.suppressions import AuditEntry, Suppression
from core.services.sending.outbox import Outbox
from core.services.suppressions.ses_list_cache import SesListCache
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.db.books import one
from tests.core.drafts import ANN, BOB, draft, words
from tests.core.fake_book import FakeBook
from tests.core.mail_fakes import FakeList, FakeMailer, office
from tests.core.services.sending.test_outbox import documents, fill

DOWN = UnreachableError("SES cannot be reached.", "Check the network.")
NOT_PERMITTED = NotPermittedError("SES said: not authorized.", "Allow it.")


def kept(book: FakeBook, clock: Clock, **options: Any) -> SesListCache:
    return SesListCache(lambda: book, clock, "outtray", pause=lambda _: None, **options)


def program(database: Database, clock: Clock, book: FakeBook, mailer: FakeMailer) -> Outbox:
    """A whole program with a copy of SES's list of its own."""
    return office(database, clock, mailer, kept(book, clock), lanes=1)  # type: ignore[arg-type]


def put_on_our_list(database: Database, address: str, clock: Clock, by: str = "ben") -> None:
    entry = Suppression(address, "asked us not to", clock.now, "own")
    with database.transaction() as connection:
        suppressions.add(connection, [entry], by)


def release(database: Database, address: str, clock: Clock, which: str) -> None:
    said = AuditEntry(clock.now, address, which, "removed", "they want it", "ben", "done", "")
    with database.transaction() as connection:
        suppressions.write_audit(connection, [said])


def to(n: int) -> str:
    return f"to{n}@customer.example"


# --------------------------------------------------------------------------- the two that were seen


@contextmanager
def programs(
    url: str, aws: Simulator, clients: Clients, clock: Clock, *names: str
) -> Iterator[list[Backend]]:
    """Front doors of several people on one database and one account."""
    from core.settings.loading import load

    made = []
    for name in names:
        environment = {
            **aws.environment,
            "OUTTRAY_DATABASE_URL": url,
            "OUTTRAY_OPERATOR": name,
        }
        book = SesSuppressionList(clients)
        backend = Backend(
            load(environment), clock=clock, mailer=SesMailer(clients), suppression_book=book
        )
        backend.open()
        made.append(backend)
    try:
        yield made
    finally:
        for backend in made:
            backend.close()


def test_what_a_colleague_confirmed_before_the_call_is_not_mailed(
    database: Database, aws: Simulator, clients: Clients, clock: Clock
) -> None:
    """The entry: 14:00:15. The mail: none, where it was accepted at 14:00:19.9."""
    row, began = one(database), clock.now
    with programs(database.url, aws, clients, clock, "anna", "ben") as (anna, ben):
        recheck = anna._parts.sending_parts.dispatch.ses_sender.recheck
        listed = recheck.suppression_list.listed

        def slowly(address: str) -> Any:
            """The gate has allowed it; before it is claimed the colleague is told: done."""
            clock.advance(seconds=15)
            assert ben.suppressions.changes.add(ANN, "asked us not to").parts[0].outcome == "done"
            clock.advance(seconds=4.9)
            return listed(address)

        recheck.suppression_list.listed = slowly  # type: ignore[method-assign]
        outcome = anna.send(draft(row), confirmed=False)
    (entry,) = addresses.entries(database.reader)
    assert entry.since == began + timedelta(seconds=15)
    assert words(outcome) == [DisplayStatus.FAILED]
    assert aws.sent() == []


def test_what_is_confirmed_after_the_gate_and_before_the_call_is_not_mailed(
    database: Database, clock: Clock
) -> None:
    """The window that no gate can close: between its answer and the claim."""
    row, mailer = one(database), FakeMailer()
    listed = FakeList()
    dispatch = office(database, clock, mailer, listed)._dispatch
    look = listed.listed

    def late(address: str) -> Any:
        put_on_our_list(database, address, clock)
        return look(address)

    listed.listed = late  # type: ignore[method-assign]
    outcome = dispatch.send(draft(row, ANN, BOB), confirmed=False)
    assert words(outcome) == [DisplayStatus.FAILED, DisplayStatus.FAILED]
    assert "on our own list (asked us not to); nothing was sent" in outcome.recipients[0].error
    assert mailer.calls == []


def test_an_old_complaint_is_not_mailed_however_old_it_is(
    database: Database, aws: Simulator, clients: Clients, clock: Clock
) -> None:
    """The entry: years before the email was queued. The mail: none, where it was accepted later."""
    row = one(database, address=ANN)
    with programs(database.url, aws, clients, clock, "anna", "ben") as (anna, ben):
        aws.set_faults(suppression_fail=True)
        queued = anna.outbox.enqueue([draft(row, ANN)], confirmed=True)  # it asked, she confirmed
        assert len(queued.email_ids) == 1
        aws.set_faults(suppression_fail=False)
        clients.control().put_suppressed_destination(
            EmailAddress="Ann@customer.example", Reason="COMPLAINT"
        )
        clock.advance(days=900)
        report = ben.outbox.work()
        (failed,) = ben.outbox.entries()
    assert (report.failed, report.sent) == (1, 0)
    assert failed.word is DisplayStatus.FAILED
    assert "on SES's list (complaint)" in failed.error
    assert aws.sent() == []


# --------------------------------------------------------------------------- our own list


@pytest.mark.parametrize("way", ["direct", "outbox", "bulk"])
def test_our_own_list_is_read_in_the_transaction_that_claims(
    database: Database, clock: Clock, way: str
) -> None:
    """Somebody adds the address and has not committed yet: the claim waits, and sees it."""
    row, mailer = one(database), FakeMailer()
    desk = office(database, clock, mailer, lanes=1)
    if way != "direct":
        batch = "b1" if way == "bulk" else ""
        desk.enqueue([draft(row)], confirmed=True, batch_id=batch)
    begun, finish = threading.Event(), threading.Event()

    def colleague() -> None:
        with database.transaction() as connection:
            entry = Suppression(ANN, "asked us not to", clock.now, "own")
            suppressions.add(connection, [entry], "ben")
            begun.set()
            finish.wait(1.0)  # the other has begun to wait by then, or will find it committed

    listed = desk._dispatch.ses_sender.recheck.suppression_list
    look, adding = listed.listed, threading.Thread(target=colleague)

    def meanwhile(address: str) -> Any:
        found = look(address)
        adding.start()
        assert begun.wait(10)
        return found

    listed.listed = meanwhile  # type: ignore[method-assign]
    if way == "direct":
        desk._dispatch.send(draft(row), confirmed=False)
    else:
        assert desk.work().failed == 1
    finish.set()
    adding.join(10)
    assert mailer.calls == []


def test_what_a_person_released_afterwards_stops_nothing(database: Database, clock: Clock) -> None:
    mailer, book = FakeMailer(), FakeBook()
    desk = program(database, clock, book, mailer)
    fill(desk, documents(database, 3))
    for n in range(3):
        book.entries[to(n)] = Suppression(to(n), "BOUNCE", clock.now, "ses")
    clock.advance(minutes=5)
    release(database, to(0), clock, "ses")
    release(database, to(1), clock, "own")
    clock.advance(minutes=5)
    book.entries[to(1)] = replace(book.entries[to(1)], since=clock.now)  # and bounced again
    report = desk.work()
    assert (report.sent, report.failed) == (1, 2)
    assert mailer.recipients == [to(0)]


# --------------------------------------------------------------------------- SES's list, the copy


def test_one_listing_serves_all_emails_of_a_minute_and_then_only_what_is_newer(
    database: Database, clock: Clock
) -> None:
    book, mailer = FakeBook(page_size=100), FakeMailer()
    desk = program(database, clock, book, mailer)
    fill(desk, documents(database, 30))
    clock.advance(minutes=2)
    book.calls.clear()
    began = clock.now
    assert desk.work().sent == 30
    assert book.count("get") == 0
    assert book.count("page") + book.count("since") == 1
    clock.advance(minutes=2)
    book.calls.clear()
    ses_sender = desk._worker._ses_sender
    for n in range(5):
        assert ses_sender.recheck.on_the_list_of_ses(f"new{n}@x.example") == ""
    (since,) = [argument for method, argument in book.calls if method == "since"]
    assert since >= (began - timedelta(minutes=10)).isoformat()


def test_the_answer_of_the_gate_counts_for_a_minute_and_no_longer(clock: Clock) -> None:
    book = FakeBook()
    lists = kept(book, clock)
    lists.refresh()
    clock.advance(minutes=3)
    assert lists.look_up(ANN) is None
    book.calls.clear()
    clock.advance(seconds=59)
    assert lists.listed(ANN) == ()
    assert book.calls == []
    clock.advance(seconds=2)
    assert lists.listed(ANN) == ()
    assert book.count("since") == 1
    assert lists.listed(BOB) == ()
    assert book.count("since") == 1


def test_an_address_that_the_copy_names_is_looked_up_before_it_fails(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer()
    book = FakeBook(Suppression(to(0), "BOUNCE", clock.now, "ses"))
    desk = program(database, clock, book, mailer)
    lists = desk._dispatch.ses_sender.recheck.suppression_list
    assert isinstance(lists, SesListCache)
    lists.refresh()
    del book.entries[to(0)]  # released elsewhere: the copy does not know yet
    assert [each.address for each in lists.listed(to(0))] == [to(0)]
    fill(desk, documents(database, 1))
    assert desk.work().sent == 1


def test_an_entry_in_another_case_that_ses_has_stops_and_one_that_it_ignores_does_not(
    database: Database, clock: Clock
) -> None:
    mailer, book = FakeMailer(), FakeBook()
    book.reasons = EffectiveReasons(frozenset({"COMPLAINT"}), "the account")
    desk = program(database, clock, book, mailer)
    fill(desk, documents(database, 2))
    for address, reason in (("TO0@Customer.example", "COMPLAINT"), (to(1), "BOUNCE")):
        book.entries[address] = Suppression(address, reason, None, "ses")
    clock.advance(minutes=6)
    report = desk.work()
    assert (report.sent, report.failed) == (1, 1)
    assert mailer.recipients == [to(1)]


@pytest.mark.parametrize("failure", [DOWN, ThrottledError("SES said: slow down.")])
def test_a_copy_that_cannot_be_refreshed_leaves_it_queued_and_says_so(
    database: Database, clock: Clock, failure: UnreachableError
) -> None:
    mailer, book = FakeMailer(), FakeBook()
    desk = program(database, clock, book, mailer)
    fill(desk, documents(database, 2))
    clock.advance(minutes=2)
    book.fails = {"since": failure, "page": failure}
    report = desk.work()
    assert (report.waiting, mailer.calls) == (2, [])
    assert "suppression list" in report.words
    assert any("suppression list" in each.error for each in desk.entries())
    book.fails.clear()
    clock.advance(minutes=2)
    assert desk.work().sent == 2


def test_a_direct_send_does_not_leave_unseen_either(database: Database, clock: Clock) -> None:
    mailer, book = FakeMailer(), FakeBook()
    desk = program(database, clock, book, mailer)
    book.fails = {"get": DOWN, "since": DOWN, "page": DOWN}
    outcome = desk._dispatch.send(draft(one(database)), confirmed=True)
    assert words(outcome) == [DisplayStatus.QUEUED]
    assert "until SES's suppression list can be asked" in outcome.recipients[0].error
    assert mailer.calls == []


def test_where_nobody_may_list_the_answer_of_the_gate_stands(
    database: Database, clock: Clock
) -> None:
    mailer, book = FakeMailer(), FakeBook()
    book.fails = {"page": NOT_PERMITTED, "since": NOT_PERMITTED}
    desk = program(database, clock, book, mailer)
    fill(desk, documents(database, 3))
    clock.advance(hours=5)
    book.calls.clear()
    assert desk.work().sent == 3
    assert book.count("get") == 0


def test_a_follow_up_that_was_queued_before_the_entry_is_stopped_too(
    database: Database, clock: Clock
) -> None:
    mailer, book = FakeMailer(), FakeBook()
    desk = program(database, clock, book, mailer)
    desk.enqueue([draft(one(database), kind=EmailKind.FOLLOW_UP)], confirmed=True)
    clock.advance(minutes=1)
    book.entries[ANN] = Suppression(ANN, "COMPLAINT", clock.now, "ses")
    clock.advance(seconds=30)
    assert desk.work().failed == 1
    assert mailer.calls == []


def test_no_transaction_is_open_while_ses_is_asked(database: Database, clock: Clock) -> None:
    """Whoever writes meanwhile is not kept waiting: on SQLite one transaction holds the file."""
    mailer = FakeMailer()
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 1))
    wrote: list[str] = []

    def write_elsewhere(where: str) -> None:
        with closing(Database(database.url)) as other, other.transaction() as connection:
            put = Suppression(f"{where}@x.example", "x", clock.now, "own")
            suppressions.add(connection, [put], "ben")
        wrote.append(where)

    listed = desk._dispatch.ses_sender.recheck.suppression_list
    look = listed.listed

    def asking(address: str) -> Any:
        write_elsewhere("list")
        return look(address)

    listed.listed = asking  # type: ignore[method-assign]
    mailer.answers = [lambda _: write_elsewhere("call")]
    assert desk.work().sent == 1
    assert wrote == ["list", "call"]
