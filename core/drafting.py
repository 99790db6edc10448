"""What F and R put in front of a person: a draft with everything filled in."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.db import history, reads
from core.db.engine import Reader
from core.errors import InputError, NotFoundError
from core.message import attachments_of, default_body, default_subject, references
from core.model import (
    AttachedFile,
    Composition,
    DocumentRow,
    Draft,
    EmailEntry,
    EmailKind,
    Role,
    Word,
    address_key,
)
from core.status import FAILURES, NEVER_LEFT


def draft(reader: Reader, kind: EmailKind, document_id: int) -> Composition:
    """Return a draft and what was already sent; what was never sent is resent as an original.

    A follow-up stays one: the accounting program may have sent the document itself.
    """
    document = reads.document(reader, document_id)
    if document is None:
        raise NotFoundError("That document is no longer in the database.")
    emails = history.emails_of(reader, document_id)
    contacts = history.contacts(reader, document.customer_id)
    primary = tuple(contact.address for contact in contacts if contact.primary)[:1]
    standing = [email for email in emails if email.summary.word is not Word.CANCELLED]
    to = _addresses(standing[0], Role.TO) if standing else ()
    ours = [email for email in standing if email.kind is not EmailKind.EXTERNAL]
    if kind is EmailKind.RESEND and not ours:
        # Nothing was sent, or by another program, whose bytes are not ours to send again.
        kind = EmailKind.ORIGINAL
    if kind is EmailKind.RESEND:
        made = _same_again(reader, document, ours)
    else:
        made = _new_message(reader, kind, document)
    return Composition(
        replace(made, to=to or primary, replaces=_failed_address(standing)),
        document,
        contacts,
        emails,
    )


def read_attachment(path: Path) -> AttachedFile:
    """Read a file to attach.

    Raises:
        InputError: it cannot be read; sending without it would be a surprise.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be attached: {error.strerror}.", "Nothing was sent."
        ) from error
    guessed, packing = mimetypes.guess_type(path.name)
    content_type = None if packing else guessed  # x.csv.gz is no text/csv
    return AttachedFile(path.name, content_type or "application/octet-stream", content)


def _new_message(reader: Reader, kind: EmailKind, document: DocumentRow) -> Draft:
    attachments: tuple[AttachedFile, ...] = ()
    thread: tuple[str, ...] = ()
    if kind is EmailKind.FOLLOW_UP:
        thread = references(history.wire_ids(reader, document.id))
    elif document.pdf and Path(document.pdf).is_file():
        attachments = (read_attachment(Path(document.pdf)),)
    return Draft(
        document_id=document.id,
        kind=kind,
        to=(),
        subject=default_subject(kind, document),
        body=default_body(kind, document, attached=bool(attachments)),
        attachments=attachments,
        in_reply_to=thread[0] if thread else "",
        references=thread,
    )


def _same_again(reader: Reader, document: DocumentRow, emails: Sequence[EmailEntry]) -> Draft:
    """The newest original or resend again; a follow-up only where nothing else was sent."""
    carrying = [e for e in emails if e.kind is not EmailKind.FOLLOW_UP]
    source = (carrying or list(emails))[0]
    mime = history.sent_bytes(reader, source.id)
    return Draft(
        document_id=document.id,
        kind=EmailKind.RESEND,
        to=(),
        cc=_addresses(source, Role.CC),
        bcc=_addresses(source, Role.BCC),
        subject=source.subject,
        body=source.body,
        attachments=attachments_of(mime) if mime else (),
    )


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
