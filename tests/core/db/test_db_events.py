"""Facts count once, find their delivery early or late, and no order of them matters."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.checking import check
from core.db import events, history, outbox, reads, summaries
from core.db.engine import Database
from core.db.events import Stored, Unreadable
from core.model import CustomerFilter, Engagement, Fact, RecipientEntry, Role, Status, Word
from core.status import natural_key
from tests.conftest import NewDatabase
from tests.core.db.books import (
    START,
    Written,
    accept,
    document,
    entry,
    fact,
    hard_bounce,
    lose_answer,
    new_email,
    put,
    record,
    sent,
    settled,
    tell,
)

ANN, BOB = "ann@customer.example", "bob@customer.example"


def only_recipient(database: Database) -> RecipientEntry:
    (email,) = history.emails_of(database.reader, document(database).id)
    (recipient,) = email.recipients
    return recipient


# --------------------------------------------------------------------------- once


def test_the_same_fact_counts_once_in_one_batch_and_in_another(database: Database) -> None:
    written = sent(database, *put(database, entry()))
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
    written = sent(database, *put(database, entry()))
    bounce = hard_bounce(written.message_ids[0])
    told = tell(database, bounce, replace(bounce, recipient=" ANN@Customer.EXAMPLE "))
    assert told == Stored(applied=1, duplicate=1, unmatched=0)


def test_two_opens_that_differ_are_two(database: Database) -> None:
    written = sent(database, *put(database, entry()))
    first = fact("Open", written.message_ids[0], user_agent="Firefox")
    tell(database, first, replace(first, ip="192.0.2.7"), replace(first, link="x" * 5000))
    assert only_recipient(database).opens == 3


# --------------------------------------------------------------------------- early and late


def test_facts_before_our_commit_wait_and_are_taken_with_the_answer(database: Database) -> None:
    written = record(database, new_email(*put(database, entry())))
    early = [fact("Delivery", written.message_ids[0]), fact("Open", written.message_ids[0], 3)]
    assert tell(database, *early) == Stored(applied=0, duplicate=0, unmatched=2)
    assert document(database).summary.word is Word.SENDING
    accept(database, written)
    assert document(database).summary.word is Word.OPENED
    assert check(database).differences == ()


def test_a_lost_answer_is_settled_by_our_tag(database: Database) -> None:
    written = record(database, new_email(*put(database, entry())))
    lose_answer(database, written)
    assert document(database).summary.word is Word.UNCONFIRMED
    tell(database, fact("Send", "ses-1", tag=written.tags[0]))
    recipient = only_recipient(database)
    assert (recipient.state.word, recipient.ses_message_id) == (Word.SENT, "ses-1")
    # What comes without a tag is then found by the id that the tagged fact has told.
    assert tell(database, fact("Delivery", "ses-1")).applied == 1
    assert document(database).summary.word is Word.DELIVERED


@pytest.mark.parametrize("is_tag_first", [True, False])
def test_a_lost_answer_is_settled_whichever_envelope_of_a_fact_comes_first(
    database: Database, is_tag_first: bool
) -> None:
    written = record(database, new_email(*put(database, entry())))
    lose_answer(database, written)
    bare = hard_bounce("ses-1")
    tagged = replace(bare, tag=written.tags[0])
    for told in (tagged, bare) if is_tag_first else (bare, tagged):
        tell(database, told)
    assert only_recipient(database).state.word is Word.BOUNCED
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1


def test_a_fact_that_fits_nothing_is_kept_and_counted(database: Database) -> None:
    assert tell(database, fact("Delivery", "somebody-elses")).unmatched == 1
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1


def test_a_fact_about_another_address_is_a_note_and_no_status(database: Database) -> None:
    written = sent(database, *put(database, entry()))
    told = tell(database, hard_bounce(written.message_ids[0], recipient="cousin@else.example"))
    assert told.applied == 1
    (email,) = history.emails_of(database.reader, document(database).id)
    assert email.summary.word is Word.SENT
    assert [note.text for note in email.notes] == ["Bounce about cousin@else.example"]


def test_a_refusal_that_ses_contradicts_is_believed_to_be_sent(database: Database) -> None:
    written = record(database, new_email(*put(database, entry())))
    with database.transaction() as connection:
        outbox.not_sent(connection, written.delivery_ids[0], "SES said: no")
    assert document(database).summary.word is Word.FAILED
    tell(database, fact("Delivery", "ses-1", tag=written.tags[0]))
    assert document(database).summary.word is Word.DELIVERED


def test_a_late_delivery_of_an_old_email_changes_its_line_but_not_the_row(
    database: Database,
) -> None:
    (row,) = put(database, entry())
    old = sent(database, row)
    tell(database, hard_bounce(old.message_ids[0]))
    new = sent(database, row, at=START + timedelta(hours=1))
    before = document(database).summary
    assert (before.word, before.unresolved) == (Word.SENT, {Word.BOUNCED})
    tell(database, fact("DeliveryDelay", old.message_ids[0], 9))
    assert document(database).summary == before
    tell(database, fact("Delivery", new.message_ids[0], 90))
    after = document(database).summary
    assert (after.word, after.unresolved) == (Word.DELIVERED, frozenset())


def test_a_bounce_is_made_good_by_a_delivery_to_the_address_that_replaces_it(
    database: Database,
) -> None:
    (row,) = put(database, entry())
    tell(database, hard_bounce(sent(database, row).message_ids[0]))
    other = sent(database, row, f"{ANN}>{BOB}", at=START + timedelta(hours=1))
    assert document(database).summary.unresolved == {Word.BOUNCED}
    tell(database, fact("Delivery", other.message_ids[0], 90, recipient=BOB))
    assert document(database).summary.unresolved == frozenset()


def test_a_failed_copy_marks_the_email(database: Database) -> None:
    written = sent(database, *put(database, entry()), ANN, f"cc:{BOB}")
    tell(
        database,
        fact("Delivery", written.message_ids[0]),
        hard_bounce(written.message_ids[1], recipient=BOB),
    )
    summary = document(database).summary
    assert (summary.word, summary.other_failed) == (Word.DELIVERED, True)
    assert (summary.delivered, summary.recipients) == (1, 2)


def test_what_cannot_be_read_is_kept_once_with_its_reason(database: Database) -> None:
    body = Unreadable("not \x00 json \ud800", "no JSON", "queue")
    for _ in range(2):
        with database.transaction() as connection:
            events.quarantine_bodies(connection, [body, body], START)
    (kept,) = reads.quarantined(database.reader)
    assert (kept.reason, kept.source, kept.received_at) == ("no JSON", "queue", START)
    assert kept.raw == "not \\u0000 json \\ud800"


def test_text_that_no_column_takes_does_not_stop_a_fact(database: Database) -> None:
    hostile = fact("Bo\x00unce", "m\ud8001", diagnostic="\x00\ud800\U0001f4a9" * 50, tag="t\x00")
    assert tell(database, hostile, hostile) == Stored(applied=0, duplicate=1, unmatched=1)


# --------------------------------------------------------------------------- any order


Step = Callable[[Database], object]


class Story:
    """Two documents of one customer, three emails, five deliveries, and what may be heard."""

    def __init__(self, database: Database) -> None:
        first, second = put(database, entry("INV-1"), entry("EST-2"))
        self.answered = [
            record(database, new_email(first, ANN, f"cc:{BOB}")),
            record(database, new_email(first, f"{ANN}>{BOB}", at=START + timedelta(hours=2))),
        ]
        self.unanswered = record(database, new_email(second, ANN, f"bcc:{BOB}"))
        lose_answer(database, self.unanswered)

    @property
    def emails(self) -> list[Written]:
        return [*self.answered, self.unanswered]


_KINDS = st.sampled_from(
    [
        ("Send", ""),
        ("Delivery", ""),
        ("DeliveryDelay", "MailboxFull"),
        ("Bounce", "Permanent/General"),
        ("Bounce", "Permanent/OnAccountSuppressionList"),
        ("Bounce", "Transient/MailboxFull"),
        ("Bounce", "Transient/General"),
        ("Complaint", "abuse"),
        ("Complaint", "OnAccountSuppressionList"),
        ("Open", ""),
        ("Click", ""),
        ("Reject", ""),
        ("Subscription", ""),
        ("Novelty", ""),
    ]
)


@st.composite
def _facts(draw: st.DrawFn) -> list[tuple[int, int, Fact]]:
    """Facts as (email, delivery, fact); ids and tags are filled in when the emails are known."""
    found: dict[object, tuple[int, int, Fact]] = {}
    for _ in range(draw(st.integers(1, 12))):
        email = draw(st.integers(0, 2))
        delivery = 0 if email == 1 else draw(st.integers(0, 1))
        kind, subtype = draw(_KINDS)
        own = BOB if (email, delivery) in ((0, 1), (1, 0), (2, 1)) else ANN
        made = fact(
            kind,
            f"{email}-{delivery}",
            draw(st.integers(0, 5)),
            subtype=subtype,
            recipient=draw(st.sampled_from([own, own, own.upper(), "", "cousin@else.example"])),
            feedback_id=draw(st.sampled_from(["", "f1"])) if kind == "Bounce" else "",
            diagnostic=draw(st.sampled_from(["", "550 no"])) if kind == "Bounce" else "",
            user_agent=draw(st.sampled_from(["Mozilla/5.0", "Firefox"])),
            reports_nobody=draw(st.sampled_from([False, False, False, True])),
        )
        found.setdefault(natural_key(made), (email, delivery, made))
    return list(found.values())


def _of(story: Story, email: int, delivery: int, made: Fact, *, tagged: bool) -> Fact:
    written = story.emails[email]
    tag = written.tags[delivery] if tagged else None
    return replace(made, message_id=written.message_ids[delivery], tag=tag)


def _play(
    database: Database, story: Story, told: Sequence[Fact], order: random.Random
) -> dict[str, list[tuple[object, ...]]]:
    """Hear every fact at least once, in any order and batches, among the answers of SES."""
    heard = [*told, *order.choices(told, k=len(told))]
    order.shuffle(heard)
    steps: list[Step] = []
    while heard:
        size = order.randint(1, len(heard))
        batch, heard = heard[:size], heard[size:]
        steps.append(lambda database, batch=tuple(batch): tell(database, *batch))  # type: ignore[misc]
    for written in story.answered:
        steps.append(lambda database, written=written: accept(database, written))  # type: ignore[misc]
    order.shuffle(steps)
    for step in steps:
        step(database)
    assert check(database).differences == ()
    return settled(database)


@given(_facts(), st.integers(0, 2**32), st.sets(st.integers(0, 11)))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_and_any_batching_of_any_facts_settles_the_same(
    new_database: NewDatabase,
    chosen: list[tuple[int, int, Fact]],
    seed: int,
    untagged: set[int],
) -> None:
    outcomes = []
    for number in range(2):
        database = new_database()
        story = Story(database)
        told = [
            _of(story, *each, tagged=position not in untagged)
            for position, each in enumerate(chosen)
        ]
        told += [replace(each, tag=None) for each in told]  # the other envelope has no tags
        outcomes.append(_play(database, story, told, random.Random(seed + number)))
        database.close()
    assert outcomes[0] == outcomes[1]


def test_check_tells_of_every_value_that_does_not_follow_from_the_facts(
    database: Database,
) -> None:
    written = sent(database, *put(database, entry()))
    tell(database, hard_bounce(written.message_ids[0]))
    assert check(database).differences == ()
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET status = 80, diagnostic = 'fine'")
        connection.exec_driver_sql("UPDATE documents SET word = 'DELIVERED'")
        connection.exec_driver_sql("UPDATE customers SET bounced = 7, attention = 9")
    report = check(database)
    assert {(d.table, d.column, d.stored) for d in report.differences} >= {
        ("deliveries", "status", 80),
        ("deliveries", "diagnostic", "fine"),
        ("customers", "bounced", 7),
        ("customers", "attention", 9),
    }
    assert (report.deliveries, report.documents, report.customers) == (1, 1, 1)
    with database.transaction() as connection:
        summaries.settle_deliveries(connection, written.delivery_ids)
    assert check(database).differences == ()


# --------------------------------------------------------------------------- many at once


def _at_once(*calls: Callable[[], object]) -> None:
    """Run each call in a thread, all at the same moment; fail with the first failure."""
    barrier = threading.Barrier(len(calls))
    failures: list[Exception] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 (told below)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_two_programs_that_hear_the_same_facts_at_once_apply_them_once(database: Database) -> None:
    rows = put(database, *(entry(f"INV-{i}") for i in range(8)))
    emails = [sent(database, row) for row in rows]
    facts = [fact("Delivery", each.message_ids[0]) for each in emails]
    facts += [hard_bounce(each.message_ids[0], 5) for each in emails[::2]]

    def hear(order: list[Fact]) -> None:
        for each in order:
            tell(database, each)

    _at_once(lambda: hear(facts), lambda: hear(facts[::-1]), lambda: hear(facts[4:] + facts[:4]))
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == len(facts)
    assert check(database).differences == ()
    (customer,) = reads.page_customers(database.reader, CustomerFilter())
    assert customer.bounced == 4


def test_a_fact_that_is_heard_while_ses_answers_finds_its_delivery(database: Database) -> None:
    rows = put(database, *(entry(f"INV-{i}") for i in range(12)))
    for row in rows:
        written = record(database, new_email(row))
        bounce = hard_bounce(written.message_ids[0])  # without a tag: only the id can match it
        _at_once(lambda w=written: accept(database, w), lambda b=bounce: tell(database, b))  # type: ignore[misc]
    waiting = database.reader.rows("SELECT count(*) FROM events WHERE delivery_id IS NULL", {})
    assert waiting[0][0] == 0
    assert check(database).differences == ()


def test_a_delivery_is_claimed_by_one_of_many(database: Database) -> None:
    (row,) = put(database, entry())
    with database.transaction() as connection:
        (delivery_id,) = outbox.record(connection, new_email(row)).delivery_ids
    taken: list[bool] = []

    def take() -> None:
        with database.transaction() as connection:
            taken.append(outbox.claim(connection, delivery_id, START))

    _at_once(*[take] * 4)
    assert sorted(taken) == [False, False, False, True]


# --------------------------------------------------------------------------- what was stopped


def test_what_a_stopped_program_left_is_closed_after_its_lease(database: Database) -> None:
    queued_row, claimed_row = put(database, entry("INV-1"), entry("INV-2"))
    with database.transaction() as connection:
        outbox.record(connection, new_email(queued_row))
    record(database, new_email(claimed_row))
    for cutoff, closed in ((START, 0), (START + timedelta(seconds=1), 2), (START, 0)):
        with database.transaction() as connection:
            assert outbox.recover(connection, cutoff) == closed
    assert document(database, "INV-1").summary.word is Word.FAILED
    assert document(database, "INV-2").summary.word is Word.UNCONFIRMED
    assert check(database).differences == ()


def test_an_answer_that_comes_after_all_is_believed(database: Database) -> None:
    (row,) = put(database, entry())
    written = record(database, new_email(row))
    with database.transaction() as connection:
        outbox.recover(connection, START + timedelta(hours=1))
    accept(database, written)
    assert only_recipient(database).state.status is Status.SENT
    with database.transaction() as connection:
        outbox.not_sent(connection, written.delivery_ids[0], "too late")
    assert only_recipient(database).state.status is Status.SENT


def test_the_log_tells_roles_files_and_engagement(database: Database) -> None:
    (row,) = put(database, entry())
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
    assert to.state.word is Word.CLICKED
    assert history.wire_ids(database.reader, row.id) == [
        (written.message_ids[0], "eu-west-1"),
        (written.message_ids[1], "eu-west-1"),
    ]
