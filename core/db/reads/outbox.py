"""What is in the outbox, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from core.db.engine import Reader
from core.db.lists.filter_sql import numbered
from core.db.rows import Record, chunks, from_instant, known_instant, to_instant, word_of
from core.model.enums import Status
from core.model.outbox import Batch, OutboxEntry, Progress

_FAILED_FOR: Final = timedelta(days=30)
"""How long a failure is listed that nobody has followed up; the document's log keeps it."""


def entries(reader: Reader, now: datetime, batch_id: str = "") -> tuple[OutboxEntry, ...]:
    """Return what is going, what is unknown, what failed, what waits; oldest first each.

    A failure is listed until the address gets another email about the document.
    """
    where, values = _OPEN, {"now": to_instant(now), "since": to_instant(now - _FAILED_FOR)}
    if batch_id:
        where = f"({where}) AND m.batch_id = :batch"
        values["batch"] = batch_id  # type: ignore[assignment]
    return tuple(map(_ENTRY.of, reader.rows(f"{_ENTRIES} WHERE {where} {_ORDER}", values)))


def entry(reader: Reader, now: datetime, delivery_id: int) -> OutboxEntry | None:
    """Return one delivery, wherever it stands."""
    values = {"now": to_instant(now), "id": delivery_id}
    rows = reader.rows(f"{_ENTRIES} WHERE x.id = :id", values)
    return _ENTRY.of(rows[0]) if rows else None


def unsettled_of(reader: Reader, now: datetime, document_id: int) -> tuple[OutboxEntry, ...]:
    """Return the deliveries of a document of which nobody knows whether they were sent."""
    values = {"now": to_instant(now), "id": document_id}
    where = "x.document_id = :id AND x.local_status = 30 AND x.status = 30 ORDER BY x.id"
    return tuple(_ENTRY.of(row) for row in reader.rows(f"{_ENTRIES} WHERE {where}", values))


def progress(reader: Reader, batch_id: str) -> Progress:
    """Return how far a batch has come."""
    rows = reader.rows(f"{_COUNTS} AND m.batch_id = :batch GROUP BY x.status", {"batch": batch_id})
    return _progress({row[0]: row[1] for row in rows})


def open_batches(reader: Reader) -> tuple[Batch, ...]:
    """Return the batches with something in them that waits or is going, oldest first."""
    rows = reader.rows(
        "SELECT m.batch_id, min(m.created_at), min(m.sent_by) FROM deliveries x"
        " JOIN emails m ON m.id = x.email_id WHERE x.local_status < 30 AND x.local_status < 35"
        " AND m.batch_id <> '' GROUP BY m.batch_id ORDER BY min(m.id)",
        {},
    )
    return tuple(
        Batch(row[0], known_instant(row[1]), row[2], progress(reader, row[0])) for row in rows
    )


def open_singly(reader: Reader, batches: Sequence[Batch]) -> Progress:
    """Return what is open and not in one of ``batches``."""
    among, values = numbered("b", [batch.batch_id for batch in batches] or [""])
    outside = f"m.batch_id NOT IN {among}" if batches else "1 = 1"
    rows = reader.rows(
        "SELECT x.status, count(*) FROM deliveries x JOIN emails m ON m.id = x.email_id"
        f" WHERE x.local_status < 35 AND {outside} GROUP BY x.status",
        values if batches else {},
    )
    return _progress({row[0]: row[1] for row in rows if row[0] < Status.FAILED})


def next_at(reader: Reader, now: datetime) -> datetime | None:
    """Return when the first of those that wait may go; ``now`` or earlier: one may at once.

    What a program has in hand may go when its lease ends, should it die.
    """
    rows = reader.rows(
        "SELECT min(CASE WHEN not_before > lease_until THEN not_before ELSE lease_until END),"
        " count(*) FROM deliveries WHERE local_status = 10 AND local_status < 35",
        {},
    )
    at, waiting = rows[0]
    return max(known_instant(at), now) if waiting else None


