"""The one state of the brake that all programs on a database share."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.db.engine import Reader
from core.db.rows import Record, to_instant
from core.rules.search.text import storable
from core.rules.sending.brake import CLEAR, Brake, Phase

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ONLY: Final = 1
_BRAKE: Final = Record(Brake, reads={"phase": Phase})
_STATE: Final = f"SELECT {_BRAKE.columns} FROM send_brake"
#: What is being handed to SES at this moment, by a program that is alive.
_CALLED: Final = (
    "SELECT count(*) FROM deliveries WHERE local_status = 20 AND local_status < 35"
    " AND lease_until >= :now"
)


def read(reader: Reader) -> Brake:
    """Return how it stands; who decides anything by it asks for it ``locked``."""
    rows = reader.rows(_STATE, {})
    return _BRAKE.of(rows[0]) if rows else CLEAR


def peek(connection: Connection) -> Brake:
    """Return how it stands for this transaction, without keeping others from changing it."""
    return _first(connection, _STATE)


def locked(connection: Connection) -> Brake:
    """Return how it stands, and keep others from changing it until this transaction ends.

    Take it last in a transaction: whoever has it waits for nothing else.
    """
    return _first(connection, _STATE if _is_sqlite(connection) else f"{_STATE} FOR UPDATE")


def write(connection: Connection, brake: Brake) -> None:
    """Keep the state that ``locked`` became."""
    from sqlalchemy import update

    from core.db.schema import digests, send_brake
    from core.db.schema.coverage import SEALED

    values = {
        "id": _ONLY,
        "phase": brake.phase.value,
        "failures": brake.failures,
        "epoch": brake.epoch,
        "since": to_instant(brake.since),
        "retry_at": to_instant(brake.retry_at),
        "probes": brake.probes,
        "trial_id": brake.trial_id,
        "words": storable(brake.words),
    }
    digest = digests.of([values[name] for name in SEALED["send_brake"]])
    connection.execute(update(send_brake).values(**values, digest=digest))


def others_call(connection: Connection, delivery_id: int, now: datetime) -> bool:
    """Whether a delivery other than this one is being handed to SES."""
    from sqlalchemy import text

    values = {"now": to_instant(now), "id": delivery_id}
    return bool(connection.scalar(text(f"{_CALLED} AND id <> :id"), values))


def is_called(connection: Connection, delivery_id: int, now: datetime) -> bool:
    """Whether this very delivery is being handed to SES."""
    from sqlalchemy import text

    values = {"now": to_instant(now), "id": delivery_id}
    return bool(connection.scalar(text(f"{_CALLED} AND id = :id"), values))


def calls_now(reader: Reader, now: datetime) -> int:
    """Count what is being handed to SES."""
    return int(reader.rows(_CALLED, {"now": to_instant(now)})[0][0])


def _first(connection: Connection, sql: str) -> Brake:
    from sqlalchemy import text

    row = connection.execute(text(sql)).first()
    return _BRAKE.of(row) if row is not None else CLEAR


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
