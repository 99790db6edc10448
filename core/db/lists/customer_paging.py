"""Pages of customers in any order: the ids at an offset, and the offset of one customer.

Those that need attention come first, then those to call, then by name; whom to call depends on the
time, and no index knows it. So one goes from level to level: of as many troubles, to call or not;
within a level an index has them by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from core.db.engine import Reader
from core.db.lists import ordering
from core.db.lists.document_paging import count_before
from core.db.lists.filter_sql import (
    ATTENTION_FIRST,
    CALLS,
    CUSTOMER_CALLS,
    NO_CALLS,
    customer_conditions,
    times_of,
)
from core.db.lists.ordering import Order
from core.model.documents import CustomerFilter, CustomerOrder

_FAR: Final = 1_000


class _Level(NamedTuple):
    attention: int
    calls: bool
    size: int

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
    found: list[int] = []
    times = times_of(where.as_of)
    for level in _levels(reader, times):
        if offset >= level.size:
            offset -= level.size
            continue
        taken = min(limit - len(found), level.size - offset)
        backwards = offset > level.size // 2
        start = level.size - offset - taken if backwards else offset
        way = "DESC" if backwards else "ASC"
        by = f"c.name_key {way}, c.id {way}"
        some = _ids(reader, f" WHERE {level.condition}", by, times, start, taken)
        found += some[::-1] if backwards else some
        offset = 0
        if len(found) >= limit:
            break
    return found


def _levels(reader: Reader, times: dict[str, Any]) -> list[_Level]:
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
        _Level(attention, to_call, size)
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
    mine = _Level(attention, bool(calls), 0)
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
