"""SES has it and the database has not: told as it is, written later, and sent by nobody again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.writes import leases, outbox
from core.model.documents import DocumentRow
from core.model.email import SendOutcome
from core.model.enums import DisplayStatus
from core.model.errors import (
    DatabaseError,
    OuttrayError,
    RefusedError,
    ThrottledError,
    UnansweredError,
    UncertainCommitError,
    UnrecordedError,
)
from core.model.ports import Outgoing
from core.services.sending.dispatch import Dispatch
from core.services.sending.ses_handover import SesSender
from tests.conftest import Clock, PostgresServer
from tests.core.db.books import document, one
from tests.core.drafts import ANN, BOB, draft, words
from tests.core.lost_commit import LostCommit
from tests.core.mail_fakes import FakeList, FakeMailer, office, ses_sender

FALSE = ("half-written", "othing was", "ry again")


class Disk:
    """The file of a database, which can be taken away and put back."""

    def __init__(self, database: Database) -> None:
        assert database.path is not None
        self._path, self._away = database.path, database.path.with_name("away.db")

    def take_away(self, _: Outgoing | None = None) -> None:
        self._path.rename(self._away)

    def put_back(self) -> None:
        self._away.rename(self._path)


@pytest.fixture
def disk(sqlite_database: Database) -> Disk:
    return Disk(sqlite_database)


def desk(database: Database, mailer: FakeMailer, clock: Clock) -> Dispatch:
    return Dispatch(
        database=database,
        suppression_list=FakeList(),
        clock=clock,
        sender="Outtray <billing@outtray.example>",
        operator="anna",
        ses_sender=ses_sender(database, mailer, clock),
    )


def says_nothing_false(text: str) -> bool:
    return not any(each in text for each in FALSE)


def then(first: Callable[[], object], error: OuttrayError) -> Callable[[Outgoing], None]:
    """A call during which something happens, and which is answered with an error."""

    def answer(_: Outgoing) -> None:
        first()
        raise error

    return answer


# --------------------------------------------------------------------------- a direct send


def test_a_database_that_is_lost_after_ses_accepted_is_told_as_that(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    row, mailer = one(sqlite_database), FakeMailer(disk.take_away)
    outcome = desk(sqlite_database, mailer, clock).send(draft(row), confirmed=False)
    (recipient,) = outcome.recipients
    assert (recipient.status, recipient.is_recorded) == (DisplayStatus.UNCONFIRMED, False)
    assert recipient.error.startswith("SES has it. The record could not be kept: The database")
    assert "Do not send it again" in recipient.error
    assert says_nothing_false(recipient.error)


def test_it_is_sent_with_its_id_as_soon_as_the_database_is_back(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    row, mailer = one(sqlite_database), FakeMailer(disk.take_away)
    sending = desk(sqlite_database, mailer, clock)
    sending.send(draft(row), confirmed=False)
    disk.put_back()
    assert sending.ses_sender.records.close(5)
    assert document(sqlite_database).summary.word is DisplayStatus.SENT
    ((message_id,),) = sqlite_database.reader.rows("SELECT ses_message_id FROM deliveries", {})
    assert message_id == "ses-1"


def test_the_program_goes_on_trying_by_itself(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    row, mailer = one(sqlite_database), FakeMailer(disk.take_away)
    sending = desk(sqlite_database, mailer, clock)
    sending.send(draft(row), confirmed=False)
    thread = sending.ses_sender.records._thread
    disk.put_back()
    assert thread is not None
    thread.join(20)
    assert document(sqlite_database).summary.word is DisplayStatus.SENT


def test_what_nobody_could_write_is_unconfirmed_when_its_lease_is_over(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    row, mailer = one(sqlite_database), FakeMailer(disk.take_away)
    sending = desk(sqlite_database, mailer, clock)
    sending.send(draft(row), confirmed=False)
    sending.ses_sender.records._closed.set()
    sending.ses_sender.records._waiting.clear()  # the program is killed
    disk.put_back()
    assert document(sqlite_database).summary.word is DisplayStatus.SENDING
    clock.advance(hours=1)
    other = desk(sqlite_database, FakeMailer(), clock)
    assert other.recover() == 1
    assert document(sqlite_database).summary.word is DisplayStatus.UNCONFIRMED


@pytest.mark.parametrize(
    ("error", "status", "after"),
    [
        (
            UnansweredError("SES did not answer in time."),
            DisplayStatus.UNCONFIRMED,
            DisplayStatus.UNCONFIRMED,
        ),
        (RefusedError("SES said: not verified."), DisplayStatus.FAILED, DisplayStatus.FAILED),
        (ThrottledError("SES asks for a pause."), DisplayStatus.QUEUED, DisplayStatus.QUEUED),
    ],
    ids=["no answer", "a no", "not now"],
)
def test_every_answer_is_kept_until_it_can_be_written(
    sqlite_database: Database,
    disk: Disk,
    clock: Clock,
    error: OuttrayError,
    status: DisplayStatus,
    after: DisplayStatus,
) -> None:
    row = one(sqlite_database)
    sending = desk(sqlite_database, FakeMailer(then(disk.take_away, error)), clock)
    outcome = sending.send(draft(row), confirmed=False)
    assert words(outcome) == [status]
    assert "The record could not be kept" in outcome.recipients[0].error
    disk.put_back()
    assert sending.ses_sender.records.close(5)
    assert document(sqlite_database).summary.word is after


def test_nobody_else_gets_it_while_the_first_answer_is_not_written(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    row, mailer = one(sqlite_database), FakeMailer(disk.take_away)
    outcome = desk(sqlite_database, mailer, clock).send(draft(row, ANN, BOB), confirmed=False)
    assert mailer.recipients == [ANN]
    assert words(outcome) == [DisplayStatus.UNCONFIRMED, DisplayStatus.QUEUED]


def test_a_database_that_fails_before_the_call_calls_nobody(
    sqlite_database: Database, disk: Disk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim(*_: object) -> bool:
        disk.take_away()
        raise sqlite3.OperationalError("database or disk is full")

    row, mailer = one(sqlite_database), FakeMailer()
    monkeypatch.setattr(outbox, "claim", claim)
    outcome = desk(sqlite_database, mailer, clock).send(draft(row), confirmed=False)
    assert (mailer.calls, words(outcome)) == ([], [DisplayStatus.QUEUED])
    assert "database or disk is full" in outcome.recipients[0].error


def test_an_answer_is_not_written_into_another_database(
    sqlite_database: Database, disk: Disk, clock: Clock, migrated_file: Path
) -> None:
    sending = desk(sqlite_database, FakeMailer(disk.take_away), clock)
    sending.send(draft(one(sqlite_database)), confirmed=False)
    path = sqlite_database.path
    assert path is not None
    for log in ("-wal", "-shm"):  # of the one that is away
        path.with_name(f"{path.name}{log}").unlink()
    path.write_bytes(migrated_file.read_bytes())
    other = desk(sqlite_database, FakeMailer(RefusedError("SES said: no.")), clock)
    other.send(draft(one(sqlite_database)), confirmed=False)
    assert sending.ses_sender.records.close(5)
    assert document(sqlite_database).summary.word is DisplayStatus.FAILED


# --------------------------------------------------------------------------- the outbox


def test_a_worker_says_that_ses_has_it_and_sends_nothing_more(
    sqlite_database: Database, disk: Disk, clock: Clock
) -> None:
    mailer = FakeMailer(disk.take_away)
    outbox_ = office(sqlite_database, clock, mailer, lanes=1)
    row = one(sqlite_database)
    outbox_.enqueue([draft(row, ANN, BOB)], confirmed=False)
    with pytest.raises(UnrecordedError, match=r"SES has it\. The record could not be kept") as told:
        outbox_.work()
    assert says_nothing_false(str(told.value))
    with pytest.raises(DatabaseError):
        outbox_.work()
    assert mailer.recipients == [ANN]
    disk.put_back()
    assert outbox_.work().sent == 1
    assert mailer.recipients == [ANN, BOB]
    assert {e.word for e in outbox_.deliveries([1])} == {DisplayStatus.SENT}


# --------------------------------------------------------------------------- sending again


@pytest.fixture(params=["waits", "is being sent", "nobody knows"])
def unended(request: pytest.FixtureRequest, database: Database, clock: Clock) -> DocumentRow:
    """A document with an email that may still leave, or may have left."""
    row = one(database)
    office(database, clock).enqueue([draft(row)], confirmed=False)
    with database.transaction() as connection:
        if request.param != "waits":
            lease = outbox.Lease("gone", clock() + timedelta(seconds=60))
            assert outbox.claim(connection, 1, clock(), lease)
        if request.param == "nobody knows":
            leases.expire(connection, clock() + timedelta(hours=1))
    return row


def test_yes_alone_does_not_send_what_may_be_on_its_way(
    database: Database, clock: Clock, unended: DocumentRow
) -> None:
    mailer = FakeMailer()
    outcome = desk(database, mailer, clock).send(draft(unended), confirmed=True)
    assert (outcome.email_id, mailer.calls) == (None, [])
    queued = office(database, clock).enqueue([draft(unended)], confirmed=True)
    assert (queued.email_ids, len(queued.left_out)) == ((), 1)


def test_again_does(database: Database, clock: Clock, unended: DocumentRow) -> None:
    sending = desk(database, FakeMailer(), clock)
    outcome = sending.send(draft(unended), confirmed=True, again=True)
    assert words(outcome) == [DisplayStatus.SENT]


def test_again_answers_no_other_question(
    database: Database, clock: Clock, unended: DocumentRow
) -> None:
    sending = desk(database, FakeMailer(), clock)
    assert sending.send(draft(unended), confirmed=False, again=True).email_id is None


def test_what_a_person_settled_can_be_sent_with_yes(database: Database, clock: Clock) -> None:
    row = one(database)
    sending = desk(database, FakeMailer(UnansweredError("no answer")), clock)
    sending.send(draft(row), confirmed=False)
    office(database, clock).settle(1, was_sent=False, note="asked them")
    assert words(sending.send(draft(row), confirmed=True)) == [DisplayStatus.SENT]


# --------------------------------------------------------------------------- a lost commit


@pytest.fixture
def lost(postgres: PostgresServer) -> Iterator[LostCommit]:
    name = postgres.create()
    with LostCommit(postgres.url(name)) as proxy:
        yield proxy
    postgres.drop(name)


def test_a_commit_whose_answer_is_lost_is_not_called_a_failure(lost: LostCommit) -> None:
    database = Database(lost.url)
    row = one(database)
    lost.next_commit()
    with pytest.raises(UncertainCommitError) as told, database.transaction() as connection:
        connection.exec_driver_sql("UPDATE documents SET status = 'PAID'")
    assert says_nothing_false(str(told.value))
    assert "may or may not be saved" in str(told.value)
    assert documents.document(database.reader, row.id).status == "PAID"  # type: ignore[union-attr]
    database.close()


def test_an_answer_of_ses_whose_commit_is_lost_is_written_once(
    lost: LostCommit, clock: Clock
) -> None:
    database, mailer = Database(lost.url), FakeMailer(lambda _: lost.next_commit())
    row = one(database)
    outcome = desk(database, mailer, clock).send(draft(row), confirmed=False)
    assert words(outcome) == [DisplayStatus.SENT]
    assert (len(mailer.calls), lost.lost) == (1, 1)
    database.close()


def test_a_refusal_for_now_whose_commit_is_lost_gives_it_back_once(
    lost: LostCommit, clock: Clock
) -> None:
    database = Database(lost.url)
    mailer = FakeMailer(then(lost.next_commit, ThrottledError("not now")))
    outcome = desk(database, mailer, clock).send(draft(one(database)), confirmed=False)
    assert (words(outcome), lost.lost) == ([DisplayStatus.QUEUED], 1)
    assert database.reader.rows("SELECT tries FROM deliveries", {}) == [(1,)]
    database.close()


def test_a_claim_whose_commit_is_lost_calls_nobody(lost: LostCommit, clock: Clock) -> None:
    database, mailer = Database(lost.url), FakeMailer()
    sending, row = desk(database, mailer, clock), one(database)
    real = SesSender.lease

    def lease(self: SesSender, by: str) -> outbox.Lease:
        if database.reader.rows("SELECT 1 FROM emails", {}):
            lost.next_commit()  # the next one is that of the claim
        return real(self, by)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SesSender, "lease", lease)
        outcome: SendOutcome = sending.send(draft(row), confirmed=False)
    assert (mailer.calls, lost.lost) == ([], 1)
    assert words(outcome) in ([DisplayStatus.QUEUED], [DisplayStatus.SENDING])
    clock.advance(hours=1)
    sending.recover()
    assert document(database).summary.word is DisplayStatus.UNCONFIRMED
    database.close()
