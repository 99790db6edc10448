"""The brake between programs that share a database: what an outage costs, and how it ends."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from core.db.engine import Database
from core.db.writes import brake, leases, outbox
from core.db.writes.outbox import Lease
from core.model.enums import DisplayStatus, Status
from core.model.errors import (
    FalseAnswerError,
    NotPermittedError,
    RefusedError,
    ServiceError,
    UnansweredError,
    UnreachableError,
)
from core.model.outbox import Quota
from core.model.ports import Outgoing
from core.rules.sending.brake import Phase
from core.services.sending.outbox import Outbox
from tests.conftest import Clock
from tests.core.db.books import one
from tests.core.drafts import draft, words
from tests.core.mail_fakes import FAST, FakeAccount, FakeMailer, office
from tests.core.services.sending.test_outbox import documents, fill

DOWN = UnansweredError("SES said: Internal failure.", "Wait for its report.")
LOGIN_PAGE = FalseAnswerError("Something answered in the place of SES.", "Log in.")


class Outage(FakeMailer):
    """Answers every call with the same error until it ends."""

    def __init__(self, error: Exception | None = DOWN) -> None:
        super().__init__()
        self.error = error
        self.spent = 0

    def send(self, outgoing: Outgoing) -> str:
        if self.error is not None:
            self.spent += 1
            raise self.error
        return super().send(outgoing)


def counted(desk: Outbox) -> dict[DisplayStatus, int]:
    found: dict[DisplayStatus, int] = {}
    for entry in desk.entries():
        found[entry.word] = found.get(entry.word, 0) + 1
    return found


def live(desks: list[Outbox], clock: Clock, **by: float) -> None:
    """Let every program look as often as it would, for that long."""
    end = clock.now + timedelta(**by)
    while clock.now < end:
        for desk in desks:
            desk.work()
        clock.advance(seconds=20)


@pytest.mark.parametrize(("error", "most"), [(DOWN, 5), (LOGIN_PAGE, 5)])
def test_two_programs_spend_five_emails_at_most_in_two_hours_and_go_on_by_themselves(
    database: Database, clock: Clock, error: Exception, most: int
) -> None:
    mailer = Outage(error)
    desks = [office(database, clock, mailer, by=name, lanes=1) for name in ("one", "two")]
    fill(desks[0], documents(database, 40))
    live(desks, clock, hours=2)
    assert mailer.spent <= most
    assert counted(desks[0]) == {
        DisplayStatus.UNCONFIRMED: mailer.spent,
        DisplayStatus.QUEUED: 40 - mailer.spent,
    }
    mailer.error = None
    live(desks, clock, hours=1, minutes=1)
    assert desks[0].waiting() == 0
    assert len(mailer.calls) == len(set(mailer.recipients)) == 40 - mailer.spent


def test_the_third_pulls_it_for_all_programs_and_says_why_since_when_and_what_next(
    database: Database, clock: Clock
) -> None:
    mailer = Outage()
    desk, other = (office(database, clock, mailer, by=name, lanes=1) for name in ("one", "two"))
    fill(desk, documents(database, 6))
    began, report = clock.now, desk.work()
    assert (report.unconfirmed, report.waiting, mailer.spent) == (3, 3, 3)
    assert report.words.startswith(f"Sending is on hold since {began.astimezone():%d %b, %H:%M}:")
    assert "took the last 3 emails. SES said: Internal failure." in report.words
    assert report.words.endswith("Resume tries it at once.")
    assert other.work().words == report.words
    (hold,) = other.overview().holds
    assert (hold.name, hold.until, hold.retry_at) == (
        "brake",
        None,
        clock.now + timedelta(minutes=1),
    )
    assert mailer.spent == 3


def test_one_false_yes_pulls_it_and_the_rest_of_a_direct_send_waits(
    database: Database, clock: Clock
) -> None:
    desk = office(database, clock, Outage(LOGIN_PAGE))
    sent = desk._dispatch.send(draft(one(database), "a@x.example", "b@x.example"), confirmed=False)
    assert words(sent) == [DisplayStatus.UNCONFIRMED, DisplayStatus.QUEUED]
    later = desk._dispatch.send(draft(one(database, number="INV-2")), confirmed=False)
    assert words(later) == [DisplayStatus.QUEUED]
    assert "on hold" in later.recipients[0].error


class EveryOther(FakeMailer):
    """Fails every other call, so that it is never three in a row, and counts who calls at once."""

    def __init__(self) -> None:
        super().__init__()
        self.calling, self.most, self.taken = 0, 0, 0

    def send(self, outgoing: Outgoing) -> str:
        with self._lock:
            self.calling += 1
            self.most = max(self.most, self.calling)
            self.taken += 1
            fails = self.taken % 2 == 0
        time.sleep(0.03)
        with self._lock:
            self.calling -= 1
        if fails:
            raise DOWN
        return super().send(outgoing)


def test_after_a_failure_two_programs_with_four_lanes_each_call_one_at_a_time(
    database: Database, clock: Clock
) -> None:
    desk = office(database, clock, FakeMailer(DOWN), lanes=1)
    fill(desk, documents(database, 12))
    assert desk._worker.step().unconfirmed == 1
    assert brake.read(database.reader).phase is Phase.CAREFUL
    mailer = EveryOther()
    mailer.taken = 1  # it begins with a failure, so that nothing is clear before that
    desks = [office(database, clock, mailer, by=name) for name in ("one", "two")]
    threads = [threading.Thread(target=each._worker.step) for each in desks for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert mailer.taken > 1
    assert mailer.most == 1


def test_an_email_is_not_claimed_while_another_program_calls_in_careful_times(
    database: Database, clock: Clock
) -> None:
    desk = office(database, clock, FakeMailer(DOWN), lanes=1)
    fill(desk, documents(database, 3))
    assert desk._worker.step().unconfirmed == 1
    lease = Lease("elsewhere", clock.now + timedelta(seconds=60))
    with database.transaction() as connection:
        (theirs,) = leases.reserve(connection, lease, clock.now, 1)
        assert outbox.claim(connection, theirs.delivery_id, clock.now, lease)
    mailer = FakeMailer()
    waiting = office(database, clock, mailer, by="two")
    ses_sender = waiting._worker._ses_sender
    with database.transaction() as connection:
        (taken,) = leases.reserve(connection, Lease("two", lease.until), clock.now, 1)
    assert ses_sender.hand_over(taken, "two") is Status.QUEUED
    assert mailer.calls == []
    assert [e.error for e in waiting.entries() if e.delivery_id == taken.delivery_id] == [
        "SES did not answer clearly just now, so one email goes at a time."
    ]
    with database.transaction() as connection:
        outbox.accepted(connection, theirs.delivery_id, "ses-x", "eu-west-1", clock.now)
    assert waiting.work().sent == 1


@pytest.mark.parametrize(
    ("told", "goes_on"),
    [
        (FAST, True),
        (NotPermittedError("SES said: not authorized to perform ses:GetAccount."), True),
        (UnreachableError("SES cannot be reached."), False),
        (LOGIN_PAGE, False),
    ],
)
def test_the_account_is_asked_before_an_email_is_risked(
    database: Database, clock: Clock, told: Quota | ServiceError, goes_on: bool
) -> None:
    mailer, account = Outage(), FakeAccount()
    desk = office(database, clock, mailer, account=account, lanes=1)
    fill(desk, documents(database, 5))
    desk.work()
    mailer.error, account.answer = None, told
    desk.work()
    assert mailer.calls == []  # a minute has not passed
    clock.advance(seconds=61)
    assert (desk.work().sent == 2) is goes_on
    assert bool(mailer.calls) is goes_on


def test_a_person_may_try_at_once_with_one_email_and_no_more(
    database: Database, clock: Clock
) -> None:
    mailer = Outage()
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 8))
    desk.work()
    assert mailer.spent == 3
    assert desk.resume()
    desk.work()
    assert mailer.spent == 4
    (hold,) = desk.overview().holds
    assert hold.retry_at == clock.now + timedelta(hours=1)
    mailer.error = None
    assert desk.resume()
    assert desk.work().sent == 4
    assert desk.overview().holds == ()
    assert not desk.resume()


def test_a_pause_of_a_person_is_never_released_by_the_brake(
    database: Database, clock: Clock
) -> None:
    mailer = Outage()
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 5))
    desk.work()
    desk.pause("wrong prices")
    mailer.error = None
    live([desk], clock, hours=3)
    assert mailer.calls == []
    assert "pause" in {hold.name for hold in desk.overview().holds}
    desk.resume()
    assert desk.work().sent == 2


def test_a_refusal_by_ses_itself_lets_the_brake_go(database: Database, clock: Clock) -> None:
    mailer = Outage()
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 5))
    desk.work()
    mailer.error = None
    mailer.answers = [RefusedError("SES said: Email address is not verified.")]
    clock.advance(seconds=61)
    report = desk.work()
    assert (report.failed, report.sent) == (1, 1)


def test_an_email_that_did_not_get_there_is_tried_again_within_minutes(
    database: Database, clock: Clock
) -> None:
    mailer = Outage()
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 5))
    desk.work()
    mailer.error = UnreachableError("SES cannot be reached.")
    clock.advance(seconds=61)
    desk.work()
    mailer.error = None
    live([desk], clock, minutes=5)
    assert len(mailer.calls) == 2
    assert counted(desk) == {DisplayStatus.UNCONFIRMED: 3}


def test_a_program_that_dies_with_the_one_email_holds_nobody_for_ever(
    database: Database, clock: Clock
) -> None:
    mailer = Outage()
    desk = office(database, clock, mailer, lanes=1)
    fill(desk, documents(database, 5))
    desk.work()
    clock.advance(seconds=61)
    ses_sender = desk._worker._ses_sender
    ses_sender.brake.look(lambda: None)
    lease = Lease("dead", clock.now + timedelta(seconds=60))
    with database.transaction() as connection:
        (taken,) = leases.reserve(connection, lease, clock.now, 1)
        assert outbox.claim(connection, taken.delivery_id, clock.now, lease)
        assert ses_sender.brake.admit(connection, taken.delivery_id) is not None
    assert brake.read(database.reader).phase is Phase.TRYING
    mailer.error = None
    live([desk], clock, hours=1, minutes=10)
    assert len(mailer.calls) == 1
    assert counted(desk) == {DisplayStatus.UNCONFIRMED: 4}


def test_answers_to_calls_under_way_when_the_first_failed_do_not_let_it_go(
    database: Database, clock: Clock
) -> None:
    desk = office(database, clock, FakeMailer(), lanes=1)
    fill(desk, documents(database, 2))
    ses_sender = desk._worker._ses_sender
    with database.transaction() as connection:
        lease = ses_sender.lease("one")
        early, late = leases.reserve(connection, lease, clock.now, 2)
        for each in (early, late):
            assert outbox.claim(connection, each.delivery_id, clock.now, lease)
        epoch = ses_sender.brake.admit(connection, late.delivery_id)
    assert epoch is not None
    ses_sender._unanswered(early, DOWN)
    ses_sender._accepted(late, "ses-1", epoch)
    assert brake.read(database.reader).phase is Phase.CAREFUL


def test_a_test_to_oneself_counts_and_is_held_back_as_well(
    database: Database, clock: Clock
) -> None:
    row, mailer = one(database), Outage()
    dispatch = office(database, clock, mailer)._dispatch
    for _ in range(3):
        with pytest.raises(UnansweredError):
            dispatch.send_test(draft(row), "me@outtray.example")
    held = dispatch.send_test(draft(row), "me@outtray.example")
    assert "on hold" in held.stopped_by
    assert mailer.spent == 3
