"""Customers for the screens, page by page, and what is said above them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.db import unlinked_count
from core.db.codec import from_instant, from_money
from core.db.engine import Reader
from core.db.queries import (
    ATTENTION_FIRST,
    CALL_DUE,
    CALLS,
    CUSTOMER_NEEDS_ATTENTION,
    HELD,
    REACHED_NOBODY,
    customer_conditions,
    in_chunks,
    numbered,
    times_of,
)
from core.model import Amount, CustomerFilter, CustomerRow, Overview

_ALL: Final = 2**31 - 1


def count_customers(reader: Reader, where: CustomerFilter) -> int:
    clause, values = customer_conditions(where)
    return int(reader.rows("SELECT count(*) FROM customers c" + clause, values)[0][0])


def page_customers(
    reader: Reader, where: CustomerFilter, offset: int = 0, limit: int | None = None
) -> tuple[CustomerRow, ...]:
    """Return customers, those that need attention first, then by name."""
    clause, values = customer_conditions(where)
    rows = reader.rows(
        "SELECT c.id, c.name, c.documents, c.last_sent_at, c.bounced, c.complained, c.dropped,"
        " c.failed, c.never_reached, c.unconfirmed, c.held_until"
        f" FROM customers c{clause} ORDER BY {ATTENTION_FIRST} LIMIT :limit OFFSET :offset",
        {
            **values,
            **times_of(where.as_of),
            "limit": _ALL if limit is None else limit,
            "offset": offset,
        },
    )
    ids = [row[0] for row in rows]
    chases = _chases(reader, ids, where.as_of)
    balances = open_balances(reader, ids)
    addresses = _primary_addresses(reader, ids)
    return tuple(
        CustomerRow(
            id=row[0],
            name=row[1],
            address=addresses.get(row[0], ""),
            open_balance=balances.get(row[0], ()),
            documents=row[2],
            last_sent_at=from_instant(row[3]),
            bounced=row[4],
            complained=row[5],
            dropped=row[6],
            failed=row[7],
            never_reached=row[8] - chases.get(row[0], (0, 0))[1],
            unconfirmed=row[9],
            needs_call=chases.get(row[0], (0, 0))[0],
            held_until=from_instant(row[10]),
        )
        for row in rows
    )


def customer_position(reader: Reader, where: CustomerFilter, customer_id: int) -> int | None:
    """Return how many customers stand before this one, ``None`` when it is not among them."""
    clause, values = customer_conditions(where)
    also = " AND" if clause else " WHERE"
    values |= times_of(where.as_of)
    here = reader.rows(
        f"SELECT c.attention, c.name_key, {CALLS} FROM customers c{clause}{also} c.id = :id",
        {**values, "id": customer_id},
    )
    if not here:
        return None
    before = reader.rows(
        f"SELECT count(*) FROM customers c{clause}{also} (c.attention > :attention"
        f" OR (c.attention = :attention AND ({CALLS} > :calls OR ({CALLS} = :calls"
        " AND (c.name_key < :name OR (c.name_key = :name AND c.id < :id))))))",
        {
            **values,
            "id": customer_id,
            "attention": here[0][0],
            "name": here[0][1],
            "calls": here[0][2],
        },
    )
    return int(before[0][0])


def open_balances(reader: Reader, customer_ids: list[int]) -> dict[int, tuple[Amount, ...]]:
    """Return what each customer owes on invoices, one amount a currency."""
    return _amounts(reader, customer_ids, "d.kind = 'invoice' AND d.balance_due > 0")


def never_reached_amounts(reader: Reader, customer_ids: list[int]) -> dict[int, tuple[Amount, ...]]:
    """Return the open money on documents that were sent and reached nobody."""
    return _amounts(reader, customer_ids, REACHED_NOBODY)


def _amounts(
    reader: Reader, customer_ids: list[int], condition: str
) -> dict[int, tuple[Amount, ...]]:
    found: dict[int, list[Amount]] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        for customer_id, currency, total in reader.rows(
            "SELECT d.customer_id, d.currency, sum(d.balance_due) FROM documents d"
            f" WHERE d.customer_id IN {among} AND {condition}"
            " GROUP BY d.customer_id, d.currency ORDER BY 3 DESC, 2",
            values,
        ):
            found.setdefault(customer_id, []).append(Amount(from_money(int(total)), currency))
    return {customer_id: tuple(amounts) for customer_id, amounts in found.items()}


def _chases(
    reader: Reader, customer_ids: list[int], as_of: datetime | None
) -> dict[int, tuple[int, int]]:
    """Return how many documents of each customer call for the phone, and how many of those that
    reached nobody are held back: nobody is to chase them now."""
    found: dict[int, tuple[int, int]] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            f"SELECT d.customer_id, sum(CASE WHEN {CALL_DUE} THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN {REACHED_NOBODY} AND {HELD} THEN 1 ELSE 0 END) FROM documents d"
            f" WHERE d.customer_id IN {among} AND (d.call_at > 0 OR d.never_reached > 0)"
            " GROUP BY d.customer_id",
            {**values, **times_of(as_of)},
        )
        found.update((row[0], (int(row[1]), int(row[2]))) for row in rows)
    return found


def _primary_addresses(reader: Reader, customer_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in in_chunks(customer_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            "SELECT customer_id, address FROM contacts"
            f" WHERE customer_id IN {among} AND is_primary > 0 ORDER BY id",
            values,
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def overview(reader: Reader, as_of: datetime | None = None) -> Overview:
    """Return the totals over all customers; who needs a call depends on the time."""
    customers, attention = reader.rows(
        f"SELECT count(*), coalesce(sum(CASE WHEN {CUSTOMER_NEEDS_ATTENTION} THEN 1 ELSE 0 END), 0)"
        " FROM customers c",
        times_of(as_of),
    )[0]
    documents = reader.rows("SELECT count(*) FROM documents", {})[0][0]
    bounced = reader.rows("SELECT count(*) FROM documents d WHERE d.open_bounce > 0", {})[0][0]
    unreached = reader.rows(
        "SELECT d.currency, sum(d.balance_due), count(*) FROM documents d"
        f" WHERE {REACHED_NOBODY} GROUP BY d.currency ORDER BY 2 DESC, 1",
        {},
    )
    return Overview(
        customers=int(customers),
        documents=int(documents),
        attention=int(attention),
        bounced=int(bounced),
        never_reached=tuple(Amount(from_money(int(r[1])), r[0]) for r in unreached),
        never_reached_documents=sum(int(r[2]) for r in unreached),
        unlinked=unlinked_count.count(reader),
    )
