"""The outbox: whatever waits goes out once, whoever works it, and whatever happens in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.engine import Database
from core.db.reads import history
from core.db.writes import leases, outbox
from core.db.writes.outbox import Lease
from core.mail.mime import compose, size_of
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Decision
from core.model.enums import DisplayStatus, EmailKind
from core.model.errors import (
    CredentialsError,
    DatabaseBusyError,
    NotFoundError,
    NotPermittedError,
    QuotaUsedUpError,
    RefusedError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
    UsageError,
)
from core.model.outbox import Enqueued, Quota, WorkReport
from core.model.ports import Outgoing
from core.model.suppressions import Suppression
from core.services.feed.ingest import ingest
from core.services.integrity_check import check
from core.services.sending.outbox import Outbox
from core.services.sending.outbox_worker import Worker
from tests.conftest import Clock
from tests.core.db.books import document, entry, fact, new_email, one, put, tell
from tests.core.drafts import ANN, BOB, draft, words
from tests.core.mail_fakes import FakeAccount, FakeList, FakeMailer, office

THROTTLED = ThrottledError("SES said: Maximum sending rate exceeded.")


def documents(database: Database, count: int) -> list[DocumentRow]:
    return put(
        database,
        *(entry(f"INV-{n:03}", f"Customer {n}", f"to{n}@customer.example") for n in range(count)),
    )


def fill(desk: Outbox, rows: Sequence[DocumentRow]) -> Enqueued:
    drafts = [draft(row, f"to{n}@customer.example") for n, row in enumerate(rows)]
    return desk.enqueue(drafts, confirmed=False)


def state(database: Database, number: str) -> DisplayStatus:
    return document(database, number).summary.word


# --------------------------------------------------------------------------- putting in


def test_what_is_enqueued_is_written_down_at_once_and_sent_by_whoever_works_it(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer()
    desk, other = office(database, clock, mailer), office(database, clock, mailer, by="two")
    queued = fill(desk, documents(database, 5))
    assert len(queued.email_ids) == 5
    assert mailer.calls == []
    assert desk.progress(queued.batch_id).waiting == desk.waiting() == 5
    report = other.work()
    assert (report.sent, report.waiting) == (5, 0)
    assert sorted(mailer.recipients) == [f"to{n}@customer.example" for n in range(5)]
    progress = desk.progress(queued.batch_id)
    assert (progress.sent, progress.done, progress.total) == (5, 5, 5)
    assert other.work() == WorkReport()
    assert check(database).differences == ()


def test_the_bytes_the_tag_and_the_sender_are_those_that_were_written_down(
    database: Database, clock: Clock
) -> None:
    row, mailer = one(database), FakeMailer()
    desk = office(database, clock, mailer)
    desk.enqueue([draft(row, ANN, cc=(BOB,))], confirmed=False)
    office(database, clock, mailer, operator="ben", by="two").work()
    (email,) = history.emails_of(database.reader, row.id)
    kept = history.sent_bytes(database.reader, email.id)
    assert [call.mime for call in mailer.calls] == [kept, kept]
    tags = [each[0] for each in database.reader.rows("SELECT tag FROM deliveries ORDER BY id", {})]
    assert sorted(call.tag for call in mailer.calls) == sorted(tags)
    assert {call.sender for call in mailer.calls} == {"billing@outtray.example"}
    assert email.sent_by == "anna"


def test_what_the_gate_refuses_or_asks_about_is_left_out_with_its_verdict(
    database: Database, clock: Clock
) -> None:
    good, bad, doubtful = put(
        database,
        entry("INV-1", "One", "a@customer.example"),
        entry("INV-2", "Two", "b@customer.example"),
        entry("INV-3", "Three", "c@customer.example", status="PAID"),
    )
    listed = FakeList(Suppression("b@customer.example", "BOUNCE", clock.now, "ses"))
    desk = office(database, clock, None, listed)
    drafts = [
        draft(good, "a@customer.example"),
        draft(bad, "b@customer.example"),
        draft(doubtful, "c@customer.example", kind=EmailKind.FOLLOW_UP),
    ]
    queued = desk.enqueue(drafts, confirmed=False)
    assert len(queued.email_ids) == 1
    assert {e.document_id: e.verdict.decision for e in queued.left_out} == {
        bad.id: Decision.REFUSE,
        doubtful.id: Decision.ASK,
    }
    queued = desk.enqueue(drafts[1:], confirmed=True)
    assert len(queued.email_ids) == 1
    assert [e.document_id for e in queued.left_out] == [bad.id]


def test_what_a_colleague_wrote_since_the_gate_was_asked_is_left_out_as_overtaken(
    database: Database, clock: Clock
) -> None:
    row = one(database)
    desk = office(database, clock)
    approved = desk.approve(draft(row))
    office(database, clock, by="two").enqueue([draft(row)], confirmed=False)
    queued = desk.enqueue([approved, approved], confirmed=True)
    assert queued.email_ids == ()
    assert [each.is_overtaken for each in queued.left_out] == [True, True]


def test_one_document_twice_in_one_act_is_written_once(database: Database, clock: Clock) -> None:
    row = one(database)
    queued = office(database, clock).enqueue([draft(row), draft(row)], confirmed=True)
    assert (len(queued.email_ids), len(queued.left_out)) == (1, 1)


def test_a_batch_is_written_whole_or_not_at_all(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = documents(database, 60)
    desk, written = office(database, clock), []
    record_all = outbox.record_all

    def fail_at_the_third(*arguments: object, **more: object) -> object:
        written.append(1)
        if len(written) == 3:
            raise RuntimeError("the power went")
        return record_all(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "record_all", fail_at_the_third)
    with pytest.raises(RuntimeError):
        fill(desk, rows)
    assert database.reader.rows("SELECT count(*) FROM emails", {})[0][0] == 0


# --------------------------------------------------------------------------- leases


def test_two_programs_never_take_the_same_row(database: Database, clock: Clock) -> None:
    fill(office(database, clock), documents(database, 40))
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def take(name: str) -> None:
        barrier.wait()
        while True:
            lease = Lease(name, clock.now + timedelta(seconds=60))
            with database.transaction() as connection:
                mine = leases.reserve(connection, lease, clock.now, 3)
            if not mine:
                return
            taken.extend(each.delivery_id for each in mine)

    threads = [threading.Thread(target=take, args=(f"p{n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == len(set(taken)) == 40


def test_two_programs_at_work_at_once_send_everything_once(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer()
    fill(office(database, clock, mailer), documents(database, 30))
    desks = [office(database, clock, mailer, by=name) for name in ("one", "two")]
    threads = [threading.Thread(target=desk.work) for desk in desks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(mailer.recipients) == sorted(f"to{n}@customer.example" for n in range(30))
    assert check(database).differences == ()


def test_what_a_dead_program_had_taken_is_taken_by_another_when_its_lease_ends(
    database: Database, clock: Clock
) -> None:
    fill(office(database, clock), documents(database, 1))
    with database.transaction() as connection:
        lease = Lease("dead", clock.now + timedelta(seconds=60))
        assert len(leases.reserve(connection, lease, clock.now, 5)) == 1
    mailer = FakeMailer()
    other = office(database, clock, mailer, by="two")
    report = other.work()
    assert (mailer.calls, report.waiting) == ([], 1)
    assert report.next_at == clock.now + timedelta(seconds=60)
    clock.advance(seconds=61)
    assert other.work().sent == 1


def test_what_a_dead_program_was_sending_is_unconfirmed_and_never_sent_again(
    database: Database, clock: Clock
) -> None:
    fill(office(database, clock), documents(database, 1))
    lease = Lease("dead", clock.now + timedelta(seconds=60))
    with database.transaction() as connection:
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
        assert outbox.claim(connection, taken.delivery_id, clock.now, lease)
    clock.advance(seconds=61)
    mailer = FakeMailer()
    desk = office(database, clock, mailer, by="two")
    for _ in range(3):
        desk.work()
        clock.advance(hours=1)
    assert mailer.calls == []
    assert state(database, "INV-000") is DisplayStatus.UNCONFIRMED


def test_a_lease_is_renewed_while_a_slow_call_runs(database: Database, clock: Clock) -> None:
    fill(office(database, clock), documents(database, 1))
    lease = Lease("slow", clock.now + timedelta(seconds=60))
    with database.transaction() as connection:
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
        outbox.claim(connection, taken.delivery_id, clock.now, lease)
    clock.advance(seconds=50)
    with database.transaction() as connection:
        leases.renew(connection, Lease("slow", clock.now + timedelta(seconds=60)))
    clock.advance(seconds=50)
    with database.transaction() as connection:
        assert leases.expire(connection, clock.now) == 0


def test_the_renewal_runs_by_itself_during_the_call(
    sqlite_database: Database, clock: Clock
) -> None:
    """A real pause of a second, and a lease of a third of one."""
    seen: list[tuple[int, int]] = []

    def look(_: Outgoing) -> None:
        sql = "SELECT lease_until FROM deliveries"
        before = sqlite_database.reader.rows(sql, {})[0][0]
        clock.advance(seconds=30)
        renewed = threading.Event()
        for _attempt in range(200):
            if sqlite_database.reader.rows(sql, {})[0][0] > before:
                break
            renewed.wait(0.05)
        seen.append((before, sqlite_database.reader.rows(sql, {})[0][0]))

    desk = office(sqlite_database, clock, FakeMailer(look))
    ses_sender = desk._worker._ses_sender
    object.__setattr__(ses_sender, "lease_length", timedelta(seconds=0.3))
    fill(desk, documents(sqlite_database, 1))
    assert desk.work().sent == 1
    assert seen[0][1] > seen[0][0]


def test_a_program_that_was_held_up_past_its_lease_does_not_send_what_another_took(
    database: Database, clock: Clock
) -> None:
    fill(office(database, clock), documents(database, 1))
    mailer = FakeMailer()
    slow = office(database, clock, mailer, by="slow")
    with database.transaction() as connection:
        lease = Lease("slow", clock.now + timedelta(seconds=60))
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
    clock.advance(seconds=61)
    assert office(database, clock, mailer, by="two").work().sent == 1
    ses_sender = slow._worker._ses_sender
    assert ses_sender.hand_over(taken, "slow") is None
    assert len(mailer.calls) == 1


@pytest.mark.parametrize("answer", [THROTTLED, UnreachableError("SES cannot be reached.")])
def test_a_no_that_comes_after_the_lease_is_failed_and_not_queued_again(
    database: Database, clock: Clock, answer: Exception
) -> None:
    """Somebody may have acted on the UNCONFIRMED: sending it again could double it."""

    def too_late(_: Outgoing) -> None:
        clock.advance(seconds=61)
        with database.transaction() as connection:
            assert leases.expire(connection, clock.now) == 1
        raise answer

    fill(office(database, clock), documents(database, 1))
    office(database, clock, FakeMailer(too_late)).work()
    assert state(database, "INV-000") is DisplayStatus.FAILED


# --------------------------------------------------------------------------- answers


def test_throttling_slows_down_waits_and_is_tried_again_until_it_is_taken(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(THROTTLED, THROTTLED, THROTTLED)
    desk = office(database, clock, mailer, account=FakeAccount(Quota(14.0)))
    fill(desk, documents(database, 1))
    started, report = clock.now, desk.work()
    assert (report.later, report.waiting) == (1, 1)
    assert desk.per_second < 14
    (waiting,) = desk.entries()
    assert (waiting.word, waiting.tries) == (DisplayStatus.QUEUED, 1)
    assert "Maximum sending rate" in waiting.error
    pauses = []
    while report.waiting:
        assert report.next_at is not None
        pauses.append((report.next_at - clock.now).total_seconds())
        clock.now = report.next_at
        report = desk.work()
    assert report.sent == 1
    assert pauses == sorted(pauses)
    assert clock.now - started < timedelta(minutes=1)
    assert len({call.tag for call in mailer.calls}) == 1


@pytest.mark.parametrize("answer", [THROTTLED, UnreachableError("SES cannot be reached.")])
def test_what_is_never_taken_waits_however_old_it_grows(
    database: Database, clock: Clock, answer: Exception
) -> None:
    mailer = FakeMailer(*[answer] * 999)
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 1))
    started, report = clock.now, desk.work()
    while clock.now - started < timedelta(hours=30):
        assert report.next_at is not None
        clock.now = max(report.next_at, clock.now + timedelta(minutes=1))
        report = desk.work()
    (waiting,) = desk.entries()
    assert (waiting.word, len(mailer.calls) >= 20) == (DisplayStatus.QUEUED, True)
    mailer.answers.clear()
    clock.advance(minutes=11)
    assert desk.work().sent == 1


def test_a_network_that_is_down_is_tried_less_and_less_and_loses_nothing(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(*[UnreachableError("SES cannot be reached.")] * 8)
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 20))
    report = desk.work()
    assert len(mailer.calls) == 1  # the other nineteen would only meet the same
    assert report.words.startswith("SES cannot be reached. Trying again at")
    for _ in range(40):
        clock.advance(seconds=60)
        report = desk.work()
    assert report.waiting == 0
    assert len(mailer.calls) == 28
    assert state(database, "INV-019") is DisplayStatus.SENT


def test_credentials_that_have_run_out_leave_everything_waiting(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(*[CredentialsError("SES said: The security token is expired.")] * 2)
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 3))
    assert desk.work().waiting == 3
    clock.advance(minutes=5)
    desk.work()
    clock.advance(minutes=5)
    assert desk.work().waiting == 0


def test_a_refusal_is_failed_with_the_words_of_ses_and_the_rest_goes_on(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(RefusedError("SES said: Email address is not verified."))
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 3))
    report = desk.work()
    assert (report.failed, report.sent) == (1, 2)
    (failed,) = desk.entries()
    assert (failed.number, failed.word) == ("INV-000", DisplayStatus.FAILED)
    assert "not verified" in failed.error


def test_no_answer_is_unconfirmed_and_settled_by_our_tag(database: Database, clock: Clock) -> None:
    mailer = FakeMailer(UnansweredError("SES did not answer."))
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 1))
    assert desk.work().unconfirmed == 1
    assert [each.word for each in desk.entries()] == [DisplayStatus.UNCONFIRMED]
    (call,) = mailer.calls
    tell(database, fact("Send", "ses-x", tag=call.tag, recipient=call.recipient))
    assert desk.entries() == ()
    assert state(database, "INV-000") is DisplayStatus.SENT
    # From now on its message id is known, and what carries no tag finds it too.
    tell(database, fact("Delivery", "ses-x", 3, recipient=call.recipient))
    assert state(database, "INV-000") is DisplayStatus.DELIVERED


def test_the_days_quota_holds_everything_for_all_programs_and_says_until_when(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(QuotaUsedUpError("SES said: Daily message quota exceeded."))
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 3))
    report = desk.work()
    assert (report.sent, report.waiting) == (0, 3)
    assert "Daily message quota exceeded" in report.words
    assert "Trying again at" in report.words
    other = office(database, clock, mailer, by="two")
    assert other.work().sent == 0
    assert len(mailer.calls) == 1
    clock.advance(minutes=61)
    assert other.work().sent == 3


def test_a_quota_that_the_account_says_is_used_up_is_not_tried(
    database: Database, clock: Clock
) -> None:
    mailer, account = FakeMailer(), FakeAccount(Quota(14, per_day=200, sent_in_24_hours=200))
    desk = office(database, clock, mailer, account=account)
    fill(desk, documents(database, 2))
    report = desk.work()
    assert mailer.calls == []
    assert "200 emails of 24 hours are used up" in report.words
    account.answer = Quota(14, per_day=200, sent_in_24_hours=10)
    clock.advance(minutes=61)
    assert desk.work().sent == 2


def test_a_paused_account_is_not_called(database: Database, clock: Clock) -> None:
    mailer = FakeMailer()
    closed = FakeAccount(Quota(14, is_sending_enabled=False))
    desk = office(database, clock, mailer, account=closed)
    fill(desk, documents(database, 1))
    assert "SES has paused sending" in desk.work().words
    assert mailer.calls == []


def test_an_account_that_cannot_be_asked_is_sent_with_at_a_modest_rate(
    database: Database, clock: Clock
) -> None:
    silent = FakeAccount(UnreachableError("SES cannot be reached."))
    desk = office(database, clock, account=silent, lanes=1)
    fill(desk, documents(database, 5))
    started = clock.now
    assert desk.work().sent == 5
    assert desk.per_second == 1.0
    assert clock.now - started >= timedelta(seconds=4)


def test_the_account_is_asked_now_and_then_not_for_every_email(
    database: Database, clock: Clock
) -> None:
    account = FakeAccount()
    desk = office(database, clock, account=account, lanes=1)
    fill(desk, documents(database, 10))
    desk.work()
    assert account.asked == 1


# --------------------------------------------------------------------------- the last look


@pytest.mark.parametrize("spelling", ["to0@customer.example", "To0@Customer.example"])
def test_an_address_suppressed_since_it_was_queued_is_not_sent_to(
    database: Database, clock: Clock, spelling: str
) -> None:
    mailer, listed = FakeMailer(), FakeList()
    desk = office(database, clock, mailer, listed, lanes=1)
    fill(desk, documents(database, 3))
    clock.advance(minutes=30)
    listed.entries[spelling] = Suppression(spelling, "BOUNCE", clock.now, "ses")
    report = desk.work()
    assert (report.failed, report.sent) == (1, 2)
    (failed,) = desk.entries()
    assert failed.error.startswith("Suppressed since 20 Nov 2026")
    assert failed.error.endswith("nothing was sent.")


def test_an_entry_whose_reason_stops_nothing_fails_no_email(
    database: Database, clock: Clock
) -> None:
    listed = FakeList()
    desk = office(database, clock, FakeMailer(), listed, lanes=1)
    fill(desk, documents(database, 2))
    clock.advance(minutes=30)
    for address, ignored_by in (
        ("to0@customer.example", "the account"),
        ("To0@Customer.example", "the account"),
        ("to1@customer.example", ""),
    ):
        listed.entries[address] = Suppression(
            address, "BOUNCE", clock.now, "ses", ignored_by=ignored_by
        )
    report = desk.work()
    assert (report.failed, report.sent) == (1, 1)
    (failed,) = desk.entries()
    assert failed.address == "to1@customer.example"


def test_an_ineffective_entry_hides_no_other_of_the_same_address(
    database: Database, clock: Clock
) -> None:
    listed = FakeList()
    desk = office(database, clock, mailer := FakeMailer(), listed, lanes=1)
    fill(desk, documents(database, 1))
    stops = Suppression("to0@customer.example", "COMPLAINT", clock.now, "ses")
    ignored = Suppression(
        "To0@Customer.example", "BOUNCE", clock.now, "ses", ignored_by="the account"
    )
    listed.entries = {stops.address: stops, ignored.address: ignored}
    assert desk.work().failed == 1
    assert mailer.calls == []


def test_our_own_list_is_looked_at_as_well(database: Database, clock: Clock) -> None:
    desk = office(database, clock, mailer := FakeMailer())
    fill(desk, documents(database, 1))
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO suppressions (address_key, address, reason, since, added_by) VALUES"
            " ('to0@customer.example', 'to0@customer.example', 'asked us not to', 1, 'ben')"
        )
    assert desk.work().failed == 1
    assert "asked us not to" in desk.entries()[0].error
    assert mailer.calls == []


def test_a_list_that_cannot_be_asked_neither_sends_nor_gives_up(
    database: Database, clock: Clock
) -> None:
    mailer, listed = FakeMailer(), FakeList()
    desk = office(database, clock, mailer, listed)
    fill(desk, documents(database, 2))
    listed.failure = UnansweredError("SES did not answer.")
    assert desk.work().waiting == 2
    assert mailer.calls == []
    assert any("suppression list" in each.error for each in desk.entries())
    listed.failure = None
    clock.advance(minutes=2)
    assert desk.work().sent == 2


def test_where_the_list_may_not_be_listed_the_answer_of_the_gate_stands(
    database: Database, clock: Clock
) -> None:
    mailer, listed = FakeMailer(), FakeList()
    desk = office(database, clock, mailer, listed)
    fill(desk, documents(database, 2))
    listed.list_failure = NotPermittedError("SES said: not authorised.")
    listed.asked.clear()
    assert desk.work().sent == 2
    assert listed.asked == []  # never a question a mail


# --------------------------------------------------------------------------- decisions


def test_a_pause_holds_for_every_program_and_says_who_paused(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer()
    desk, other = office(database, clock, mailer), office(database, clock, mailer, operator="ben")
    fill(desk, documents(database, 2))
    other.pause("wrong\nprice list")
    report = desk.work()
    assert (mailer.calls, report.waiting) == ([], 2)
    assert report.words.startswith("Paused by ben since")
    assert report.words.endswith(": wrong price list")
    (hold,) = desk.overview().holds
    assert (hold.by, hold.words) == ("ben", "wrong price list")
    assert desk.resume()
    assert not desk.resume()
    assert desk.work().sent == 2


def test_what_is_sent_by_hand_while_it_is_paused_waits_too(
    database: Database, clock: Clock
) -> None:
    row, mailer = one(database), FakeMailer()
    desk = office(database, clock, mailer)
    desk.pause()
    outcome = desk._dispatch.send(draft(row), confirmed=False)
    assert words(outcome) == [DisplayStatus.QUEUED]
    assert "Paused by anna" in outcome.recipients[0].error
    assert mailer.calls == []
    desk.resume()
    assert desk.work().sent == 1


def test_a_pause_in_the_middle_stops_after_what_is_being_called(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(lambda _: desk.pause())
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 4))
    report = desk.work()
    assert (report.sent, report.waiting) == (1, 3)


def test_what_waits_can_be_cancelled_and_counts_as_never_sent(
    database: Database, clock: Clock
) -> None:
    rows = documents(database, 3)
    desk = office(database, clock, mailer := FakeMailer())
    queued = fill(desk, rows)
    first = desk.entries()[0]
    assert desk.cancel([first.delivery_id]) == 1
    assert desk.cancel([first.delivery_id]) == 0
    assert state(database, "INV-000") is DisplayStatus.NEVER_SENT
    (email,) = history.emails_of(database.reader, rows[0].id)
    assert email.recipients[0].state.word is DisplayStatus.CANCELLED
    assert email.recipients[0].error == "Cancelled by anna."
    assert desk.cancel_batch(queued.batch_id) == 2
    assert desk.work() == WorkReport()
    assert mailer.calls == []
    assert desk.progress(queued.batch_id).cancelled == 3
    assert desk._dispatch.check(draft(rows[0])).decision is Decision.ALLOW
    assert check(database).differences == ()


def test_what_is_being_sent_cannot_be_cancelled(database: Database, clock: Clock) -> None:
    cancelled: list[int] = []
    mailer = FakeMailer(lambda _: cancelled.append(desk.cancel([desk.entries()[0].delivery_id])))
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 1))
    assert desk.work().sent == 1
    assert cancelled == [0]


def test_what_was_cancelled_while_a_program_had_it_in_hand_is_not_sent(
    database: Database, clock: Clock
) -> None:
    fill(desk := office(database, clock, mailer := FakeMailer()), documents(database, 1))
    with database.transaction() as connection:
        lease = Lease("one", clock.now + timedelta(seconds=60))
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
    assert desk.cancel([taken.delivery_id]) == 1
    assert desk._worker._ses_sender.hand_over(taken, "one") is None
    assert mailer.calls == []


@pytest.fixture
def unknown(database: Database, clock: Clock) -> tuple[Outbox, FakeMailer]:
    mailer = FakeMailer(UnansweredError("SES did not answer."))
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 1))
    desk.work()
    return desk, mailer


@pytest.mark.parametrize(
    ("was_sent", "word"), [(True, DisplayStatus.SENT), (False, DisplayStatus.FAILED)]
)
def test_a_person_may_settle_what_nobody_knows_and_it_is_kept_who_and_why(
    database: Database,
    clock: Clock,
    unknown: tuple[Outbox, FakeMailer],
    was_sent: bool,
    word: DisplayStatus,
) -> None:
    desk, mailer = unknown
    (entry_,) = desk.entries()
    with pytest.raises(UsageError, match="how you know"):
        desk.settle(entry_.delivery_id, was_sent=was_sent, note=" ")
    desk.settle(entry_.delivery_id, was_sent=was_sent, note="asked Ann on the phone")
    assert state(database, "INV-000") is word
    (email,) = history.emails_of(database.reader, entry_.document_id)
    assert "says anna (20 Nov 2026" in email.recipients[0].error
    assert email.recipients[0].error.endswith("asked Ann on the phone")
    kept = database.reader.rows("SELECT acted_by, act, note FROM outbox_acts", {})
    act = "sent" if was_sent else "not_sent"
    assert list(map(tuple, kept)) == [("anna", act, "asked Ann on the phone")]
    with pytest.raises(NotFoundError, match="not unconfirmed"):
        desk.settle(entry_.delivery_id, was_sent=not was_sent, note="changed my mind")
    assert desk.work() == WorkReport()
    assert len(mailer.calls) == 1
    assert check(database).differences == ()


def test_a_report_of_ses_is_believed_over_what_a_person_said(
    database: Database, unknown: tuple[Outbox, FakeMailer]
) -> None:
    desk, mailer = unknown
    desk.settle(desk.entries()[0].delivery_id, was_sent=False, note="not in the sent folder")
    (call,) = mailer.calls
    tell(database, fact("Delivery", "ses-1", tag=call.tag, recipient=call.recipient))
    assert state(database, "INV-000") is DisplayStatus.DELIVERED
    assert desk.entries() == ()


def test_a_failed_email_can_be_written_again_with_its_files_and_thread(
    database: Database, clock: Clock
) -> None:
    row = one(database)
    mailer = FakeMailer(RefusedError("SES said: no."))
    desk = office(database, clock, mailer)
    pdf = AttachedFile("INV.pdf", "application/pdf", b"%PDF-1.4")
    first = draft(
        row,
        kind=EmailKind.FOLLOW_UP,
        attachments=(pdf,),
        in_reply_to="<a@b.example>",
        references=("<a@b.example>",),
    )
    desk.enqueue([first], confirmed=False)
    desk.work()
    again = desk.again(desk.entries()[0].delivery_id).draft
    (root, *rest) = again.references  # every email about a document names its thread
    assert again == replace(first, references=(root, *rest))
    assert (again.in_reply_to, rest) == ("<a@b.example>", ["<a@b.example>"])
    desk._dispatch.send(again, confirmed=True)
    assert desk.entries() == ()  # what was sent again is no open failure


# --------------------------------------------------------------------------- crashes


class Killed(BaseException):
    """The program is gone: nothing of it runs any more, not even its clean-up."""


@pytest.mark.parametrize("step", ["taken", "claimed", "called", "recorded"])
def test_a_program_killed_at_any_step_loses_and_doubles_nothing(
    database: Database, clock: Clock, step: str
) -> None:
    """What each step has committed is done; then another program takes over after the lease."""
    fill(office(database, clock), documents(database, 2))
    mailer, lease = FakeMailer(), Lease("dead", clock.now + timedelta(seconds=60))
    with database.transaction() as connection:
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
    if step != "taken":
        with database.transaction() as connection:
            outbox.claim(connection, taken.delivery_id, clock.now, lease)
    ses_sender = office(database, clock, mailer)._worker._ses_sender
    if step in ("called", "recorded"):
        ses_message_id = mailer.send(ses_sender._outgoing(taken))
    if step == "recorded":
        with database.transaction() as connection:
            outbox.accepted(connection, taken.delivery_id, ses_message_id, "eu-west-1", clock.now)
    clock.advance(seconds=61)
    office(database, clock, mailer, by="two").work()
    expected = {"taken": DisplayStatus.SENT, "recorded": DisplayStatus.SENT}.get(
        step, DisplayStatus.UNCONFIRMED
    )
    assert state(database, "INV-000") is expected
    assert state(database, "INV-001") is DisplayStatus.SENT
    assert len(mailer.recipients) == len(set(mailer.recipients))
    assert len(mailer.calls) == (1 if step == "claimed" else 2)
    assert check(database).differences == ()


def test_stopping_takes_nothing_more_and_gives_back_what_was_only_taken(
    database: Database, clock: Clock
) -> None:
    mailer = FakeMailer(lambda _: desk.stop())
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 3))
    assert desk.work().sent == 1
    assert office(database, clock, mailer, by="two").work().sent == 2


def test_a_delivery_whose_bytes_are_gone_is_failed_not_sent_empty(
    database: Database, clock: Clock
) -> None:
    row = one(database)
    with database.transaction() as connection:
        outbox.record(connection, new_email(row, at=clock.now, mime=None))
    desk = office(database, clock, mailer := FakeMailer())
    assert desk.work().failed == 1
    assert mailer.calls == []


def test_slow_answers_are_waited_for_by_their_own_thread_only(
    database: Database, clock: Clock
) -> None:
    together = threading.Barrier(3)

    def answer(_: Outgoing) -> None:
        together.wait(20)

    mailer = FakeMailer(answer, answer, answer)
    desk = office(database, clock, mailer)
    fill(desk, documents(database, 3))
    assert desk.work().sent == 3


def test_a_worker_is_named_in_what_it_has_in_hand(database: Database, clock: Clock) -> None:
    seen: list[str] = []
    mailer = FakeMailer(lambda _: seen.append(desk.entries()[0].held_by))
    desk = office(database, clock, mailer, by="host:1:abc")
    fill(desk, documents(database, 1))
    desk.work()
    assert seen == ["host:1:abc"]
    assert isinstance(desk._worker, Worker)


def _notification(header_id: str, recipient: str) -> str:
    """What an identity tells of a bounce, headers included: no tag, but our Message-ID."""
    return json.dumps(
        {
            "notificationType": "Bounce",
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {"emailAddress": recipient, "action": "failed", "status": "5.1.1"}
                ],
                "timestamp": "2026-11-20T14:05:00.000Z",
                "feedbackId": "f-1",
            },
            "mail": {
                "timestamp": "2026-11-20T14:00:00.000Z",
                "source": "billing@outtray.example",
                "messageId": "0102-real-id",
                "destination": [recipient],
                "commonHeaders": {"messageId": header_id, "to": ["a@x.example", "b@x.example"]},
            },
        }
    )


@pytest.mark.parametrize("known", [True, False])
def test_a_lost_answer_is_settled_by_an_identitys_notification_through_our_message_id(
    database: Database, clock: Clock, known: bool
) -> None:
    row = one(database)
    mailer = FakeMailer(UnansweredError("?"), UnansweredError("?"))
    desk = office(database, clock, mailer, lanes=1)
    desk.enqueue([draft(row, "a@x.example", "b@x.example")], confirmed=False)
    assert desk.work().unconfirmed == 2
    header_id = database.reader.rows("SELECT message_id FROM emails", {})[0][0]
    told = _notification(header_id if known else "<other@x.example>", "b@x.example")
    ingest(database, [told], "queue", clock)
    (email,) = history.emails_of(database.reader, row.id)
    assert [each.state.word for each in email.recipients] == [
        DisplayStatus.UNCONFIRMED,
        DisplayStatus.BOUNCED if known else DisplayStatus.UNCONFIRMED,
    ]
    assert check(database).differences == ()


# --------------------------------------------------------------------------- limits, senders


def test_more_recipients_than_ses_takes_are_refused_in_words(
    database: Database, clock: Clock
) -> None:
    row = one(database)
    many = tuple(f"to{n}@customer.example" for n in range(51))
    verdict = office(database, clock)._dispatch.check(draft(row, *many))
    (found,) = [f for f in verdict.findings if f.code == "too_many_recipients"]
    assert verdict.decision is Decision.REFUSE
    assert "51 recipients" in found.title
    assert "takes 50" in found.detail
    verdict = office(database, clock)._dispatch.check(draft(row, *many[:50]))
    assert "too_many_recipients" not in {f.code for f in verdict.findings}


def test_the_size_that_is_judged_is_that_of_the_message(database: Database, clock: Clock) -> None:
    row = one(database)
    for size, refused in ((29 * 1024 * 1024, False), (31 * 1024 * 1024, True)):
        file = AttachedFile("big.bin", "application/octet-stream", b"x" * size)
        big = draft(row, attachments=(file,))
        made = len(compose(big, "billing@outtray.example", "<a@b.example>", clock.now))
        assert made <= size_of(big) < made + 10_000
        verdict = office(database, clock)._dispatch.check(big)
        assert ("too_large" in {f.code for f in verdict.findings}) is refused
        assert (made > 40 * 1024 * 1024) is refused


def test_a_sender_with_an_international_domain_travels_in_ascii(
    database: Database, clock: Clock
) -> None:
    row, mailer = one(database), FakeMailer()
    desk = office(database, clock, mailer)
    dispatch = replace(desk._dispatch, sender="Büro <Rechnung@zürich.example>")
    assert words(dispatch.send(draft(row), confirmed=False)) == [DisplayStatus.SENT]
    (call,) = mailer.calls
    assert call.sender == "Rechnung@xn--zrich-kva.example"
    assert b"<Rechnung@xn--zrich-kva.example>" in call.mime


def test_an_answer_is_written_down_even_if_the_database_is_busy_at_first(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted, tries = outbox.accepted, []

    def busy_twice(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseBusyError("Another program holds the database.")
        accepted(*arguments)

    monkeypatch.setattr(outbox, "accepted", busy_twice)
    desk = office(database, clock, mailer := FakeMailer())
    fill(desk, documents(database, 1))
    assert desk.work().sent == 1
    assert len(mailer.calls) == 1
