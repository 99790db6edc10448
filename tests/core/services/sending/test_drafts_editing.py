"""Writing an email: drafts that survive, what changed since, what leaves, tests to oneself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import history
from core.db.writes import drafts, outbox_decisions
from core.mail.templates.wording import Office
from core.model.documents import DocumentFilter
from core.model.email import AttachedFile, Change, Composition, Decision
from core.model.enums import DisplayStatus, EmailKind, Role
from core.model.errors import (
    InputError,
    QuotaUsedUpError,
    RefusedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
)
from core.model.outbox import OutboxHold
from core.model.suppressions import Suppression
from core.services.sending.dispatch import Dispatch
from core.services.sending.drafts_editing import Composing
from tests.conftest import Clock
from tests.core.db.books import START, document, entry, one, put, sent
from tests.core.drafts import ANN, BOB, BOSS, draft, words
from tests.core.mail_fakes import FakeList, FakeMailer, ses_sender
from tests.core.services.sending.test_dispatch import Make, dispatch, suppressions

__all__ = ["dispatch", "suppressions"]  # fixtures

PDF = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4 sent")
SENDER = "Outtray Büro <billing@outtray.example>"


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def sending(dispatch: Make, mailer: FakeMailer) -> Dispatch:
    return dispatch(mailer)


@pytest.fixture
def composing(database: Database, sending: Dispatch, clock: Clock) -> Composing:
    return Composing(database, lambda: sending, Office("anna", SENDER), clock)


def emails(database: Database) -> int:
    return int(database.reader.rows("SELECT count(*) FROM emails", {})[0][0])


# --------------------------------------------------------------------------- drafts


def test_a_draft_comes_back_as_it_was_left_attachments_included(
    database: Database, composing: Composing, clock: Clock
) -> None:
    row = one(database)
    left = draft(
        row, ANN, BOB, cc=(BOSS,), bcc=("x@y.example",), subject="Später \ud800\x00", body="a\nb",
        kind=EmailKind.FOLLOW_UP, attachments=(PDF,), replaces=BOB, in_reply_to="<1@a>",
        references=("<1@a>", "<2@a>"), expected_pdf="INV-0042.pdf",
    )  # fmt: skip
    composing.save(left)
    found = composing.compose(EmailKind.FOLLOW_UP, row.id).saved
    assert found is not None
    assert (found.draft, found.saved_at) == (left, clock.now)
    assert composing.compose(EmailKind.ORIGINAL, row.id).saved is None
    other = replace(composing, office=Office("ben"))
    theirs = other.compose(EmailKind.FOLLOW_UP, row.id)
    assert theirs.saved is None
    assert theirs.drafts_of_others == (("anna", clock.now),)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(subject=st.text(), body=st.text(), name=st.text(), to=st.lists(st.text(), max_size=3))
def test_any_text_can_wait(
    database: Database, composing: Composing, subject: str, body: str, name: str, to: list[str]
) -> None:
    row = put(database, entry())[0]
    left = draft(row, subject=subject, body=body, attachments=(replace(PDF, name=name),))
    left = replace(left, to=tuple(to))
    composing.save(left)
    found = drafts.find(database.reader, row.id, left.kind, "anna")
    assert found is not None
    assert found.draft == left


def test_only_the_newest_draft_and_its_files_are_kept(
    database: Database, composing: Composing
) -> None:
    row = one(database)
    composing.save(draft(row, attachments=(PDF, replace(PDF, name="b.pdf", content=b"b"))))
    composing.save(draft(row, body="second", attachments=(PDF, PDF)))
    found = drafts.find(database.reader, row.id, EmailKind.ORIGINAL, "anna")
    assert found is not None
    assert found.draft.body == "second"
    assert found.draft.attachments == (PDF, PDF)
    assert database.reader.rows("SELECT count(*) FROM drafts", {})[0][0] == 1
    assert database.reader.rows("SELECT count(*) FROM draft_files", {})[0][0] == 1


def test_a_document_with_a_draft_says_so(database: Database, composing: Composing) -> None:
    row, other = put(database, entry(), entry("INV-0043"))
    composing.save(draft(row))
    found = {
        r.number: r.has_draft for r in documents.page_documents(database.reader, DocumentFilter())
    }
    assert found == {row.number: True, other.number: False}
    composing.discard(draft(row))
    assert not document(database).has_draft


def test_a_draft_is_gone_with_the_email_it_became_and_not_with_another(
    database: Database, composing: Composing, sending: Dispatch, mailer: FakeMailer
) -> None:
    row, other = put(database, entry(), entry("INV-0043", "Other", "o@other.example"))
    composing.save(draft(row))
    composing.save(draft(other))
    seen: list[bool] = []
    mailer.answers = [lambda _: seen.append(document(database).has_draft)]
    sending.send(draft(row), confirmed=False)
    assert seen == [False]  # in the transaction that wrote the email, before SES was called
    assert document(database, "INV-0043").has_draft


def test_a_draft_goes_with_the_email_that_is_put_into_the_outbox_and_stays_where_none_is(
    database: Database, composing: Composing, sending: Dispatch, suppressions: FakeList
) -> None:
    row, other = put(database, entry(), entry("INV-0043", "Other", "o@other.example"))
    suppressions.entries["o@other.example"] = Suppression("", "BOUNCE", None, "ses")
    left = draft(row), draft(other, "o@other.example")
    for each in left:
        composing.save(each)
    queued = sending.enqueue([sending.approve(each) for each in left], confirmed=True)
    assert (len(queued.email_ids), len(queued.left_out)) == (1, 1)
    assert not document(database).has_draft
    assert document(database, "INV-0043").has_draft


def test_what_the_gate_stops_leaves_the_draft(
    database: Database, composing: Composing, sending: Dispatch, suppressions: FakeList
) -> None:
    row = one(database)
    suppressions.entries[ANN] = Suppression(ANN, "BOUNCE", None, "ses")
    composing.save(draft(row))
    assert sending.send(draft(row), confirmed=True).email_id is None
    assert document(database).has_draft


# --------------------------------------------------------------------------- resend


def _changed(database: Database, **changes: Any) -> None:
    put(database, entry(**changes))


@pytest.fixture
def resend(
    database: Database, composing: Composing, sending: Dispatch, tmp_path: Path
) -> Callable[..., Composition]:
    """Send an original with its PDF, change the document, and return what a resend offers."""

    def make(**changes: Any) -> Composition:
        path = tmp_path / "INV-0042.pdf"
        path.write_bytes(PDF.content)
        row = one(database, pdf=str(path))
        original = composing.compose(EmailKind.ORIGINAL, row.id).draft
        assert words(sending.send(original, confirmed=False)) == [DisplayStatus.SENT]
        if "content" in changes:
            path.write_bytes(changes.pop("content"))
        _changed(database, pdf=str(path), **changes)
        return composing.compose(EmailKind.RESEND, row.id)

    return make


def test_a_resend_offers_what_was_sent_and_the_document_as_it_is_now(
    resend: Callable[..., Composition],
) -> None:
    made = resend(total=Decimal("120.00"), content=b"%PDF-1.4 new")
    as_sent, current = made.versions
    assert (as_sent.name, current.name, made.chosen) == ("as sent", "current document", 0)
    assert as_sent.attachments == (PDF,)
    assert "100.00 USD" in as_sent.body
    assert current.attachments == (replace(PDF, content=b"%PDF-1.4 new"),)
    assert "120.00 USD" in current.body
    assert made.draft.body == as_sent.body


def test_what_has_changed_since_is_told(resend: Callable[..., Composition]) -> None:
    made = resend(
        total=Decimal("120.00"),
        balance_due=Decimal("0.00"),
        due_on=date(2026, 12, 15),
        status="PAID",
        content=b"%PDF-1.4 new!",
    )
    assert made.changes is not None
    assert made.changes.is_known
    assert made.changes.found[:4] == (
        Change("total", "100.00 USD", "120.00 USD"),
        Change("balance", "40.00 USD", "0.00 USD"),
        Change("due", "1 December 2026", "15 December 2026"),
        Change("status", "OPEN", "PAID"),
    )
    (pdf,) = made.changes.found[4:]
    assert pdf.what == "PDF"
    assert "13 bytes" in pdf.before
    assert pdf.before != pdf.now


def test_nothing_changed_is_told_too(resend: Callable[..., Composition]) -> None:
    made = resend()
    assert made.changes is not None
    assert (made.changes.is_known, made.changes.found) == (True, ())


def test_an_email_from_before_there_were_snapshots_says_that_it_is_not_known(
    database: Database, composing: Composing
) -> None:
    row = one(database)
    sent(database, row)
    made = composing.compose(EmailKind.RESEND, row.id)
    assert made.changes is not None
    assert (made.changes.is_known, made.changes.found) == (False, ())


def test_the_pdf_that_is_missing_is_asked_about_by_every_way_of_sending(
    database: Database, composing: Composing, sending: Dispatch, mailer: FakeMailer, tmp_path: Path
) -> None:
    path = tmp_path / "INV-0042.pdf"
    row = one(database, pdf=str(path))
    made = composing.compose(EmailKind.ORIGINAL, row.id).draft
    verdict = sending.check(made)
    assert verdict.decision is Decision.ASK
    (found,) = verdict.findings
    assert found.title == f"The PDF of INV-0042 is not attached: file missing: {path}"
    assert sending.send(made, confirmed=False).email_id is None
    assert mailer.calls == []
    path.write_bytes(PDF.content)
    whole = composing.compose(EmailKind.ORIGINAL, row.id).draft
    assert sending.check(whole).decision is Decision.ALLOW
    without = replace(whole, attachments=())
    assert "it was removed" in sending.check(without).findings[0].title
    assert words(sending.send(without, confirmed=True)) == [DisplayStatus.SENT]


def test_a_resend_whose_pdf_was_removed_is_asked_about_though_nobody_knows_its_file(
    database: Database, composing: Composing, sending: Dispatch
) -> None:
    row = one(database)
    sending.send(draft(row, attachments=(PDF,)), confirmed=False)
    made = composing.compose(EmailKind.RESEND, row.id)
    codes = {f.code for f in sending.check(replace(made.draft, attachments=())).findings}
    assert "pdf_missing" in codes
    assert "pdf_missing" not in {f.code for f in sending.check(made.draft).findings}


# --------------------------------------------------------------------------- threads


def test_a_resend_threads_for_those_who_have_the_thread_and_begins_anew_for_others(
    database: Database, composing: Composing, sending: Dispatch, mailer: FakeMailer
) -> None:
    row = one(database)
    sending.send(draft(row, ANN, BOB), confirmed=False)
    again = composing.compose(EmailKind.RESEND, row.id).draft
    sending.send(replace(again, to=(ANN,)), confirmed=True)
    message = message_from_bytes(mailer.calls[-1].mime)
    assert message["In-Reply-To"] == "<ses-1@eu-west-1.amazonses.com>"
    (first, *_) = mailer.calls
    (root,) = message_from_bytes(first.mime)["References"].split()
    assert message["References"].split() == [root, "<ses-1@eu-west-1.amazonses.com>"]
    sending.send(replace(again, to=("new@customer.example",)), confirmed=True)
    message = message_from_bytes(mailer.calls[-1].mime)
    assert message["In-Reply-To"] is None
    assert message["References"].split() == [root]  # it is about the same document


@pytest.mark.parametrize(
    ("region", "host"), [("us-east-1", "email"), ("eu-west-1", "eu-west-1"), ("", "email")]
)
def test_a_follow_up_answers_the_id_that_ses_put_on_the_wire(
    database: Database, composing: Composing, sending: Dispatch, mailer: FakeMailer,
    region: str, host: str,
) -> None:  # fmt: skip
    mailer.region = region
    row = one(database)
    sending.send(draft(row), confirmed=False)
    follow_up = composing.compose(EmailKind.FOLLOW_UP, row.id).draft
    sending.send(follow_up, confirmed=True)
    message = message_from_bytes(mailer.calls[-1].mime)
    assert message["In-Reply-To"] == f"<ses-1@{host}.amazonses.com>"
    (root,) = message_from_bytes(mailer.calls[0].mime)["References"].split()
    assert root != message_from_bytes(mailer.calls[0].mime)["Message-ID"]
    assert message["References"].split() == [root, f"<ses-1@{host}.amazonses.com>"]


# --------------------------------------------------------------------------- preview and tests


def test_the_preview_is_read_from_the_message_itself(
    database: Database, composing: Composing, mailer: FakeMailer
) -> None:
    row = one(database)
    seen = composing.preview(
        draft(
            row, ANN, f" {ANN.upper()}", cc=(BOB,), bcc=(BOSS,), attachments=(PDF,),
            subject="Rechnung\r\nBcc: thief@evil.example", body="Grüße, **bald**",
        )
    )  # fmt: skip
    headers = dict(seen.headers)
    assert headers["Subject"] == "Rechnung Bcc: thief@evil.example"
    assert (headers["To"], headers["Cc"]) == (ANN, BOB)
    assert "Bcc" not in headers
    assert headers["From"] == SENDER
    assert seen.text == "Grüße, **bald**\n"
    assert seen.html_text == "Grüße, bald"
    assert [(f.name, f.size) for f in seen.files] == [("INV-0042.pdf", len(PDF.content))]
    assert seen.recipients == ((Role.TO, ANN), (Role.CC, BOB), (Role.BCC, BOSS))
    assert seen.size > len(PDF.content)
    assert (mailer.calls, emails(database)) == ([], 0)


def test_there_is_no_preview_without_an_address(database: Database, composing: Composing) -> None:
    row = one(database)
    for to in ((), ("nobody",)):
        with pytest.raises(InputError, match="nothing to show"):
            composing.preview(replace(draft(row), to=to))


def test_a_test_leaves_marked_to_one_address_and_is_not_recorded(
    database: Database, composing: Composing, mailer: FakeMailer
) -> None:
    row = one(database)
    before = document(database)
    composing.save(draft(row))
    outcome = composing.send_test(draft(row, ANN, cc=(BOB,), bcc=(BOSS,)), "me@outtray.example")
    assert (outcome.ses_message_id, outcome.stopped_by) == ("ses-1", "")
    (call,) = mailer.calls
    assert (call.recipient, call.configuration_set) == ("me@outtray.example", "")
    message = message_from_bytes(call.mime)
    assert message["Subject"] == f"[test] Invoice {row.number}"
    assert message["To"] == "me@outtray.example"
    assert all(other.encode() not in call.mime for other in (ANN, BOB, BOSS))
    assert emails(database) == 0
    assert replace(document(database), has_draft=False) == before
    assert document(database).has_draft


def test_a_test_of_a_settled_document_is_not_asked_about_but_suppression_is_checked(
    database: Database, composing: Composing, mailer: FakeMailer, suppressions: FakeList
) -> None:
    row = one(database, status="PAID")
    follow_up = composing.compose(EmailKind.FOLLOW_UP, row.id).draft
    assert composing.send_test(follow_up, "me@outtray.example").stopped_by == ""
    suppressions.entries["me@outtray.example"] = Suppression("", "BOUNCE", None, "ses")
    assert "Suppressed" in composing.send_test(follow_up, "me@outtray.example").stopped_by
    assert "not an email" in composing.send_test(follow_up, "me").stopped_by
    suppressions.failure = RefusedError("SES cannot be asked.")
    assert "could not be asked" in composing.send_test(follow_up, "me@outtray.example").stopped_by
    assert len(mailer.calls) == 1


def test_a_test_waits_patiently_when_ses_says_slow_down_and_is_sent_once(
    database: Database, clock: Clock, dispatch: Make, composing: Composing
) -> None:
    row, pauses = one(database), list[float]()
    mailer = FakeMailer(ThrottledError("Slow down."), ThrottledError("Slow down."))
    way = replace(ses_sender(database, mailer, clock), pause=pauses.append)
    testing = replace(composing, dispatch=lambda: dispatch(mailer, ses_sender=way))
    assert testing.send_test(draft(row), "me@outtray.example").ses_message_id == "ses-3"
    assert pauses == sorted(pauses)
    assert len({call.mime for call in mailer.calls}) == 1
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("answers", "calls"),
    [
        ([ThrottledError("Slow down.")] * 9, 4),
        ([QuotaUsedUpError("The day's quota is used up.")], 1),
        ([UnansweredError("SES did not answer.")], 1),
        ([RefusedError("SES said no.")], 1),
    ],
)
def test_a_test_that_does_not_leave_says_so_and_leaves_no_trace(
    database: Database, dispatch: Make, composing: Composing,
    answers: list[ServiceError], calls: int,
) -> None:  # fmt: skip
    row, mailer = one(database), FakeMailer(*answers)
    testing = replace(composing, dispatch=lambda: dispatch(mailer))
    with pytest.raises(type(answers[0]), match=answers[0].title):
        testing.send_test(draft(row), "me@outtray.example")
    assert (len(mailer.calls), emails(database)) == (calls, 0)
    assert outbox_decisions.holds(database.reader) == ()


def test_no_test_leaves_while_somebody_holds_the_outbox(
    database: Database, composing: Composing, mailer: FakeMailer, clock: Clock
) -> None:
    row = one(database)
    with database.transaction() as connection:
        outbox_decisions.hold_back(connection, OutboxHold("pause", "ben", clock.now, None, "wait"))
    stopped_by = composing.send_test(draft(row), "me@outtray.example").stopped_by
    assert stopped_by.startswith("Paused by ben")
    assert mailer.calls == []


# --------------------------------------------------------------------------- files and addresses


def test_a_file_is_read_or_refused_in_words(composing: Composing, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "setup.EXE").write_bytes(b"MZ")
    assert composing.attach(str(tmp_path / "a.pdf")).content == b"%PDF"
    with pytest.raises(InputError, match=r"SES takes no \.exe files"):
        composing.attach(str(tmp_path / "setup.EXE"))
    with pytest.raises(InputError, match="cannot be attached"):
        composing.attach(str(tmp_path / "none.pdf"))
    with pytest.raises(InputError, match="cannot be attached"):
        composing.attach(str(tmp_path))


def test_a_path_is_completed_and_nothing_there_is_no_error(
    composing: Composing, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    (folder / "Inv").mkdir(parents=True)
    for name in ("invoice.pdf", ".hidden", "bad\nname"):
        (folder / name).touch()
    assert composing.paths(f"{folder}/in") == (f"{folder}/Inv/", f"{folder}/invoice.pdf")
    assert composing.paths(f"{folder}/") == (f"{folder}/Inv/", f"{folder}/invoice.pdf")
    assert composing.paths(f"{folder}/none/x") == ()
    assert composing.paths("~nobody-at-all/x") == ()


def test_contacts_earlier_addresses_and_colleagues_are_known_but_no_other_customers(
    database: Database, composing: Composing
) -> None:
    row, other = put(database, entry(), entry("INV-0043", "Other", "o@other.example"))
    sent(database, row, "old@customer.example", at=START)
    sent(database, other, "o@other.example", "cc:chef@outtray.example", at=START + timedelta(1))
    with database.transaction() as connection:
        connection.execute(
            text("INSERT INTO suppressions (address_key, address, reason) VALUES (:a, :a, 'left')"),
            {"a": "old@customer.example"},
        )
    made = composing.compose(EmailKind.FOLLOW_UP, row.id)
    found = [(k.contact.address, k.origin, k.blocked) for k in made.known]
    assert found == [
        (ANN, "contact", ""),
        ("old@customer.example", "mailed", "left"),
        ("chef@outtray.example", "colleague", ""),
    ]


def html_part(mime: bytes) -> str:
    """Only the page: an address or a Message-ID in the head may begin with ``<a``."""
    body = message_from_bytes(mime, policy=default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_a_number_that_is_a_link_is_none_in_the_email_that_leaves(
    database: Database, sending: Dispatch, mailer: FakeMailer, composing: Composing
) -> None:
    number = "[INV](https://evil.example)"
    row = put(database, entry(number))[0]
    sending.send(composing.compose(EmailKind.FOLLOW_UP, row.id).draft, confirmed=False)
    page = html_part(mailer.calls[0].mime)
    assert "evil.example" in page
    assert "<a" not in page
    assert history.emails_of(database.reader, row.id)[0].body.count(number) == 1
