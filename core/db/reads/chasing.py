"""Reads promises, snoozes and calls. Only ``Reader`` is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db.engine import Reader
from core.db.rows import from_date, from_instant, known_instant, part_of, to_instant
from core.model.chasing import Call, Hold, HoldKind, Outcome
from core.rules.chasing.call_reminders import newest
from core.rules.search.text import search_key

_ALWAYS = 2**63 - 1
_HOLD = "h.kind, h.until, h.resumes_at, h.note, h.set_by, h.set_at, h.document_id"


@dataclass(frozen=True, slots=True)
class Chase:
    """What puts chasing off for a document, at some moment."""

    calls: tuple[Call, ...]
    holds: tuple[Hold, ...]
    """Of the document and of its customer, newest first."""
    held_until: datetime | None
    quiet_until: datetime | None


def chase_of(
    reader: Reader, document_id: int, customer_id: int, as_of: datetime | None = None
) -> Chase:
    """Return what had been written down by ``as_of``; ``None``: by now."""
    values = {
        "document": document_id,
        "customer": customer_id,
        "as_of": _ALWAYS if as_of is None else to_instant(as_of),
    }
    rows = reader.rows(
        f"SELECT {_HOLD} FROM holds h WHERE h.customer_id = :customer AND h.set_at <= :as_of"
        " AND (h.document_id IS NULL OR h.document_id = :document) ORDER BY h.id DESC",
        values,
    )
    held = tuple(map(_hold, rows))
    called = reader.rows(
        "SELECT id, at, called_by, contact, outcome, note, logged_at, quiet_until FROM calls"
        " WHERE document_id = :document AND logged_at <= :as_of ORDER BY at DESC, id DESC",
        values,
    )
    quiet = max((row[7] for row in called), default=0)
    until = max((hold.resumes_at for hold in newest(held) if hold.resumes_at), default=None)
    return Chase(tuple(_call(row) for row in called), held, until, from_instant(quiet))


def holds_of_customer(reader: Reader, customer_id: int) -> tuple[Hold, ...]:
    """Return what was asked for the whole customer, newest first."""
    rows = reader.rows(
        f"SELECT {_HOLD} FROM holds h WHERE h.customer_id = :id AND h.document_id IS NULL"
        " ORDER BY h.id DESC",
        {"id": customer_id},
    )
    return tuple(map(_hold, rows))


def moments(reader: Reader, document_id: int) -> list[datetime]:
    """Return when anything of this was written down about a document."""
    rows = reader.rows(
        "SELECT logged_at FROM calls WHERE document_id = :id"
        " UNION SELECT h.set_at FROM holds h JOIN documents d ON d.customer_id = h.customer_id"
        " WHERE d.id = :id AND (h.document_id IS NULL OR h.document_id = :id)",
        {"id": document_id},
    )
    return [known_instant(row[0]) for row in rows]


def customer(reader: Reader, customer_id: int) -> tuple[str, str] | None:
    """Return name and phone; ``None``: no such customer."""
    rows = reader.rows("SELECT name, phone FROM customers WHERE id = :id", {"id": customer_id})
    return (rows[0][0], rows[0][1]) if rows else None


def customers_like(reader: Reader, name: str) -> list[tuple[int, str]]:
    """Return id and name of the customers of that name, or else of those with it in theirs."""
    key = search_key(name)
    in_the_name = "search LIKE :key ESCAPE '!'"
    for condition, value in (("name_key = :key", key), (in_the_name, part_of(key))):
        rows = reader.rows(
            f"SELECT id, name FROM customers WHERE {condition} ORDER BY name_key, id LIMIT 20",
            {"key": value},
        )
        if rows:
            return [(row[0], row[1]) for row in rows]
    return []


def _hold(row: Sequence[Any]) -> Hold:
    kind, until, resumes_at, note, by, at, document_id = row
    return Hold(
        HoldKind(kind),
        from_date(until),
        from_instant(resumes_at),
        note,
        by,
        known_instant(at),
        document_id is None,
    )


def _call(row: Sequence[Any]) -> Call:
    return Call(
        id=row[0],
        at=known_instant(row[1]),
        by=row[2],
        contact=row[3],
        outcome=Outcome(row[4]),
        note=row[5],
        logged_at=known_instant(row[6]),
    )
