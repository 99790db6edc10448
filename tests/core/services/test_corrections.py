"""Fix once, send again: what is proposed, saved and sent, and what an import may not undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import addresses as corrections
from core.db.reads import history
from core.db.writes.imported_records import Catalogue, Change, CustomerEntry
from core.model.corrections import AddressOrigin, KeptCorrection
from core.model.delivery import DeliveryState, DeliveryView
from core.model.documents import CustomerFilter, DocumentRow
from core.model.email import Decision, Verdict
from core.model.enums import DisplayStatus, EmailKind, Role, Status, address_key
from core.model.errors import InputError, NotFoundError
from core.model.suppressions import Suppression
from core.rules.chasing.attention import is_ticked, open_failure, superseded
from core.services.corrections import Correcting
from core.services.sending.dispatch import Dispatch
from tests.conftest import Clock
from tests.core.db.books import START, document, entry, fact, hard_bounce, put, sent, tell
from tests.core.drafts import ANN, BOB
from tests.core.mail_fakes import FakeList, FakeMailer, ses_sender

OLD, NEW = ANN, "anna@customer.example"
LAST_WEEK = START - timedelta(days=7, hours=1)


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def suppressions() -> FakeList:
    return FakeList()


@pytest.fixture
def correcting(
    database: Database, clock: Clock, mailer: FakeMailer, suppressions: FakeList
) -> Correcting:
    dispatch = Dispatch(
        database=database,
        suppression_list=suppressions,
        clock=clock,
        sender="billing@outtray.example",
        operator="anna",
        ses_sender=ses_sender(database, mailer, clock),
    )
    return Correcting(database, dispatch, clock, "anna")


def bounced(
    database: Database, *numbers: str, customer: str = "Krajcik & Sons", **changes: Any
) -> list[DocumentRow]:
    """Documents whose original bounced at OLD last week."""
    rows = put(database, *(entry(n, customer, OLD, **changes) for n in numbers))
    for position, row in enumerate(rows):
        at = LAST_WEEK + timedelta(minutes=position)
        written = sent(database, row, OLD, at=at, body=f"Please find {row.number}")
        tell(database, hard_bounce(written.message_ids[0], -7 * 24 * 60 + position))
    return rows


def addresses(database: Database, customer_id: int) -> list[tuple[str, bool]]:
    return [(c.address, c.primary) for c in history.contacts(database.reader, customer_id)]


def put_customer(database: Database, address: str) -> tuple[Change, list[KeptCorrection]]:
    """What an import of the customer does."""
    with database.transaction() as connection:
        catalogue = Catalogue(connection)
        change = catalogue.put_customer(CustomerEntry("Krajcik & Sons", address, "Ann"))
    return change, catalogue.kept_corrections


# --------------------------------------------------------------------------- looking


def test_the_failed_address_is_shown_with_the_servers_reason_in_plain_words(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    found = correcting.look(row.customer_id, row.id)
    assert (found.customer, found.address, found.word) == (
        "Krajcik & Sons",
        OLD,
        DisplayStatus.BOUNCED,
    )
    assert found.cause == "userunknown"
    assert "550 5.1.1" in found.diagnostic
    assert found.advice
    assert found.document_number == "INV-1"
    assert correcting.look(row.customer_id).cause == "userunknown", "the primary one failed"


def test_what_is_told_is_the_failure_of_the_document_not_of_one_that_failed_later(
    database: Database, correcting: Correcting
) -> None:
    first, last = bounced(database, "INV-1", "INV-2")
    for row, minutes in ((first, 0), (last, 1)):
        found = correcting.look(row.customer_id, row.id)
        assert found.document_number == row.number
        assert found.at == START + timedelta(minutes=-7 * 24 * 60 + minutes)


def test_better_addresses_are_proposed_the_likeliest_first(
    database: Database, correcting: Correcting
) -> None:
    (row,) = put(database, entry("INV-1", address="ann@gmial.com"))
    written = sent(database, row, "ann@gmial.com", "cc:old@acme.example", BOB, at=LAST_WEEK)
    put_customer(database, BOB)
    put_customer(database, "ann@gmial.com")
    tell(
        database,
        hard_bounce(written.message_ids[0], -9_000, recipient="ann@gmial.com"),
        fact("Delivery", written.message_ids[1], -9_000, recipient="old@acme.example"),
        fact("Delivery", written.message_ids[2], -8_000, recipient=BOB),
    )
    found = correcting.look(row.customer_id, row.id)
    assert [(p.address, p.origin) for p in found.proposals] == [
        ("ann@gmail.com", AddressOrigin.MEANT),
        (BOB, AddressOrigin.CONTACT),
        ("old@acme.example", AddressOrigin.EARLIER),
    ]
    assert [p.delivered_at is not None for p in found.proposals] == [False, True, True]


def test_an_address_that_bounced_itself_is_not_proposed(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    put_customer(database, BOB)
    written = sent(database, row, BOB, at=START - timedelta(days=1))
    tell(database, hard_bounce(written.message_ids[0], -60, recipient=BOB))
    assert correcting.look(row.customer_id, address=OLD).proposals == ()


def test_a_customer_that_is_gone_is_said_in_words(correcting: Correcting) -> None:
    with pytest.raises(NotFoundError):
        correcting.look(4711)


def test_the_new_address_is_judged_like_the_gate_judges_it(
    database: Database, correcting: Correcting, suppressions: FakeList
) -> None:
    assert correcting.check(NEW) == Verdict()
    assert correcting.check("nobody").decision is Decision.REFUSE
    assert correcting.check("a@gmial.com").findings[0].proposal == "a@gmail.com"
    suppressions.entries[NEW] = Suppression(NEW, "BOUNCE", START, "ses")
    assert correcting.check(NEW).findings[0].code == "suppressed"


# --------------------------------------------------------------------------- saving


def test_the_contact_gets_the_new_address_and_the_old_one_is_kept_with_who_and_when(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    saved = correcting.save(OLD, f" {NEW} ", [row.customer_id])
    assert (saved.old, saved.new, saved.customers) == (OLD, NEW, ("Krajcik & Sons",))
    assert addresses(database, row.customer_id) == [(NEW, True)]
    (change,) = corrections.changes(database.reader, row.customer_id)
    assert (change.old, change.new, change.by, change.at) == (OLD, NEW, "anna", START)
    found = documents.page_customers(database.reader, CustomerFilter(text=NEW))
    assert [each.address for each in found] == [NEW]
    assert correcting.save(OLD, NEW, [row.customer_id]).customers == ()


def test_an_address_that_is_a_contact_already_takes_the_place_of_the_old_one(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    put_customer(database, BOB)
    put_customer(database, OLD)
    correcting.save(OLD, BOB.upper(), [row.customer_id])
    assert [(a.casefold(), p) for a, p in addresses(database, row.customer_id)] == [(BOB, True)]


def test_an_address_that_was_no_contact_adds_the_better_one_beside_the_others(
    database: Database, correcting: Correcting
) -> None:
    (row,) = put(database, entry("INV-1"))
    correcting.save("typed@once.example", NEW, [row.customer_id])
    assert addresses(database, row.customer_id) == [(ANN, True), (NEW, False)]


def test_what_is_no_address_is_not_saved(database: Database, correcting: Correcting) -> None:
    (row,) = put(database, entry("INV-1"))
    with pytest.raises(InputError, match="not an email address"):
        correcting.save(OLD, "nobody\r\nBcc: x@y.example", [row.customer_id])
    assert addresses(database, row.customer_id) == [(ANN, True)]


# --------------------------------------------------------------------------- the next import


def test_an_import_of_the_old_address_does_not_undo_the_correction(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    correcting.save(OLD, NEW, [row.customer_id])
    kept = [KeptCorrection("Krajcik & Sons", OLD, NEW)]
    assert put_customer(database, OLD) == (Change.UPDATED, kept)
    assert addresses(database, row.customer_id) == [(NEW, True), (OLD, False)]
    assert put_customer(database, OLD) == (Change.UNCHANGED, kept)


def test_an_import_of_the_corrected_or_a_third_address_is_followed(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    correcting.save(OLD, NEW, [row.customer_id])
    put_customer(database, OLD)
    assert put_customer(database, NEW)[1] == []
    assert put_customer(database, BOB)[1] == []
    assert addresses(database, row.customer_id)[0] == (BOB, True)


def test_a_correction_that_was_taken_back_is_no_hindrance(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    correcting.save(OLD, NEW, [row.customer_id])
    correcting.save(NEW, OLD, [row.customer_id])
    assert put_customer(database, OLD)[1] == []
    assert addresses(database, row.customer_id) == [(OLD, True)]


_KEYS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(_KEYS, _KEYS), max_size=8), st.sets(_KEYS))
def test_what_is_in_force_is_a_contact_and_was_not_corrected_itself(
    changes: Sequence[tuple[str, str]], current: set[str]
) -> None:
    found = superseded([(o, n) for o, n in changes if o != n], current)
    assert all(old != new and new in current for old, new in found.items())
    last = next(((o, n) for o, n in reversed(changes) if o != n), None)
    if last is not None:
        assert last[1] not in found
        assert found.get(last[0]) == (last[1] if last[1] in current else None)


# --------------------------------------------------------------------------- what waits


def test_every_document_that_failed_there_waits_of_every_customer_with_the_address(
    database: Database, correcting: Correcting
) -> None:
    mine = bounced(database, "INV-1", "INV-2")
    bounced(database, "INV-3", customer="Sister Company")
    put(database, entry("INV-4"))
    waiting = correcting.waiting(OLD, NEW)
    assert [each.document.number for each in waiting] == ["INV-2", "INV-3", "INV-1"]
    assert {each.word for each in waiting} == {DisplayStatus.BOUNCED}
    assert all(is_ticked(each.verdict) and not each.is_stopped for each in waiting)
    only = correcting.waiting(OLD, NEW, [mine[0].customer_id])
    assert {each.document.number for each in only} == {"INV-1", "INV-2"}
    assert correcting.customers_with(OLD.upper()) == [
        (mine[0].customer_id, "Krajcik & Sons"),
        (waiting[1].document.customer_id, "Sister Company"),
    ]


def test_a_resend_is_exactly_what_was_sent_goes_to_the_new_address_alone_and_mends_the_document(
    database: Database, correcting: Correcting, mailer: FakeMailer
) -> None:
    (row,) = put(database, entry("INV-1"))
    written = sent(database, row, OLD, f"cc:{BOB}", at=LAST_WEEK, subject="Our invoice", body="B")
    tell(
        database,
        hard_bounce(written.message_ids[0], -9_000),
        fact("Delivery", written.message_ids[1], -9_000, recipient=BOB),
    )
    outcome = correcting.resend(row.id, OLD, NEW, confirmed=False)
    assert [each.address for each in outcome.recipients] == [NEW]
    email = history.emails_of(database.reader, row.id)[0]
    assert (email.kind, email.subject, email.body) == (EmailKind.RESEND, "Our invoice", "B")
    tell(database, fact("Delivery", "ses-1", 5, recipient=NEW))
    assert document(database, "INV-1").summary.unresolved == frozenset()


def test_what_is_on_its_way_to_the_new_address_does_not_wait_any_more(
    database: Database, correcting: Correcting
) -> None:
    (row,) = bounced(database, "INV-1")
    correcting.resend(row.id, OLD, NEW, confirmed=False)
    assert document(database, "INV-1").summary.unresolved == {DisplayStatus.BOUNCED}
    assert correcting.waiting(OLD, "third@customer.example") == ()
    tell(database, hard_bounce("ses-1", 5, recipient=NEW))
    assert [w.document.number for w in correcting.waiting(OLD, BOB)] == ["INV-1"]


def test_the_gate_is_asked_for_each_and_ses_once_for_all(
    database: Database, correcting: Correcting, suppressions: FakeList
) -> None:
    bounced(database, "INV-1", "INV-2", "INV-3")
    correcting.waiting(OLD, NEW)
    assert suppressions.asked == [NEW]
    suppressions.entries[NEW] = Suppression(NEW, "COMPLAINT", START, "ses")
    stopped = correcting.waiting(OLD, NEW)
    assert all(each.is_stopped and not is_ticked(each.verdict) for each in stopped)
    assert correcting.resend(stopped[0].document.id, OLD, NEW, confirmed=True).email_id is None


def test_a_paid_invoice_and_another_programs_email_are_listed_and_not_ticked(
    database: Database, correcting: Correcting
) -> None:
    bounced(database, "INV-1", status="PAID")
    (row,) = put(database, entry("INV-2"))
    external = {"kind": EmailKind.EXTERNAL, "sent_by": "books@acme.example", "mime": None}
    written = sent(database, row, OLD, at=LAST_WEEK + timedelta(hours=1), **external)
    tell(database, hard_bounce(written.message_ids[0], -9_000))
    waiting = {each.document.number: each for each in correcting.waiting(OLD, NEW)}
    codes = {n: [f.code for f in each.verdict.findings] for n, each in waiting.items()}
    assert codes == {"INV-1": ["document_settled"], "INV-2": ["not_ours"]}
    assert not any(is_ticked(each.verdict) for each in waiting.values())


_ADDRESS = st.sampled_from(["a@x.example", "A@x.example", "b@x.example", "c@x.example"])
_VIEWS = st.lists(
    st.builds(
        lambda day, address, replaces, status: DeliveryView(
            day, START + timedelta(days=day), Role.TO, address, replaces, DeliveryState(status)
        ),
        st.integers(0, 6),
        _ADDRESS,
        st.none() | _ADDRESS,
        st.sampled_from([Status.SENT, Status.BOUNCED, Status.DELIVERED, Status.FAILED]),
    ),
    max_size=6,
    unique_by=lambda view: view.email_id,
)


@given(_VIEWS, st.data())
def test_what_waits_depends_on_no_order_and_was_a_failure_of_that_address(
    views: list[DeliveryView], data: st.DataObject
) -> None:
    found = open_failure("a@x.example", views)
    assert found == open_failure("a@x.example", data.draw(st.permutations(views)))
    if found is not None:
        assert address_key(found.address) == "a@x.example"
        later = [v for v in views if v.created_at > found.created_at]
        assert not any(
            address_key(v.address) == "a@x.example" and v.state.status is Status.DELIVERED
            for v in later
        )