def count_waiting(reader: Reader) -> int:
    """Count what waits or is being handed over."""
    rows = reader.rows(
        "SELECT count(*) FROM deliveries WHERE local_status < 30 AND local_status < 35", {}
    )
    return int(rows[0][0])


def has_abandoned(reader: Reader, now: datetime) -> bool:
    """Whether something is being sent by a program whose lease has ended."""
    rows = reader.rows(
        "SELECT count(*) FROM deliveries WHERE local_status = 20 AND local_status < 35"
        " AND lease_until < :now",
        {"now": to_instant(now)},
    )
    return bool(rows[0][0])


def oldest_accepted(reader: Reader, since: datetime) -> datetime | None:
    """Return when the first of what SES took since then was taken."""
    rows = reader.rows(
        "SELECT min(sent_at) FROM deliveries WHERE sent_at >= :since",
        {"since": to_instant(since)},
    )
    return from_instant(rows[0][0] or 0)


def deliveries_of(reader: Reader, email_ids: Sequence[int]) -> tuple[OutboxEntry, ...]:
    """Return every delivery of emails, whatever became of it."""
    found: list[OutboxEntry] = []
    for some in chunks(email_ids):
        among, values = numbered("e", some)
        statement = f"{_ENTRIES} WHERE m.id IN {among} ORDER BY x.id"
        found += map(_ENTRY.of, reader.rows(statement, {"now": 0, **values}))
    return tuple(found)


def source_of(reader: Reader, delivery_id: int) -> Mapping[str, Any] | None:
    """Return role, body and replaced address of a delivery, to write it again."""
    rows = reader.rows(
        "SELECT x.role, m.body, x.replaces FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " WHERE x.id = :id",
        {"id": delivery_id},
    )
    return dict(zip(("role", "body", "replaces"), rows[0], strict=True)) if rows else None


def _progress(counts: Mapping[int, int]) -> Progress:
    return Progress(
        waiting=counts.get(Status.QUEUED, 0),
        going=counts.get(Status.SENDING, 0),
        sent=sum(n for status, n in counts.items() if status >= Status.SENT),
        failed=counts.get(Status.FAILED, 0),
        unconfirmed=counts.get(Status.UNCONFIRMED, 0),
        cancelled=counts.get(Status.CANCELLED, 0),
    )


_ENTRY: Final = Record(
    OutboxEntry,
    "x",
    {
        "delivery_id": "x.id",
        "number": "d.number",
        "customer": "c.name",
        "word": "x.status",
        "kind": "m.kind",
        "subject": "m.subject",
        "queued_at": "m.created_at",
        "sent_by": "m.sent_by",
        "batch_id": "m.batch_id",
        "held_by": "CASE WHEN x.lease_until >= :now THEN x.lease_by ELSE '' END",
    },
    {"word": word_of},
)
_ENTRIES: Final = (
    f"SELECT {_ENTRY.columns} FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " JOIN documents d ON d.id = x.document_id JOIN customers c ON c.id = d.customer_id"
)
#: What SES has told of meanwhile is open no more, whatever we knew of it.
_OPEN: Final = (
    "(x.local_status < 35 AND x.status < 35) OR (x.local_status = 35 AND x.status = 35"
    " AND x.claimed_at >= :since AND NOT EXISTS (SELECT 1 FROM deliveries y"
    " WHERE y.document_id = x.document_id AND y.address_key = x.address_key AND y.id > x.id"
    " AND y.status <> 36))"
)
_ORDER: Final = (
    "ORDER BY CASE x.status WHEN 20 THEN 0 WHEN 30 THEN 1 WHEN 35 THEN 2 ELSE 3 END, x.id"
)
_COUNTS: Final = (
    "SELECT x.status, count(*) FROM emails m JOIN deliveries x ON x.email_id = m.id"
    " WHERE m.batch_id <> ''"
)
