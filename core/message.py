"""Documents to drafts, drafts to the exact bytes that leave.

Foreign text (a number, a name, a subject) can never add a header or a recipient: every header value
is reduced to one line without controls, and every address is parsed before it gets here.
"""

from __future__ import annotations

import email
import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from core.model import AttachedFile, DocumentRow, Draft, EmailKind

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MOST_REFERENCES: Final = 10


def default_subject(kind: EmailKind, document: DocumentRow) -> str:
    number = one_line(document.number)
    if kind is EmailKind.FOLLOW_UP:
        return f"Following up on {document.kind.value} {number}"
    return f"{document.kind.value.capitalize()} {number}"


def default_body(kind: EmailKind, document: DocumentRow, *, attached: bool = False) -> str:
    what = f"{document.kind.value} {one_line(document.number)}"
    if kind is EmailKind.FOLLOW_UP:
        return f"Hi, I wanted to follow up on {what}. Let us know if you have any questions."
    due = f", due on {document.due_on:%d %B %Y}" if document.due_on else ""
    amount = f"{document.total:,.2f} {document.currency}"
    opening = f"Hi, please find {what} attached." if attached else f"Hi, this is about {what}."
    return f"{opening}\n\nTotal: {amount}{due}.\n\nLet us know if you have any questions."


def one_line(text: str) -> str:
    """Return ``text`` as it may stand in a header: one line, no controls, no broken surrogates."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def compose(draft: Draft, sender: str, message_id: str, at: datetime) -> bytes:
    """Return the message as raw MIME: visible To and Cc name everybody, Bcc nobody.

    Raises:
        ValueError: an address that is none; the gate has refused those before.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _sender(sender)
    message["To"] = [_address(address) for address in draft.to]
    if draft.cc:
        message["Cc"] = [_address(address) for address in draft.cc]
    message["Subject"] = one_line(draft.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    if draft.in_reply_to:
        message["In-Reply-To"] = one_line(draft.in_reply_to)
        message["References"] = one_line(" ".join(draft.references[-_MOST_REFERENCES:]))
    body = _body(draft.body)
    message.set_content(body, cte="quoted-printable")
    message.add_alternative(_as_html(body), subtype="html", cte="quoted-printable")
    for file in draft.attachments:
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(
            file.content,
            maintype=main or "application",
            subtype=sub or "octet-stream",
            filename=one_line(file.name),
        )
    return bytes(message)


def attachments_of(mime: bytes) -> tuple[AttachedFile, ...]:
    """Return the attachments of a message that left, to send the same again."""
    message = email.message_from_bytes(mime, policy=SMTP)
    found = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            name = part.get_filename() or "attachment"
            found.append(AttachedFile(name, part.get_content_type(), content))
    return tuple(found)


def wire_id(ses_message_id: str, region: str) -> str:
    """Return the Message-ID that SES puts on the wire in place of ours.

    ``email.amazonses.com`` in us-east-1, ``REGION.amazonses.com`` elsewhere.
    """
    host = "email" if region in ("", "us-east-1") else region
    return f"<{ses_message_id}@{host}.amazonses.com>"


def references(wire_ids: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the thread so far, oldest first, from (SES message id, Region) pairs."""
    return tuple(dict.fromkeys(wire_id(message_id, region) for message_id, region in wire_ids))


def sender_address(sender: str) -> str:
    """Return the bare address of a From value; empty where there is none."""
    return parseaddr(one_line(sender))[1]


def _sender(sender: str) -> Address:
    name, address = parseaddr(one_line(sender))
    return Address(display_name=name, addr_spec=address)


def _address(address: str) -> Address:
    return Address(addr_spec=one_line(address))


def _body(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_CONTROLS.sub(" ", line) for line in lines)


def _as_html(text: str) -> str:
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    inner = "\n".join(
        f"<p>{html.escape(part).replace(chr(10), '<br>' + chr(10))}</p>" for part in paragraphs
    )
    return f"<!DOCTYPE html>\n<html><body>\n{inner}\n</body></html>\n"
