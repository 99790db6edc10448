"""Other programs' emails, from SES's reports to the log: once, in any order, at any desk."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.aws.events.parser import OUR_TAG
from core.db.engine import Database
from core.db.reads import unlinked
from core.db.schema import emails
from core.db.writes import external_email
from core.db.writes.imported_records import Catalogue, put_documents
from core.model.enums import DisplayStatus, EmailKind, Role
from core.model.errors import NotFoundError
from core.model.history import EmailEntry
from core.model.reports import IngestReport
from core.rules.delivery.external_email import Relinked, Unlinked
from core.services import history, importing
from core.services.feed import ingest
from core.services.integrity_check import check
from core.settings.number_search import NumberSearch
from tests.conftest import Clock, NewDatabase
from tests.core.db.books import (
    START,
    accept,
    document,
    entry,
    new_email,
    one,
    put,
    record,
    sent,
    settled,
)

ID = "0102-shop"
ANN = "ann@customer.example"


def event(
    kind: str,
    subject: str | None = "Invoice INV-0042",
    to: Sequence[str] = (ANN,),
    *,
    message_id: str = ID,
    tags: dict[str, list[str]] | None = None,
    published: bool = True,
    **details: Any,
) -> str:
    """What a configuration set publishes, or an identity notifies, about a shop's email."""
    mail: dict[str, Any] = {
        "timestamp": "2026-11-20T14:00:00.000Z",
        "messageId": message_id,
        "source": "Shop <shop@outtray.example>",
        "sourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/outtray.example",
        "destination": list(to),
    }
    if subject is not None:
        mail["commonHeaders"] = {"subject": subject, "to": [f"Ann <{to[0]}>"], "cc": list(to[1:2])}
    if published:
        mail["tags"] = {"ses:configuration-set": ["outtray"], **(tags or {})}
    own: dict[str, Any] = {"timestamp": "2026-11-20T14:00:09.000Z", **details}
    if kind == "Delivery":
        own.setdefault("recipients", list(to))
    key = kind.lower()
    return json.dumps(
        {"eventType" if published else "notificationType": kind, "mail": mail, key: own}
    )


def bounce(**changes: Any) -> str:
    return event(
        "Bounce",
        bounceType="Permanent",
        bounceSubType="General",
        feedbackId="f-1",
        timestamp="2026-11-20T15:00:00.000Z",
        bouncedRecipients=[{"emailAddress": ANN, "status": "5.1.1", "diagnosticCode": "550 no"}],
        **changes,
    )


def hear(database: Database, *bodies: str) -> IngestReport:
    return ingest.ingest(database, bodies, "queue", lambda: START)


def log(database: Database, number: str = "INV-0042") -> tuple[EmailEntry, ...]:
    return history.document_log(database.reader, document(database, number).id).emails


def waiting(database: Database, *, everything: bool = False) -> list[Unlinked]:
    return list(unlinked.page(database.reader, None, everything=everything))


# --------------------------------------------------------------------------- linked by itself


def test_another_programs_email_appears_in_the_history(database: Database) -> None:
    one(database)
    report = hear(database, event("Send"), event("Delivery"))
    assert report == IngestReport(read=2, applied=2)
    (email,) = log(database)
    assert (email.kind, email.subject) == (EmailKind.EXTERNAL, "Invoice INV-0042")
    assert (email.sent_by, email.created_at) == ("Shop <shop@outtray.example>", START)
    (recipient,) = email.recipients
    assert (recipient.address, recipient.ses_message_id) == (ANN, ID)
    assert (recipient.state.word, recipient.state.sent_at) == (DisplayStatus.DELIVERED, START)
    assert document(database).summary.word is DisplayStatus.DELIVERED
    assert waiting(database, everything=True) == []


