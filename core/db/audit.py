"""Stored summaries beside recomputed ones, row by row, for ``outtray db check``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Table, select

from core.db import tallies
from core.db.engine import Database
from core.db.summaries import (
    current_summaries,
    customer_rollups,
    delivery_columns,
    document_columns,
    settled_states,
)
from core.db.tables import customers, deliveries, documents

_AT_ONCE = 500

type_of_pair = tuple[dict[str, Any], dict[str, Any]]
type_of_recompute = Callable[[Connection, Collection[int]], dict[int, dict[str, Any]]]


def tables(database: Database) -> Iterator[tuple[str, Iterator[type_of_pair]]]:
    """Yield every table that holds summaries with its (stored, recomputed) rows."""
    for table, recompute in _RECOMPUTE:
        yield table.name, _pairs(database, table, recompute)


def numbers(database: Database) -> type_of_pair:
    """Return the numbers of documents as they are kept and as they are."""
    with database.transaction(commit=False) as connection:
        return dict(tallies.stored(connection)), dict(tallies.counted(connection))


def _pairs(
    database: Database, table: Table, recompute: type_of_recompute
) -> Iterator[type_of_pair]:
    last = 0
    while True:
        with database.transaction(commit=False) as connection:
            rows = (
                connection.execute(
                    select(table).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
                )
                .mappings()
                .all()
            )
            if not rows:
                return
            stored = {row["id"]: dict(row) for row in rows}
            computed = recompute(connection, list(stored))
        last = max(stored)
        for key, row in stored.items():
            yield row, computed[key]


def _deliveries(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {key: delivery_columns(state) for key, state in settled_states(connection, ids).items()}


def _documents(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    found = current_summaries(connection, ids)
    return {key: document_columns(summary) for key, summary in found.items()}


def _customers(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {row.pop("key"): row for row in customer_rollups(connection, ids)}


_RECOMPUTE: tuple[tuple[Table, type_of_recompute], ...] = (
    (deliveries, _deliveries),
    (documents, _documents),
    (customers, _customers),
)
