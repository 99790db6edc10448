"""Bodies that could not be read: found, and let out once they can be."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, update

from core.db import tables
from core.db.codec import known_instant, storable
from core.db.engine import Reader
from core.db.summaries import chunks
from core.model import QuarantinedBody

_SELECT = "SELECT sha256, received_at, source, reason, raw FROM quarantine"
_NEW_REASON = (
    update(tables.quarantine)
    .where(tables.quarantine.c.sha256 == bindparam("key"))
    .values(reason=bindparam("new_reason"))
)


def find(reader: Reader, beginning: str) -> tuple[QuarantinedBody, ...]:
    """Return the bodies whose id begins so, the oldest first; an empty beginning is all of them."""
    rows = reader.rows(
        f"{_SELECT} WHERE substr(sha256, 1, :length) = :beginning ORDER BY received_at, sha256",
        {"length": len(beginning), "beginning": beginning.lower()},
    )
    return tuple(QuarantinedBody(r[0], known_instant(r[1]), r[2], r[3], r[4]) for r in rows)


def release(connection: Connection, ids: Sequence[str]) -> None:
    """Let bodies go: what they say is stored in the same transaction."""
    for some in chunks(ids):
        connection.execute(delete(tables.quarantine).where(tables.quarantine.c.sha256.in_(some)))


def keep(connection: Connection, reasons: Sequence[tuple[str, str]]) -> None:
    """Write down today's reason for bodies (id, reason) that still cannot be read."""
    if reasons:
        rows = [{"key": key, "new_reason": storable(reason)} for key, reason in reasons]
        connection.execute(_NEW_REASON, rows)
