"""What the gate asks the database about a document and its recipients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db import suppressions
from core.db.codec import known_instant, to_instant
from core.db.engine import Reader
from core.db.queries import numbered
from core.model import Status, Suppression, Word, address_key


@dataclass(frozen=True, slots=True)
class EarlierEmail:
    """An email to this customer, as the gate needs it."""

    document_id: int
    number: str
    sent_by: str
    at: datetime
    word: Word


def own_suppressions(reader: Reader, addresses: Sequence[str]) -> dict[str, Suppression]:
    """Return the entries of our own list, by ``address_key``."""
    return suppressions.entries_of(reader, addresses)


def spellings(reader: Reader, addresses: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return by ``address_key`` the address as given, then as contacts and SES have written it.

    SES keeps its list in the case that it heard, and finds an entry by that case only.
    """
    found: dict[str, dict[str, None]] = {address_key(a): {a: None} for a in addresses}
    among, values = numbered("a", sorted(found))
    for (written,) in reader.rows(
        f"SELECT c.address FROM contacts c WHERE c.address_key IN {among}"
        f" UNION SELECT x.address FROM deliveries x WHERE x.address_key IN {among}"
        " UNION SELECT v.recipient FROM events v JOIN deliveries x ON x.id = v.delivery_id"
        f" WHERE x.address_key IN {among} AND v.counts > 0",
        values,
    ):
        if address_key(written) in found:
            found[address_key(written)][written] = None
    return {key: tuple(written) for key, written in found.items()}


def emails_since(reader: Reader, customer_id: int, since: datetime) -> tuple[EarlierEmail, ...]:
    """Return what this customer was sent since then; refused calls were not sent.

    Refused is what still stands so: a report of SES about it is believed over our reading.
    """
    rows = reader.rows(
        "SELECT d.id, d.number, m.sent_by, m.created_at, min(x.status) FROM documents d"
        " JOIN emails m ON m.document_id = d.id JOIN deliveries x ON x.email_id = m.id"
        " WHERE d.customer_id = :customer AND m.created_at >= :since"
        " AND x.status <> 35 GROUP BY d.id, d.number, m.id, m.sent_by, m.created_at"
        " ORDER BY m.created_at DESC",
        {"customer": customer_id, "since": to_instant(since)},
    )
    return tuple(_earlier(row) for row in rows)


def unsettled_emails(reader: Reader, document_id: int) -> tuple[EarlierEmail, ...]:
    """Return emails about a document of which nobody knows whether SES has them."""
    rows = reader.rows(
        "SELECT d.id, d.number, m.sent_by, m.created_at, min(x.status) FROM deliveries x"
        " JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = m.document_id"
        " WHERE d.id = :id AND x.status < 35"
        " GROUP BY d.id, d.number, m.id, m.sent_by, m.created_at ORDER BY m.created_at DESC",
        {"id": document_id},
    )
    return tuple(_earlier(row) for row in rows)


def _earlier(row: Sequence[Any]) -> EarlierEmail:
    return EarlierEmail(
        document_id=row[0],
        number=row[1],
        sent_by=row[2],
        at=known_instant(row[3]),
        word=Word[Status(row[4]).name],
    )
