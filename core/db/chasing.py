"""Writes promises, snoozes and calls, and what the rows of documents and customers show of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from core.db.codec import storable, to_date, to_instant
from core.db.summaries import lock_documents
from core.db.tables import calls, customers, documents, holds
from core.model import HoldKind, Outcome


@dataclass(frozen=True, slots=True)
class NewHold:
    customer_id: int
    document_id: int | None
    """``None``: the whole customer."""
    kind: HoldKind
    until: date | None
    """``None`` lifts what is in force."""
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewCall:
    document_id: int
    at: datetime
    by: str
    contact: str
    outcome: Outcome
    note: str
    logged_at: datetime
    quiet_until: datetime
    """Until then nobody needs to call about this document again."""


def put_hold(connection: Connection, hold: NewHold) -> None:
    """Add to the history; nothing that was said before is changed."""
    until = to_date(hold.until)
    if hold.document_id is None:
        row = update(customers).where(customers.c.id == hold.customer_id)
    else:
        lock_documents(connection, [hold.document_id])
        row = update(documents).where(documents.c.id == hold.document_id)
    connection.execute(row.values(held_until=until))
    connection.execute(
        insert(holds).values(
            customer_id=hold.customer_id,
            document_id=hold.document_id,
            kind=hold.kind.value,
            until=until,
            note=storable(hold.note),
            set_by=storable(hold.by),
            set_at=to_instant(hold.at),
        )
    )


def put_call(connection: Connection, call: NewCall) -> int:
    """Add a call to a document's history; return its id."""
    lock_documents(connection, [call.document_id])
    call_id: int = connection.execute(
        insert(calls)
        .values(
            document_id=call.document_id,
            at=to_instant(call.at),
            called_by=storable(call.by),
            contact=storable(call.contact),
            outcome=call.outcome.value,
            note=storable(call.note),
            logged_at=to_instant(call.logged_at),
            quiet_until=to_instant(call.quiet_until),
        )
        .returning(calls.c.id)
    ).scalar_one()
    latest = select(func.max(calls.c.quiet_until)).where(calls.c.document_id == call.document_id)
    connection.execute(
        update(documents)
        .where(documents.c.id == call.document_id)
        .values(quiet_until=latest.scalar_subquery())
    )
    return call_id
