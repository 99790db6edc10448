"""Snoozes, promises and calls: history, what rows and filters show, the gate. Both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.model.chase_state import CallEntry, Scope
from core.model.chasing import HoldKind, Outcome
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.model.email import Weight
from core.model.enums import DocumentKind, EmailKind
from core.model.errors import NotFoundError, UsageError
from core.rules.chasing.call_reminders import needs_call
from core.services import history
from core.services.chasing import Chasing
from tests.conftest import Clock
from tests.core.db.books import START, document, entry, fact, one, put, sent, tell
from tests.core.drafts import draft

UNTIL = date(2026, 12, 25)


@pytest.fixture
def later() -> Clock:
    """Three weeks after the first of three emails."""
    return Clock(START + timedelta(days=21))


@pytest.fixture
def chasing(database: Database, later: Clock) -> Chasing:
    return Chasing(database, later, "anna", timedelta(days=7))


def silent(database: Database, number: str = "INV-0042") -> None:
    """Three emails that were delivered, and that nobody opened."""
    row = one(database, number=number)
    for days in (0, 5, 9):
        at = START + timedelta(days=days)
        written = sent(database, row, at=at)
        tell(database, fact("Delivery", written.message_ids[0], minutes=days * 1440 + 1))


def found(database: Database, chip: DocumentView, now: datetime) -> list[str]:
    where = DocumentFilter(chip=chip, as_of=now)
    rows = [row.number for row in documents.page_documents(database.reader, where)]
    assert documents.count_documents(database.reader, where) == len(rows)
    assert documents.chip_counts(database.reader, DocumentFilter(as_of=now))[chip] == len(rows)
    return rows


def test_a_silent_document_needs_a_call_and_its_customer_attention(
    database: Database, later: Clock
) -> None:
    silent(database)
    assert found(database, DocumentView.NEEDS_CALL, START + timedelta(days=10)) == []
    assert found(database, DocumentView.NEEDS_CALL, later()) == ["INV-0042"]
    assert found(database, DocumentView.ATTENTION, later()) == ["INV-0042"]
    assert (
        needs_call(document(database), later(), UTC) == "3 emails since 20 Nov and no sign of life"
    )
    where = CustomerFilter(attention=True, as_of=later())
    (customer,) = documents.page_customers(database.reader, where)
    assert customer.needs_call == 1
    assert documents.overview(database.reader, later()).attention == 1


def test_a_snooze_quiets_it_until_the_day_and_it_comes_back_by_itself(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    silent(database)
    standing = chasing.hold(Scope.of(document(database)), HoldKind.PROMISE, UNTIL, "by  phone\n")
    assert [hold.note for hold in standing.in_force] == ["by phone"]
    assert found(database, DocumentView.SNOOZED, later()) == ["INV-0042"]
    assert found(database, DocumentView.NEEDS_CALL, later()) == []
    assert documents.overview(database.reader, later()).attention == 0
    day = datetime(2026, 12, 25).astimezone()
    assert found(database, DocumentView.SNOOZED, day - timedelta(seconds=1)) == ["INV-0042"]
    assert found(database, DocumentView.SNOOZED, day) == []
    assert found(database, DocumentView.NEEDS_CALL, day) == ["INV-0042"]


def test_a_bounce_is_a_failure_whatever_was_promised(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    row = one(database)
    written = sent(database, row)
    tell(database, fact("Bounce", written.message_ids[0], subtype="Permanent/General"))
    assert found(database, DocumentView.NEEDS_CALL, later()) == ["INV-0042"]
    chasing.hold(Scope.of(row), HoldKind.SNOOZE, UNTIL)
    assert found(database, DocumentView.NEEDS_CALL, later()) == []
    assert found(database, DocumentView.BOUNCED, later()) == ["INV-0042"]
    assert found(database, DocumentView.ATTENTION, later()) == ["INV-0042"]
    (customer,) = documents.page_customers(database.reader, CustomerFilter(as_of=later()))
    assert (customer.bounced, customer.never_reached, customer.needs_call) == (1, 0, 0)


def test_a_customer_s_snooze_covers_every_document_and_those_that_come(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    silent(database)
    scope = Scope.of(document(database))
    chasing.hold(scope, HoldKind.SNOOZE, date(2026, 12, 20))
    chasing.hold(scope.whole_customer, HoldKind.DISPUTE, UNTIL)
    put(database, entry(number="INV-0043"))
    assert set(found(database, DocumentView.SNOOZED, later())) == {"INV-0042", "INV-0043"}
    with pytest.raises(NotFoundError, match="Nothing holds back"):
        chasing.lift(Scope.of(document(database, "INV-0043")))
    chasing.lift(scope.whole_customer, "paid")
    assert found(database, DocumentView.SNOOZED, later()) == ["INV-0042"]
    chasing.lift(scope)
    assert found(database, DocumentView.SNOOZED, later()) == []
    assert found(database, DocumentView.NEEDS_CALL, later()) == ["INV-0042"]


def test_who_set_changed_and_lifted_is_kept(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    scope = Scope.of(one(database))
    chasing.hold(scope, HoldKind.PROMISE, UNTIL, "first")
    later.advance(hours=1)
    chasing.hold(scope, HoldKind.SNOOZE, date(2026, 12, 30), "longer")
    later.advance(hours=1)
    standing = chasing.lift(scope, "paid")
    assert [(hold.until, hold.note, hold.by) for hold in standing.holds] == [
        (None, "paid", "anna"),
        (date(2026, 12, 30), "longer", "anna"),
        (UNTIL, "first", "anna"),
    ]
    assert standing.in_force == ()


def test_a_call_puts_the_need_off_for_a_week(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    silent(database)
    row = document(database)
    chasing.log_call(row.id, CallEntry(Outcome.NO_ANSWER, "rang twice", "Ada"))
    assert found(database, DocumentView.NEEDS_CALL, later()) == []
    assert found(database, DocumentView.NEEDS_CALL, later() + timedelta(days=7)) == ["INV-0042"]


def test_what_was_promised_on_the_phone_holds_the_document(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    row = one(database)
    chasing.log_call(row.id, CallEntry(Outcome.PROMISED, "pays on Friday", hold_until=UNTIL))
    (hold,) = chasing.standing(Scope.of(row)).in_force
    assert (hold.kind, hold.until, hold.note) == (HoldKind.PROMISE, UNTIL, "pays on Friday")


def test_the_log_of_the_past_knows_no_later_call_or_promise(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    silent(database)
    row = document(database)
    before = later()
    later.advance(hours=1)
    chasing.log_call(row.id, CallEntry(note="yesterday", at=before - timedelta(days=1)))
    later.advance(hours=1)
    chasing.hold(Scope.of(row), HoldKind.PROMISE, UNTIL)
    now = history.document_log(database.reader, row.id)
    assert ([c.note for c in now.calls], len(now.holds)) == (["yesterday"], 1)
    assert now.moments[-2:] == (later() - timedelta(hours=1), later())
    then = history.document_log(database.reader, row.id, before)
    assert (then.calls, then.holds, then.document.held_until) == ((), (), None)
    assert needs_call(then.document, before)
    between = history.document_log(database.reader, row.id, before + timedelta(hours=1))
    assert (len(between.calls), between.holds) == (1, ())


def test_bad_input_is_refused_in_words_and_nothing_is_kept(
    database: Database, chasing: Chasing, later: Clock
) -> None:
    row = one(database)
    scope = Scope.of(row)
    with pytest.raises(UsageError, match="not to come"):
        chasing.hold(scope, HoldKind.SNOOZE, later().astimezone().date())
    with pytest.raises(UsageError, match="characters"):
        chasing.hold(scope, HoldKind.SNOOZE, UNTIL, "x" * 2001)
    with pytest.raises(UsageError, match="yet to take place"):
        chasing.log_call(row.id, CallEntry(at=later() + timedelta(hours=1)))
    with pytest.raises(UsageError, match="promise or a dispute"):
        chasing.log_call(row.id, CallEntry(Outcome.REACHED, hold_until=UNTIL))
    with pytest.raises(NotFoundError):
        chasing.log_call(row.id + 1, CallEntry())
    log = history.document_log(database.reader, row.id)
    assert (log.calls, log.holds) == ((), ())


def test_a_customer_is_found_by_name_or_asked_for(database: Database, chasing: Chasing) -> None:
    row = one(database)
    put(database, entry(number="B", customer="Krajcik & Sons II", address="b@x.example"))
    assert chasing.find_customer("krajcik & sons") == Scope(row.customer_id)
    with pytest.raises(NotFoundError, match="Several"):
        chasing.find_customer("kraj")
    for nobody in ("nobody", "", "%"):
        with pytest.raises(NotFoundError):
            chasing.find_customer(nobody)


def test_the_gate_asks_before_a_follow_up_and_recalls_it_otherwise(backend: Backend) -> None:
    row = one(backend._database)
    backend.chasing.hold(Scope.of(row), HoldKind.PROMISE, UNTIL, "promised by phone")
    asked = backend.check(draft(row, kind=EmailKind.FOLLOW_UP))
    (finding,) = [f for f in asked.findings if f.code == "held"]
    assert finding.weight is Weight.ASK
    assert finding.title == "Anna promised not to chase before 25 Dec 2026"
    assert "“promised by phone”" in finding.detail
    assert "{documents.snooze}" in finding.next
    noted = backend.check(draft(row, kind=EmailKind.RESEND))
    assert [f.weight for f in noted.findings if f.code == "held"] == [Weight.NOTE]
    outcome = backend.send(draft(row, kind=EmailKind.FOLLOW_UP), confirmed=False)
    assert outcome.email_id is None
    backend.chasing.lift(Scope.of(row))
    assert not [f for f in backend.check(draft(row)).findings if f.code == "held"]


def test_customers_who_only_need_a_call_come_before_those_who_need_nothing(
    database: Database, later: Clock
) -> None:
    silent(database)
    put(database, entry(number="A", customer="Aaron", kind=DocumentKind.INVOICE))
    where = CustomerFilter(as_of=later())
    rows = documents.page_customers(database.reader, where)
    assert [row.name for row in rows] == ["Krajcik & Sons", "Aaron"]
    positions = [documents.customer_position(database.reader, where, row.id) for row in rows]
    assert positions == [0, 1]