def test_a_tag_links_an_email_to_strangers_and_roles_come_from_the_headers(
    database: Database,
) -> None:
    one(database)
    to = ("x@else.example", "y@else.example", "z@else.example")
    hear(database, event("Delivery", "Hello", to, tags={"document": ["INV-0042"]}))
    (email,) = log(database)
    assert {r.address[0]: r.role for r in email.recipients} == {
        "x": Role.TO,
        "y": Role.CC,
        "z": Role.BCC,
    }
    assert {r.state.word for r in email.recipients} == {DisplayStatus.DELIVERED}


BOB = "bob@customer.example"
BOBS_BOUNCE: dict[str, Any] = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "feedbackId": "f-2",
    "bouncedRecipients": [{"emailAddress": f"rfc822;{BOB}", "diagnosticCode": "550 no"}],
}


def test_every_reports_recipients_together_decide_whom_a_report_is_about(
    new_database: NewDatabase,
) -> None:
    """While only Ann is known, a bounce with this id is about her; it is Bob's as soon as he is."""
    bodies = [
        event("Bounce", **BOBS_BOUNCE),
        event("Delivery", recipients=[ANN]),
        event("Send", to=(ANN, BOB)),
    ]
    for order in permutations(bodies):
        database = new_database()
        one(database)
        hear(database, *order[:1])
        hear(database, *order[1:])
        (email,) = log(database)
        words = {r.address: r.state.word for r in email.recipients}
        assert words == {ANN: DisplayStatus.DELIVERED, BOB: DisplayStatus.BOUNCED}
        assert check(database).differences == ()


def test_a_name_that_fits_none_of_several_recipients_touches_nobody(database: Database) -> None:
    one(database)
    stranger = {**BOBS_BOUNCE, "bouncedRecipients": [{"emailAddress": "cy@else.example"}]}
    nobody = {**BOBS_BOUNCE, "feedbackId": "f-3", "bouncedRecipients": []}
    several = (ANN, BOB)
    hear(
        database,
        event("Send", to=several),
        event("Bounce", to=several, **stranger),
        event("Bounce", to=several, **nobody),
    )
    (email,) = log(database)
    assert {r.state.word for r in email.recipients} == {DisplayStatus.SENT}
    assert sorted(note.text for note in email.notes) == [
        "hard bounce reported for cy@else.example",
        "hard bounce reported without saying for whom",
    ]


def test_a_bounce_of_another_address_than_the_only_recipients_is_about_that_email(
    database: Database,
) -> None:
    one(database)
    hear(database, event("Send"), event("Bounce", **BOBS_BOUNCE))
    assert log(database)[0].recipients[0].state.word is DisplayStatus.BOUNCED
    hear(database, event("Delivery"))
    (recipient,) = log(database)[0].recipients
    assert (recipient.state.word, recipient.state.is_forward) == (DisplayStatus.SOFT_BOUNCED, True)


def test_a_complaint_that_names_several_says_that_it_may_be_any_of_them(
    database: Database,
) -> None:
    one(database)
    named = [{"emailAddress": ANN}, {"emailAddress": BOB}]
    told: dict[str, Any] = {
        "feedbackId": "f-9",
        "complaintFeedbackType": "abuse",
        "complainedRecipients": named,
    }
    hear(database, event("Send", to=(ANN, BOB)), event("Complaint", to=(ANN, BOB), **told))
    (email,) = log(database)
    assert {r.state.word for r in email.recipients} == {DisplayStatus.COMPLAINED}
    assert [note.text for note in email.notes] == [
        "the complaint names 2 recipients: it may be any of them"
    ]


def test_any_order_of_reports_gives_the_same_history(new_database: NewDatabase) -> None:
    """The notification without headers first, the event with the subject last, and so on."""
    bodies = [
        event("Send"),
        event("Delivery"),
        bounce(),
        event("Delivery", None, published=False),
    ]
    results = []
    for order in permutations(bodies):
        database = new_database()
        one(database)
        for body in order:
            hear(database, body, body)
        results.append(settled(database))
    assert all(result == results[0] for result in results)
    assert check(database).differences == ()


