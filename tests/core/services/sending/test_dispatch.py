"""No send is lost, none is doubled: what is written when, and what each answer makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import history
from core.db.writes import leases, outbox
from core.db.writes.outbox import Lease
from core.model.email import AttachedFile, Decision, SendOutcome
from core.model.enums import DisplayStatus, Role, Status
from core.model.errors import (
    CredentialsError,
    NotPermittedError,
    QuotaUsedUpError,
    RefusedError,
    SendingStoppedError,
    ServiceError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.model.ports import Outgoing
from core.model.suppressions import Suppression
from core.services.sending.dispatch import Dispatch
from tests.conftest import Clock
from tests.core.db.books import START, document, entry, new_email, one, put, sent
from tests.core.drafts import ANN, BOB, BOSS, draft, words
from tests.core.mail_fakes import FakeList, FakeMailer, ses_sender

LONG_AGO = START - timedelta(days=3)
PDF = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4 \x00\xff")


@pytest.fixture
def suppressions() -> FakeList:
    return FakeList()


Make = Callable[..., Dispatch]


@pytest.fixture
def dispatch(database: Database, suppressions: FakeList, clock: Clock) -> Make:
    def make(mailer: FakeMailer, **changes: Any) -> Dispatch:
        values: dict[str, Any] = {
            "database": database,
            "suppression_list": suppressions,
            "clock": clock,
            "sender": "Outtray Büro <billing@outtray.example>",
            "operator": "anna",
            "ses_sender": ses_sender(database, mailer, clock),
            **changes,
        }
        return Dispatch(**values)

    return make


def emails(database: Database) -> int:
    return int(database.reader.rows("SELECT count(*) FROM emails", {})[0][0])


# --------------------------------------------------------------------------- the order of things


def test_everything_is_written_down_before_ses_is_called(
    database: Database, dispatch: Make
) -> None:
    row = one(database)
    seen: list[tuple[DisplayStatus, str, bytes | None, int]] = []

    def look(outgoing: Outgoing) -> None:
        (email,) = history.emails_of(database.reader, row.id)
        (recipient,) = email.recipients
        kept = history.sent_bytes(database.reader, email.id)
        seen.append((recipient.state.word, recipient.address, kept, len(email.attachments)))

    mailer = FakeMailer(look)
    outcome = dispatch(mailer).send(draft(row, attachments=(PDF,)), confirmed=False)
    assert seen == [(DisplayStatus.SENDING, ANN, mailer.calls[0].mime, 1)]
    assert words(outcome) == [DisplayStatus.SENT]
    assert outcome.recipients[0].ses_message_id == "ses-1"
    assert document(database).summary.word is DisplayStatus.SENT


def test_the_call_names_the_bare_sender_one_recipient_our_tag_and_set(
    database: Database, dispatch: Make
) -> None:
    row = one(database)
    mailer = FakeMailer()
    dispatch(mailer).send(draft(row, ANN, cc=(BOB,), bcc=(BOSS,)), confirmed=False)
    assert [call.recipient for call in mailer.calls] == [ANN, BOB, BOSS]
    assert {call.sender for call in mailer.calls} == {"billing@outtray.example"}
    assert {call.configuration_set for call in mailer.calls} == {"outtray"}
    tags = [row[0] for row in database.reader.rows("SELECT tag FROM deliveries ORDER BY id", {})]
    assert [call.tag for call in mailer.calls] == tags
    assert len(set(tags)) == 3
    assert len({call.mime for call in mailer.calls}) == 1
    assert BOSS.encode() not in mailer.calls[0].mime


def test_nobody_gets_the_same_email_twice(database: Database, dispatch: Make) -> None:
    row = one(database)
    mailer = FakeMailer()
    twice = draft(row, ANN, f" {ANN.upper()} ", cc=(BOB, ANN), bcc=(BOB,))
    outcome = dispatch(mailer).send(twice, confirmed=False)
    assert [call.recipient for call in mailer.calls] == [ANN, BOB]
    assert [recipient.address for recipient in outcome.recipients] == [ANN, BOB]
    assert mailer.calls[0].mime.lower().count(ANN.encode()) == 1
    (email,) = history.emails_of(database.reader, row.id)
    assert [recipient.role for recipient in email.recipients] == [Role.TO, Role.CC]


# --------------------------------------------------------------------------- what SES answers


@pytest.mark.parametrize("error", [RefusedError("SES said: Email address is not verified.")])
def test_a_definite_no_is_failed_with_the_words_of_ses_and_not_repeated(
    database: Database, dispatch: Make, error: ServiceError
) -> None:
    row = one(database)
    mailer = FakeMailer(error)
    outcome = dispatch(mailer).send(draft(row), confirmed=False)
    assert words(outcome) == [DisplayStatus.FAILED]
    assert outcome.recipients[0].error == str(error)
    assert len(mailer.calls) == 1
    summary = document(database).summary
    assert (summary.word, summary.send_count, summary.last_sent_at) == (
        DisplayStatus.FAILED,
        0,
        None,
    )


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError("SES said: Maximum sending rate exceeded."),
        QuotaUsedUpError("SES said: Daily message quota exceeded."),
        UnreachableError("SES cannot be reached."),
        CredentialsError("SES said: The security token is expired."),
        NotPermittedError("SES said: not authorized to perform ses:SendEmail."),
        SendingStoppedError("SES said: Sending paused for this account."),
    ],
)
def test_what_ses_certainly_did_not_take_waits_in_the_outbox(
    database: Database, dispatch: Make, error: ServiceError
) -> None:
    row = one(database)
    mailer = FakeMailer(error)
    outcome = dispatch(mailer).send(draft(row, ANN, BOB), confirmed=False)
    assert words(outcome) == [DisplayStatus.QUEUED, DisplayStatus.QUEUED]
    assert error.title in outcome.recipients[0].error
    assert "stays in the outbox" in outcome.recipients[0].error
    assert mailer.recipients == [ANN]  # the others are not tried in the same breath
    assert document(database).summary.word is DisplayStatus.QUEUED


def test_no_answer_is_unconfirmed_not_repeated_and_asked_about(
    database: Database, dispatch: Make
) -> None:
    row = one(database)
    mailer = FakeMailer(UnansweredError("SES did not answer."))
    assert words(dispatch(mailer).send(draft(row), confirmed=False)) == [DisplayStatus.UNCONFIRMED]
    assert len(mailer.calls) == 1
    again = dispatch(mailer).send(draft(row), confirmed=False)
    assert again.email_id is None
    assert again.verdict.decision is Decision.ASK
    assert "unconfirmed" in {finding.code for finding in again.verdict.findings}
    assert len(mailer.calls) == 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interruption_in_the_call_is_unconfirmed_and_goes_on_upwards(
    database: Database, dispatch: Make, interruption: BaseException
) -> None:
    row = one(database)
    mailer = FakeMailer(interruption)
    with pytest.raises(type(interruption)):
        dispatch(mailer).send(draft(row, ANN, BOB), confirmed=False)
    (email,) = history.emails_of(database.reader, row.id)
    assert [each.state.word for each in email.recipients] == [
        DisplayStatus.UNCONFIRMED,
        DisplayStatus.QUEUED,
    ]
    assert "stopped while SES was being called" in email.recipients[0].error
    assert len(mailer.calls) == 1


def test_a_fault_of_our_own_in_the_call_is_unconfirmed_and_ends_no_program(
    database: Database, dispatch: Make
) -> None:
    row = one(database)
    outcome = dispatch(FakeMailer(KeyError("MessageId"))).send(
        draft(row, ANN, BOB), confirmed=False
    )
    assert words(outcome) == [DisplayStatus.UNCONFIRMED, DisplayStatus.SENT]
    assert "KeyError" in outcome.recipients[0].error


def test_what_a_killed_program_was_sending_is_unknown_and_what_it_had_queued_waits_on(
    database: Database, dispatch: Make, clock: Clock
) -> None:
    queued, claimed = put(database, entry("INV-1"), entry("INV-2"))
    starting = dispatch(FakeMailer())
    lease = starting.ses_sender.lease("gone")
    with database.transaction() as connection:
        outbox.record(connection, new_email(queued, at=clock.now), lease)
        (taken,) = outbox.record(connection, new_email(claimed, at=clock.now), lease).delivery_ids
        assert outbox.claim(connection, taken, clock.now, lease)
    clock.advance(seconds=60)
    assert starting.recover() == 0  # it may still be at work
    clock.advance(seconds=1)
    assert starting.recover() == 1
    assert document(database, "INV-1").summary.word is DisplayStatus.QUEUED
    assert document(database, "INV-2").summary.word is DisplayStatus.UNCONFIRMED
    assert starting.recover() == 0


def test_what_becomes_of_one_recipient_does_not_stop_the_others(
    database: Database, dispatch: Make
) -> None:
    row = one(database)
    mailer = FakeMailer(RefusedError("no"), UnansweredError("?"))
    outcome = dispatch(mailer).send(draft(row, ANN, cc=(BOB,), bcc=(BOSS,)), confirmed=False)
    assert words(outcome) == [DisplayStatus.FAILED, DisplayStatus.UNCONFIRMED, DisplayStatus.SENT]


def test_a_delivery_that_another_program_took_is_left_to_it(
    database: Database, dispatch: Make, clock: Clock
) -> None:
    row = one(database)

    def steal(_: Outgoing) -> None:
        clock.advance(seconds=61)
        with database.transaction() as connection:
            (other,) = leases.reserve(connection, Lease("two", clock.now), clock.now, 9)
            assert other.address == BOB

    mailer = FakeMailer(steal)
    outcome = dispatch(mailer).send(draft(row, ANN, BOB), confirmed=False)
    assert mailer.recipients == [ANN]
    assert words(outcome) == [DisplayStatus.SENT, DisplayStatus.QUEUED]


# --------------------------------------------------------------------------- the gate


def test_a_suppressed_address_is_refused_and_nothing_is_written_or_sent(
    database: Database, dispatch: Make, suppressions: FakeList
) -> None:
    row = one(database)
    cause = sent(database, row, at=LONG_AGO)
    suppressions.entries[ANN] = Suppression(ANN, "BOUNCE", LONG_AGO, "ses", cause.message_ids[0])
    mailer = FakeMailer()
    outcome = dispatch(mailer).send(draft(row), confirmed=True)
    assert (outcome.email_id, outcome.verdict.decision) == (None, Decision.REFUSE)
    (finding,) = [f for f in outcome.verdict.findings if f.code == "suppressed"]
    assert "Invoice INV-0042" in finding.detail
    assert mailer.calls == []
    assert emails(database) == 1


@pytest.mark.parametrize("where", ["to", "cc", "bcc"])
def test_a_suppressed_copy_is_refused_as_well(
    database: Database, dispatch: Make, suppressions: FakeList, where: str
) -> None:
    row = one(database)
    suppressions.entries[BOB] = Suppression(BOB, "COMPLAINT", None, "ses")
    lists: dict[str, Any] = {where: (ANN, BOB) if where == "to" else (BOB,)}
    outcome = dispatch(FakeMailer()).send(replace(draft(row), **lists), confirmed=True)
    assert outcome.verdict.decision is Decision.REFUSE


def test_the_list_of_ses_is_asked_in_every_case_that_the_address_was_ever_written_in(
    database: Database, dispatch: Make, suppressions: FakeList
) -> None:
    row = one(database, address="Ann@Customer.example")
    suppressions.entries["Ann@Customer.example"] = Suppression(
        "Ann@Customer.example", "BOUNCE", None, "ses"
    )
    outcome = dispatch(FakeMailer()).send(draft(row, ANN), confirmed=True)
    assert outcome.verdict.decision is Decision.REFUSE


def test_an_international_domain_is_asked_for_and_sent_to_in_ascii(
    database: Database, dispatch: Make, suppressions: FakeList
) -> None:
    row = one(database, address="ann@zürich.example")
    mailer = FakeMailer()
    dispatch(mailer).send(draft(row, "ann@zürich.example"), confirmed=False)
    (call,) = mailer.calls
    assert call.recipient == "ann@xn--zrich-kva.example"
    assert "ann@xn--zrich-kva.example" in suppressions.asked
    suppressions.entries[call.recipient] = Suppression(call.recipient, "BOUNCE", None, "ses")
    refused = dispatch(mailer).send(draft(row, "ann@zürich.example"), confirmed=True)
    assert refused.verdict.decision is Decision.REFUSE


@pytest.mark.parametrize(
    "failure",
    [UnansweredError("SES did not answer.", "wait"), CredentialsError("No.", "Log in.")],
)
def test_a_look_up_that_fails_asks_and_neither_sends_nor_blocks(
    database: Database, dispatch: Make, suppressions: FakeList, failure: ServiceError
) -> None:
    row = one(database)
    suppressions.failure = failure
    mailer = FakeMailer()
    asked = dispatch(mailer).send(draft(row), confirmed=False)
    assert (asked.verdict.decision, mailer.calls) == (Decision.ASK, [])
    assert words(dispatch(mailer).send(draft(row), confirmed=True)) == [DisplayStatus.SENT]


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "ann@",
        "ann@x.example, thief@evil.example",
        "Ann <ann@x.example>",
        "a\r\nBcc: b@x.example",
        "=?utf-8?q?a=0D=0ABcc=3A?=@x.example",
        "grüße@x.example",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_written(
    database: Database, dispatch: Make, address: str
) -> None:
    row = one(database)
    mailer = FakeMailer()
    outcome = dispatch(mailer).send(draft(row, address), confirmed=True)
    assert outcome.verdict.decision is Decision.REFUSE
    assert (mailer.calls, emails(database)) == ([], 0)


def test_without_a_to_or_a_sender_nothing_is_sent(database: Database, dispatch: Make) -> None:
    row = one(database)
    assert dispatch(FakeMailer()).check(replace(draft(row), to=())).decision is Decision.REFUSE
    assert dispatch(FakeMailer(), sender="").check(draft(row)).decision is Decision.REFUSE


def test_today_begins_at_the_operators_midnight(
    database: Database, dispatch: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        row = one(database)
        # 23:30 on the day on which summer time ends, which has 25 hours.
        clock.now = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
        sent(database, row, at=clock.now - timedelta(hours=24, minutes=15))  # 00:15 on that day
        found = dispatch(FakeMailer()).check(draft(row))
        assert "mailed_today" in {finding.code for finding in found.findings}
        clock.advance(hours=1)  # past midnight
        found = dispatch(FakeMailer()).check(draft(row))
        assert "mailed_today" not in {finding.code for finding in found.findings}
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_a_colleague_sends_while_the_gate_is_asked_is_asked_about_not_doubled(
    database: Database, dispatch: Make, suppressions: FakeList
) -> None:
    row = one(database)
    mailer = FakeMailer()
    colleague = dispatch(mailer, operator="ben", suppression_list=FakeList())
    suppressions.meanwhile = lambda: colleague.send(draft(row), confirmed=False)
    outcome = dispatch(mailer).send(draft(row), confirmed=True)
    assert (outcome.email_id, outcome.verdict.decision) == (None, Decision.ASK)
    assert len(mailer.calls) == emails(database) == 1


def test_two_keys_pressed_at_once_send_one_email(database: Database, dispatch: Make) -> None:
    row = one(database)
    mailer = FakeMailer()
    barrier = threading.Barrier(3)
    outcomes: list[SendOutcome] = []

    def press() -> None:
        sending = dispatch(mailer, suppression_list=FakeList())
        barrier.wait()
        outcomes.append(sending.send(draft(row), confirmed=False))

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailer.calls) == emails(database) == 1
    assert sorted(each.email_id is None for each in outcomes) == [False, True, True]


def test_statuses_are_told_by_delivery(database: Database) -> None:
    written = sent(database, one(database), ANN, BOB)
    with database.transaction() as connection:
        found = outbox.statuses(connection, written.delivery_ids)
    assert {key: value[0] for key, value in found.items()} == dict.fromkeys(
        written.delivery_ids, Status.SENT
    )
    assert documents.last_received(database.reader) is None
