"""Keeping the settled columns true, inside the transaction of whatever changed them.

All of it is recomputed with the pure rules from what is stored, so that no order of commits can
matter; the documents concerned are locked first, so that two programs cannot overtake each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
    text,
    update,
)

from core.db.codec import from_instant, from_money, to_instant
from core.db.history import (
    DELIVERY_COLUMNS,
    EVENT_COLUMNS,
    STATE_TIMES,
    fact_of,
    view_of,
)
from core.db.tables import customers, deliveries, documents
from core.model import DeliveryState, DeliveryView, DocumentSummary, Fact, Status, Word
from core.status import settle, summarise_document

_AT_ONCE = 500
"""Identifiers in one IN clause; every database takes that many."""


def chunks(items: Iterable[Any]) -> Iterable[list[Any]]:
    """Cut ``items`` into pieces that fit one statement."""
    ordered = sorted(set(items))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def lock_documents(connection: Connection, document_ids: Collection[int]) -> None:
    """Take the rows in one order; SQLite's transaction already holds the whole file."""
    for ids in chunks(document_ids):
        connection.execute(_LOCK_DOCUMENTS, {"ids": ids})


def settle_deliveries(connection: Connection, delivery_ids: Collection[int]) -> None:
    """Recompute deliveries from what we did and from their events, then all that hangs on them."""
    if not delivery_ids:
        return
    document_ids: set[int] = set()
    for ids in chunks(delivery_ids):
        document_ids.update(connection.scalars(_DOCUMENTS_OF, {"ids": ids}))
    lock_documents(connection, document_ids)
    changes = [
        _delivery_values(delivery_id, state)
        for delivery_id, state in settled_states(connection, delivery_ids).items()
    ]
    connection.execute(_UPDATE_DELIVERY, changes)
    summarise_documents(connection, document_ids)


def settled_states(
    connection: Connection, delivery_ids: Collection[int]
) -> dict[int, DeliveryState]:
    """Return what the rules make of the stored facts about these deliveries."""
    facts: dict[int, list[Fact]] = defaultdict(list)
    states: dict[int, DeliveryState] = {}
    for ids in chunks(delivery_ids):
        for row in connection.execute(_EVENTS_OF, {"ids": ids}):
            facts[row[0]].append(fact_of(tuple(row)))
        for found in connection.execute(_LOCAL_STATE, {"ids": ids}):
            states[found.id] = settle(
                Status(found.local_status), facts[found.id], from_instant(found.accepted_at)
            )
    return states


def summarise_documents(connection: Connection, document_ids: Collection[int]) -> None:
    """Recompute what the rows of these documents show, and the customers they belong to."""
    summaries = current_summaries(connection, document_ids)
    if not summaries:
        return
    connection.execute(
        _UPDATE_DOCUMENT,
        [_document_values(document_id, summary) for document_id, summary in summaries.items()],
    )
    customer_ids: set[int] = set()
    for ids in chunks(document_ids):
        customer_ids.update(connection.scalars(_CUSTOMERS_OF, {"ids": ids}))
    summarise_customers(connection, customer_ids)


def current_summaries(
    connection: Connection, document_ids: Collection[int]
) -> dict[int, DocumentSummary]:
    """Return what the rules make of the stored deliveries of these documents."""
    views: dict[int, list[DeliveryView]] = defaultdict(list)
    balances: dict[int, Decimal] = {}
    for ids in chunks(document_ids):
        for row in connection.execute(_BALANCES, {"ids": ids}):
            balances[row.id] = from_money(row.balance_due)
        for found in connection.execute(_DELIVERIES_OF, {"ids": ids}):
            views[found[2]].append(view_of(tuple(found)))
    return {
        document_id: summarise_document(views[document_id], balance)
        for document_id, balance in balances.items()
    }


def summarise_customers(connection: Connection, customer_ids: Collection[int]) -> None:
    """Recompute the roll-ups that the customers screen sorts and shows."""
    for ids in chunks(customer_ids):
        _lock_customers(connection, ids)
        rows = customer_rollups(connection, ids)
        if rows:
            connection.execute(_UPDATE_CUSTOMER, rows)


def _lock_customers(connection: Connection, customer_ids: Collection[int]) -> None:
    """Two documents of one customer may change at once; the sums of the later one must know both.

    Always after the documents, so that nobody waits in a circle.
    """
    connection.execute(
        select(customers.c.id)
        .where(customers.c.id.in_(list(customer_ids)))
        .order_by(customers.c.id)
        .with_for_update()
    )


def customer_rollups(connection: Connection, customer_ids: Collection[int]) -> list[dict[str, int]]:
    """Return the roll-ups of customers as they follow from their documents."""
    return [
        {name: int(value) for name, value in row.items()}
        for row in connection.execute(_ROLLUPS, {"ids": list(customer_ids)}).mappings()
    ]


