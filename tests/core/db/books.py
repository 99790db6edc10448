"""Small books to test with: customers, documents, emails, and facts about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.db import schema
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes import events, outbox
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.delivery import DeliveryEvent
from core.model.documents import DocumentFilter, DocumentRow
from core.model.enums import DocumentKind, EmailKind, Role

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def entry(
    number: str = "INV-0042",
    customer: str = "Krajcik & Sons",
    address: str = "ann@customer.example",
    **changes: Any,
) -> DocumentEntry:
    values: dict[str, Any] = {
        "kind": DocumentKind.INVOICE,
        "status": "OPEN",
        "currency": "USD",
        "total": Decimal("100.00"),
        "balance_due": Decimal("40.00"),
        "issued_on": date(2026, 11, 1),
        "due_on": date(2026, 12, 1),
        **changes,
    }
    return DocumentEntry(CustomerEntry(customer, address), number=number, **values)


def put(database: Database, *entries: DocumentEntry) -> list[DocumentRow]:
    """Write documents; return their rows in the order given."""
    with database.transaction() as connection:
        put_documents(connection, Catalogue(connection), entries)
    return [document(database, each.number) for each in entries]


def one(database: Database, **changes: Any) -> DocumentRow:
    """Write one document."""
    (row,) = put(database, entry(**changes))
    return row


def document(database: Database, number: str = "INV-0042") -> DocumentRow:
    (row,) = documents.page_documents(database.reader, DocumentFilter(number=number))
    return row


@dataclass(frozen=True)
class Written:
    email_id: int
    delivery_ids: tuple[int, ...]
    tags: tuple[str, ...]
    message_ids: tuple[str, ...]


def new_email(
    row: DocumentRow, *addresses: str, at: datetime = START, **changes: Any
) -> outbox.NewEmail:
    """An email to addresses; ``cc:`` and ``bcc:`` before one say so, ``a>b`` that b replaces a."""
    name = f"{row.number}-{at:%d%H%M%S%f}"
    deliveries = []
    for position, written in enumerate(addresses or ("ann@customer.example",)):
        role, colon, rest = written.rpartition(":")
        replaced, arrow, address = rest.rpartition(">")
        deliveries.append(
            outbox.NewDelivery(
                Role(role) if colon else Role.TO,
                address,
                f"tag-{name}-{position}",
                replaced if arrow else None,
            )
        )
    values: dict[str, Any] = {
        "document_id": row.id,
        "kind": EmailKind.ORIGINAL,
        "subject": f"Invoice {row.number}",
        "body": "Hi",
        "sender": "billing@outtray.example",
        "sent_by": "anna",
        "created_at": at,
        "message_id": f"<{name}@outtray.example>",
        "mime": b"From: billing@outtray.example",
        "attachments": (),
        "deliveries": tuple(deliveries),
        **changes,
    }
    return outbox.NewEmail(**values)


def record(database: Database, email: outbox.NewEmail) -> Written:
    """Write an email down, and take each delivery for sending."""
    with database.transaction() as connection:
        recorded = outbox.record(connection, email)
        for delivery_id in recorded.delivery_ids:
            assert outbox.claim(connection, delivery_id, email.created_at)
    tags = tuple(each.tag for each in email.deliveries)
    message_ids = tuple(tag.replace("tag-", "ses-") for tag in tags)
    return Written(recorded.email_id, recorded.delivery_ids, tags, message_ids)


def accept(database: Database, written: Written, at: datetime = START) -> None:
    """Write down that SES took every delivery."""
    with database.transaction() as connection:
        for delivery_id, message_id in zip(written.delivery_ids, written.message_ids, strict=True):
            outbox.accepted(connection, delivery_id, message_id, "eu-west-1", at)


def lose_answer(database: Database, written: Written) -> None:
    with database.transaction() as connection:
        for delivery_id in written.delivery_ids:
            outbox.unanswered(connection, delivery_id, "no answer")


def sent(
    database: Database, row: DocumentRow, *addresses: str, at: datetime = START, **changes: Any
) -> Written:
    written = record(database, new_email(row, *addresses, at=at, **changes))
    accept(database, written, at)
    return written


def fact(kind: str, message_id: str = "", minutes: float = 1, **changes: Any) -> DeliveryEvent:
    values: dict[str, Any] = {
        "type": kind,
        "at": START + timedelta(minutes=minutes),
        "message_id": message_id,
        "recipient": "ann@customer.example",
        **changes,
    }
    return DeliveryEvent(**values)


def hard_bounce(message_id: str, minutes: float = 2, **changes: Any) -> DeliveryEvent:
    values = {
        "subtype": "Permanent/General",
        "feedback_id": f"feedback-{message_id}-{minutes}",
        "action": "failed",
        "enhanced_status": "5.1.1",
        "diagnostic": "smtp; 550 5.1.1 user unknown",
        **changes,
    }
    return fact("Bounce", message_id, minutes, **values)


def tell(database: Database, *facts: DeliveryEvent, at: datetime = START) -> events.Stored:
    """Store facts, each from a body of its own."""
    with database.transaction() as connection:
        return events.store(connection, [(repr(each), [each]) for each in facts], at)


def settled(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that follows from the facts, row by row; apart from when it was heard."""
    heard = {"received_at", "payload_id", "tag", "digest"}  # the digest covers those before it
    found = {}
    with database.transaction() as connection:
        for table in (
            schema.customers,
            schema.documents,
            schema.emails,
            schema.deliveries,
            schema.events,
        ):
            columns = [column for column in table.c if column.name not in heard]
            keys = list(table.primary_key)
            rows = connection.execute(select(*columns).order_by(*keys))
            found[table.name] = [tuple(row) for row in rows]
    return found
