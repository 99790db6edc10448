"""The history of documents and addresses, put together from emails, deliveries and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from core.db.engine import Reader
from core.db.lists.documents import never_reached_amounts, open_balances
from core.db.lists.filter_sql import numbered
from core.db.rows import (
    DELIVERY_AT,
    DELIVERY_COLUMNS,
    EVENT_COLUMNS,
    STATE_TIMES,
    fact_of,
    from_instant,
    known_instant,
    to_instant,
    view_of,
)
from core.model.delivery import DeliveryEvent, DeliveryView, Note
from core.model.enums import EmailKind, Status, address_key
from core.model.history import (
    Attachment,
    Contact,
    CustomerHeader,
    EmailEntry,
    Health,
    RecipientEntry,
)
from core.rules.delivery.addresses import AddressRecord, health_of
from core.rules.delivery.bot_engagement import doubt
from core.rules.delivery.settling import notes, settle, shared_complaints, stray_note
from core.rules.delivery.status import summarise_email
from core.rules.delivery.timeline import local_then, moments_of

_ALWAYS: Final = 2**63 - 1
#: Another program's email is known from its first report, and of its document since the link.
_KNOWN_THEN: Final = (
    " AND m.created_at <= :as_of AND m.linked_at <= :as_of AND (m.kind <> 'external' OR EXISTS"
    " (SELECT 1 FROM events e JOIN deliveries y ON y.id = e.delivery_id"
    " WHERE y.email_id = m.id AND e.received_at <= :as_of))"
)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The emails of a document, newest first, and what the roll-ups need of their deliveries."""

    emails: tuple[EmailEntry, ...]
    deliveries: tuple[DeliveryView, ...]


def correspondence(
    reader: Reader, document_id: int, as_of: datetime | None = None
) -> Correspondence:
    """Return all that was known of a document's emails at ``as_of``; ``None``: all there is.

    Facts count from when they were received, even where the delivery they are about was found
    later. See ``core.rules.delivery.timeline.local_then`` for what we did ourselves.
    """
    return _read(reader, "m.document_id = :id", {"id": document_id}, as_of)


def emails_of(reader: Reader, document_id: int) -> tuple[EmailEntry, ...]:
    """Return all emails of a document, newest first, with every recipient and note."""
    return correspondence(reader, document_id).emails


def email(reader: Reader, email_id: int) -> EmailEntry | None:
    entries = _read(reader, "m.id = :id", {"id": email_id}).emails
    return entries[0] if entries else None


def moments(reader: Reader, document_id: int) -> tuple[datetime, ...]:
    """Return when anything about a document became known, oldest first."""
    rows = reader.rows(
        "SELECT created_at FROM emails WHERE document_id = :id AND kind <> 'external'"
        " UNION SELECT linked_at FROM emails WHERE document_id = :id"
        " UNION SELECT CASE WHEN x.accepted_at > 0 THEN x.accepted_at ELSE x.claimed_at END"
        " FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " WHERE x.document_id = :id AND m.kind <> 'external'"
        " UNION SELECT v.received_at FROM events v JOIN deliveries x ON x.id = v.delivery_id"
        " WHERE x.document_id = :id",
        {"id": document_id},
    )
    return moments_of(known_instant(row[0]) for row in rows if row[0])


