"""Our own suppression list, what was done to both, and the failures that caused entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.db.rows import chunks, to_instant
from core.model.enums import address_key
from core.model.suppressions import AuditEntry, Suppression
from core.rules.search.text import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection


def lock_name(address: str) -> str:
    """What an address is held by, so that nobody lists it while it is being claimed."""
    return f"address {address_key(address)}"


def add(connection: Connection, new: Sequence[Suppression], operator: str) -> list[Suppression]:
    """Put addresses on our own list; return those that were not there before."""
    from sqlalchemy import select
    from sqlalchemy.dialects import postgresql, sqlite

    from core.db.engine import hold
    from core.db.schema import suppressions

    # An email that is about to be handed to SES is claimed before this, or sees the entry.
    hold(connection, *sorted({lock_name(entry.address) for entry in new}))
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted = {storable(address_key(entry.address)): entry for entry in reversed(new)}
    there: set[str] = set()
    for some in chunks(sorted(wanted)):
        chosen = select(suppressions.c.address_key).where(suppressions.c.address_key.in_(some))
        there.update(connection.execute(chosen).scalars())
    missing = {key: entry for key, entry in wanted.items() if key not in there}
    rows = [
        {
            "address_key": key,
            "address": storable(entry.address),
            "reason": storable(entry.reason),
            "since": to_instant(entry.since),
            "added_by": storable(operator),
        }
        for key, entry in missing.items()
    ]
    if rows:
        connection.execute(dialect.insert(suppressions).on_conflict_do_nothing(), rows)
    return list(missing.values())


def remove(connection: Connection, address: str) -> bool:
    """Take an address off our own list; false where it was not there."""
    from sqlalchemy import delete

    from core.db.schema import suppressions

    key = storable(address_key(address))
    done = connection.execute(delete(suppressions).where(suppressions.c.address_key == key))
    return done.rowcount > 0


def write_audit(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Write what was done, in the transaction that does it."""
    from core.db.schema import suppression_audit

    if entries:
        connection.execute(suppression_audit.insert(), [_audit_row(entry) for entry in entries])


def begin_audit(connection: Connection, entry: AuditEntry) -> int:
    """Write what is about to be done; return the id for ``settle_audit``."""
    from core.db.schema import suppression_audit

    made = connection.execute(suppression_audit.insert().values(_audit_row(entry)))
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0


def _audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": to_instant(entry.at),
        "address_key": storable(address_key(entry.address)),
        "address": storable(entry.address),
        "list": entry.list,
        "action": entry.action,
        "reason": storable(entry.reason),
        "operator": storable(entry.operator),
        "outcome": entry.outcome,
        "detail": storable(entry.detail),
    }


def settle_audit(connection: Connection, audit_id: int, outcome: str, detail: str) -> None:
    """Write how it ended."""
    from core.db.schema import digests
    from core.db.schema import suppression_audit as table

    values = {"outcome": outcome, "detail": storable(detail)}
    digests.change(connection, table.update().where(table.c.id == audit_id).values(values))
