"""Customers for the screens, page by page, and what is said above them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from core.db.engine import Reader
from core.db.lists import counters, ordering
from core.db.lists.document_paging import count_before, walked
from core.db.lists.filter_sql import (
    ATTENTION_FIRST,
    CALL_DUE,
    CALLS,
    CUSTOMER_CALLS,
    HELD_UNREACHED,
    NO_CALLS,
    REACHED_NOBODY,
    customer_conditions,
    numbered,
    times_of,
)
from core.db.lists.ordering import Order
from core.db.lists.text_search import narrowed_customers
from core.db.rows import chunks, from_instant, from_money
from core.model.documents import (
    Amount,
    CustomerFilter,
    CustomerOrder,
    CustomerRow,
    DocumentView,
    Overview,
)

_ALL: Final = 2**31 - 1


def count_customers(reader: Reader, where: CustomerFilter) -> int:
    if where.attention and not where.text:
        return _count_attention(reader, where.as_of)
    where = narrowed_customers(reader, where)
    clause, values = customer_conditions(where)
    return int(reader.rows("SELECT count(*) FROM customers c" + clause, values)[0][0])


def _count_attention(reader: Reader, as_of: datetime | None) -> int:
    """Two ranges of indexes; asked as one condition, every customer would be looked at."""
    return int(
        reader.rows(
            "SELECT (SELECT count(*) FROM customers c WHERE c.attention > 0)"
            f" + (SELECT count(*) FROM customers c WHERE c.attention = 0 AND {CUSTOMER_CALLS})",
            times_of(as_of),
        )[0][0]
    )


def page_customers(
    reader: Reader, where: CustomerFilter, offset: int = 0, limit: int | None = None
) -> tuple[CustomerRow, ...]:
    """Return customers in the order of ``where``: those that need attention first, then by name."""
    ids = ids_at(
        reader, narrowed_customers(reader, where), offset, _ALL if limit is None else limit
    )
    return customers(reader, ids, where.as_of)


def customers(
    reader: Reader, customer_ids: Sequence[int], as_of: datetime | None
) -> tuple[CustomerRow, ...]:
    """Return customers in the order of the ids; those that are gone are left out."""
    ids = list(customer_ids)
    rows = {row[0]: row for some in chunks(ids) for row in _rows(reader, some)}
    chases = _chases(reader, ids, as_of)
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
        for row in (rows[key] for key in ids if key in rows)
    )


def _rows(reader: Reader, customer_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
    among, values = numbered("id", customer_ids)
    return reader.rows(
        "SELECT c.id, c.name, c.documents, c.last_sent_at, c.bounced, c.complained, c.dropped,"
        " c.failed, c.never_reached, c.unconfirmed, c.held_until"
        f" FROM customers c WHERE c.id IN {among}",
        values,
    )


def customer_position(reader: Reader, where: CustomerFilter, customer_id: int) -> int | None:
    """Return how many customers stand before this one, ``None`` when it is not among them."""
    return position(reader, narrowed_customers(reader, where), customer_id)


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
    for some in chunks(customer_ids):
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
    to_call: dict[int, int] = {}
    held_back: dict[int, int] = {}
    for some in chunks(customer_ids):
        among, values = numbered("id", some)
        values |= times_of(as_of)
        for condition, found in (
            (f"{CALL_DUE} AND d.customer_id", to_call),
            (f"{HELD_UNREACHED} AND +d.customer_id", held_back),
        ):
            rows = reader.rows(
                f"SELECT d.customer_id, count(*) FROM documents d WHERE {condition}"
                f" IN {among} GROUP BY d.customer_id",
                values,
            )
            found.update((row[0], int(row[1])) for row in rows)
    return {key: (to_call.get(key, 0), held_back.get(key, 0)) for key in {*to_call, *held_back}}


def _primary_addresses(reader: Reader, customer_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in chunks(customer_ids):
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
    kept = counters.read(reader)
    customers = reader.rows("SELECT count(*) FROM customers", {})[0][0]
    unreached = reader.rows(
        "SELECT d.currency, sum(d.balance_due), count(*) FROM documents d"
        f" WHERE {REACHED_NOBODY} GROUP BY d.currency ORDER BY 2 DESC, 1",
        {},
    )
    return Overview(
        customers=int(customers),
        documents=kept[counters.ALL],
        attention=_count_attention(reader, as_of),
        bounced=kept[DocumentView.BOUNCED.value],
        never_reached=tuple(Amount(from_money(int(r[1])), r[0]) for r in unreached),
        never_reached_documents=sum(int(r[2]) for r in unreached),
        unlinked=counters.count(reader),
    )


_FAR: Final = 1_000


class _Level(NamedTuple):
    """As many troubles, to call or not: one step of the order by what needs attention.

    Those that need attention come first, then those to call, then by name; whom to call depends on
    the time, and no index knows it. So one goes from level to level: of as many troubles, to call
    or not; within a level an index has them by name.
    """

    attention: int
    calls: bool

    @property
    def condition(self) -> str:
        calls = CUSTOMER_CALLS if self.calls else NO_CALLS
        return f"c.attention = {int(self.attention)} AND {calls}"


def ids_at(reader: Reader, where: CustomerFilter, offset: int, limit: int) -> list[int]:
    """Return the ids of a page."""
    if where.sort.column is not CustomerOrder.ATTENTION:
        return _ids_by_column(reader, where, offset, limit)
    if _is_everything(where) and offset + limit > _FAR:
        return _ids_by_level(reader, where, offset, limit)
    clause, values = customer_conditions(where)
    by = ATTENTION_FIRST
    if _is_everything(where):  # the first ones, if so many need attention: the rest is not sorted
        found = _ids(reader, " WHERE c.attention > 0", by, times_of(where.as_of), offset, limit)
        if len(found) == limit:
            return found
    return _ids(reader, clause, by, {**values, **times_of(where.as_of)}, offset, limit)


def _is_everything(where: CustomerFilter) -> bool:
    return where == CustomerFilter(as_of=where.as_of, sort=where.sort)


def _ids(
    reader: Reader, clause: str, by: str, values: dict[str, Any], offset: int, limit: int
) -> list[int]:
    rows = reader.rows(
        f"SELECT c.id FROM customers c{clause} ORDER BY {by} LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset},
    )
    return [row[0] for row in rows]


def _ids_by_column(reader: Reader, where: CustomerFilter, offset: int, limit: int) -> list[int]:
    order = ordering.customers(reader, where.sort)
    clause, values = customer_conditions(where)
    return _ids(reader, clause, order.by(), values, offset, limit)


def _ids_by_level(reader: Reader, where: CustomerFilter, offset: int, limit: int) -> list[int]:
    times = times_of(where.as_of)

    def read(level: _Level, start: int, count: int, *, backwards: bool = False) -> list[int]:
        by = _BY_NAME.by(backwards=backwards)
        return _ids(reader, f" WHERE {level.condition}", by, times, start, count)

    return walked(_levels(reader, times), offset, limit, read)


def _levels(reader: Reader, times: dict[str, Any]) -> list[tuple[_Level, int]]:
    """Customers who are fine are the most: they are what is left of all when others are counted."""
    sizes: dict[int, int] = dict(
        reader.rows(
            "SELECT c.attention, count(*) FROM customers c WHERE c.attention > 0"
            " GROUP BY c.attention",
            {},
        )
    )
    sizes[0] = int(reader.rows("SELECT count(*) FROM customers", {})[0][0]) - sum(sizes.values())
    calls: dict[int, int] = dict(
        reader.rows(
            f"SELECT c.attention, count(*) FROM customers c WHERE {CUSTOMER_CALLS}"
            " GROUP BY c.attention",
            times,
        )
    )
    return [
        (_Level(attention, to_call), size)
        for attention in sorted(sizes, reverse=True)
        for to_call, size in (
            (True, int(calls.get(attention, 0))),
            (False, int(sizes[attention]) - int(calls.get(attention, 0))),
        )
    ]


def position(reader: Reader, where: CustomerFilter, customer_id: int) -> int | None:
    """Return how many customers stand before this one, ``None`` when it is not among them."""
    by_attention = where.sort.column is CustomerOrder.ATTENTION
    order = _BY_NAME if by_attention else ordering.customers(reader, where.sort)
    clause, values = customer_conditions(where)
    also = " AND" if clause else " WHERE"
    values |= times_of(where.as_of)
    here = reader.rows(
        f"SELECT c.attention, {CALLS}, {', '.join(order.keys)} FROM customers c{clause}{also}"
        " c.id = :id",
        {**values, "id": customer_id},
    )
    if not here:
        return None
    source = f"customers c{clause}"
    attention, calls, *keys = here[0]
    if not by_attention:
        return count_before(reader, source, also, values, order, keys)
    mine = _Level(attention, bool(calls))
    before = _count_above(reader, source, also, values, mine)
    return before + count_before(
        reader, f"{source}{also} {mine.condition}", " AND", values, order, keys
    )


def _count_above(
    reader: Reader, source: str, also: str, values: dict[str, Any], mine: _Level
) -> int:
    to_call = f"c.attention = {int(mine.attention)} AND {CUSTOMER_CALLS}"
    conditions: Sequence[str] = (
        f"c.attention > {int(mine.attention)}",
        *(() if mine.calls else (to_call,)),
    )
    counts = " + ".join(f"(SELECT count(*) FROM {source}{also} {each})" for each in conditions)
    return int(reader.rows(f"SELECT {counts}", values)[0][0])


_BY_NAME: Final = Order(("c.name_key", "c.id"), descending=False)
