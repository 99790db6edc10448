"""Writes promises, snoozes and calls, and what the rows of documents and customers show of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from core.db.bulk import update_rows
from core.db.rows import to_date, to_instant
from core.db.schema import calls, customers, documents, holds
from core.db.writes.summaries import lock_documents, summarise_customers
from core.model.chasing import HoldKind, Outcome
from core.rules.search.text import storable


@dataclass(frozen=True, slots=True)
class NewHold:
    customer_id: int
    document_id: int | None
    """``None``: the whole customer."""
    kind: HoldKind
    until: date | None
    """``None`` lifts what is in force."""
    resumes_at: datetime | None
    """The beginning of that day."""
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
    """Add to the history, nothing said before is changed; then settle what the rows show."""
    of_customer = select(documents.c.id).where(documents.c.customer_id == hold.customer_id)
    ids = (
        [hold.document_id]
        if hold.document_id is not None
        else list(connection.execute(of_customer).scalars())
    )
    lock_documents(connection, ids)
    connection.execute(
        insert(holds).values(
            customer_id=hold.customer_id,
            document_id=hold.document_id,
            kind=hold.kind.value,
            until=to_date(hold.until),
            resumes_at=to_instant(hold.resumes_at),
            note=storable(hold.note),
            set_by=storable(hold.by),
            set_at=to_instant(hold.at),
        )
    )
    _settle_holds(connection, hold.customer_id, ids)


def _settle_holds(connection: Connection, customer_id: int, ids: list[int]) -> None:
    """Write what is in force: for a document the later one of its own and the customer's."""
    newest = (
        select(func.max(holds.c.id))
        .where(holds.c.customer_id == customer_id)
        .group_by(holds.c.document_id)
    )
    rows = connection.execute(
        select(holds.c.document_id, holds.c.resumes_at).where(holds.c.id.in_(newest))
    )
    until: dict[int | None, int] = {row[0]: row[1] for row in rows}
    whole = until.pop(None, 0)
    connection.execute(
        update(customers).where(customers.c.id == customer_id).values(held_until=whole)
    )
    changes = [(max(whole, until.get(document_id, 0)), document_id) for document_id in ids]
    update_rows(connection, documents, ("held_until",), changes)
    summarise_customers(connection, [customer_id])


def inherit_holds(connection: Connection) -> None:
    """Let documents that have just been imported know what holds for their customer."""
    held = select(customers.c.id).where(customers.c.held_until > 0)
    whole = (
        select(customers.c.held_until)
        .where(customers.c.id == documents.c.customer_id)
        .scalar_subquery()
    )
    connection.execute(
        update(documents)
        .where(documents.c.customer_id.in_(held), documents.c.held_until < whole)
        .values(held_until=whole)
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
    whose = select(documents.c.customer_id).where(documents.c.id == call.document_id)
    summarise_customers(connection, [connection.execute(whose).scalar_one()])
    return call_id
