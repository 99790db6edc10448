"""What was known at a moment: what we had received by then, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.writes import outbox
from core.model.documents import DocumentFilter
from core.model.enums import DisplayStatus, Engagement, Status
from core.model.history import DocumentLog
from core.rules.delivery.timeline import local_then, moments_of
from core.services import integrity_check
from core.services.feed.ingest import ingest
from core.services.history import document_log
from tests.core.db.books import START, fact, hard_bounce, new_email, one, record, sent, tell

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

# --------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("local", "claimed", "accepted", "then"),
    [
        (Status.SENT, 1, 2, Status.QUEUED),
        (Status.SENT, 0, 2, Status.SENDING),
        (Status.SENT, 0, 0, Status.SENT),
        (Status.QUEUED, None, None, Status.QUEUED),
        (Status.SENDING, 0, None, Status.SENDING),
        (Status.FAILED, 0, None, Status.FAILED),
        (Status.UNCONFIRMED, 0, None, Status.UNCONFIRMED),
        (Status.FAILED, 1, None, Status.QUEUED),
    ],
)
def test_what_we_had_done_follows_from_when_we_did_it(
    local: Status, claimed: int | None, accepted: int | None, then: Status
) -> None:
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else START + minutes * MINUTE

    assert local_then(local, at(claimed), at(accepted), START) is then


@given(
    st.lists(st.integers(0, 5_000_000).map(lambda us: START + timedelta(microseconds=us))),
    st.randoms(use_true_random=False),
)
def test_moments_go_up_and_are_the_last_of_their_second(
    times: list[datetime], chance: object
) -> None:
    found = moments_of(times)
    assert list(found) == sorted(found)
    assert set(found) <= set(times)
    assert {at.second for at in found} == {at.second for at in times}
    assert all(any(at <= moment < at + SECOND for moment in found) for at in times)
    chance.shuffle(times)  # type: ignore[attr-defined]
    assert moments_of(times) == found


# --------------------------------------------------------------------------- the log


def log(database: Database, minutes: float | None) -> DocumentLog:
    as_of = None if minutes is None else START + minutes * MINUTE
    return document_log(database.reader, 1, as_of)


def word(database: Database, minutes: float) -> DisplayStatus:
    return log(database, minutes).document.summary.word


def test_a_report_counts_from_when_it_was_received_not_from_when_it_happened(
    database: Database,
) -> None:
    row = one(database)
    (message_id,) = sent(database, row).message_ids
    tell(database, fact("Delivery", message_id, 1), at=START + 5 * MINUTE)
    tell(database, hard_bounce(message_id, 2), at=START + 60 * MINUTE)
    assert [word(database, m) for m in (0, 2, 5, 59, 60)] == [
        DisplayStatus.SENT,
        DisplayStatus.SENT,
        DisplayStatus.DELIVERED,
        DisplayStatus.DELIVERED,
        DisplayStatus.BOUNCED,
    ]
    then, now = log(database, 59), log(database, None)
    assert then.document.summary.unresolved == frozenset()
    assert now.document.summary.unresolved == {DisplayStatus.BOUNCED}
    (recipient,) = then.emails[0].recipients
    assert (recipient.state.diagnostic, recipient.cause) == ("", "")
    assert then.emails[0].summary.word is DisplayStatus.DELIVERED


def test_an_email_that_was_not_written_yet_is_not_there(database: Database) -> None:
    row = one(database)
    sent(database, row)
    sent(database, row, at=START + 10 * MINUTE)
    before = log(database, -1)
    assert (before.emails, before.document.summary.word) == ((), DisplayStatus.NEVER_SENT)
    assert before.document.summary.last_recipient == ""
    assert [len(log(database, m).emails) for m in (0, 9, 10)] == [1, 1, 2]
    assert [log(database, m).document.summary.send_count for m in (0, 10)] == [1, 2]


def test_a_delivery_is_queued_then_sending_then_sent(database: Database) -> None:
    row = one(database)
    (delivery_id,) = record(database, new_email(row)).delivery_ids
    with database.transaction() as connection:
        outbox.accepted(connection, delivery_id, "ses-1", "eu-west-1", START + 2 * MINUTE)
    (then,), (now,) = (log(database, m).emails[0].recipients for m in (1, 2))
    assert (then.state.word, then.state.sent_at, then.ses_message_id) == (
        DisplayStatus.SENDING,
        None,
        "",
    )
    assert (now.state.word, now.ses_message_id) == (DisplayStatus.SENT, "ses-1")


def test_what_ses_refused_was_never_sent_at_any_time(database: Database) -> None:
    row = one(database)
    (delivery_id,) = record(database, new_email(row)).delivery_ids
    with database.transaction() as connection:
        outbox.not_sent(connection, delivery_id, "SES said no")
    (recipient,) = log(database, 0).emails[0].recipients
    assert (recipient.state.word, recipient.error) == (DisplayStatus.FAILED, "SES said no")


def test_a_note_and_an_open_are_not_known_before_they_came(database: Database) -> None:
    row = one(database)
    (message_id,) = sent(database, row).message_ids
    reply = fact("Bounce", message_id, 1, subtype="Transient/General", feedback_id="f")
    other = fact("Delivery", message_id, 1, recipient="else@where.example")
    tell(database, reply, other, fact("Open", message_id, 1), at=START + 5 * MINUTE)
    before, after = (log(database, m).emails[0] for m in (4, 5))
    assert (before.recipients[0].notes, before.notes, before.recipients[0].opens) == ((), (), 0)
    assert (len(after.recipients[0].notes), len(after.notes)) == (2, 0)
    assert after.recipients[0].state.engagement is Engagement.OPENED


def test_the_moments_are_those_at_which_something_became_known(database: Database) -> None:
    row = one(database)
    (message_id,) = sent(database, row).message_ids
    tell(database, fact("Delivery", message_id, 1), at=START + 5 * MINUTE)
    tell(database, hard_bounce(message_id, 2), at=START + 60 * MINUTE)
    assert log(database, 3).moments == (START, START + 5 * MINUTE, START + 60 * MINUTE)
    assert log(database, None).moments == log(database, -9).moments


def test_another_programs_email_is_known_from_its_first_report(database: Database) -> None:
    one(database)
    body = (
        '{"eventType":"Delivery","mail":{"messageId":"shop-1","timestamp":"2026-11-20T14:00:00Z",'
        '"source":"shop@outtray.example","destination":["ann@customer.example"],'
        '"commonHeaders":{"subject":"Invoice INV-0042"},'
        '"tags":{"ses:configuration-set":["shop"]}},'
        '"delivery":{"timestamp":"2026-11-20T14:00:01Z","recipients":["ann@customer.example"]}}'
    )
    ingest(database, [body], "test", lambda: START + 5 * MINUTE)
    assert [word(database, m) for m in (4, 5)] == [
        DisplayStatus.NEVER_SENT,
        DisplayStatus.DELIVERED,
    ]
    assert log(database, None).moments == (START + 5 * MINUTE,)


def test_a_document_that_was_never_sent_has_no_moments(database: Database) -> None:
    one(database)
    assert log(database, None).moments == ()
    assert log(database, 0).document.summary.never_reached


# --------------------------------------------------------------------------- the generated company


def test_the_last_moment_is_the_present_for_every_document(company: Database) -> None:
    from core.db.lists import documents

    rows = documents.page_documents(company.reader, DocumentFilter(), 0, 60)
    for row in rows:
        now = document_log(company.reader, row.id)
        for as_of in now.moments[-1:]:
            then = document_log(company.reader, row.id, as_of)
            assert replace(then, as_of=None) == now
            assert now.document == row
    assert sum(bool(row.summary.send_count) for row in rows) > 50


def test_the_demo_hears_of_things_when_they_happen(company: Database) -> None:
    rows = company.reader.rows(
        "SELECT min(received_at - at), max(received_at - at) FROM events", {}
    )
    assert [timedelta(microseconds=each) for each in rows[0]] == [0.9 * SECOND, 0.9 * SECOND]
    assert company.reader.rows("SELECT count(*) FROM documents WHERE by_program > 0", {})[0][0] > 5
    assert integrity_check.check(company).differences == ()


def test_without_an_arrival_a_body_is_received_now(sqlite_database: Database) -> None:
    body = (
        '{"eventType":"Delivery","mail":{"messageId":"m","timestamp":"2026-11-20T13:00:00Z",'
        '"destination":["a@x.example"]},"delivery":{"timestamp":"2026-11-20T13:00:01Z",'
        '"recipients":["a@x.example"]}}'
    )
    assert ingest(sqlite_database, [body], "test", lambda: START).unmatched == 1
    rows = sqlite_database.reader.rows("SELECT received_at FROM events", {})
    assert rows[0][0] == int(START.timestamp()) * 1_000_000
