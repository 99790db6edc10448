"""A draft as it leaves: the exact bytes, and a delivery for everybody who gets them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from core.db.engine import Reader
from core.db.reads import history
from core.db.writes import outbox
from core.mail.mime import compose, one_line, sender_address
from core.model.documents import DocumentRow
from core.model.email import Draft
from core.model.enums import Role, address_key
from core.rules.gate.document_changes import snapshot_of
from core.services.sending.drafts import replaced_by, threaded
from core.services.sending.gate_facts import as_sent, sender_as_sent


def write(
    reader: Reader, draft: Draft, document: DocumentRow, *, sender: str, operator: str, at: datetime
) -> outbox.NewEmail:
    """Compose the exact bytes and name every delivery, before anything is sent.

    Raises:
        ValueError: an address that is none; the gate has refused those before.
    """
    to, cc, bcc = _once_each(draft.to, draft.cc, draft.bcc)
    ready = replace(draft, to=to, cc=cc, bcc=bcc, subject=one_line(draft.subject))
    ready = replace(ready, reply_to=sender_as_sent(ready.reply_to))
    from_ = sender_as_sent(sender)
    domain = sender_address(from_).rpartition("@")[2]
    message_id = f"<{uuid.uuid4().hex}@{domain}>"
    ready = threaded(reader, ready, message_id)
    return outbox.NewEmail(
        document_id=ready.document_id,
        kind=ready.kind,
        subject=ready.subject,
        body=ready.body,
        sender=from_,
        sent_by=operator,
        created_at=at,
        message_id=message_id,
        mime=compose(ready, from_, message_id, at, _foreign(reader, document)),
        attachments=ready.attachments,
        deliveries=_deliveries(ready),
        snapshot=snapshot_of(document),
    )


def _foreign(reader: Reader, document: DocumentRow) -> tuple[str, ...]:
    """What strangers named: in a message it is never read as Markdown."""
    contacts = history.contacts(reader, document.customer_id)
    names = (part for c in contacts for part in (c.name, c.address))
    return (document.number, document.customer, document.status, *names)


def _once_each(*lists: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every address as it goes to SES, and once over all lists: nobody gets an email twice."""
    seen: set[str] = set()
    for addresses in lists:
        kept = []
        for address in map(as_sent, addresses):
            if address_key(address) not in seen:
                seen.add(address_key(address))
                kept.append(address)
        yield tuple(kept)


def _deliveries(draft: Draft) -> tuple[outbox.NewDelivery, ...]:
    """One an address, in the order To, Cc, Bcc."""
    by_role = ((Role.TO, draft.to), (Role.CC, draft.cc), (Role.BCC, draft.bcc))
    return tuple(
        outbox.NewDelivery(role, address, uuid.uuid4().hex, replaced_by(draft, address))
        for role, addresses in by_role
        for address in addresses
    )
