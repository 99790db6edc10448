"""What F and R put in front of a person: a draft with everything filled in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.db.engine import Reader
from core.db.lists import documents
from core.db.reads import addresses as addressees
from core.db.reads import history
from core.db.writes import drafts, outbox
from core.files.attachments import read_attachment
from core.mail.mime import answers, attachments_of, compose, one_line, sender_address, thread_id
from core.mail.preview import print_of
from core.mail.templates.wording import Occasion, Office, versions
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Changes, Composition, Draft, Version
from core.model.enums import DisplayStatus, EmailKind, Role, address_key
from core.model.errors import InputError, NotFoundError
from core.model.history import EmailEntry
from core.rules.delivery.status import FAILURES, NEVER_LEFT
from core.rules.gate.document_rules import changes, snapshot_of
from core.services.sending.gate_facts import as_sent, sender_as_sent

NOBODY: Final = Office()
"""No name, no templates: the texts that are built in."""


def draft(
    reader: Reader,
    kind: EmailKind,
    document_id: int,
    office: Office = NOBODY,
    now: datetime | None = None,
) -> Composition:
    """Return a draft and what was already sent; what was never sent is resent as an original.

    A follow-up stays one: the accounting program may have sent the document itself.
    """
    document = documents.document(reader, document_id)
    if document is None:
        raise NotFoundError("That document is no longer in the database.")
    emails = history.emails_of(reader, document_id)
    contacts = history.contacts(reader, document.customer_id)
    standing = [email for email in emails if email.summary.word is not DisplayStatus.CANCELLED]
    today = (now or datetime.now(UTC)).astimezone().date()  # *today* is the operator's
    occasion = Occasion(document, contacts, standing, today)
    ours = [email for email in standing if email.kind is not EmailKind.EXTERNAL]
    if kind is EmailKind.RESEND and not ours:
        # Nothing was sent, or by another program, whose bytes are not ours to send again.
        kind = EmailKind.ORIGINAL
    primary = tuple(contact.address for contact in contacts if contact.primary)[:1]
    to = _addresses(standing[0], Role.TO) if standing else ()
    if kind is EmailKind.RESEND:
        made = _same_again(reader, office, occasion, ours)
    else:
        made = _new_message(reader, office, occasion, kind)
    addressed = replace(made.draft, to=to or primary, replaces=_failed_address(standing))
    domain = sender_address(office.sender).rpartition("@")[2]
    return replace(
        made,
        draft=addressed,
        history=emails,
        known=addressees.addresses(reader, document.customer_id, domain),
    )


def threaded(reader: Reader, draft: Draft, message_id: str) -> Draft:
    """Return ``draft`` within its document's thread, which begins with ``message_id`` if need be.

    A resend answers what those it goes to were sent; one that knows nobody answers nothing.
    """
    if draft.kind is EmailKind.RESEND:
        goes_to = {address_key(address) for address in (*draft.to, *draft.cc, *draft.bcc)}
        sent = addressees.wire_ids_to(reader, draft.document_id)
        parent, others = answers([(i, region) for i, region, key in sent if key in goes_to])
        draft = replace(draft, in_reply_to=parent, references=others)
    root = thread_id(history.first_message_id(reader, draft.document_id) or message_id)
    return replace(draft, references=tuple(dict.fromkeys((root, *draft.references))))


def _new_message(
    reader: Reader, office: Office, occasion: Occasion, kind: EmailKind
) -> Composition:
    document = occasion.document
    carries = kind is not EmailKind.FOLLOW_UP
    pdf = _pdf(document) if carries else None
    files = () if pdf is None else (pdf,)
    texts, chosen = versions(office, kind, occasion, attached=bool(files))
    texts = tuple(replace(text, attachments=files) for text in texts)
    parent, thread = answers([] if carries else history.wire_ids(reader, document.id))
    first = texts[chosen]
    made = Draft(
        document_id=document.id,
        kind=kind,
        to=(),
        subject=first.subject,
        body=first.body,
        attachments=files,
        in_reply_to=parent,
        references=thread,
        reply_to=first.reply_to or office.reply_to,
        expected_pdf=Path(document.pdf).name if carries else "",
    )
    return _composition(made, occasion, texts, chosen)


def _same_again(
    reader: Reader, office: Office, occasion: Occasion, ours: Sequence[EmailEntry]
) -> Composition:
    """The newest original or resend again; a follow-up only where nothing else was sent.

    Beside it, to choose instead: the document as it stands now, in the words of an original.
    """
    carrying = [e for e in ours if e.kind is not EmailKind.FOLLOW_UP]
    source = (carrying or list(ours))[0]
    mime = history.sent_bytes(reader, source.id)
    sent = attachments_of(mime) if mime else ()
    as_sent = Version("as sent", source.subject, source.body, sent)
    current = _new_message(reader, office, occasion, EmailKind.ORIGINAL)
    fresh = replace(current.versions[current.chosen], name="current document", step=0)
    before = drafts.find_snapshot(reader, source.id)
    pdf_sent = next((print_of(f.name, f.content) for f in sent if _is_pdf(f)), None)
    pdf_now = next((print_of(f.name, f.content) for f in fresh.attachments), None)
    if not occasion.document.pdf:
        pdf_now = pdf_sent  # where it lies is not known, so nothing can be said about it
    made = Draft(
        document_id=occasion.document.id,
        kind=EmailKind.RESEND,
        to=(),
        cc=_addresses(source, Role.CC),
        bcc=_addresses(source, Role.BCC),
        subject=source.subject,
        body=source.body,
        attachments=sent,
        reply_to=office.reply_to,
        expected_pdf=current.draft.expected_pdf or (pdf_sent.name if pdf_sent else ""),
    )
    return replace(
        _composition(made, occasion, (as_sent, fresh), 0),
        changes=Changes(
            source.created_at,
            before is not None,
            changes(before, occasion.document, pdf_sent, pdf_now),
        ),
    )


def _composition(
    draft: Draft, occasion: Occasion, texts: tuple[Version, ...], chosen: int
) -> Composition:
    return Composition(
        draft,
        occasion.document,
        tuple(occasion.contacts),
        tuple(occasion.emails),
        versions=texts,
        chosen=chosen,
    )


def _pdf(document: DocumentRow) -> AttachedFile | None:
    """The document's PDF as it lies on the disk now; the gate tells where there is none."""
    path = Path(document.pdf)
    if not document.pdf or not path.is_file():
        return None
    try:
        return read_attachment(path)
    except InputError:
        return None


def _is_pdf(file: AttachedFile) -> bool:
    return file.content_type == "application/pdf" or file.name.lower().endswith(".pdf")


def _addresses(entry: EmailEntry, role: Role) -> tuple[str, ...]:
    return tuple(r.address for r in entry.recipients if r.role is role)


def _failed_address(emails: Sequence[EmailEntry]) -> str | None:
    """The address that the next email stands in for, should it go elsewhere."""
    for entry in emails:
        for recipient in entry.recipients:
            if recipient.role is Role.TO and recipient.state.word in FAILURES:
                return recipient.address
        if entry.summary.word not in NEVER_LEFT:
            return None
    return None


def replaced_by(draft: Draft, address: str) -> str | None:
    """Return the failed address that ``address`` stands in for, if it does."""
    if draft.replaces is None or address_key(draft.replaces) == address_key(address):
        return None
    first = draft.to[0] if draft.to else ""
    return draft.replaces if address_key(first) == address_key(address) else None


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