def test_what_waited_without_a_subject_is_applied_with_it(database: Database) -> None:
    one(database)
    assert hear(database, event("Delivery", None, published=False)).unmatched == 1
    assert log(database) == ()
    assert hear(database, event("Send")) == IngestReport(read=1, applied=1)
    assert [r.state.word for e in log(database) for r in e.recipients] == [DisplayStatus.DELIVERED]


def test_two_desks_that_hear_of_one_email_at_once_write_it_once(database: Database) -> None:
    one(database)
    at_once = threading.Barrier(4)

    def pull(body: str) -> None:
        at_once.wait()
        hear(Database(database.url), body)

    threads = [
        threading.Thread(target=pull, args=(body,))
        for body in (event("Send"), event("Delivery"), bounce(), event("Send"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (email,) = log(database)
    assert email.summary.word is DisplayStatus.BOUNCED
    assert database.reader.rows("SELECT count(*) FROM events WHERE delivery_id IS NULL", {}) == [
        (0,)
    ]


def test_the_office_own_pattern_finds_the_number(database: Database) -> None:
    put(database, entry("77"))
    body = event("Send", "Beleg 77 vom Shop")
    ingest.ingest(database, [body], "queue", lambda: START, search=NumberSearch(r"Rechnung (\d+)"))
    assert log(database, "77") == ()
    ingest.ingest(
        database, [event("Delivery", "Rechnung 77", message_id="0102-b")], "queue", lambda: START,
        search=NumberSearch(r"Rechnung (\d+)"),
    )  # fmt: skip
    assert len(log(database, "77")) == 1


# --------------------------------------------------------------------------- never our own


def test_our_own_email_is_never_taken_for_another_programs(database: Database) -> None:
    row = one(database)
    written = record(database, new_email(row))
    own = written.message_ids[0]
    notified = event("Delivery", message_id=own, published=False)
    assert hear(database, notified).unmatched == 1  # SES was faster than our commit
    accept(database, written)
    assert [e.kind for e in log(database)] == [EmailKind.ORIGINAL]
    assert waiting(database, everything=True) == []


@pytest.mark.parametrize("tag_first", [True, False])
def test_an_email_that_came_with_a_tag_of_ours_waits_for_nobody(
    database: Database, tag_first: bool
) -> None:
    """Of another Outtray's database, say: its facts wait, nobody is asked to link it."""
    one(database)
    tagged = event("Delivery", tags={OUR_TAG: ["of-another-desk"]})
    bodies = [tagged, event("Delivery", published=False)]
    hear(database, *(bodies if tag_first else bodies[::-1]))
    for body in bodies:
        hear(database, body)
    assert (log(database), waiting(database, everything=True)) == ((), [])
    external_email.relink(database)
    assert log(database) == ()


# --------------------------------------------------------------------------- by hand, or later


def test_what_is_not_certain_waits_with_its_candidates(database: Database) -> None:
    put(database, entry())
    with database.transaction() as connection:
        others = entry("INV-0042", "Other & Co", "bob@other.example")
        put_documents(connection, Catalogue(connection), [others])
    assert hear(database, event("Send", to=("x@else.example",))).unmatched == 1
    hear(database, event("Send", "Opening hours", message_id="0102-b"))
    (found,) = waiting(database)
    assert (found.mail.message_id, found.mail.subject) == (ID, "Invoice INV-0042")
    assert [c.customer for c in found.candidates] == ["Krajcik & Sons", "Other & Co"]
    assert {each.mail.message_id for each in waiting(database, everything=True)} == {ID, "0102-b"}


def test_a_link_by_hand_brings_its_facts_along_and_says_who_did_it(database: Database) -> None:
    row = one(database)
    hear(database, event("Send", "Hello"), event("Delivery", "Hello"))
    with database.transaction() as connection:
        _, applied = external_email.link_by_hand(connection, ID, row.id, "anna", START)
    assert applied == 2
    (email,) = log(database)
    assert (email.summary.word, email.notes[0].text) == (
        DisplayStatus.DELIVERED,
        "linked to this document by anna",
    )
    assert waiting(database, everything=True) == []
    assert check(database).differences == ()


def test_a_wrong_link_is_put_right_by_hand(database: Database) -> None:
    put(database, entry(), entry("INV-0043", "Other & Co", "bob@other.example"))
    hear(database, event("Delivery"))
    with database.transaction() as connection:
        external_email.link_by_hand(
            connection, ID, document(database, "INV-0043").id, "anna", START
        )
    hear(database, bounce())
    assert (log(database), len(log(database, "INV-0043"))) == ((), 1)
    assert document(database).summary.word is DisplayStatus.NEVER_SENT
    assert document(database, "INV-0043").summary.word is DisplayStatus.BOUNCED
    assert check(database).differences == ()


def test_only_other_programs_emails_can_be_linked(database: Database) -> None:
    row = one(database)
    written = sent(database, row)
    hear(database, event("Delivery", message_id=written.message_ids[0], published=False))
    for message_id in (written.message_ids[0], "0102-nobody-heard-of"):
        with pytest.raises(NotFoundError), database.transaction() as connection:
            external_email.link_by_hand(connection, message_id, row.id, "anna", START)


def test_a_document_imported_later_finds_its_email(database: Database, tmp_path: Path) -> None:
    hear(database, event("Send"), event("Delivery"))
    assert waiting(database) == []
    customers, path = tmp_path / "customers.csv", tmp_path / "documents.csv"
    customers.write_text(f"name,email\nKrajcik & Sons,{ANN}\n")
    path.write_text(
        "number,kind,customer,status,currency,total,balance_due,issued_on,due_on\n"
        "INV-0042,invoice,Krajcik & Sons,OPEN,USD,100.00,40.00,2026-11-01,2026-12-01\n"
    )
    importing.import_files(database, [customers, path], dry_run=True)
    assert waiting(database, everything=True) != []
    importing.import_files(database, [customers, path])
    (email,) = log(database)
    assert (email.kind, email.summary.word) == (EmailKind.EXTERNAL, DisplayStatus.DELIVERED)
    assert external_email.relink(database) == Relinked()


def test_relinking_looks_at_every_email_however_many_there_are(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_email, "_AT_ONCE", 3)
    for number in range(8):
        hear(database, event("Send", f"INV-{number:04}", message_id=f"0102-{number}"))
    put(database, *(entry(f"INV-{number:04}") for number in range(8)))
    assert external_email.relink(database) == Relinked(examined=8, linked=8, applied=8)
    assert check(database).differences == ()


# --------------------------------------------------------------------------- what strangers send


def test_hostile_subjects_and_addresses_are_kept_as_they_are(database: Database) -> None:
    one(database)
    subject = "INV-0042 \u202e\x1b[2J\x00 =?utf-8?q?x?= " + "9" * 2000
    hear(database, event("Send", subject, (ANN, "\ud800@x.example", "a'; DROP TABLE emails--")))
    hear(database, event("Send", "=?utf-8?b?SU5WLTAwNDI=?=", message_id="0102-b"))
    assert {e.kind for e in log(database)} == {EmailKind.EXTERNAL}
    assert len(log(database)) == 2
    with database.transaction() as connection:
        subjects = set(connection.scalars(select(emails.c.subject)))
    assert "INV-0042" in subjects


def test_follow_ups_thread_under_it_and_its_content_is_not_sent_again(
    database: Database, clock: Clock
) -> None:
    from core.services.sending import drafts

    row = one(database)
    hear(database, event("Send"))
    followed = drafts.draft(database.reader, EmailKind.FOLLOW_UP, row.id).draft
    assert followed.in_reply_to == f"<{ID}@eu-west-1.amazonses.com>"
    again = drafts.draft(database.reader, EmailKind.RESEND, row.id).draft
    assert (again.kind, bool(again.body), again.to) == (EmailKind.ORIGINAL, True, (ANN,))
    assert replace(again, body="") != again
