"""What people decide about the outbox: pause it, cancel, settle; and who decided what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, text, update

from core.db.bulk import is_sqlite, rows_among
from core.db.engine import Reader
from core.db.rows import Record, to_instant
from core.db.schema import deliveries, digests, outbox_acts, outbox_holds
from core.db.schema.coverage import SEALED
from core.db.writes import brake
from core.db.writes.outbox import NO_LEASE
from core.db.writes.summaries import lock_documents_of, settle_deliveries
from core.model.enums import Status
from core.model.outbox import BRAKE, OutboxHold
from core.rules.search.text import storable

CANCELLED: Final = "cancelled"
SENT: Final = "sent"
NOT_SENT: Final = "not_sent"
_HOLD: Final = Record(OutboxHold, named={"by": "held_by", "retry_at": ""})


def holds(reader: Reader) -> tuple[OutboxHold, ...]:
    """Return why nothing may leave; what has run out is among them."""
    rows = reader.rows(f"SELECT {_HOLD.columns} FROM outbox_holds ORDER BY name", {})
    found = list(map(_HOLD.of, rows))
    pulled = brake.read(reader)
    if pulled.holds and pulled.since is not None:
        held = OutboxHold(
            BRAKE,
            "Outtray",
            pulled.since,
            None,
            pulled.words,
            retry_at=pulled.retry_at,
            failures=pulled.failures,
        )
        found.append(held)
    return tuple(found)


def hold_back(connection: Connection, hold: OutboxHold) -> None:
    """Let nothing leave; a hold of the same name is replaced."""
    connection.execute(delete(outbox_holds).where(outbox_holds.c.name == hold.name))
    given: dict[str, object] = {
        "name": hold.name,
        "held_by": storable(hold.by),
        "since": to_instant(hold.since),
        "until": to_instant(hold.until),
        "words": storable(hold.words),
    }
    statement = text(
        "INSERT INTO outbox_holds (name, held_by, since, until, words, digest)"
        " VALUES (:name, :held_by, :since, :until, :words, :digest) ON CONFLICT DO NOTHING"
    )
    given["digest"] = digests.of([given[name] for name in SEALED["outbox_holds"]])
    connection.execute(statement, given)  # another program may have said the same just now


def lift(connection: Connection, name: str) -> bool:
    """End a hold; false when there was none."""
    lifted = connection.execute(delete(outbox_holds).where(outbox_holds.c.name == name))
    return lifted.rowcount > 0


def cancel(
    connection: Connection, delivery_ids: Collection[int], by: str, now: datetime
) -> tuple[int, ...]:
    """Take out of the outbox what only waits; return which that were."""
    cancelled = []
    for delivery_id in _locked(connection, delivery_ids):
        ended = digests.change(
            connection,
            update(deliveries)
            .where(
                deliveries.c.id == delivery_id,
                deliveries.c.local_status == int(Status.QUEUED),
            )
            .values(
                local_status=int(Status.CANCELLED),
                error=f"Cancelled by {storable(by)}.",
                **NO_LEASE,
            ),
            [delivery_id],
        )
        if ended == 1:
            cancelled.append(delivery_id)
            _note(connection, delivery_id, CANCELLED, by, now, "")
    settle_deliveries(connection, cancelled)
    return tuple(cancelled)


def waiting_of(connection: Connection, batch_id: str) -> tuple[int, ...]:
    """Return what still waits of a batch."""
    rows = connection.execute(
        text(
            "SELECT x.id FROM emails m JOIN deliveries x ON x.email_id = m.id"
            " WHERE m.batch_id = :batch AND m.batch_id <> '' AND x.local_status = 10 ORDER BY x.id"
        ),
        {"batch": batch_id},
    )
    return tuple(row[0] for row in rows)


def settle(
    connection: Connection,
    delivery_id: int,
    was_sent: bool,
    words: str,
    by: str,
    now: datetime,
    note: str,
) -> bool:
    """End what nobody knew by what a person knows; false when it is no longer unknown.

    A fact from SES that comes later is believed over it, whatever was decided.
    """
    _locked(connection, [delivery_id])
    d = deliveries.c
    chosen = Status.SENT if was_sent else Status.FAILED
    when = {"accepted_at": d.claimed_at} if was_sent else {}
    ended = digests.change(
        connection,
        update(deliveries)
        .where(
            d.id == delivery_id,
            d.local_status == int(Status.UNCONFIRMED),
            d.status == int(Status.UNCONFIRMED),
        )
        .values(local_status=int(chosen), error=storable(words), **NO_LEASE, **when),
        [delivery_id],
    )
    if ended != 1:
        return False
    _note(connection, delivery_id, SENT if was_sent else NOT_SENT, by, now, note)
    settle_deliveries(connection, [delivery_id])
    return True


def _note(
    connection: Connection, delivery_id: int, act: str, by: str, now: datetime, note: str
) -> None:
    connection.execute(
        insert(outbox_acts).values(
            delivery_id=delivery_id,
            act=act,
            acted_by=storable(by),
            at=to_instant(now),
            note=storable(note),
        )
    )


def _locked(connection: Connection, delivery_ids: Collection[int]) -> tuple[int, ...]:
    lock_documents_of(connection, delivery_ids)
    statement = "SELECT id FROM deliveries WHERE id {among} ORDER BY id"
    return tuple(
        row[0]
        for row in rows_among(
            connection, statement + ("" if is_sqlite(connection) else " FOR UPDATE"), delivery_ids
        )
    )