def _read(
    reader: Reader, condition: str, values: dict[str, Any], as_of: datetime | None = None
) -> Correspondence:
    values = {**values, "as_of": _ALWAYS if as_of is None else to_instant(as_of)}
    if as_of is not None:
        condition += _KNOWN_THEN
    emails = reader.rows(
        "SELECT m.id, m.kind, m.subject, m.body, m.created_at, m.sent_by, m.linked_by, m.linked_at"
        " FROM emails m"
        f" WHERE {condition} ORDER BY m.created_at DESC, m.id DESC",
        values,
    )
    deliveries = reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, x.local_status, x.claimed_at, x.accepted_at"
        " FROM deliveries x JOIN emails m ON m.id = x.email_id"
        f" WHERE {condition} ORDER BY x.id",
        values,
    )
    facts = reader.rows(
        f"SELECT {EVENT_COLUMNS} FROM events v JOIN deliveries x ON x.id = v.delivery_id"
        f" JOIN emails m ON m.id = x.email_id WHERE {condition} AND v.received_at <= :as_of"
        " ORDER BY v.at",
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
    told_of: dict[int, list[_Told]] = defaultdict(list)
    for row in deliveries:
        told_of[row[1]].append(_told(row, facts_of[row[0]], as_of))
    files_of: dict[int, list[Attachment]] = defaultdict(list)
    for row in attached:
        files_of[row[0]].append(Attachment(*row[1:]))
    return Correspondence(
        tuple(_entry(row, told_of[row[0]], files_of[row[0]]) for row in emails),
        tuple(told.view for several in told_of.values() for told in several),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """One delivery as the log tells it."""

    view: DeliveryView
    recipient: RecipientEntry
    strays: tuple[Note, ...]
    complaints: tuple[DeliveryEvent, ...]


def _entry(row: Sequence[Any], told: Sequence[_Told], files: Sequence[Attachment]) -> EmailEntry:
    strays = (note for each in told for note in each.strays)
    key, kind, subject, body, created_at, sent_by, linked_by, linked_at = row
    linked = Note(known_instant(linked_at), f"linked to this document by {linked_by}")
    complaints = shared_complaints(each.complaints for each in told)
    return EmailEntry(
        id=key,
        kind=EmailKind(kind),
        subject=subject,
        body=body,
        created_at=known_instant(created_at),
        sent_by=sent_by,
        attachments=tuple(files),
        recipients=tuple(each.recipient for each in told),
        summary=summarise_email([each.view for each in told]),
        notes=tuple(
            sorted(
                (*((linked,) if linked_at else ()), *strays, *complaints),
                key=lambda note: note.at,
            )
        ),
    )


def _told(row: Sequence[Any], events: Sequence[Sequence[Any]], as_of: datetime | None) -> _Told:
    facts = [fact_of(event) for event in events if event[1]]
    view = view_of(row)
    message_id, error = row[DELIVERY_AT["ses_message_id"]], row[DELIVERY_AT["error"]]
    if as_of is not None:
        local, accepted_at = _local_then(row, as_of)
        view = replace(view, state=settle(local, facts, accepted_at, view.address))
        message_id = message_id if view.state.status >= Status.SENT else ""
        error = error if local in (Status.FAILED, Status.UNCONFIRMED) else ""
    state = view.state
    recipient = RecipientEntry(
        delivery_id=row[DELIVERY_AT["id"]],
        address=view.address,
        role=view.role,
        state=state,
        ses_message_id=message_id,
        error=error,
        opens=sum(fact.type == "Open" for fact in facts),
        clicks=sum(fact.type == "Click" for fact in facts),
        notes=notes(state, facts, view.address),
        open_doubt=doubt(facts, "Open", state.sent_at),
        click_doubt=doubt(facts, "Click", state.sent_at),
    )
    complaints = tuple(fact for fact in facts if fact.type == "Complaint")
    return _Told(view, recipient, _strays(events), complaints)


def _local_then(row: Sequence[Any], as_of: datetime) -> tuple[Status, datetime | None]:
    """What we had done by then, and when SES took it, if it had."""
    status, claimed, accepted = row[-3:]
    accepted_at = from_instant(accepted)
    local = local_then(Status(status), from_instant(claimed), accepted_at, as_of)
    return local, accepted_at if accepted_at and accepted_at <= as_of else None


def _strays(events: Iterable[Sequence[Any]]) -> tuple[Note, ...]:
    """Facts about an email to several people that name none of them, or do not say whom."""
    return tuple(stray_note(fact_of(row)) for row in events if not row[1])


# --------------------------------------------------------------------------- addresses


#: What ``health_of`` goes by: from the confirmation on.
_TELLING: Final = STATE_TIMES[STATE_TIMES.index("delivered_at") :]


def health(reader: Reader, addresses: Sequence[str]) -> dict[str, Health]:
    """Return how each address fared over all documents, by ``address_key``.

    What lies before the newest confirmation tells nothing any more, and is not read.
    """
    among, values = numbered("a", sorted({address_key(a) for a in addresses}))
    records: dict[str, list[AddressRecord]] = defaultdict(list)
    for row in reader.rows(
        "WITH confirmed AS (SELECT address_key, max(delivered_at) AS at FROM deliveries"
        f" WHERE address_key IN {among} GROUP BY address_key)"
        f" SELECT {DELIVERY_COLUMNS}, m.subject, d.number FROM confirmed"
        " JOIN deliveries x ON x.address_key = confirmed.address_key"
        " JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = x.document_id"
        f" WHERE {' OR '.join(f'x.{name} >= confirmed.at' for name in _TELLING)}",
        values,
    ):
        view = view_of(row)
        record = AddressRecord(view.email_id, view.created_at, view.state, *row[-2:])
        records[address_key(view.address)].append(record)
    return {key: health_of(found) for key, found in records.items()}


def contacts(reader: Reader, customer_id: int) -> tuple[Contact, ...]:
    """Return a customer's addresses, the primary one first."""
    rows = reader.rows(
        "SELECT name, address, is_primary FROM contacts WHERE customer_id = :id"
        " ORDER BY is_primary DESC, id",
        {"id": customer_id},
    )
    known = health(reader, [address for _, address, _ in rows])
    return tuple(
        Contact(name, address, bool(primary), known.get(address_key(address), Health()))
        for name, address, primary in rows
    )


def customer_header(reader: Reader, customer_id: int) -> CustomerHeader | None:
    rows = reader.rows(
        "SELECT name, documents, phone, held_until FROM customers WHERE id = :id",
        {"id": customer_id},
    )
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
        phone=rows[0][2],
        held_until=from_instant(rows[0][3]),
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


def first_message_id(reader: Reader, document_id: int) -> str:
    """Return our own Message-ID of the first email written about a document; empty: none was."""
    rows = reader.rows(
        "SELECT message_id FROM emails WHERE document_id = :id AND message_id <> ''"
        " AND kind <> 'external' ORDER BY created_at, id LIMIT 1",
        {"id": document_id},
    )
    return str(rows[0][0]) if rows else ""


def wire_ids(reader: Reader, document_id: int) -> list[tuple[str, str]]:
    """Return (SES message id, Region) of what was sent about a document, oldest first."""
    rows = reader.rows(
        "SELECT x.ses_message_id, x.region FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " WHERE x.document_id = :id AND x.ses_message_id <> '' ORDER BY m.created_at, x.id",
        {"id": document_id},
    )
    return [(message_id, region) for message_id, region in rows]
