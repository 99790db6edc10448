"""The history of documents and addresses, put together from emails, deliveries and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.db.codec import from_instant, known_instant
from core.db.engine import Reader
from core.db.queries import numbered
from core.db.reads import never_reached_amounts, open_balances
from core.health import AddressRecord, health_of
from core.model import (
    Attachment,
    Contact,
    CustomerHeader,
    DeliveryState,
    DeliveryView,
    EmailEntry,
    EmailKind,
    Engagement,
    Fact,
    Health,
    Note,
    RecipientEntry,
    Role,
    Status,
    address_key,
)
from core.status import notes, summarise_email

DELIVERY_COLUMNS: Final = (
    "x.id, x.email_id, x.document_id, x.role, x.address, x.replaces, x.status, x.engagement,"
    " x.by_person, x.sent_at, x.deferred_at, x.delivered_at, x.opened_at, x.clicked_at,"
    " x.bounced_at, x.complained_at, x.dropped_at, x.diagnostic, x.enhanced_status, x.subtype,"
    " x.ses_message_id, x.error, m.created_at"
)
STATE_TIMES: Final = (
    "sent_at",
    "deferred_at",
    "delivered_at",
    "opened_at",
    "clicked_at",
    "bounced_at",
    "complained_at",
    "dropped_at",
)
EVENT_COLUMNS: Final = (
    "v.delivery_id, v.counts, v.type, v.at, v.message_id, v.recipient, v.subtype, v.tag,"
    " v.feedback_id, v.action, v.enhanced_status, v.diagnostic, v.user_agent, v.ip, v.link,"
    " v.reports_nobody"
)


def state_of(row: Sequence[Any]) -> DeliveryState:
    """Read the settled state from a row of ``DELIVERY_COLUMNS``."""
    return DeliveryState(
        status=Status(row[6]),
        engagement=Engagement(row[7]),
        by_person=Engagement(row[8]),
        **{name: from_instant(value) for name, value in zip(STATE_TIMES, row[9:17], strict=True)},
        diagnostic=row[17],
        enhanced_status=row[18],
        subtype=row[19],
    )


def view_of(row: Sequence[Any]) -> DeliveryView:
    """Read what the roll-ups need from a row of ``DELIVERY_COLUMNS``."""
    return DeliveryView(row[1], known_instant(row[22]), Role(row[3]), row[4], row[5], state_of(row))


def fact_of(row: Sequence[Any]) -> Fact:
    """Read a fact from a row of ``EVENT_COLUMNS``."""
    return Fact(
        type=row[2],
        at=known_instant(row[3]),
        message_id=row[4],
        recipient=row[5],
        subtype=row[6],
        tag=row[7],
        feedback_id=row[8],
        action=row[9],
        enhanced_status=row[10],
        diagnostic=row[11],
        user_agent=row[12],
        ip=row[13],
        link=row[14],
        reports_nobody=bool(row[15]),
    )


def emails_of(reader: Reader, document_id: int) -> tuple[EmailEntry, ...]:
    """Return all emails of a document, newest first, with every recipient and note."""
    return _entries(reader, "m.document_id = :id", {"id": document_id})


def email(reader: Reader, email_id: int) -> EmailEntry | None:
    entries = _entries(reader, "m.id = :id", {"id": email_id})
    return entries[0] if entries else None


def _entries(reader: Reader, condition: str, values: dict[str, Any]) -> tuple[EmailEntry, ...]:
    emails = reader.rows(
        "SELECT m.id, m.kind, m.subject, m.body, m.created_at, m.sent_by FROM emails m"
        f" WHERE {condition} ORDER BY m.created_at DESC, m.id DESC",
        values,
    )
    deliveries = reader.rows(
        f"SELECT {DELIVERY_COLUMNS} FROM deliveries x JOIN emails m ON m.id = x.email_id"
        f" WHERE {condition} ORDER BY x.id",
        values,
    )
    facts = reader.rows(
        f"SELECT {EVENT_COLUMNS} FROM events v JOIN deliveries x ON x.id = v.delivery_id"
        f" JOIN emails m ON m.id = x.email_id WHERE {condition} ORDER BY v.at",
        values,
    )
    attached = reader.rows(
        "SELECT a.email_id, a.name, a.content_type, a.size, a.sha256 FROM attachments a"
        f" JOIN emails m ON m.id = a.email_id WHERE {condition} ORDER BY a.position",
        values,
    )
    facts_of: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for row in facts:
        facts_of[row[0]].append(row)
    rows_of: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for row in deliveries:
        rows_of[row[1]].append(row)
    files_of: dict[int, list[Attachment]] = defaultdict(list)
    for row in attached:
        files_of[row[0]].append(Attachment(*row[1:]))
    return tuple(
        EmailEntry(
            id=row[0],
            kind=EmailKind(row[1]),
            subject=row[2],
            body=row[3],
            created_at=known_instant(row[4]),
            sent_by=row[5],
            attachments=tuple(files_of[row[0]]),
            recipients=tuple(_recipient(d, facts_of[d[0]]) for d in rows_of[row[0]]),
            summary=summarise_email([view_of(d) for d in rows_of[row[0]]]),
            notes=_strays(facts_of[d[0]] for d in rows_of[row[0]]),
        )
        for row in emails
    )


def _recipient(row: Sequence[Any], events: Sequence[Sequence[Any]]) -> RecipientEntry:
    state = state_of(row)
    facts = [fact_of(event) for event in events if event[1]]
    return RecipientEntry(
        delivery_id=row[0],
        address=row[4],
        role=Role(row[3]),
        state=state,
        ses_message_id=row[20],
        error=row[21],
        opens=sum(fact.type == "Open" for fact in facts),
        clicks=sum(fact.type == "Click" for fact in facts),
        notes=notes(state, facts),
    )


def _strays(events: Iterable[Sequence[Sequence[Any]]]) -> tuple[Note, ...]:
    """Facts that name an address the email was not sent to: a forward, mostly."""
    found = []
    for rows in events:
        for row in rows:
            if not row[1]:
                fact = fact_of(row)
                about = fact.recipient or "an unnamed address"
                found.append(Note(fact.at, f"{fact.type} about {about}", fact.diagnostic))
    return tuple(sorted(found, key=lambda note: note.at))


# --------------------------------------------------------------------------- addresses


def health(reader: Reader, addresses: Sequence[str]) -> dict[str, Health]:
    """Return how each address fared over all documents, by ``address_key``."""
    among, values = numbered("a", sorted({address_key(a) for a in addresses}))
    records: dict[str, list[AddressRecord]] = defaultdict(list)
    for row in reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, m.subject, d.number FROM deliveries x"
        " JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = x.document_id"
        f" WHERE x.address_key IN {among}",
        values,
    ):
        records[address_key(row[4])].append(
            AddressRecord(row[1], known_instant(row[22]), state_of(row), row[23], row[24])
        )
    return {key: health_of(found) for key, found in records.items()}


def contacts(reader: Reader, customer_id: int) -> tuple[Contact, ...]:
    """Return a customer's addresses, the primary one first."""
    rows = reader.rows(
        "SELECT name, address, is_primary FROM contacts WHERE customer_id = :id"
        " ORDER BY is_primary DESC, id",
        {"id": customer_id},
    )
    known = health(reader, [row[1] for row in rows])
    return tuple(
        Contact(row[0], row[1], bool(row[2]), known.get(address_key(row[1]), Health()))
        for row in rows
    )


