"""Emails on their way out: written before the call, answered after it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, update

from core.db.engine import hold
from core.db.rows import to_instant
from core.db.schema import attachments, deliveries, digests, emails, messages
from core.db.writes import drafts
from core.db.writes.event_matching import adopt_waiting
from core.db.writes.summaries import lock_documents, lock_documents_of, settle_deliveries
from core.model.email import AttachedFile, Snapshot
from core.model.enums import EmailKind, Role, Status, address_key, domain_of
from core.rules.search.text import storable

STOPPED_MID_CALL: Final = (
    "Outtray stopped while SES was being called; SES's report will tell whether it was sent."
)
_FILE: Final = ("position", "name", "content_type", "size", "sha256")
NO_LEASE: Final = {"lease_by": "", "lease_until": 0, "not_before": 0}
type_of_file = tuple[int, str, str, int, str]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    role: Role
    address: str
    tag: str
    """Opaque and unique; SES gives it back with every event."""
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class NewEmail:
    document_id: int
    kind: EmailKind
    subject: str
    body: str
    sender: str
    sent_by: str
    created_at: datetime
    message_id: str
    mime: bytes | None = field(repr=False)
    """The exact bytes; ``None`` where they are not ours to keep."""
    attachments: tuple[AttachedFile, ...]
    deliveries: tuple[NewDelivery, ...]
    batch_id: str = ""
    """What was enqueued by one act carries one; empty: it was sent by itself."""
    snapshot: Snapshot | None = None
    """How the document stands, where that is known."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a delivery in hand, and until when nobody else may take it."""

    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """An email that is written down, with its deliveries in the order given."""

    email_id: int
    delivery_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SesAnswer:
    """What became of a call that is over when the email is written down."""

    status: Status
    ses_message_id: str = ""
    region: str = ""
    at: datetime | None = None
    error: str = ""


def record(connection: Connection, email: NewEmail, lease: Lease | None = None) -> Recorded:
    """Write an email and its deliveries before anything is sent; ``lease``: who sends it now."""
    return record_all(connection, [email], lease=lease)[0]


def record_all(
    connection: Connection,
    new: Sequence[NewEmail],
    answers: Mapping[str, SesAnswer] | None = None,
    *,
    lease: Lease | None = None,
) -> list[Recorded]:
    """Write many emails; ``answers``, by tag, for those that were sent before they were known.

    A delivery without an answer is QUEUED.
    """
    if not new:
        return []
    known = answers or {}
    kept = [_file_rows(email) for email in new]
    email_ids = connection.scalars(
        insert(emails).returning(emails.c.id, sort_by_parameter_order=True),
        [_email_row(email, files) for email, files in zip(new, kept, strict=True)],
    ).all()
    mimes = [
        {"email_id": i, "mime": e.mime}
        for i, e in zip(email_ids, new, strict=True)
        if e.mime is not None
    ]
    if mimes:
        connection.execute(insert(messages), mimes)
    files = [
        {"email_id": i, **dict(zip(_FILE, row, strict=True))}
        for i, rows in zip(email_ids, kept, strict=True)
        for row in rows
    ]
    if files:
        connection.execute(insert(attachments), files)
    drafts.record_snapshot(
        connection, [(i, e.snapshot) for i, e in zip(email_ids, new, strict=True)]
    )
    rows = [
        _delivery_row(i, e, delivery, known.get(delivery.tag, SesAnswer(Status.QUEUED)), lease)
        for i, e in zip(email_ids, new, strict=True)
        for delivery in e.deliveries
    ]
    ids = _insert_deliveries(connection, rows)
    settle_deliveries(connection, ids)
    remaining = iter(ids)
    return [
        Recorded(i, tuple(next(remaining) for _ in e.deliveries))
        for i, e in zip(email_ids, new, strict=True)
    ]


def add_deliveries(
    connection: Connection, email_id: int, email: NewEmail, answers: Mapping[str, SesAnswer]
) -> list[int]:
    """Write recipients of an email that is written down already; settling them is left to do."""
    rows = [_delivery_row(email_id, email, d, answers[d.tag], None) for d in email.deliveries]
    ids = _insert_deliveries(connection, rows)
    contents = digests.contents(connection, [email_id])[email_id]
    digests.change(
        connection, update(emails).where(emails.c.id == email_id).values(contents=contents)
    )
    return ids