# --------------------------------------------------------------------------- statements
# Built once: putting a SELECT together costs more than running it on ten rows.

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LOCK_DOCUMENTS = (
    select(documents.c.id)
    .where(documents.c.id.in_(_IDS))
    .order_by(documents.c.id)
    .with_for_update()
)
_DOCUMENTS_OF = select(deliveries.c.document_id).where(deliveries.c.id.in_(_IDS))
_CUSTOMERS_OF = select(documents.c.customer_id).where(documents.c.id.in_(_IDS))
_BALANCES = select(documents.c.id, documents.c.balance_due).where(documents.c.id.in_(_IDS))
_LOCAL_STATE = select(deliveries.c.id, deliveries.c.local_status, deliveries.c.accepted_at).where(
    deliveries.c.id.in_(_IDS)
)
_EVENTS_OF = text(
    f"SELECT {EVENT_COLUMNS} FROM events v WHERE v.counts > 0 AND v.delivery_id IN :ids"
).bindparams(_IDS)
_DELIVERIES_OF = text(
    f"SELECT {DELIVERY_COLUMNS} FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " WHERE x.document_id IN :ids"
).bindparams(_IDS)


def _rollups() -> Select[Any]:
    """Every roll-up of a customer as it follows from the rows of its documents."""
    d = documents.c

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    unreached = (
        (d.never_reached > 0)
        & (d.kind == "invoice")
        & (d.send_count > 0)
        & d.word.notin_(["QUEUED", "SENDING", "SENT", "DEFERRED"])
    )
    attention = (
        (d.open_bounce > 0)
        | (d.open_complaint > 0)
        | (d.open_drop > 0)
        | (d.open_failure > 0)
        | (d.word == Word.UNCONFIRMED.value)
    )
    return (
        select(
            customers.c.id.label("key"),
            func.count(d.id).label("documents"),
            count(attention).label("attention"),
            count(d.open_bounce > 0).label("bounced"),
            count(d.open_complaint > 0).label("complained"),
            count(d.open_drop > 0).label("dropped"),
            count(d.open_failure > 0).label("failed"),
            count(d.word == Word.UNCONFIRMED.value).label("unconfirmed"),
            count(unreached).label("never_reached"),
            func.coalesce(func.max(d.last_sent_at), 0).label("last_sent_at"),
        )
        .select_from(customers.outerjoin(documents, d.customer_id == customers.c.id))
        .where(customers.c.id.in_(_IDS))
        .group_by(customers.c.id)
    )


_ROLLUPS = _rollups()

_STATE_COLUMNS = (
    "status",
    "engagement",
    "by_person",
    *STATE_TIMES,
    "diagnostic",
    "enhanced_status",
    "subtype",
)
_UPDATE_DELIVERY = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"))
    .values({name: bindparam("new_" + name) for name in _STATE_COLUMNS})
)
_SUMMARY_COLUMNS = (
    "word",
    "other_failed",
    "delivered",
    "recipients",
    "send_count",
    "last_sent_at",
    "last_recipient",
    "last_email_id",
    "ever_delivered",
    "never_reached",
    "open_bounce",
    "open_complaint",
    "open_drop",
    "open_failure",
)
_UPDATE_DOCUMENT = (
    update(documents)
    .where(documents.c.id == bindparam("key"))
    .values({name: bindparam("new_" + name) for name in _SUMMARY_COLUMNS})
)
_ROLLUP_COLUMNS = (
    "documents",
    "attention",
    "bounced",
    "complained",
    "dropped",
    "failed",
    "unconfirmed",
    "never_reached",
    "last_sent_at",
)
_UPDATE_CUSTOMER = (
    update(customers)
    .where(customers.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _ROLLUP_COLUMNS})
)


def delivery_columns(state: DeliveryState) -> dict[str, Any]:
    """Return the settled columns of a delivery, by name."""
    return {
        "status": int(state.status),
        "engagement": int(state.engagement),
        "by_person": int(state.by_person),
        **{name: to_instant(getattr(state, name)) for name in STATE_TIMES},
        "diagnostic": state.diagnostic,
        "enhanced_status": state.enhanced_status,
        "subtype": state.subtype,
    }


def document_columns(summary: DocumentSummary) -> dict[str, Any]:
    """Return the summary columns of a document, by name."""
    unresolved = summary.unresolved
    return {
        "word": summary.word.value,
        "other_failed": int(summary.other_failed),
        "delivered": summary.delivered,
        "recipients": summary.recipients,
        "send_count": summary.send_count,
        "last_sent_at": to_instant(summary.last_sent_at),
        "last_recipient": summary.last_recipient,
        "last_email_id": summary.last_email_id,
        "ever_delivered": int(summary.ever_delivered),
        "never_reached": int(summary.never_reached),
        "open_bounce": (Word.SOFT_BOUNCED in unresolved) + 2 * (Word.BOUNCED in unresolved),
        "open_complaint": int(Word.COMPLAINED in unresolved),
        "open_drop": int(Word.DROPPED in unresolved),
        "open_failure": int(Word.FAILED in unresolved),
    }


def _prefixed(key: int, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": key, **{"new_" + name: value for name, value in columns.items()}}


def _delivery_values(delivery_id: int, state: DeliveryState) -> dict[str, Any]:
    return _prefixed(delivery_id, delivery_columns(state))


def _document_values(document_id: int, summary: DocumentSummary) -> dict[str, Any]:
    return _prefixed(document_id, document_columns(summary))
