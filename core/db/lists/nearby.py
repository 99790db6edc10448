"""The first rows of a text search, found by scanning in the order shown, on SQLite.

What many rows have stands among the first few thousand of any order: these are looked at one by
one, at a cost that is known beforehand, and nothing is gathered. ``None``: it is not so common.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from core.db.engine import Reader, SqliteReader
from core.db.lists import counters, ordering
from core.db.lists.filter_sql import FEW, IS_FOUND, document_conditions
from core.model.documents import DocumentFilter, DocumentOrder

_COLUMN: Final = re.compile(r"\bd\.[a-z_]+")
_FIRST: Final = 640
"""Rows from the beginning that are looked for like this."""
_LOOKED_AT: Final = 3_000
_LOOKED_AT_IDS: Final = 24_000
"""What is found already is a look into a set."""


def ids_at(reader: Reader, where: DocumentFilter, offset: int, limit: int) -> list[int] | None:
    """Return the ids of a whole page, if they all stand near the beginning."""
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
