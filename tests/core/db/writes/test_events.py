"""Facts count once, find their delivery early or late, and no order of them matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.db.engine import Database
from core.db.reads import history
from core.db.writes import events, feed, leases, outbox
from core.db.writes.events import Stored, Unreadable
from core.model.enums import DisplayStatus, Engagement, Role, Status
from core.model.history import RecipientEntry
from core.services.integrity_check import check
from tests.core.db.books import (
    START,
    accept,
    document,
    entry,
    fact,
    hard_bounce,
    lose_answer,
    new_email,
    one,
    put,
    record,
    sent,
    tell,
)

ANN, BOB = "ann@customer.example", "bob@customer.example"


def only_recipient(database: Database) -> RecipientEntry:
    (email,) = history.emails_of(database.reader, document(database).id)
    (recipient,) = email.recipients
    return recipient


# --------------------------------------------------------------------------- once


def test_the_same_fact_counts_once_in_one_batch_and_in_another(database: Database) -> None:
    written = sent(database, one(database))
    delivery = fact("Delivery", written.message_ids[0])
    assert tell(database, delivery, delivery) == Stored(applied=1, duplicate=1, unmatched=0)
    assert tell(database, delivery) == Stored(applied=0, duplicate=1, unmatched=0)
    opened = fact("Open", written.message_ids[0], 5, user_agent="Firefox")
    assert tell(database, opened, opened).applied == 1
    assert only_recipient(database).opens == 1


def test_the_raw_words_are_kept_once_for_every_body_that_brought_something(
    database: Database,
) -> None:
    one, two = fact("Delivery", "m1"), fact("Open", "m1", 3)
    with database.transaction() as connection:
        events.store(connection, [("first", [one]), ("again", [one]), ("more", [one, two])], START)
    rows = database.reader.rows("SELECT raw FROM payloads ORDER BY id", {})
    assert [row[0] for row in rows] == ["first", "more"]


def test_a_recipient_in_other_case_is_the_same_fact(database: Database) -> None:
    written = sent(database, one(database))
    bounce = hard_bounce(written.message_ids[0])
    told = tell(database, bounce, replace(bounce, recipient=" ANN@Customer.EXAMPLE "))
    assert told == Stored(applied=1, duplicate=1, unmatched=0)


def test_two_opens_that_differ_are_two(database: Database) -> None:
    written = sent(database, one(database))
    first = fact("Open", written.message_ids[0], user_agent="Firefox")
    tell(database, first, replace(first, ip="192.0.2.7"), replace(first, link="x" * 5000))
    assert only_recipient(database).opens == 3


# --------------------------------------------------------------------------- early and late


def test_facts_before_our_commit_wait_and_are_taken_with_the_answer(database: Database) -> None:
    written = record(database, new_email(one(database)))
    early = [fact("Delivery", written.message_ids[0]), fact("Open", written.message_ids[0], 3)]
    assert tell(database, *early) == Stored(applied=0, duplicate=0, unmatched=2)
    assert document(database).summary.word is DisplayStatus.SENDING
    accept(database, written)
    assert document(database).summary.word is DisplayStatus.OPENED
    assert check(database).differences == ()


def test_a_lost_answer_is_settled_by_our_tag(database: Database) -> None:
    written = record(database, new_email(one(database)))
    lose_answer(database, written)
    assert document(database).summary.word is DisplayStatus.UNCONFIRMED
    tell(database, fact("Send", "ses-1", tag=written.tags[0]))
    recipient = only_recipient(database)
    assert (recipient.state.word, recipient.ses_message_id) == (DisplayStatus.SENT, "ses-1")
    # What comes without a tag is then found by the id that the tagged fact has told.
    assert tell(database, fact("Delivery", "ses-1")).applied == 1
    assert document(database).summary.word is DisplayStatus.DELIVERED


def test_our_tag_alone_settles_a_lost_answer_even_where_ses_names_no_message(
    database: Database,
) -> None:
    written = record(database, new_email(one(database)))
    lose_answer(database, written)
    assert tell(database, fact("Delivery", "", tag=written.tags[0])).applied == 1
    assert document(database).summary.word is DisplayStatus.DELIVERED


@pytest.mark.parametrize("is_tag_first", [True, False])
def test_a_lost_answer_is_settled_whichever_envelope_of_a_fact_comes_first(
    database: Database, is_tag_first: bool
) -> None:
    written = record(database, new_email(one(database)))
    lose_answer(database, written)
    bare = hard_bounce("ses-1")
    tagged = replace(bare, tag=written.tags[0])
    for told in (tagged, bare) if is_tag_first else (bare, tagged):
        tell(database, told)
    assert only_recipient(database).state.word is DisplayStatus.BOUNCED
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1


def test_a_fact_that_fits_nothing_is_kept_and_counted(database: Database) -> None:
    assert tell(database, fact("Delivery", "somebody-elses")).unmatched == 1
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1


def test_a_bounce_with_our_id_counts_whatever_address_it_names(database: Database) -> None:
    written = sent(database, one(database))
    told = tell(database, hard_bounce(written.message_ids[0], recipient="cousin@else.example"))
    assert told.applied == 1
    (email,) = history.emails_of(database.reader, document(database).id)
    assert email.summary.word is DisplayStatus.BOUNCED
    (note,) = email.recipients[0].notes
    assert note.text == "hard bounce reported for cousin@else.example"


def test_a_bounce_of_another_address_after_a_delivery_is_a_failed_forward(
    database: Database,
) -> None:
    written = sent(database, one(database))
    forward = hard_bounce(written.message_ids[0], recipient="cousin@else.example")
    for told in (forward, fact("Delivery", written.message_ids[0], 9)):  # whatever the times
        tell(database, told)
    row = document(database)
    assert (row.summary.word, row.summary.is_forward) == (DisplayStatus.SOFT_BOUNCED, True)
    assert (row.summary.ever_delivered, row.summary.unresolved) == (
        True,
        frozenset({DisplayStatus.SOFT_BOUNCED}),
    )
    (email,) = history.emails_of(database.reader, row.id)
    (recipient,) = email.recipients
    assert [note.text for note in recipient.notes] == [
        "delivered, then a forward to cousin@else.example failed"
    ]
    health = history.health(database.reader, [recipient.address])
    assert health[recipient.address].word is DisplayStatus.DELIVERED
    assert check(database).differences == ()


@pytest.mark.parametrize("is_fuller_first", [True, False])
def test_the_fullest_telling_of_an_event_is_kept_whichever_came_first(
    database: Database, *, is_fuller_first: bool
) -> None:
    written = sent(database, one(database))
    bare = hard_bounce(written.message_ids[0], subtype="Transient/General", diagnostic="")
    bare = replace(bare, action="", enhanced_status="", recipient="")
    fuller = replace(bare, diagnostic="smtp; 552 5.2.2 full", action="failed")
    for told in (fuller, bare) if is_fuller_first else (bare, fuller):
        tell(database, told)
    assert document(database).summary.word is DisplayStatus.SOFT_BOUNCED
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1
    assert check(database).differences == ()


def test_a_refusal_that_ses_contradicts_is_believed_to_be_sent(database: Database) -> None:
    written = record(database, new_email(one(database)))
    with database.transaction() as connection:
        outbox.not_sent(connection, written.delivery_ids[0], "SES said: no")
    assert document(database).summary.word is DisplayStatus.FAILED
    tell(database, fact("Delivery", "ses-1", tag=written.tags[0]))
    assert document(database).summary.word is DisplayStatus.DELIVERED


def test_a_late_delivery_of_an_old_email_changes_its_line_but_not_the_row(
    database: Database,
) -> None:
    row = one(database)
    old = sent(database, row)
    tell(database, hard_bounce(old.message_ids[0]))
    new = sent(database, row, at=START + timedelta(hours=1))
    before = document(database).summary
    assert before.word is DisplayStatus.SENT
    assert before.unresolved == {DisplayStatus.BOUNCED}
    tell(database, fact("DeliveryDelay", old.message_ids[0], 9))
    assert document(database).summary == before
    tell(database, fact("Delivery", new.message_ids[0], 90))
    after = document(database).summary
    assert after.word is DisplayStatus.DELIVERED
    assert after.unresolved == frozenset()


def test_a_bounce_is_made_good_by_a_delivery_to_the_address_that_replaces_it(
    database: Database,
) -> None:
    row = one(database)
    tell(database, hard_bounce(sent(database, row).message_ids[0]))
    other = sent(database, row, f"{ANN}>{BOB}", at=START + timedelta(hours=1))
    assert document(database).summary.unresolved == {DisplayStatus.BOUNCED}
    tell(database, fact("Delivery", other.message_ids[0], 90, recipient=BOB))
    assert document(database).summary.unresolved == frozenset()


def test_a_failed_copy_marks_the_email(database: Database) -> None:
    written = sent(database, one(database), ANN, f"cc:{BOB}")
    tell(
        database,
        fact("Delivery", written.message_ids[0]),
        hard_bounce(written.message_ids[1], recipient=BOB),
    )
    summary = document(database).summary
    assert (summary.word, summary.other_failed) == (DisplayStatus.DELIVERED, True)
    assert (summary.delivered, summary.recipients) == (1, 2)


def test_what_cannot_be_read_is_kept_once_with_its_reason(database: Database) -> None:
    body = Unreadable("not \x00 json \ud800", "no JSON", "queue")
    for _ in range(2):
        with database.transaction() as connection:
            events.quarantine_bodies(connection, [body, body], START)
    (kept,) = feed.waiting(database.reader)
    assert (kept.reason, kept.source, kept.received_at) == ("no JSON", "queue", START)
    assert kept.raw == "not \\u0000 json \\ud800"


def test_text_that_no_column_takes_does_not_stop_a_fact(database: Database) -> None:
    hostile = fact("Bo\x00unce", "m\ud8001", diagnostic="\x00\ud800\U0001f4a9" * 50, tag="t\x00")
    assert tell(database, hostile, hostile) == Stored(applied=0, duplicate=1, unmatched=1)


# --------------------------------------------------------------------------- what was stopped


def test_what_a_stopped_program_was_sending_is_unknown_and_the_rest_waits(
    database: Database,
) -> None:
    queued_row, claimed_row = put(database, entry("INV-1"), entry("INV-2"))
    with database.transaction() as connection:
        outbox.record(connection, new_email(queued_row))
    record(database, new_email(claimed_row))
    for now, closed in ((START, 0), (START + timedelta(seconds=1), 1), (START, 0)):
        with database.transaction() as connection:
            assert leases.expire(connection, now) == closed
    assert document(database, "INV-1").summary.word is DisplayStatus.QUEUED
    assert document(database, "INV-2").summary.word is DisplayStatus.UNCONFIRMED
    assert check(database).differences == ()


def test_an_answer_that_comes_after_all_is_believed(database: Database) -> None:
    row = one(database)
    written = record(database, new_email(row))
    with database.transaction() as connection:
        leases.expire(connection, START + timedelta(hours=1))
    accept(database, written)
    assert only_recipient(database).state.status is Status.SENT
    with database.transaction() as connection:
        outbox.not_sent(connection, written.delivery_ids[0], "too late")
    assert only_recipient(database).state.status is Status.SENT


def test_the_log_tells_roles_files_and_engagement(database: Database) -> None:
    row = one(database)
    written = sent(database, row, ANN, f"bcc:{BOB}")
    tell(
        database,
        fact("Open", written.message_ids[0], 5, user_agent="Mozilla/5.0"),
        fact("Click", written.message_ids[0], 6, user_agent="Firefox", link="https://x.example"),
    )
    (email,) = history.emails_of(database.reader, row.id)
    to, bcc = email.recipients
    assert (to.role, bcc.role) == (Role.TO, Role.BCC)
    assert (to.opens, to.clicks, to.state.by_person) == (1, 1, Engagement.CLICKED)
    assert to.state.word is DisplayStatus.CLICKED
    assert history.wire_ids(database.reader, row.id) == [
        (written.message_ids[0], "eu-west-1"),
        (written.message_ids[1], "eu-west-1"),
    ]
