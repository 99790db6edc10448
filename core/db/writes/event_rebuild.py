"""Reading all reports of SES once more, by the rules of this program.

What a report means is worked out when it arrives: its type, its key, whose it is. A program with
other rules has to go back to the bodies, which are kept for that. Only an upgrade does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from core.db.reads.unlinked import stored
from core.db.rows import EVENT_COLUMNS, fact_of
from core.db.writes import external_email
from core.db.writes.events import Kept, store_again
from core.db.writes.external_rows import through
from core.db.writes.summaries import chunks, settle_deliveries
from core.model.delivery import DeliveryEvent

Reread = Callable[[str], Sequence[DeliveryEvent]]
"""Reads the facts in a body that is kept; none where it cannot be read."""
Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, of how much."""

_AT_ONCE: Final = 500
READING: Final = "Reading all reports again"
SETTLING: Final = "Working out every status"


def rebuild(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Replace all stored facts by what their bodies say, then settle every delivery."""
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
    for some in chunks(ids):
        external_email.add_recipients(connection, stored(through(connection), some).values())


def _settle_all(connection: Connection, progress: Progress) -> None:
    ids = connection.scalars(text("SELECT id FROM deliveries")).all()
    done = 0
    for some in chunks(ids):
        settle_deliveries(connection, some)
        done += len(some)
        progress(SETTLING, done, len(ids))


_FACTS_BEFORE: Final = f"SELECT {EVENT_COLUMNS}, v.payload_id FROM events v"
_BEFORE: Final = "SELECT * FROM facts_before WHERE payload_id >= :first AND payload_id <= :last"
_BODIES: Final = (
    "SELECT id, received_at, raw FROM payloads WHERE id > :last ORDER BY id LIMIT :limit"
)
