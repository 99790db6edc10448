"""Recomputes every stored summary from the events and reports what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.db import audit
from core.db.engine import Database


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that does not follow from the facts."""

    table: str
    id: int
    column: str
    stored: Any
    computed: Any


@dataclass(frozen=True, slots=True)
class CheckReport:
    deliveries: int
    documents: int
    customers: int
    differences: tuple[Difference, ...]


def check(database: Database) -> CheckReport:
    """Compare; nothing is changed."""
    counts: dict[str, int] = {}
    differences: list[Difference] = []
    for table, rows in audit.tables(database):
        counts[table] = 0
        for stored, computed in rows:
            counts[table] += 1
            differences.extend(_compare(table, stored, computed))
    kept, there = audit.numbers(database)
    differences.extend(
        Difference("document_counts", 0, name, kept.get(name, 0), there.get(name, 0))
        for name in sorted({*kept, *there})
        if kept.get(name, 0) != there.get(name, 0)
    )
    return CheckReport(
        counts["deliveries"], counts["documents"], counts["customers"], tuple(differences)
    )


def _compare(table: str, stored: dict[str, Any], computed: dict[str, Any]) -> Iterator[Difference]:
    for column, value in computed.items():
        if stored[column] != value:
            yield Difference(table, stored["id"], column, stored[column], value)
