"""What the database knows of the feed: who was heard of, and which documents wait for word."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.lists.filter_sql import document_conditions
from core.db.reads import feed
from core.model.documents import DocumentFilter, DocumentView
from core.model.enums import EmailKind
from core.rules.monitoring.feed_health import Heard, is_stuck
from tests.core.db.books import START, entry, fact, put, sent, tell

NOW = START + timedelta(days=2)


def heard(database: Database) -> Heard:
    return feed.heard(database.reader, NOW, documents.last_received(database.reader))


def test_an_empty_database_has_heard_of_nobody(database: Database) -> None:
    assert heard(database) == Heard()


def test_emails_count_from_a_quarter_of_an_hour_to_a_day(database: Database) -> None:
    rows = put(database, *(entry(f"INV-{n}") for n in range(4)))
    for row, age in zip(
        rows,
        (
            timedelta(minutes=14),
            timedelta(minutes=16),
            timedelta(hours=23),
            timedelta(hours=25),
        ),
        strict=True,
    ):
        sent(database, row, at=NOW - age)
    assert heard(database).sent == 2


def test_a_send_event_alone_is_an_event_of_the_feed(database: Database) -> None:
    first, second = put(database, entry("INV-1"), entry("INV-2"))
    one = sent(database, first, at=NOW - timedelta(hours=2))
    sent(database, second, at=NOW - timedelta(hours=1))
    told = fact("Send", one.message_ids[0], minutes=(NOW - START).total_seconds() / 60 - 119)
    tell(database, told, at=NOW - timedelta(minutes=119))
    assert heard(database) == Heard(sent=2, heard=1, since_last_event=1)


def test_an_email_counts_once_however_many_it_went_to(database: Database) -> None:
    (row,) = put(database, entry("INV-1"))
    written = sent(database, row, "a@x.example", "cc:b@x.example", at=NOW - timedelta(hours=2))
    told = fact("Delivery", written.message_ids[1], recipient="b@x.example")
    tell(database, told, at=NOW - timedelta(hours=1))
    assert heard(database) == Heard(sent=1, heard=1)


def test_an_older_email_of_a_document_counts_beside_its_newest(database: Database) -> None:
    (row,) = put(database, entry("INV-1"))
    sent(database, row, at=NOW - timedelta(hours=20))
    sent(database, row, at=NOW - timedelta(minutes=5), kind=EmailKind.FOLLOW_UP)
    assert heard(database) == Heard(sent=1, since_last_event=1)


# --------------------------------------------------------------------------- SENT ?


@pytest.fixture
def waiting(database: Database) -> Database:
    """Four emails: unheard of for 25 and for 23 hours, only accepted, and delivered."""
    rows = put(database, *(entry(f"INV-{n}") for n in range(1, 5)))
    hours = (25, 23, 30, 30)
    written = [
        sent(database, row, at=NOW - timedelta(hours=age))
        for row, age in zip(rows, hours, strict=True)
    ]
    tell(
        database,
        fact("Send", written[2].message_ids[0]),
        fact("Delivery", written[3].message_ids[0]),
    )
    return database


def stuck(database: Database, where: DocumentFilter) -> set[str]:
    return {row.number for row in documents.page_documents(database.reader, where)}


def test_stuck_are_those_without_word_for_a_day_a_send_event_is_none(waiting: Database) -> None:
    where = DocumentFilter(chip=DocumentView.STUCK, as_of=NOW)
    assert stuck(waiting, where) == {"INV-1", "INV-3"}
    assert documents.count_documents(waiting.reader, where) == 2
    assert documents.chip_counts(waiting.reader, DocumentFilter(as_of=NOW))[DocumentView.STUCK] == 2


def test_the_filter_and_the_badge_agree_at_every_hour(waiting: Database) -> None:
    everything = documents.page_documents(waiting.reader, DocumentFilter())
    for hours in range(-3, 4):
        now = NOW + timedelta(hours=hours)
        marked = {
            row.number
            for row in everything
            if is_stuck(row.summary.word, row.summary.last_sent_at, now)
        }
        assert stuck(waiting, DocumentFilter(chip=DocumentView.STUCK, as_of=now)) == marked


def test_without_a_now_nothing_counts_as_stuck(waiting: Database) -> None:
    assert stuck(waiting, DocumentFilter(chip=DocumentView.STUCK)) == set()
    assert documents.chip_counts(waiting.reader, DocumentFilter())[DocumentView.STUCK] == 0


def test_the_stuck_ones_are_one_range_of_an_index_in_its_order(sqlite_database: Database) -> None:
    clause, values = document_conditions(DocumentFilter(chip=DocumentView.STUCK, as_of=NOW))
    newest = "d.last_sent_at DESC, d.id DESC"
    connection = sqlite3.connect(sqlite_database.path or "")
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN SELECT d.id FROM documents d{clause} ORDER BY {newest}",  # noqa: S608
        values,
    ).fetchall()
    connection.close()
    (step,) = [row[3] for row in plan]
    assert "ix_documents_word (word=? AND last_sent_at>? AND last_sent_at<?)" in step


def test_counting_who_was_heard_of_reads_no_table_whole(sqlite_database: Database) -> None:
    connection = sqlite3.connect(sqlite_database.path or "")
    values = dict.fromkeys(("last_event", "sent", "external", "since", "until"), 0)
    plan = connection.execute("EXPLAIN QUERY PLAN " + feed._HEARD, values).fetchall()
    connection.close()
    scans = [row[3] for row in plan if row[3].startswith("SCAN")]
    assert all(scan.startswith("SCAN t") for scan in scans), scans
