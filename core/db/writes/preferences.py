"""What screens remember for each person: a value for a key, the last one written stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.db.engine import Reader, hold
from core.rules.search.text import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(reader: Reader, operator: str, key: str) -> str | None:
    """Return a value; ``None`` where none was written."""
    rows = reader.rows(
        "SELECT value FROM preferences WHERE operator = :operator AND key = :key",
        {"operator": storable(operator), "key": key},
    )
    return str(rows[0][0]) if rows else None


def write(connection: Connection, operator: str, key: str, value: str) -> None:
    """Keep ``value`` in place of what was there; an empty one removes it."""
    from sqlalchemy import delete, insert

    from core.db.schema.decisions import preferences as p

    who = storable(operator)
    hold(connection, f"preferences {who}")
    connection.execute(delete(p).where((p.c.operator == who) & (p.c.key == key)))
    if value:
        connection.execute(insert(p).values(operator=who, key=key, value=storable(value)))
