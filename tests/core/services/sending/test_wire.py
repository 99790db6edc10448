"""Sending over HTTP to the stand-in: the bytes that left, lost answers, threads and resends."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from core.aws.clients import Clients
from core.aws.events.parser import OUR_TAG
from core.aws.mailer import SesMailer
from core.backend import Backend
from core.db.engine import Database
from core.db.reads import history
from core.db.writes import outbox
from core.mail.mime import attachments_of
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Decision
from core.model.enums import DisplayStatus, EmailKind
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.db.books import START, one, sent
from tests.core.drafts import ANN, BOB, BOSS, draft, words

LONG_AGO = START - timedelta(days=3)
PDF = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4 \x00\xff")


# --------------------------------------------------------------------------- over the wire


@pytest.fixture
def row(backend: Backend, sqlite_database: Database) -> DocumentRow:
    return one(sqlite_database)


def taken(simulator: Simulator) -> list[dict[str, Any]]:
    return simulator.sent()


def test_the_bytes_that_are_kept_are_the_bytes_that_left(
    backend: Backend, row: DocumentRow, aws: Simulator, sqlite_database: Database
) -> None:
    outcome = backend.send(
        draft(row, ANN, cc=(BOB,), bcc=(BOSS,), attachments=(PDF,)), confirmed=False
    )
    assert words(outcome) == [DisplayStatus.SENT] * 3
    assert outcome.email_id is not None
    records = taken(aws)
    kept = history.sent_bytes(sqlite_database.reader, outcome.email_id)
    assert [base64.b64decode(each["raw_base64"]) for each in records] == [kept] * 3
    assert [each["recipients"] for each in records] == [[ANN], [BOB], [BOSS]]
    assert {each["configuration_set"] for each in records} == {"outtray"}
    tags = sqlite_database.reader.rows("SELECT tag FROM deliveries ORDER BY id", {})
    assert [each["tags"] for each in records] == [{OUR_TAG: tag} for (tag,) in tags]
    ids = [each.ses_message_id for each in outcome.recipients]
    assert ids == [each["message_id"] for each in records]


def test_what_happens_is_told_by_the_feed_and_shown(
    backend: Backend, row: DocumentRow, aws: Simulator
) -> None:
    backend.send(draft(row, "bounce+inv42@simulator.amazonses.com"), confirmed=False)
    deadline = 100
    while (
        word := backend.documents.log(row.id).document.summary.word
    ) is not DisplayStatus.BOUNCED:
        backend.pull(1)
        deadline -= 1
        assert deadline, word
    (email,) = backend.documents.log(row.id).emails
    assert email.recipients[0].advice
    assert email.recipients[0].cause == "userunknown"


def test_an_answer_that_is_lost_on_the_way_is_not_repeated_and_settled_by_the_feed(
    backend: Backend, row: DocumentRow, aws: Simulator, clients: Clients, clock: Clock
) -> None:
    aws.set_faults(swallow=1, swallow_seconds=0.1)
    outcome = backend.send(draft(row), confirmed=False)
    assert words(outcome) == [DisplayStatus.UNCONFIRMED]
    assert len(taken(aws)) == 1  # SES has it, and has it once
    deadline = 100
    while backend.documents.log(row.id).document.summary.word is DisplayStatus.UNCONFIRMED:
        backend.pull(1)
        deadline -= 1
        assert deadline
    (email,) = backend.documents.log(row.id).emails
    assert email.recipients[0].ses_message_id == taken(aws)[0]["message_id"]
    assert len(taken(aws)) == 1


class ImpatientClients(Clients):
    """The real clients, but nobody waits a minute in a test."""

    def mail(self) -> Any:
        import boto3

        config = Config(read_timeout=0.3, retries={"total_max_attempts": 1})
        return boto3.client("sesv2", config=config)


def test_a_read_time_out_is_unconfirmed_and_ses_has_the_email_once(
    backend: Backend, row: DocumentRow, aws: Simulator
) -> None:
    aws.set_faults(swallow=1, swallow_seconds=5)
    impatient = Backend(backend.settings, mailer=SesMailer(ImpatientClients()))
    outcome = impatient.send(draft(row), confirmed=False)
    impatient.close()
    assert words(outcome) == [DisplayStatus.UNCONFIRMED]
    assert "SES did not answer" in outcome.recipients[0].error
    assert len(taken(aws)) == 1


def test_an_error_inside_ses_is_unconfirmed_and_not_repeated(
    backend: Backend, row: DocumentRow, aws: Simulator
) -> None:
    aws.set_faults(fail=1)
    assert words(backend.send(draft(row), confirmed=False)) == [DisplayStatus.UNCONFIRMED]
    assert taken(aws) == []  # a second call would have been accepted


def test_a_suppressed_address_never_reaches_ses(
    backend: Backend, row: DocumentRow, aws: Simulator, clients: Clients
) -> None:
    clients.control().put_suppressed_destination(EmailAddress=ANN, Reason="BOUNCE")
    outcome = backend.send(draft(row), confirmed=True)
    assert outcome.verdict.decision is Decision.REFUSE
    assert taken(aws) == []


def test_ses_refuses_in_its_own_words(backend: Backend, row: DocumentRow, clients: Clients) -> None:
    refusing = Backend(
        replace(backend.settings, sender="thief@elsewhere.example"), mailer=SesMailer(clients)
    )
    outcome = refusing.send(draft(row), confirmed=False)
    assert words(outcome) == [DisplayStatus.FAILED]
    assert "not verified" in outcome.recipients[0].error
    refusing.close()


# --------------------------------------------------------------------------- follow up, resend


def test_a_follow_up_threads_under_the_original(
    backend: Backend, row: DocumentRow, aws: Simulator
) -> None:
    original = backend.send(draft(row, attachments=(PDF,)), confirmed=False)
    composed = backend.compose(EmailKind.FOLLOW_UP, row.id)
    assert composed.draft.kind is EmailKind.FOLLOW_UP
    assert composed.draft.to == (ANN,)
    assert composed.draft.attachments == ()
    assert len(composed.history) == 1
    backend.send(composed.draft, confirmed=True)
    first = f"<{original.recipients[0].ses_message_id}@eu-west-1.amazonses.com>"
    raw = taken(aws)[1]["raw"].replace("\r\n", "\n")
    (root,) = message_from_string(taken(aws)[0]["raw"])["References"].split()
    assert f"\nIn-Reply-To: {first}\nReferences: {root}\n {first}\n" in raw
    assert "\nSubject: Following up on invoice INV-0042\n" in raw


def test_a_resend_carries_the_same_files_and_words(
    backend: Backend, row: DocumentRow, aws: Simulator
) -> None:
    eml = AttachedFile("Nachricht ä.eml", "message/rfc822", b"Subject: x\r\n\r\nhello")
    backend.send(draft(row, cc=(BOB,), bcc=(BOSS,), attachments=(PDF, eml)), confirmed=False)
    backend.send(backend.compose(EmailKind.FOLLOW_UP, row.id).draft, confirmed=True)
    composed = backend.compose(EmailKind.RESEND, row.id).draft
    assert (composed.subject, composed.body) == ("Invoice INV-0042", "Hi")
    assert (composed.to, composed.cc, composed.bcc) == ((ANN,), (BOB,), (BOSS,))
    backend.send(composed, confirmed=True)
    emails = backend.documents.log(row.id).emails
    assert [email.kind for email in emails] == [
        EmailKind.RESEND,
        EmailKind.FOLLOW_UP,
        EmailKind.ORIGINAL,
    ]
    digests = [[file.sha256 for file in email.attachments] for email in emails]
    expected = [hashlib.sha256(file.content).hexdigest() for file in (PDF, eml)]
    assert digests == [expected, [], expected]
    again = attachments_of(base64.b64decode(taken(aws)[-1]["raw_base64"]))
    assert [(f.name, f.content) for f in again] == [(f.name, f.content) for f in (PDF, eml)]


def test_what_was_never_sent_becomes_an_original_with_its_file(
    backend: Backend, sqlite_database: Database, tmp_path: Path
) -> None:
    pdf = tmp_path / "INV-0042.pdf"
    pdf.write_bytes(b"%PDF-1.4")
    row = one(sqlite_database, pdf=str(pdf))
    composed = backend.compose(EmailKind.RESEND, row.id).draft
    assert composed.kind is EmailKind.ORIGINAL
    assert composed.to == (ANN,)
    assert [(f.name, f.content) for f in composed.attachments] == [("INV-0042.pdf", b"%PDF-1.4")]


def test_a_follow_up_stays_one_for_another_program_may_have_sent_the_document(
    backend: Backend, sqlite_database: Database
) -> None:
    composed = backend.compose(EmailKind.FOLLOW_UP, one(sqlite_database).id).draft
    assert (composed.kind, composed.to) == (EmailKind.FOLLOW_UP, (ANN,))
    assert (composed.in_reply_to, composed.references) == ("", ())


def test_the_corrected_address_replaces_the_failed_one_and_the_same_one_does_not(
    backend: Backend, row: DocumentRow, sqlite_database: Database, aws: Simulator
) -> None:
    bounced = sent(sqlite_database, row, ANN)
    with sqlite_database.transaction() as connection:
        outbox.not_sent(connection, bounced.delivery_ids[0], "no")
        connection.exec_driver_sql("UPDATE deliveries SET local_status = 90, status = 90")
    composed = backend.compose(EmailKind.RESEND, row.id).draft
    assert composed.replaces == ANN
    backend.send(replace(composed, to=(BOB, BOSS)), confirmed=True)
    backend.send(replace(composed, to=(ANN,)), confirmed=True)
    told = sqlite_database.reader.rows("SELECT address, replaces FROM deliveries ORDER BY id", {})
    assert list(map(tuple, told)) == [(ANN, None), (BOB, ANN), (BOSS, None), (ANN, None)]


def test_a_good_address_is_not_marked_as_replaced(
    backend: Backend, row: DocumentRow, sqlite_database: Database
) -> None:
    sent(sqlite_database, row, ANN)
    assert backend.compose(EmailKind.RESEND, row.id).draft.replaces is None


@pytest.mark.parametrize("kind", list(EmailKind)[:3])
@pytest.mark.parametrize("number", ["INV\r\nBcc: thief@evil.example", "=?utf-8?q?=0D=0ABcc:_x?="])
def test_a_hostile_number_adds_no_header_by_any_way_of_sending(
    backend: Backend, sqlite_database: Database, aws: Simulator, kind: EmailKind, number: str
) -> None:
    row = one(sqlite_database, number=number)
    backend.send(backend.compose(EmailKind.ORIGINAL, row.id).draft, confirmed=True)
    backend.send(backend.compose(kind, row.id).draft, confirmed=True)
    for each in taken(aws):
        head = each["raw"].partition("\r\n\r\n")[0]
        assert not [line for line in head.splitlines() if line.lower().startswith("bcc")]
        assert each["recipients"] == [ANN]