def _insert_deliveries(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    statement = insert(deliveries).returning(deliveries.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(statement, list(rows)))


def _email_row(email: NewEmail, files: Sequence[type_of_file]) -> dict[str, Any]:
    return {
        "document_id": email.document_id,
        "kind": email.kind.value,
        "subject": storable(email.subject),
        "body": storable(email.body),
        "sender": storable(email.sender),
        "sent_by": storable(email.sent_by),
        "created_at": to_instant(email.created_at),
        "message_id": email.message_id,
        "batch_id": email.batch_id,
        "contents": digests.of_contents(email.mime, files, len(email.deliveries)),
    }


def _file_rows(email: NewEmail) -> list[type_of_file]:
    return [
        (
            position,
            storable(file.name),
            file.content_type,
            len(file.content),
            hashlib.sha256(file.content).hexdigest(),
        )
        for position, file in enumerate(email.attachments)
    ]


def _delivery_row(
    email_id: int, email: NewEmail, delivery: NewDelivery, answer: SesAnswer, lease: Lease | None
) -> dict[str, Any]:
    return {
        "email_id": email_id,
        "document_id": email.document_id,
        "role": delivery.role.value,
        "address": storable(delivery.address),
        "address_key": storable(address_key(delivery.address)),
        "domain": storable(domain_of(delivery.address)),
        "replaces": delivery.replaces,
        "tag": delivery.tag,
        "local_status": int(answer.status),
        "status": int(answer.status),
        "claimed_at": to_instant(email.created_at),
        "accepted_at": to_instant(answer.at),
        "ses_message_id": answer.ses_message_id,
        "region": answer.region,
        "error": storable(answer.error),
        "lease_by": lease.by if lease else "",
        "lease_until": to_instant(lease.until) if lease else 0,
    }


def newest_email(connection: Connection, document_id: int) -> int:
    """Return the id of a document's newest email (0: none), and keep others from writing one."""
    lock_documents(connection, [document_id])
    newest = connection.scalar(
        select(func.max(emails.c.id)).where(emails.c.document_id == document_id)
    )
    return newest or 0


def claim(
    connection: Connection, delivery_id: int, now: datetime, lease: Lease | None = None
) -> bool:
    """Take a queued delivery for sending; false when somebody else has it."""
    lock_documents_of(connection, [delivery_id])
    d, held = deliveries.c, lease or Lease("", now)
    taken = digests.change(
        connection,
        update(deliveries)
        .where(
            d.id == delivery_id,
            d.local_status == int(Status.QUEUED),
            or_(d.lease_by == held.by, d.lease_until < to_instant(now)),
        )
        .values(
            local_status=int(Status.SENDING),
            claimed_at=to_instant(now),
            lease_by=held.by,
            lease_until=to_instant(held.until),
        ),
        [delivery_id],
    )
    if taken != 1:
        return False
    settle_deliveries(connection, [delivery_id])
    return True


def accepted(
    connection: Connection, delivery_id: int, ses_message_id: str, region: str, at: datetime
) -> None:
    """Record SES's yes, and take the facts that came before it."""
    hold(connection, f"message {ses_message_id}")
    lock_documents_of(connection, [delivery_id])
    digests.change(
        connection,
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(
            local_status=int(Status.SENT),
            ses_message_id=ses_message_id,
            region=region,
            accepted_at=to_instant(at),
            error="",
            **NO_LEASE,
        ),
        [delivery_id],
    )
    settle_deliveries(connection, {delivery_id} | adopt_waiting(connection, [ses_message_id]))


def not_sent(connection: Connection, delivery_id: int, words: str) -> None:
    """Record a definite no."""
    close(connection, delivery_id, Status.FAILED, words)


def unanswered(connection: Connection, delivery_id: int, words: str) -> None:
    """Record that nobody knows; the feed settles it through our tag."""
    close(connection, delivery_id, Status.UNCONFIRMED, words)


def statuses(
    connection: Connection, delivery_ids: Sequence[int]
) -> dict[int, tuple[int, str, str]]:
    """Return status, SES message id and error of deliveries."""
    d = deliveries.c
    return {
        row.id: (row.status, row.ses_message_id, row.error)
        for row in connection.execute(
            select(d.id, d.status, d.ses_message_id, d.error).where(d.id.in_(list(delivery_ids)))
        )
    }


def close(
    connection: Connection, delivery_id: int, status: Status, words: str, **more: Any
) -> bool:
    """End a delivery by our own knowledge; what SES has accepted meanwhile stays accepted."""
    lock_documents_of(connection, [delivery_id])
    closed = digests.change(
        connection,
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.local_status < int(Status.FAILED))
        .values(local_status=int(status), error=storable(words), **NO_LEASE, **more),
        [delivery_id],
    )
    settle_deliveries(connection, [delivery_id])
    return closed == 1