def customer_header(reader: Reader, customer_id: int) -> CustomerHeader | None:
    rows = reader.rows("SELECT name, documents FROM customers WHERE id = :id", {"id": customer_id})
    if not rows:
        return None
    emails, follow_ups = reader.rows(
        "SELECT count(*), coalesce(sum(CASE WHEN m.kind = 'follow_up' THEN 1 ELSE 0 END), 0)"
        " FROM emails m JOIN documents d ON d.id = m.document_id WHERE d.customer_id = :id",
        {"id": customer_id},
    )[0]
    return CustomerHeader(
        id=customer_id,
        name=rows[0][0],
        contacts=contacts(reader, customer_id),
        open_balance=open_balances(reader, [customer_id]).get(customer_id, ()),
        documents=int(rows[0][1]),
        emails=int(emails),
        follow_ups=int(follow_ups),
        never_reached=never_reached_amounts(reader, [customer_id]).get(customer_id, ()),
    )


def email_by_message_id(reader: Reader, ses_message_id: str) -> tuple[str, str] | None:
    """Return subject and document number of the email that SES knows by this id."""
    if not ses_message_id:
        return None
    rows = reader.rows(
        "SELECT m.subject, d.number FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " JOIN documents d ON d.id = x.document_id WHERE x.ses_message_id = :id",
        {"id": ses_message_id},
    )
    return (rows[0][0], rows[0][1]) if rows else None


def sent_bytes(reader: Reader, email_id: int) -> bytes | None:
    """Return the exact message that left, ``None`` when it was not ours or is not kept."""
    rows = reader.rows("SELECT mime FROM messages WHERE email_id = :id", {"id": email_id})
    return bytes(rows[0][0]) if rows else None


def wire_ids(reader: Reader, document_id: int) -> list[tuple[str, str]]:
    """Return (SES message id, Region) of what was sent about a document, oldest first."""
    return [
        (row[0], row[1])
        for row in reader.rows(
            "SELECT x.ses_message_id, x.region FROM deliveries x JOIN emails m"
            " ON m.id = x.email_id WHERE x.document_id = :id AND x.ses_message_id <> ''"
            " ORDER BY m.created_at, x.id",
            {"id": document_id},
        )
    ]
