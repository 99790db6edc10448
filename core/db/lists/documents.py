"""Documents for the screens, page by page. Only ``Reader`` is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.db.engine import Reader, SqliteReader
from core.db.lists import counters, document_paging, ordering
from core.db.lists.customers import count_customers as count_customers
from core.db.lists.customers import customer_position as customer_position
from core.db.lists.customers import customers as customers
from core.db.lists.customers import never_reached_amounts as never_reached_amounts
from core.db.lists.customers import open_balances as open_balances
from core.db.lists.customers import overview as overview
from core.db.lists.customers import page_customers as page_customers
from core.db.lists.filter_sql import CHIPS, document_conditions, numbered, times_of
from core.db.lists.text_search import is_ready, narrowed_documents
from core.db.rows import DOCUMENT_COLUMNS, chunks, document_of, known_instant
from core.model.documents import DocumentFilter, DocumentRow, DocumentView

_PAGES: Final = 5_000
"""More rows than that are one joined statement; a page is read in two steps, its ids first."""

# --------------------------------------------------------------------------- documents


def count_documents(reader: Reader, where: DocumentFilter) -> int:
    where = narrowed_documents(reader, where)
    known = document_paging.known_count(reader, where)
    if known is not None:
        return known
    clause, values = document_conditions(where)
    return int(reader.rows("SELECT count(*) FROM documents d" + clause, values)[0][0])


def page_documents(
    reader: Reader, where: DocumentFilter, offset: int = 0, limit: int | None = None
) -> tuple[DocumentRow, ...]:
    """Return documents in the order of ``where``; ``limit`` ``None`` is all of them."""
    if limit is not None and limit <= _PAGES:
        return documents(reader, _ids_at(reader, where, offset, limit))
    where = narrowed_documents(reader, where)
    clause, values = document_conditions(where)
    rows = reader.rows(
        f"SELECT {DOCUMENT_COLUMNS} FROM documents d JOIN customers c ON c.id = d.customer_id"
        f"{clause} ORDER BY {ordering.documents(reader, where.sort).by()}"
        " LIMIT :limit OFFSET :offset",
        {**values, "limit": document_paging.ALL if limit is None else limit, "offset": offset},
    )
    return tuple(map(document_of, rows))


def document(reader: Reader, document_id: int) -> DocumentRow | None:
    rows = reader.rows(
        f"SELECT {DOCUMENT_COLUMNS} FROM documents d JOIN customers c ON c.id = d.customer_id"
        " WHERE d.id = :id",
        {"id": document_id},
    )
    return document_of(rows[0]) if rows else None


def documents(reader: Reader, document_ids: Sequence[int]) -> tuple[DocumentRow, ...]:
    """Return documents in the order of the ids; those that are gone are left out."""
    found: dict[int, DocumentRow] = {}
    for some in chunks(document_ids):
        among, values = numbered("id", some)
        rows = reader.rows(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents d"
            f" JOIN customers c ON c.id = d.customer_id WHERE d.id IN {among}",
            values,
        )
        found |= {each.id: each for each in map(document_of, rows)}
    return tuple(found[key] for key in document_ids if key in found)


def document_ids(reader: Reader, where: DocumentFilter, limit: int) -> tuple[int, ...]:
    """Return the first ids that answer to a filter, in its order."""
    return tuple(_ids_at(reader, where, 0, limit))


def _ids_at(reader: Reader, where: DocumentFilter, offset: int, limit: int) -> list[int]:
    """Text that is not looked up yet is searched near the page itself where that is quicker."""
    near = (
        None
        if is_ready(reader, where)
        else document_paging.nearby_ids(reader, where, offset, limit)
    )
    return near or document_paging.ids_at(reader, narrowed_documents(reader, where), offset, limit)


def document_position(reader: Reader, where: DocumentFilter, document_id: int) -> int | None:
    """Return how many documents stand before this one, ``None`` when it is not among them."""
    return document_paging.position(reader, narrowed_documents(reader, where), document_id)


def chip_counts(reader: Reader, where: DocumentFilter) -> Mapping[DocumentView, int]:
    """Return the number behind every chip, whatever chip ``where`` itself has."""
    if document_paging.is_everything(replace(where, chip=DocumentView.ALL)):
        return _chip_counts_of_all(reader, where)
    where = narrowed_documents(reader, replace(where, chip=DocumentView.ALL))
    clause, values = document_conditions(where)
    chips = list(CHIPS)
    each = ", ".join(f"count(*) FILTER (WHERE {CHIPS[chip]})" for chip in chips)
    values |= times_of(where.as_of)
    row = reader.rows(f"SELECT count(*), {each} FROM documents d{clause}", values)[0]
    counts = {chip: int(count) for chip, count in zip(chips, row[1:], strict=True)}
    of_late = replace(where, chip=DocumentView.LATE)  # a few, found by their index
    if where.found is not None:
        of_late = replace(where, found=where.found.intersection(where.late))
    late = count_documents(reader, of_late)
    return {DocumentView.ALL: int(row[0]), DocumentView.LATE: late, **counts}


def _chip_counts_of_all(reader: Reader, where: DocumentFilter) -> Mapping[DocumentView, int]:
    """Return what is kept, and what depends on the time by the few rows that it is about."""
    kept = counters.read(reader)
    counts = {
        chip: kept[counters.name_of(chip) or ""] for chip in (DocumentView.ALL, *counters.OF_CHIPS)
    }
    for chip in (
        DocumentView.STUCK,
        DocumentView.LATE,
        DocumentView.NEEDS_CALL,
        DocumentView.SNOOZED,
        DocumentView.ATTENTION,
    ):
        counts[chip] = count_documents(reader, replace(where, chip=chip))
    return counts


def last_received(reader: Reader) -> datetime | None:
    """Return when the newest fact was stored."""
    rows = reader.rows("SELECT received_at FROM payloads ORDER BY id DESC LIMIT 1", {})
    return known_instant(rows[0][0]) if rows else None


def count_failed(reader: Reader) -> int:
    """Count what documents have unresolved: bounces, complaints, drops. Partial indexes do it."""
    counts = " + ".join(
        f"(SELECT count(*) FROM documents d WHERE d.{column} > 0)"
        for column in ("open_bounce", "open_complaint", "open_drop")
    )
    return int(reader.rows(f"SELECT {counts}", {})[0][0])


def revision(reader: Reader) -> int:
    """Return a number that changes with the data; what it is says nothing."""
    if isinstance(reader, SqliteReader):
        return reader.revision()
    # PostgreSQL: the snapshot is another one as soon as any transaction has changed anything.
    snapshot = "SELECT hashtextextended(CAST(pg_current_snapshot() AS text), 0)"
    return int(reader.rows(snapshot, {})[0][0])
