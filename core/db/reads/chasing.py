"""Reads promises, snoozes and calls. Only ``Reader`` is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.engine import Reader
from core.db.rows import Record, from_instant, known_instant, part_of, to_instant
from core.model.chasing import Call, Hold, HoldKind
from core.rules.chasing.call_reminders import newest
from core.rules.search.text import search_key

_ALWAYS = 2**63 - 1
_CALL: Final = Record(Call, named={"by": "called_by"})
_HOLD: Final = Record(
    Hold,
    "h",
    {"by": "h.set_by", "at": "h.set_at", "whole_customer": "h.document_id IS NULL"},
    {"kind": HoldKind},
)


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
        f"SELECT {_HOLD.columns} FROM holds h WHERE h.customer_id = :customer"
        " AND h.set_at <= :as_of AND (h.document_id IS NULL OR h.document_id = :document)"
        " ORDER BY h.id DESC",
        values,
    )
    held = tuple(map(_HOLD.of, rows))
    called = reader.rows(
        f"SELECT {_CALL.columns}, quiet_until FROM calls"
        " WHERE document_id = :document AND logged_at <= :as_of ORDER BY at DESC, id DESC",
        values,
    )
    quiet = max((row[-1] for row in called), default=0)
    until = max((hold.resumes_at for hold in newest(held) if hold.resumes_at), default=None)
    return Chase(tuple(map(_CALL.of, called)), held, until, from_instant(quiet))


def holds_of_customer(reader: Reader, customer_id: int) -> tuple[Hold, ...]:
    """Return what was asked for the whole customer, newest first."""
    rows = reader.rows(
        f"SELECT {_HOLD.columns} FROM holds h WHERE h.customer_id = :id AND h.document_id IS NULL"
        " ORDER BY h.id DESC",
        {"id": customer_id},
    )
    return tuple(map(_HOLD.of, rows))


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
            return [(key, found) for key, found in rows]
    return []
