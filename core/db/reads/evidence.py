"""What an evidence package holds beside the log: SES's own words and who sent from where."""

from __future__ import annotations

from datetime import datetime

from core.db.engine import Reader
from core.db.rows import EVENT_COLUMNS, fact_of, known_instant
from core.rules.delivery.timeline import Report


def reports(reader: Reader, document_id: int) -> tuple[Report, ...]:
    """Return every fact about the emails of a document, oldest first."""
    rows = reader.rows(
        f"SELECT {EVENT_COLUMNS}, x.email_id, x.address, v.received_at FROM events v"
        " JOIN deliveries x ON x.id = v.delivery_id WHERE x.document_id = :id"
        " ORDER BY v.at, v.message_id, v.type, v.recipient_key, v.discriminator",
        {"id": document_id},
    )
    return tuple(
        Report(row[-3], row[-2], bool(row[1]), fact_of(row), known_instant(row[-1])) for row in rows
    )


def bodies(reader: Reader, document_id: int) -> tuple[tuple[datetime, str], ...]:
    """Return what SES reported about a document as it was received, and when, oldest first."""
    rows = reader.rows(
        "SELECT p.received_at, p.raw FROM payloads p WHERE p.id IN (SELECT v.payload_id"
        " FROM events v JOIN deliveries x ON x.id = v.delivery_id WHERE x.document_id = :id)"
        " ORDER BY p.received_at, p.id",
        {"id": document_id},
    )
    return tuple((known_instant(at), raw) for at, raw in rows)


def senders(reader: Reader, document_id: int) -> dict[int, str]:
    """Return the From of every email of a document, by its id."""
    rows = reader.rows("SELECT id, sender FROM emails WHERE document_id = :id", {"id": document_id})
    return dict(rows)
