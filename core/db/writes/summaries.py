"""Keeps the summary columns up to date, inside the transaction of whatever changed them.

All of it is recomputed with the pure rules from what is stored, so that no order of commits can
matter; the documents concerned are locked first, so that two programs cannot overtake each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from core.db.bulk import for_update, rows_among, type_of_row, write_changes
from core.db.lists import counters
from core.db.lists.filter_sql import CALL_FROM, NEEDS_ATTENTION, REACHED_NOBODY
from core.db.rows import (
    DELIVERY_AT,
    DELIVERY_COLUMNS,
    EVENT_COLUMNS,
    STATE_COLUMNS,
    STATE_TIMES,
    SUMMARY_COLUMNS,
    document_columns,
    fact_of,
    from_instant,
    from_money,
    to_instant,
    view_of,
)
from core.db.schema import customers, deliveries, documents
from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView, DocumentSummary
from core.model.enums import DocumentKind, Status
from core.rules.chasing.call_reminders import summarise
from core.rules.delivery.settling import settle


def lock_documents(connection: Connection, document_ids: Collection[int]) -> None:
    """Take the rows in one order; SQLite's transaction already holds the whole file."""
    _locked_documents(connection, document_ids)


def lock_documents_of(connection: Connection, delivery_ids: Collection[int]) -> None:
    """Take the documents of deliveries before the deliveries themselves.

    Everybody takes them in this order, so that nobody waits in a circle.
    """
    found = rows_among(connection, _DOCUMENTS_OF, delivery_ids)
    _locked_documents(connection, {row[0] for row in found})


def settle_deliveries(connection: Connection, delivery_ids: Collection[int]) -> None:
    """Recompute deliveries from what we did and from their events, then all that hangs on them."""
    if not delivery_ids:
        return
    found = rows_among(connection, _DOCUMENTS_OF, delivery_ids)
    books = _locked_documents(connection, {row[0] for row in found})
    rows = rows_among(connection, _DELIVERIES_OF, books)
    wanted = frozenset(delivery_ids)
    states = _settled(connection, {row[0]: row for row in rows if row[0] in wanted})
    _write_states(connection, rows, states)
    changed = _write_summaries(connection, books, _summaries(books, rows, states))
    summarise_customers(connection, {books[document_id].customer_id for document_id in changed})


def settled_states(
    connection: Connection, delivery_ids: Collection[int]
) -> dict[int, DeliveryState]:
    """Return what the rules make of the stored facts about these deliveries."""
    rows = rows_among(connection, _DELIVERIES, delivery_ids)
    return _settled(connection, {row[0]: row for row in rows})


def summarise_documents(connection: Connection, document_ids: Collection[int]) -> None:
    """Recompute what the rows of these documents show, and the customers they belong to."""
    books = _locked_documents(connection, document_ids)
    rows = rows_among(connection, _DELIVERIES_OF, books)
    _write_summaries(connection, books, _summaries(books, rows, {}))
    summarise_customers(connection, {row.customer_id for row in books.values()})


def current_summaries(
    connection: Connection, document_ids: Collection[int]
) -> dict[int, DocumentSummary]:
    """Return what the rules make of the stored deliveries of these documents."""
    books = _documents(connection, document_ids)
    return _summaries(books, rows_among(connection, _DELIVERIES_OF, books), {})


# --------------------------------------------------------------------------- steps


class _DocumentRow(NamedTuple):
    """A document as its row stands: what its summary needs, and the summary stored in it."""

    customer_id: int
    balance_due: Decimal
    kind: DocumentKind
    summary: type_of_row


def _locked_documents(
    connection: Connection, document_ids: Collection[int]
) -> dict[int, _DocumentRow]:
    """Nobody else writes these summaries before this transaction has ended."""
    return _documents(connection, document_ids, for_update(connection))


def _documents(
    connection: Connection, document_ids: Collection[int], lock: str = ""
) -> dict[int, _DocumentRow]:
    rows = rows_among(connection, _DOCUMENTS + lock, document_ids)
    return {
        row[0]: _DocumentRow(row[1], from_money(row[2]), DocumentKind(row[3]), row[4:])
        for row in rows
    }


def _settled(connection: Connection, rows: Mapping[int, type_of_row]) -> dict[int, DeliveryState]:
    facts: dict[int, list[DeliveryEvent]] = defaultdict(list)
    for row in rows_among(connection, _EVENTS_OF, rows):
        facts[row[0]].append(fact_of(row))
    return {
        key: settle(
            Status(row[_LOCAL_STATUS]), facts[key], from_instant(row[_ACCEPTED_AT]), row[_ADDRESS]
        )
        for key, row in rows.items()
    }


def _write_states(
    connection: Connection,
    rows: Iterable[type_of_row],
    states: Mapping[int, DeliveryState],
) -> None:
    """Write the states that are not stored like that already."""
    stored = {row[0]: row[_STATE] for row in rows if row[0] in states}
    computed = {key: tuple(delivery_columns(state).values()) for key, state in states.items()}
    write_changes(connection, deliveries, STATE_COLUMNS, stored, computed)


