"""What waits in the queue is joined into one commit, and deleted only after it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.db.engine import Database
from core.model.errors import DatabaseError, UnreachableError
from core.model.ports import QueueMessage
from core.services.feed import ingest
from tests.conftest import Clock

WORDS = "no payload of SES"


class Queue:
    """Gives prepared answers in turn; an error among them is raised."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.waits: list[int] = []
        self.given = 0
        self.deleted: list[str] = []

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        self.waits.append(wait_seconds)
        answer = self.answers.pop(0) if self.answers else 0
        if isinstance(answer, Exception):
            raise answer
        self.given += answer
        numbers = range(self.given - answer, self.given)
        return [QueueMessage(f"receipt {n}", f"{WORDS} {n}") for n in numbers]

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        self.deleted += [message.receipt for message in messages]

    def waiting(self) -> int | None:
        return None

    def dead_letters(self) -> int | None:
        return None


def kept(database: Database) -> int:
    ((count,),) = database.reader.rows("SELECT count(*) FROM quarantine", {})
    return int(count)


def test_full_answers_are_followed_by_more_and_stored_together(
    sqlite_database: Database, clock: Clock
) -> None:
    queue = Queue(10, 10, 4, 10)
    report = ingest.pull(sqlite_database, queue, clock, 20)
    assert (report.read, report.quarantined) == (24, 24)
    assert queue.waits == [20, 0, 0], "only the first one waits"
    assert len(queue.deleted) == 24
    assert kept(sqlite_database) == 24


def test_a_single_message_is_stored_at_once(sqlite_database: Database, clock: Clock) -> None:
    queue = Queue(1, 10)
    assert ingest.pull(sqlite_database, queue, clock, 20).read == 1
    assert queue.waits == [20]


def test_a_flood_is_stored_in_pieces(sqlite_database: Database, clock: Clock) -> None:
    queue = Queue(*[10] * 150)
    assert ingest.pull(sqlite_database, queue, clock, 20).read in range(11, 1_001)


def test_an_error_in_between_does_not_hold_up_what_is_here(
    sqlite_database: Database, clock: Clock
) -> None:
    queue = Queue(10, UnreachableError("The network is down."))
    assert ingest.pull(sqlite_database, queue, clock, 20).read == 10
    assert (kept(sqlite_database), len(queue.deleted)) == (10, 10)


def test_nothing_is_deleted_without_a_commit(sqlite_database: Database, clock: Clock) -> None:
    with sqlite_database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE quarantine")
    queue = Queue(10, 10, 1)
    with pytest.raises(DatabaseError):
        ingest.pull(sqlite_database, queue, clock, 20)
    assert queue.deleted == []
