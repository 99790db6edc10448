"""Bodies that could not be read: found, and let out once they can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, update

from core.db import schema
from core.db.codec import from_instant, known_instant, storable, to_instant
from core.db.engine import Reader
from core.db.schema import digests
from core.db.sqlite.reader import type_of_row
from core.db.writes.summaries import chunks
from core.model.reports import QuarantinedBody

_SELECT = (
    "SELECT sha256, received_at, source, reason, raw, dismissed_at, dismissed_by, note"
    " FROM quarantine"
)
_NEW_REASON = (
    update(schema.quarantine)
    .where(schema.quarantine.c.sha256 == bindparam("key"))
    .values(reason=bindparam("new_reason"))
)


def waiting(reader: Reader) -> tuple[QuarantinedBody, ...]:
    """Return the bodies that nobody has dismissed, newest first."""
    sql = f"{_SELECT} WHERE dismissed_at = 0 ORDER BY received_at DESC, sha256"
    return tuple(map(_body, reader.rows(sql, {})))


def find(reader: Reader, beginning: str) -> tuple[QuarantinedBody, ...]:
    """Return the bodies whose id begins so, dismissed or not, the oldest first; empty: all."""
    rows = reader.rows(
        f"{_SELECT} WHERE substr(sha256, 1, :length) = :beginning ORDER BY received_at, sha256",
        {"length": len(beginning), "beginning": beginning.lower()},
    )
    return tuple(map(_body, rows))


def _body(row: type_of_row) -> QuarantinedBody:
    return QuarantinedBody(
        id=row[0],
        received_at=known_instant(row[1]),
        source=row[2],
        reason=row[3],
        raw=row[4],
        dismissed_at=from_instant(row[5]),
        dismissed_by=row[6],
        note=row[7],
    )


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
    for some in chunks(ids):
        connection.execute(delete(schema.quarantine).where(schema.quarantine.c.sha256.in_(some)))


def keep(connection: Connection, reasons: Sequence[tuple[str, str]]) -> None:
    """Write down today's reason for bodies (id, reason) that still cannot be read."""
    if reasons:
        rows = [{"key": key, "new_reason": storable(reason)} for key, reason in reasons]
        connection.execute(_NEW_REASON, rows)
        digests.seal(connection, schema.quarantine, [key for key, _ in reasons], "sha256")
