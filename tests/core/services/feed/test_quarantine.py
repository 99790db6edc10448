"""What could not be read is kept exactly, and leaves only together with its facts."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from core.db.engine import Database, UnstorableError
from core.db.writes import events, feed
from core.db.writes.events import Unreadable
from core.model.enums import DisplayStatus
from core.model.errors import DatabaseBusyError, NotFoundError, UsageError
from core.model.reports import IngestReport
from core.services.feed import quarantine
from core.services.feed.ingest import ingest
from tests.conftest import Clock
from tests.core.db.books import Written, document, one, sent
from tests.core.services.feed.test_ingest import bounce, delivery

NONSENSE = '{"eventType": "Bounce", "mail": '


def hold_back(database: Database, clock: Clock, *bodies: str) -> None:
    """Quarantine bodies as an older program, which could not read them, would have."""
    with database.transaction() as connection:
        kept = [Unreadable(raw, "an older program could not read it", "queue") for raw in bodies]
        events.quarantine_bodies(connection, kept, clock())


def left(database: Database) -> set[str]:
    return {body.raw for body in feed.waiting(database.reader)}


@pytest.fixture
def written(database: Database) -> Written:
    return sent(database, one(database))


def test_what_can_be_read_now_is_stored_and_leaves(
    database: Database, clock: Clock, written: Written
) -> None:
    hold_back(database, clock, delivery(written), NONSENSE)
    report = quarantine.retry(database, "", clock)
    assert (report.released, len(report.kept)) == (1, 1)
    assert report.ingested == IngestReport(read=1, applied=1)
    assert document(database).summary.word is DisplayStatus.DELIVERED
    assert left(database) == {NONSENSE}
    assert "older program" not in report.kept[0].reason
    assert feed.waiting(database.reader)[0].reason == report.kept[0].reason


def test_trying_twice_changes_nothing_more(
    database: Database, clock: Clock, written: Written
) -> None:
    hold_back(database, clock, bounce(written))
    quarantine.retry(database, "", clock)
    ingest(database, [bounce(written)], "queue", clock)  # the same came once more meanwhile
    hold_back(database, clock, bounce(written))
    assert quarantine.retry(database, "", clock).ingested == IngestReport(read=1, duplicate=1)
    assert left(database) == set()


def test_a_crash_in_between_leaves_the_body_and_stores_nothing(
    database: Database, clock: Clock, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_back(database, clock, delivery(written))

    def crash(*_: object) -> None:
        raise DatabaseBusyError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(feed, "release", crash)
        with pytest.raises(DatabaseBusyError):
            quarantine.retry(database, "", clock)
    assert document(database).summary.word is DisplayStatus.SENT
    assert left(database) == {delivery(written)}
    assert quarantine.retry(database, "", clock).released == 1


def test_one_body_that_the_database_refuses_holds_up_no_other(
    database: Database, clock: Clock, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = bounce(written, poison="yes")
    hold_back(database, clock, poison, delivery(written))
    real = events.store

    def refuse(connection, batch, received_at):  # type: ignore[no-untyped-def]
        if any("poison" in raw for raw, _ in batch):
            raise UnstorableError("no")
        return real(connection, batch, received_at)

    monkeypatch.setattr(events, "store", refuse)
    report = quarantine.retry(database, "", clock)
    assert report.released == 1
    assert [body.reason for body in report.kept] == ["the database refused it"]
    assert left(database) == {poison}


def test_a_body_of_several_messages_leaves_only_what_still_cannot_be_read(
    database: Database, clock: Clock, written: Written
) -> None:
    both = json.dumps([json.loads(delivery(written)), {"eventType": "Delivery"}])
    hold_back(database, clock, both)
    report = quarantine.retry(database, "", clock)
    assert (report.released, report.ingested.applied, report.ingested.quarantined) == (1, 1, 1)
    (rest,) = left(database)
    assert json.loads(rest) == {"eventType": "Delivery"}


def test_one_body_is_named_by_the_beginning_of_its_id(
    database: Database, clock: Clock, written: Written
) -> None:
    hold_back(database, clock, delivery(written), bounce(written), NONSENSE)
    wanted = next(b for b in feed.waiting(database.reader) if b.raw == delivery(written))
    assert quarantine.find(database.reader, wanted.id[:10].upper()) == wanted
    assert quarantine.retry(database, wanted.id[:10], clock).released == 1
    assert left(database) == {bounce(written), NONSENSE}


@pytest.mark.parametrize("wanted", ["zz", "%", "", " "])
def test_an_id_that_nothing_has_is_said_so(database: Database, clock: Clock, wanted: str) -> None:
    hold_back(database, clock, NONSENSE)
    with pytest.raises(NotFoundError):
        quarantine.find(database.reader, wanted)


def test_an_ambiguous_id_asks_for_more(database: Database, clock: Clock) -> None:
    hold_back(database, clock, *(f"{NONSENSE}{n}" for n in range(40)))  # 16 possible beginnings
    first = feed.waiting(database.reader)
    beginnings = [body.id[0] for body in first]
    common = max(beginnings, key=beginnings.count)
    with pytest.raises(NotFoundError, match="begin with"):
        quarantine.find(database.reader, common)


def test_the_export_has_every_raw_text_exactly_and_is_the_owners_alone(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    bodies = [NONSENSE, 'a "quoted"\nline\r\n\u202e\x1b[2J ü 🧾 \u2028 \\u0041']
    hold_back(database, clock, *bodies)
    file = tmp_path / "kept.jsonl"
    quarantine.export(feed.waiting(database.reader), file)
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert {line["raw"] for line in lines} == set(bodies)
    assert {"id", "received_at", "source", "reason", "raw"} == set(lines[0])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="exists already"):
        quarantine.export([], file)
