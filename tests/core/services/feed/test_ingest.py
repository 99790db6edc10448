"""The queue is emptied only of what is committed, and one bad body holds up no other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.aws.events.parser import OUR_TAG
from core.db.engine import Database, UnstorableError
from core.db.lists import documents
from core.db.writes import events
from core.db.writes import feed as quarantine
from core.model.enums import DisplayStatus
from core.model.errors import (
    DatabaseBusyError,
    DatabaseError,
    InputError,
    ServiceError,
    UnansweredError,
)
from core.model.ports import QueueMessage
from core.model.reports import IngestReport
from core.services.feed import ingest
from core.services.integrity_check import check
from tests.conftest import Clock
from tests.core.db.books import Written, document, new_email, one, record, sent


def event(kind: str, written: Written, *, tagged: bool = True, **details: Any) -> str:
    own = {"Bounce": "bounce", "Delivery": "delivery"}[kind]
    mail = {
        "timestamp": "2026-11-20T14:00:00.000Z",
        "messageId": written.message_ids[0],
        "destination": ["ann@customer.example"],
        **({"tags": {OUR_TAG: [written.tags[0]]}} if tagged else {}),
    }
    body = {"timestamp": "2026-11-20T14:01:00.000Z", **details}
    return json.dumps(
        {"eventType" if tagged else "notificationType": kind, "mail": mail, own: body}
    )


def delivery(written: Written, **changes: Any) -> str:
    return event("Delivery", written, recipients=["ann@customer.example"], **changes)


def bounce(written: Written, **changes: Any) -> str:
    return event(
        "Bounce",
        written,
        bounceType="Permanent",
        bounceSubType="General",
        feedbackId="f-1",
        bouncedRecipients=[{"emailAddress": "ann@customer.example", "diagnosticCode": "550"}],
        **changes,
    )


class FakeFeed:
    """A queue that remembers what was deleted, and what the database held at that moment."""

    def __init__(self, database: Database, *bodies: str) -> None:
        self.database = database
        self.messages = [QueueMessage(str(i), body) for i, body in enumerate(bodies)]
        self.stored_at_delete: int | None = None
        self.failure: ServiceError | None = None

    def receive(self, wait_seconds: int) -> Sequence[QueueMessage]:
        if self.failure:
            raise self.failure
        return self.messages[:10]

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        other = Database(self.database.url)  # sees what is committed, nothing else
        self.stored_at_delete = other.reader.rows("SELECT count(*) FROM events", {})[0][0]
        other.close()
        self.messages = [each for each in self.messages if each not in messages]

    def waiting(self) -> int | None:
        return len(self.messages)

    def dead_letters(self) -> int | None:
        return 0


def test_bodies_are_deleted_after_their_facts_are_committed(
    database: Database, clock: Clock
) -> None:
    written = sent(database, one(database))
    feed = FakeFeed(database, delivery(written), "junk")
    report = ingest.pull(database, feed, clock, 0)
    assert report == IngestReport(read=2, applied=1, quarantined=1)
    assert (feed.stored_at_delete, feed.messages) == (1, [])
    assert documents.last_received(database.reader) == clock.now
    assert ingest.pull(database, feed, clock, 0) == IngestReport()


@pytest.mark.parametrize("error", [DatabaseBusyError("busy"), DatabaseError("disk full")])
def test_when_the_commit_fails_nothing_is_deleted_nor_given_up(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: DatabaseError
) -> None:
    written = sent(database, one(database))
    feed = FakeFeed(database, delivery(written), bounce(written))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(events, "quarantine_bodies", fail)  # the last step before the commit
    with pytest.raises(DatabaseError):
        ingest.pull(database, feed, clock, 0)
    assert (feed.stored_at_delete, len(feed.messages)) == (None, 2)
    monkeypatch.undo()
    assert ingest.pull(database, feed, clock, 0).applied == 2
    assert quarantine.waiting(database.reader) == ()


def test_what_could_not_be_received_is_an_error_and_changes_nothing(
    database: Database, clock: Clock
) -> None:
    feed = FakeFeed(database, "junk")
    feed.failure = UnansweredError("SQS did not answer.")
    with pytest.raises(UnansweredError):
        ingest.pull(database, feed, clock, 0)
    assert quarantine.waiting(database.reader) == ()


def test_a_body_that_the_database_refuses_does_not_hold_up_its_neighbours(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = sent(database, one(database))
    store = events.store

    def refuse_poison(connection: Any, batch: Any, at: Any) -> Any:
        if any("poison" in raw for raw, _ in batch):
            raise UnstorableError("too big")
        return store(connection, batch, at)

    monkeypatch.setattr(events, "store", refuse_poison)
    poison = delivery(written).replace("ann@", "poison@")
    bodies = [delivery(written), poison, bounce(written)]
    report = ingest.ingest(database, bodies, "queue", clock)
    assert (report.read, report.applied, report.quarantined) == (3, 2, 1)
    assert "poison" in quarantine.waiting(database.reader)[0].raw
    assert ingest.ingest(database, [poison], "queue", clock).quarantined == 1
    assert document(database).summary.word is DisplayStatus.BOUNCED


def test_a_body_too_big_for_an_index_is_quarantined_or_stored_but_never_stops_the_feed(
    database: Database, clock: Clock
) -> None:
    written = sent(database, one(database))
    import random

    noise = "".join(random.Random(1).choices("äöüßéèñçøåæœ𐍈𐍉𐍊", k=990))
    strange = json.loads(delivery(written))
    strange["mail"]["messageId"] = noise
    strange["delivery"]["recipients"] = [noise[::-1]]
    feed = FakeFeed(database, json.dumps(strange), delivery(written))
    report = ingest.pull(database, feed, clock, 0)
    assert report.read == 2
    assert feed.messages == []
    assert document(database).summary.word is DisplayStatus.DELIVERED


def test_the_same_bounce_by_both_mechanisms_counts_once(database: Database, clock: Clock) -> None:
    written = record(database, new_email(one(database)))
    for body in (bounce(written, tagged=False), bounce(written)):
        ingest.ingest(database, [body, body], "queue", clock)
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1
    assert document(database).summary.word is DisplayStatus.BOUNCED
    assert check(database).differences == ()


def test_a_file_of_lines_is_loaded_once_however_often_it_is_given(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    written = sent(database, one(database))
    path = tmp_path / "events.jsonl"
    path.write_bytes(f"{delivery(written)}\n{bounce(written)}\n".encode() + b"\xff\xfe junk\n")
    first = ingest.load(database, path, clock)
    assert (first.read, first.applied, first.quarantined) == (3, 2, 1)
    again = ingest.load(database, path, clock)
    assert (again.applied, again.duplicate) == (0, 2)
    assert len(quarantine.waiting(database.reader)) == 1


def test_a_file_that_is_not_there_is_refused_in_words(
    sqlite_database: Database, clock: Clock, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ingest.load(sqlite_database, tmp_path / "no.json", clock)
    with pytest.raises(InputError, match="cannot be read"):
        ingest.parse_file(tmp_path)


def test_reading_a_file_stores_nothing(
    sqlite_database: Database, tmp_path: Path, clock: Clock
) -> None:
    written = sent(sqlite_database, one(sqlite_database))
    path = tmp_path / "one.json"
    path.write_text(bounce(written))
    (parsed,) = ingest.parse_file(path)
    assert [fact.type for fact in parsed.facts] == ["Bounce"]
    assert sqlite_database.reader.rows("SELECT count(*) FROM payloads", {})[0][0] == 0