def _summaries(
    books: Mapping[int, _DocumentRow],
    rows: Iterable[type_of_row],
    states: Mapping[int, DeliveryState],
) -> dict[int, DocumentSummary]:
    """Apply the rules; ``states`` are newer than what stands in ``rows``."""
    views: dict[int, list[DeliveryView]] = defaultdict(list)
    for row in rows:
        views[row[DELIVERY_AT["document_id"]]].append(view_of(row, states.get(row[0])))
    return {
        document_id: summarise(views[document_id], book.balance_due, book.kind)
        for document_id, book in books.items()
    }


def _write_summaries(
    connection: Connection,
    books: Mapping[int, _DocumentRow],
    summaries: Mapping[int, DocumentSummary],
) -> set[int]:
    """Write the summaries that are not stored like that already; return whose they are."""
    stored = {key: books[key].summary for key in summaries}
    computed = {key: tuple(document_columns(each).values()) for key, each in summaries.items()}
    changed = write_changes(connection, documents, SUMMARY_COLUMNS, stored, computed)
    before = [_counted(stored[key]) for key in changed]
    counters.add(connection, counters.changed(before, [_counted(computed[key]) for key in changed]))
    return changed


def summarise_customers(connection: Connection, customer_ids: Collection[int]) -> None:
    """Recompute the roll-ups that the customers screen sorts and shows.

    Two documents of one customer may change at once; the sums of the later one must know both, so
    the customers are locked, always after the documents: nobody waits in a circle.
    """
    locked = _CUSTOMERS + for_update(connection)
    stored = {row[0]: row[1:] for row in rows_among(connection, locked, customer_ids)}
    computed = {
        row.pop("key"): tuple(row[name] for name in _ROLLUP_COLUMNS)
        for row in customer_rollups(connection, stored)
    }
    write_changes(connection, customers, _ROLLUP_COLUMNS, stored, computed)


def customer_rollups(connection: Connection, customer_ids: Collection[int]) -> list[dict[str, int]]:
    """Return the roll-ups of customers as they follow from their documents."""
    names = ("key", *_ROLLUP_COLUMNS)
    return [
        {name: int(value) for name, value in zip(names, row, strict=True)}
        for row in rows_among(connection, _ROLLUPS, customer_ids)
    ]


# --------------------------------------------------------------------------- statements

_DOCUMENTS_OF = "SELECT document_id FROM deliveries WHERE id {among}"
#: After the columns that ``rows.state_of`` reads, what the settled state starts from.
_DELIVERIES = (
    f"SELECT {DELIVERY_COLUMNS}, x.local_status, x.accepted_at"
    " FROM deliveries x JOIN emails m ON m.id = x.email_id WHERE x.id {among}"
)
_DELIVERIES_OF = _DELIVERIES.replace("x.id {among}", "x.document_id {among}")
_ADDRESS = DELIVERY_AT["address"]
_STATE = slice(DELIVERY_AT["status"], DELIVERY_AT["status"] + len(STATE_COLUMNS))
_LOCAL_STATUS, _ACCEPTED_AT = -2, -1
_EVENTS_OF = f"SELECT {EVENT_COLUMNS} FROM events v WHERE v.counts > 0 AND v.delivery_id {{among}}"

_counted = itemgetter(*map(SUMMARY_COLUMNS.index, counters.COLUMNS))
_DOCUMENTS = (
    f"SELECT id, customer_id, balance_due, kind, {', '.join(SUMMARY_COLUMNS)} FROM documents"
    " WHERE id {among} ORDER BY id"
)


def _count(condition: str) -> str:
    return f"coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"


#: Every roll-up of a customer as it follows from the rows of its documents.
_ROLLUP = {
    "documents": "count(d.id)",
    "attention": _count(NEEDS_ATTENTION),
    "bounced": _count("d.open_bounce > 0"),
    "complained": _count("d.open_complaint > 0"),
    "dropped": _count("d.open_drop > 0"),
    "failed": _count("d.open_failure > 0"),
    "unconfirmed": _count("d.word = 'UNCONFIRMED'"),
    "never_reached": _count(REACHED_NOBODY),
    "last_sent_at": "coalesce(max(d.last_sent_at), 0)",
    "call_from": f"coalesce(min(CASE WHEN d.call_at > 0 THEN {CALL_FROM} END), 0)",
}
_ROLLUP_COLUMNS = tuple(_ROLLUP)
_ROLLUPS = (
    f"SELECT c.id, {', '.join(_ROLLUP.values())} FROM customers c"
    " LEFT JOIN documents d ON d.customer_id = c.id WHERE c.id {among} GROUP BY c.id"
)
_CUSTOMERS = f"SELECT id, {', '.join(_ROLLUP)} FROM customers WHERE id {{among}} ORDER BY id"


def delivery_columns(state: DeliveryState) -> dict[str, Any]:
    """Return the settled columns of a delivery, by name."""
    found = {name: getattr(state, name) for name in STATE_COLUMNS}
    found |= {name: to_instant(found[name]) for name in STATE_TIMES}
    return {name: each if isinstance(each, str) else int(each) for name, each in found.items()}
