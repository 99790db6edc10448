"""Reports once more: bodies that could not be read, and all of them by the rules of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, text, update

from core.db import schema
from core.db.engine import Reader
from core.db.reads.unlinked import stored
from core.db.rows import EVENT_COLUMNS, Record, chunks, fact_of, to_instant
from core.db.schema import digests
from core.db.writes import external_email
from core.db.writes.events import Kept, store_again
from core.db.writes.external_rows import through
from core.db.writes.summaries import settle_deliveries
from core.model.delivery import DeliveryEvent
from core.model.reports import QuarantinedBody
from core.rules.search.text import storable

_BODY: Final = Record(QuarantinedBody, named={"id": "sha256"})
_SELECT: Final = f"SELECT {_BODY.columns} FROM quarantine"
_NEW_REASON = (
    update(schema.quarantine)
    .where(schema.quarantine.c.sha256 == bindparam("key"))
    .values(reason=bindparam("new_reason"))
)


def waiting(reader: Reader) -> tuple[QuarantinedBody, ...]:
    """Return the bodies that nobody has dismissed, newest first."""
    sql = f"{_SELECT} WHERE dismissed_at = 0 ORDER BY received_at DESC, sha256"
    return tuple(map(_BODY.of, reader.rows(sql, {})))


def find(reader: Reader, beginning: str) -> tuple[QuarantinedBody, ...]:
    """Return the bodies whose id begins so, dismissed or not, the oldest first; empty: all."""
    rows = reader.rows(
        f"{_SELECT} WHERE substr(sha256, 1, :length) = :beginning ORDER BY received_at, sha256",
        {"length": len(beginning), "beginning": beginning.lower()},
    )
    return tuple(map(_BODY.of, rows))


def dismiss(connection: Connection, key: str, operator: str, note: str, at: datetime) -> None:
    """Keep a body out of every list, with who said so and why."""
    connection.execute(
        update(schema.quarantine)
        .where(schema.quarantine.c.sha256 == key)
        .values(dismissed_at=to_instant(at), dismissed_by=storable(operator), note=storable(note))
    )
    digests.seal(connection, schema.quarantine, [key], "sha256")


def release(connection: Connection, ids: Sequence[str]) -> None:
    """Let bodies go: what they say is stored in the same transaction."""
    for some in chunks(sorted(ids)):
        connection.execute(delete(schema.quarantine).where(schema.quarantine.c.sha256.in_(some)))


def keep(connection: Connection, reasons: Sequence[tuple[str, str]]) -> None:
    """Write down today's reason for bodies (id, reason) that still cannot be read."""
    if reasons:
        rows = [{"key": key, "new_reason": storable(reason)} for key, reason in reasons]
        connection.execute(_NEW_REASON, rows)
        digests.seal(connection, schema.quarantine, [key for key, _ in reasons], "sha256")


Reread = Callable[[str], Sequence[DeliveryEvent]]
"""Reads the facts in a body that is kept; none where it cannot be read."""
Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, of how much."""
_AT_ONCE: Final = 500
READING: Final = "Reading all reports again"
SETTLING: Final = "Working out every status"


def rebuild(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Replace all stored facts by what their bodies say, then settle every delivery.

    What a report means is worked out when it arrives: its type, its key, whose it is. A program
    with other rules has to go back to the bodies, which are kept for that. Only an upgrade does it.
    """
    _add_recipients(connection)
    connection.execute(text(f"CREATE TEMPORARY TABLE facts_before AS {_FACTS_BEFORE}"))
    connection.execute(text("CREATE INDEX facts_before_payload ON facts_before (payload_id)"))
    connection.execute(text("DELETE FROM events"))
    bodies = connection.scalar(text("SELECT count(*) FROM payloads")) or 0
    done = last = 0
    while rows := connection.execute(text(_BODIES), {"last": last, "limit": _AT_ONCE}).all():
        store_again(connection, _facts_of(connection, rows, reread))
        last, done = rows[-1][0], done + len(rows)
        progress(READING, done, bodies)
    connection.execute(text("DROP TABLE facts_before"))
    _settle_all(connection, progress)


def _facts_of(
    connection: Connection, bodies: Sequence[Sequence[Any]], reread: Reread
) -> list[tuple[Kept, Sequence[DeliveryEvent]]]:
    """Each body's facts; of one that cannot be read any more, those that were stored."""
    before: dict[int, list[DeliveryEvent]] = defaultdict(list)
    values = {"first": bodies[0][0], "last": bodies[-1][0]}
    for row in connection.execute(text(_BEFORE), values):
        before[row[-1]].append(fact_of(row))
    return [
        (Kept(payload_id, received_at), reread(raw) or before[payload_id])
        for payload_id, received_at, raw in bodies
    ]


def _add_recipients(connection: Connection) -> None:
    """Of other programs' emails only the recipients that were named first had been written."""
    ids = connection.scalars(
        text("SELECT message_id FROM external_mails WHERE email_id IS NOT NULL")
    ).all()
    for some in chunks(sorted(ids)):
        external_email.add_recipients(connection, stored(through(connection), some).values())


def _settle_all(connection: Connection, progress: Progress) -> None:
    ids = connection.scalars(text("SELECT id FROM deliveries")).all()
    done = 0
    for some in chunks(sorted(ids)):
        settle_deliveries(connection, some)
        done += len(some)
        progress(SETTLING, done, len(ids))


_FACTS_BEFORE: Final = f"SELECT {EVENT_COLUMNS}, v.payload_id FROM events v"
_BEFORE: Final = "SELECT * FROM facts_before WHERE payload_id >= :first AND payload_id <= :last"
_BODIES: Final = (
    "SELECT id, received_at, raw FROM payloads WHERE id > :last ORDER BY id LIMIT :limit"
)
