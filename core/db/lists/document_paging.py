"""Pages of documents in any order: the ids at an offset, and the offset of one document.

The newest first of all documents is what a person looks at: there, how many were sent on each day
tells where to begin. Other orders are walked from the nearer end; the ids alone, out of an index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from core.db.engine import Reader, SqliteReader
from core.db.lists import counters, ordering
from core.db.lists.filter_sql import (
    FEW,
    IS_FOUND,
    ONLY_CALLS,
    document_conditions,
    is_gathered,
    times_of,
)
from core.db.lists.ordering import Order
from core.model.documents import DocumentFilter, DocumentOrder, DocumentSort, DocumentView
from core.model.enums import BEST_TO_WORST, DisplayStatus

T = TypeVar("T")
ALL: Final = 2**31 - 1
_FAR: Final = 2_000
"""From here on it pays to ask where to begin."""


def is_everything(where: DocumentFilter) -> bool:
    """Whether nothing but the chip narrows the documents."""
    plain = DocumentFilter(
        chip=where.chip, as_of=where.as_of, late=where.late, sort=where.sort, found=where.found
    )
    return where == plain and where.found is None


def known_count(reader: Reader, where: DocumentFilter) -> int | None:
    """Return how many documents there are where that is kept; ``None``: count them."""
    if where.found is not None and where == DocumentFilter(
        as_of=where.as_of, sort=where.sort, found=where.found
    ):
        return len(where.found)
    if not is_everything(where):
        return None
    if where.chip is DocumentView.ATTENTION:
        return counters.read(reader)[counters.ATTENTION] + _only_calls(reader, where)
    name = counters.name_of(where.chip)
    return None if name is None else counters.read(reader)[name]


def _only_calls(reader: Reader, where: DocumentFilter) -> int:
    sql = f"SELECT count(*) FROM documents d WHERE {ONLY_CALLS}"
    return int(reader.rows(sql, times_of(where.as_of))[0][0])


def ids_at(reader: Reader, where: DocumentFilter, offset: int, limit: int) -> list[int]:
    """Return the ids of a page."""
    if where.found is not None or where.text or where.conditions:
        near = nearby_ids(reader, where, offset, limit)
        if near is not None:
            return near
    order = ordering.documents(reader, where.sort)
    by_word = where.sort.column is DocumentOrder.DELIVERY
    if not is_everything(where) or (offset < _FAR and not by_word):
        return _ids(reader, where, order, offset, limit)
    if where.chip is DocumentView.ALL and where.sort.column is DocumentOrder.LAST_SENT:
        return _ids_by_day(reader, where, order, offset, limit)
    if where.chip is DocumentView.ALL and by_word:
        return _ids_by_word(reader, where, offset, limit)
    total = known_count(reader, where)
    if total is None or offset <= total // 2 or offset >= total:
        return _ids(reader, where, order, offset, limit)
    return walked([(order, total)], offset, limit, partial(_ids, reader, where))


def walked(
    sizes: Iterable[tuple[T, int]], offset: int, limit: int, read: Callable[..., list[int]]
) -> list[int]:
    """Go from bucket to bucket of such sizes to the ids of a page; in each from the nearer end.

    ``read`` is asked for a bucket, an offset and how many ids, and maybe ``backwards``.
    """
    found: list[int] = []
    for bucket, size in sizes:
        if offset >= size:
            offset -= size
            continue
        taken = min(limit - len(found), size - offset)
        if offset > size // 2:
            found += read(bucket, size - offset - taken, taken, backwards=True)[::-1]
        else:
            found += read(bucket, offset, taken)
        offset = 0
        if len(found) >= limit:
            break
    return found


def _ids(
    reader: Reader,
    where: DocumentFilter,
    order: Order,
    offset: int,
    limit: int,
    *,
    backwards: bool = False,
    also: str = "",
    bound: dict[str, Any] | None = None,
) -> list[int]:
    gathered = _is_gathered(reader, where)
    clause, values = document_conditions(where, walk=not gathered)
    if also:
        clause = f"{clause} AND {also}" if clause else f" WHERE {also}"
    by = order.by(backwards=backwards, gathered=gathered)
    rows = reader.rows(
        f"SELECT d.id FROM documents d{order.joins}{clause} ORDER BY {by}"
        " LIMIT :limit OFFSET :offset",
        {**values, **(bound or {}), "limit": limit, "offset": offset},
    )
    return [row[0] for row in rows]


def _is_gathered(reader: Reader, where: DocumentFilter) -> bool:
    """Whether the rows are few, so that no index of the order is to be searched for them."""
    if is_gathered(where):
        return True
    if where.found is not None:  # to look up each is about eight times a look at the next one
        return len(where.found) * 8 < counters.read(reader)[counters.ALL]
    if where.sort.column is DocumentOrder.LAST_SENT:
        return False  # every chip and every customer has an index in this order
    if where.customer_id is not None or where.late:
        return True
    if where.chip in (
        DocumentView.STUCK,
        DocumentView.NEEDS_CALL,
        DocumentView.SNOOZED,
        DocumentView.LATE,
    ):
        return True
    name = counters.name_of(where.chip)
    if where.chip is DocumentView.ALL or name is None:
        return False
    counts = counters.read(reader)
    return counts[name] * 16 < counts[counters.ALL]


def _ids_by_day(
    reader: Reader, where: DocumentFilter, order: Order, offset: int, limit: int
) -> list[int]:
    days = counters.days(reader)
    edge = 0
    for day, count in days if order.descending else days[::-1]:
        edge = day + 1 if order.descending else day
        if offset < count:
            break
        offset -= count
    else:
        return []
    also = "d.last_sent_at < :edge" if order.descending else "d.last_sent_at >= :edge"
    bound = {"edge": edge * counters.LONG_A_DAY}
    return _ids(reader, where, order, offset, limit, also=also, bound=bound)


def _ids_by_word(reader: Reader, where: DocumentFilter, offset: int, limit: int) -> list[int]:
    """Go from status to status: within each an index has them by when they were sent."""
    order = ordering.documents(reader, DocumentSort(descending=where.sort.descending))

    def read(word: DisplayStatus, start: int, count: int, *, backwards: bool = False) -> list[int]:
        also, bound = "d.word = :of_word", {"of_word": word.value}
        return _ids(reader, where, order, start, count, backwards=backwards, also=also, bound=bound)

    counts = counters.read(reader)
    sizes = ((word, counts[counters.word_name(word)]) for word in _words(where))
    return walked(sizes, offset, limit, read)


def _words(where: DocumentFilter) -> Sequence[DisplayStatus]:
    return BEST_TO_WORST[::-1] if where.sort.descending else BEST_TO_WORST


def position(reader: Reader, where: DocumentFilter, document_id: int) -> int | None:
    """Return how many documents stand before this one, ``None`` when it is not among them."""
    order = ordering.documents(reader, where.sort)
    clause, values = document_conditions(where)
    also = " AND" if clause else " WHERE"
    here = reader.rows(
        f"SELECT {', '.join(order.keys)} FROM documents d{order.joins}{clause}{also} d.id = :id",
        {**values, "id": document_id},
    )
    if not here:
        return None
    by_day = where.chip is DocumentView.ALL and where.sort.column is DocumentOrder.LAST_SENT
    if by_day and is_everything(where):
        return _position_by_day(reader, order, here[0])
    everything = where.chip is DocumentView.ALL and is_everything(where)
    if everything and where.sort.column is DocumentOrder.DELIVERY:
        return _position_by_word(reader, where, here[0])
    return count_before(reader, f"documents d{order.joins}{clause}", also, values, order, here[0])


def _position_by_day(reader: Reader, order: Order, here: Sequence[Any]) -> int:
    mine = here[0] // counters.LONG_A_DAY
    first, last = mine * counters.LONG_A_DAY, (mine + 1) * counters.LONG_A_DAY
    before = sum(
        count
        for day, count in counters.days(reader)
        if (day > mine if order.descending else day < mine)
    )
    of_that_day = "documents d WHERE d.last_sent_at >= :first AND d.last_sent_at < :last"
    bound = {"first": first, "last": last}
    return before + count_before(reader, of_that_day, " AND", bound, order, here)


def _position_by_word(reader: Reader, where: DocumentFilter, here: Sequence[Any]) -> int:
    mine = BEST_TO_WORST[here[0]]
    words, counts = _words(where), counters.read(reader)
    before = sum(counts[counters.word_name(word)] for word in words[: words.index(mine)])
    order = ordering.documents(reader, DocumentSort(descending=where.sort.descending))
    source, bound = "documents d WHERE d.word = :of_word", {"of_word": mine.value}
    return before + count_before(reader, source, " AND", bound, order, here[1:])


def count_before(
    reader: Reader,
    source: str,
    also: str,
    values: dict[str, Any],
    order: Order,
    here: Sequence[Any],
) -> int:
    """Count the rows of ``source`` before the one whose keys are ``here``.

    One range of an index a key: a comparison of whole rows would be made row by row.
    """
    sign = ">" if order.descending else "<"
    counts = []
    for place, key in enumerate(order.keys):
        same = "".join(f"{other} = :key{n} AND " for n, other in enumerate(order.keys[:place]))
        counts.append(f"(SELECT count(*) FROM {source}{also} {same}{key} {sign} :key{place})")
    bound = {f"key{n}": value for n, value in enumerate(here)}
    return int(reader.rows(f"SELECT {' + '.join(counts)}", {**values, **bound})[0][0])


_COLUMN: Final = re.compile(r"\bd\.[a-z_]+")
_FIRST: Final = 640
"""Rows from the beginning that are looked for like this."""
_LOOKED_AT: Final = 3_000
_LOOKED_AT_IDS: Final = 24_000
"""What is found already is a look into a set."""


def nearby_ids(reader: Reader, where: DocumentFilter, offset: int, limit: int) -> list[int] | None:
    """Return the ids of a whole page, if they all stand near the beginning.

    What many rows have stands among the first few thousand of any order: these are looked at one by
    one, at a cost that is known beforehand, and nothing is gathered. ``None``: it is not so common.
    """
    if not isinstance(reader, SqliteReader) or where.sort.column is not DocumentOrder.LAST_SENT:
        return None
    is_found = where.found is not None and not where.text and not where.conditions
    looked_at = _LOOKED_AT_IDS if is_found else _LOOKED_AT
    if where.found is not None and len(where.found) <= FEW:
        return None  # each is looked up
    if is_found and not _is_near(reader, where, offset + limit):
        return None
    if not is_found and offset + limit > _FIRST:
        return None
    along, bound = document_conditions(replace(where, text="", conditions=(), found=None))
    said = DocumentFilter(
        text=where.text, conditions=where.conditions, as_of=where.as_of, late=where.late
    )
    clause, values = document_conditions(said, near=True)
    if where.found is not None:
        clause = f"{clause} AND {IS_FOUND}" if clause else f" WHERE {IS_FOUND}"
    order = ordering.documents(reader, where.sort)
    columns = ", ".join(sorted({"d.id", *_COLUMN.findall(clause)}))
    # The inner one is walked through as far as the outer one needs: it keeps its order.
    sql = (
        f"SELECT d.id FROM (SELECT {columns} FROM documents d{along} ORDER BY {order.by()}"
        f" LIMIT :looked_at) d{clause} LIMIT :limit OFFSET :offset"
    )
    numbers: dict[str, Any] = {"looked_at": looked_at, "limit": limit, "offset": offset}
    rows = reader.rows_among(where.found or frozenset(), sql, {**bound, **values, **numbers})
    return [row[0] for row in rows] if len(rows) == limit else None


def _is_near(reader: Reader, where: DocumentFilter, last: int) -> bool:
    """Whether that many of those found should be met with before it is too far."""
    found = where.found or frozenset()
    return last * counters.read(reader)[counters.ALL] < len(found) * _LOOKED_AT_IDS
