"""Who may send what: deliveries taken with a lease, given back, and found left behind.

A row that waits is taken before anything is looked up for it, and is still QUEUED then: a program
that dies with it has sent nothing. It becomes SENDING (``outbox.claim``) right before the call.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, select, text, update

from core.db.bulk import is_sqlite, rows_among
from core.db.rows import Record, to_instant
from core.db.schema import deliveries, digests
from core.db.writes import outbox
from core.db.writes.outbox import NO_LEASE, Lease
from core.db.writes.summaries import lock_documents_of, settle_deliveries
from core.model.enums import Status
from core.rules.search.text import storable

CALLED_TOO_LATE: Final = "Outtray was held up and did not hand this to SES; nothing was sent."


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is ours to send, with what the call needs."""

    delivery_id: int
    address: str
    tag: str
    sender: str
    queued_at: datetime
    mime: bytes | None = field(repr=False)
    tries: int = 0
    refused_since: datetime | None = None


def reserve(connection: Connection, lease: Lease, now: datetime, limit: int) -> tuple[Taken, ...]:
    """Take up to ``limit`` deliveries that wait and that nobody has, those first that wait longest.

    Programs that ask at the same time get different ones.
    """
    statement = text(_RESERVE_ON_SQLITE if is_sqlite(connection) else _RESERVE)
    values = {
        "by": lease.by,
        "until": to_instant(lease.until),
        "now": to_instant(now),
        "limit": limit,
    }
    ids = sorted(connection.scalars(statement, values))
    return tuple(map(_READY.of, rows_among(connection, _TAKEN, ids)))


def renew(connection: Connection, lease: Lease) -> None:
    """Keep everything that ``lease.by`` has in hand for longer."""
    d = deliveries.c
    connection.execute(
        update(deliveries)
        .where(d.local_status < int(Status.UNCONFIRMED), d.lease_by == lease.by)
        .values(lease_until=to_instant(lease.until))
    )


def release(connection: Connection, by: str, delivery_ids: Collection[int] | None = None) -> None:
    """Give back what ``by`` has taken and not begun to send: these, or all of it."""
    d = deliveries.c
    mine = [d.local_status == int(Status.QUEUED), d.lease_by == by]
    if delivery_ids is not None:
        mine.append(d.id.in_(delivery_ids))
    connection.execute(update(deliveries).where(*mine).values(lease_by="", lease_until=0))


def postpone(
    connection: Connection, delivery_id: int, by: str, words: str, not_before: datetime
) -> None:
    """Give one back that was not begun, to be looked at again later: something else is wrong."""
    d = deliveries.c
    digests.change(
        connection,
        update(deliveries)
        .where(d.id == delivery_id, d.local_status == int(Status.QUEUED), d.lease_by == by)
        .values(**{**NO_LEASE, "not_before": to_instant(not_before)}, error=storable(words)),
        [delivery_id],
    )


def not_taken(
    connection: Connection,
    delivery_id: int,
    by: str,
    words: str,
    not_before: datetime,
    now: datetime,
) -> Status:
    """Record that SES did not take it for now: it waits again.

    Unless our lease has ended meanwhile: somebody may have acted on that, so it waits no more, but
    that nothing was sent is certain.
    """
    lock_documents_of(connection, [delivery_id])
    d = deliveries.c
    returned = digests.change(
        connection,
        update(deliveries)
        .where(d.id == delivery_id, d.local_status == int(Status.SENDING), d.lease_by == by)
        .values(
            **{**NO_LEASE, "not_before": to_instant(not_before)},
            local_status=int(Status.QUEUED),
            error=storable(words),
            tries=d.tries + 1,
            refused_since=case((d.refused_since > 0, d.refused_since), else_=to_instant(now)),
        ),
        [delivery_id],
    )
    if returned != 1:
        outbox.not_sent(connection, delivery_id, words)
        return Status.FAILED
    settle_deliveries(connection, [delivery_id])
    return Status.QUEUED


def expire(connection: Connection, now: datetime) -> int:
    """Give up what was being sent by a program that is gone; return how many deliveries.

    Whether SES has them is not known, so nobody sends them again. What merely waits goes on.
    """
    rows = connection.execute(text(_EXPIRED), {"now": to_instant(now)}).all()
    lock_documents_of(connection, [row[0] for row in rows])
    d, closed = deliveries.c, []
    for (delivery_id,) in rows:
        ended = digests.change(
            connection,
            update(deliveries)
            .where(
                d.id == delivery_id,
                d.local_status == int(Status.SENDING),
                d.lease_until < to_instant(now),
            )
            .values(local_status=int(Status.UNCONFIRMED), error=outbox.STOPPED_MID_CALL),
            [delivery_id],
        )
        if ended == 1:
            closed.append(delivery_id)
    settle_deliveries(connection, closed)
    return len(closed)


_WAITS: Final = "local_status = 10 AND status = 10 AND not_before <= :now AND lease_until < :now"
_WAITING: Final = f"SELECT id FROM deliveries WHERE {_WAITS} ORDER BY id LIMIT :limit"
_TAKE: Final = "UPDATE deliveries SET lease_by = :by, lease_until = :until WHERE id"
_RESERVE_ON_SQLITE: Final = f"{_TAKE} IN ({_WAITING}) RETURNING id"
#: As an array: the planner may run a subquery twice, and would lock more than the limit.
_RESERVE: Final = f"{_TAKE} = ANY (ARRAY({_WAITING} FOR UPDATE SKIP LOCKED)) RETURNING id"
_EXPIRED: Final = "SELECT id FROM deliveries WHERE local_status = 20 AND lease_until < :now"
_READY: Final = Record(
    Taken,
    "x",
    {
        "delivery_id": "x.id",
        "sender": "m.sender",
        "queued_at": "m.created_at",
        "mime": "b.mime",
    },
    {"mime": lambda mime: None if mime is None else bytes(mime)},
)
_TAKEN: Final = (
    f"SELECT {_READY.columns} FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " LEFT JOIN messages b ON b.email_id = m.id WHERE x.id {among} ORDER BY x.id"
)


def is_the_same(connection: Connection, delivery_id: int, tag: str) -> bool:
    """Whether the row is that delivery's; in a database that was put back it may be another's."""
    found = select(deliveries.c.tag).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == tag


def is_being_sent(connection: Connection, delivery_id: int) -> bool:
    """Whether nothing has been written yet about what became of the call."""
    found = select(deliveries.c.local_status).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == int(Status.SENDING)


def is_at(connection: Connection, delivery_id: int, tries: int) -> bool:
    """Whether it has not been given back, and maybe taken again, since that try."""
    found = select(deliveries.c.tries).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == tries
