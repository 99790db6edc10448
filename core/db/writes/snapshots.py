"""How a document stood when an email about it was written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from core.db.codec import from_date, from_money, storable, to_date, to_money
from core.db.engine import Reader
from core.db.schema.drafts import snapshots
from core.model.email import Snapshot


def record(connection: Connection, kept: Sequence[tuple[int, Snapshot | None]]) -> None:
    """Write the snapshots of emails, by email id."""
    rows = [
        {
            "email_id": email_id,
            "status": storable(snapshot.status),
            "currency": snapshot.currency,
            "total": to_money(snapshot.total),
            "balance_due": to_money(snapshot.balance_due),
            "due_on": to_date(snapshot.due_on),
        }
        for email_id, snapshot in kept
        if snapshot is not None
    ]
    if rows:
        connection.execute(insert(snapshots), rows)


def find(reader: Reader, email_id: int) -> Snapshot | None:
    """Return how the document stood; ``None`` for emails that did not keep it."""
    rows = reader.rows(
        "SELECT status, currency, total, balance_due, due_on FROM snapshots WHERE email_id = :id",
        {"id": email_id},
    )
    if not rows:
        return None
    status, currency, total, balance, due_on = rows[0]
    return Snapshot(status, currency, from_money(total), from_money(balance), from_date(due_on))
