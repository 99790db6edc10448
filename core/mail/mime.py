"""Documents to drafts, drafts to the exact bytes that leave.

Foreign text (a number, a name, a subject) can never add a header or a recipient: every header value
is reduced to one line without controls, and every address is parsed before it gets here. Header
values are written by ``_Written``: the standard library would decode ``=?…?=`` inside them first,
and with it whatever line break somebody has hidden there.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import quote

from core.mail.html import to_html
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Draft
from core.model.enums import DocumentKind, EmailKind
from core.rules.delivery.addresses import parse_mailbox

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MOST_REFERENCES: Final = 10
_CONTENT_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
#: Parts of these types are taken apart by whoever reads them, so a file would not come back whole.
_OPENED_BY_READERS: Final = ("message", "multipart")
_LONGEST_WORD: Final = 60
_LONGEST_LINE: Final = 75
"""Of encoded words: an encoded word may be no longer (RFC 2047, 2)."""
_BARE_ADDRESS: Final = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"]+")


class _Written(str):
    """A header value as it shall stand on the wire; ``email`` neither parses nor folds it.

    Its interface is what ``EmailPolicy`` asks of a header object: ``name`` and ``fold``.
    """

    name: str

    def __new__(cls, name: str, value: str) -> _Written:
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        lines = self.splitlines()
        return f"{self.name}: " + policy.linesep.join(lines) + policy.linesep


def default_subject(kind: EmailKind, document: DocumentRow) -> str:
    number = one_line(document.number)
    if kind is EmailKind.FOLLOW_UP:
        return f"Following up on {document.kind.value} {number}"
    return f"{document.kind.value.capitalize()} {number}"


def default_body(kind: EmailKind, document: DocumentRow, *, attached: bool = False) -> str:
    what = f"{document.kind.value} {one_line(document.number)}"
    if kind is EmailKind.FOLLOW_UP:
        still_due = _still_due(document)
        asks = "Let us know if you have any questions."
        return f"Hi, I wanted to follow up on {what}.{still_due} {asks}"
    due = f", due on {document.due_on:%d %B %Y}" if document.due_on else ""
    amount = _money(document.total, document)
    opening = f"Hi, please find {what} attached." if attached else f"Hi, this is about {what}."
    return f"{opening}\n\nTotal: {amount}{due}.\n\nLet us know if you have any questions."


def _still_due(document: DocumentRow) -> str:
    """A sentence on what is left of an invoice that was paid in part, else nothing."""
    balance = document.balance_due
    is_partly_paid = document.kind is DocumentKind.INVOICE and 0 < balance < document.total
    return f" {_money(balance, document)} is still due." if is_partly_paid else ""


def _money(value: Decimal, document: DocumentRow) -> str:
    return f"{value:,.2f} {document.currency}".rstrip()


def one_line(text: str) -> str:
    """Return ``text`` as it may stand in a header: one line, no controls, no broken surrogates."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def compose(
    draft: Draft, sender: str, message_id: str, at: datetime, literals: Sequence[str] = ()
) -> bytes:
    """Return the message as raw MIME: visible To and Cc name everybody, Bcc nobody.

    The text part is what the person wrote, the HTML part made of it as Markdown; ``literals``
    (numbers, names) are never read as Markdown.

    Raises:
        ValueError: an address that is none; the gate has refused those before.
    """
    message = EmailMessage(policy=SMTP)
    _write(message, "From", _mailbox(sender, "From"))
    if draft.reply_to.strip():
        _write(message, "Reply-To", _mailbox(draft.reply_to, "Reply-To"))
    _write(message, "To", _addresses(draft.to))
    if draft.cc:
        _write(message, "Cc", _addresses(draft.cc))
    _write(message, "Subject", _words(draft.subject, "Subject"))
    _write(message, "Date", format_datetime(at))
    _write(message, "Message-ID", one_line(message_id))
    if draft.in_reply_to:
        _write(message, "In-Reply-To", one_line(draft.in_reply_to))
    if draft.references:
        _write(message, "References", "\n ".join(_thread(draft.references)))
    body = _body(draft.body)
    message.set_content(body, cte="quoted-printable")
    message.add_alternative(_as_html(body, literals), subtype="html", cte="quoted-printable")
    for file in draft.attachments:
        _attach(message, file)
    _set_boundaries(message, message_id)
    return bytes(message)


def size_of(draft: Draft) -> int:
    """Return about how many bytes ``compose`` makes of it: attachments exactly, texts amply.

    Base64 comes in lines of 76 characters and a line end, for 57 bytes each. The text travels
    twice, plain and as HTML, where it may be a link's address as well, and a letter may become
    several of either; a tab becomes four blanks that stay.
    """
    files = sum(-(-len(file.content) // 57) * 78 + 1_000 for file in draft.attachments)
    text = 12 * len(draft.body.encode("utf-8", "replace")) + 20 * draft.body.count("\t")
    return files + text + 2_000


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


def thread_of(mime: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the id that a message answers (empty: none), and its thread as it names it."""
    message = email.message_from_bytes(mime, policy=SMTP)
    parent = str(message.get("In-Reply-To", "")).split()
    return parent[0] if parent else "", tuple(str(message.get("References", "")).split())


def reply_to_of(mime: bytes) -> str:
    """Return where a message wants its answers, as ``Draft.reply_to`` has it."""
    message = email.message_from_bytes(mime, policy=SMTP)
    return one_line(str(message.get("Reply-To", "")))


def wire_id(ses_message_id: str, region: str) -> str:
    """Return the Message-ID that SES puts on the wire in place of ours.

    ``email.amazonses.com`` in us-east-1, ``REGION.amazonses.com`` elsewhere.
    """
    host = "email" if region in ("", "us-east-1") else region
    return f"<{ses_message_id}@{host}.amazonses.com>"


def thread_id(message_id: str) -> str:
    """Return the id that every email about a document names, from the first one's Message-ID.

    SES puts a Message-ID of its own on the wire; what stands in References survives, and comes back
    with the answer.
    """
    return f"<thread.{message_id.removeprefix('<')}"


def answers(wire_ids: Sequence[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """Return what an email answers, and its thread, from (SES message id, Region), oldest first.

    It answers the oldest. Everybody got that under another id, so that all of them are named, the
    one that is answered last (RFC 5322, 3.6.4).
    """
    ids = list(dict.fromkeys(wire_id(message_id, region) for message_id, region in wire_ids))
    return (ids[0], (*ids[1:], ids[0])) if ids else ("", ())


def sender_address(sender: str) -> str:
    """Return the bare address of a From value; empty where there is none."""
    return parse_mailbox(one_line(sender)).address


def _write(message: EmailMessage, name: str, value: str) -> None:
    message[name] = _Written(name, value)


def _words(text: str, header: str) -> str:
    """Words for people as a header value: encoded unless they are short and plain ASCII."""
    line = one_line(text)
    longest = max(map(len, line.split()), default=0)
    if line.isascii() and "=?" not in line and longest <= _LONGEST_WORD:
        return Header(line, "us-ascii", header_name=header).encode()
    return _encoded(line, header)


def _encoded(line: str, header: str) -> str:
    return Header(line, "utf-8", maxlinelen=_LONGEST_LINE, header_name=header).encode()


def _mailbox(typed: str, header: str) -> str:
    name, address = parse_mailbox(one_line(typed))
    bare = _address(address)
    if not name:
        return bare
    if name.isascii() and "=?" not in name and len(name) <= _LONGEST_WORD:
        return str(Address(display_name=name, addr_spec=bare))
    return f"{_encoded(name, header)}\n <{bare}>"


def _addresses(addresses: Sequence[str]) -> str:
    return ",\n ".join(map(_address, addresses))


def _address(address: str) -> str:
    """Raises ``ValueError`` for what is no bare ASCII address, or could be read as another."""
    line = one_line(address)
    is_bare = line == address.strip() and line.isascii() and _BARE_ADDRESS.fullmatch(line)
    if not is_bare or "=?" in line:
        raise ValueError(f"{line!r} is not an address")
    return line


def _thread(references: Sequence[str]) -> list[str]:
    """The email that began it, then the newest ones: as RFC 5322 wants it shortened."""
    known = [one_line(reference) for reference in references]
    if len(known) <= _MOST_REFERENCES:
        return known
    return [known[0], *known[1 - _MOST_REFERENCES :]]


def _attach(message: EmailMessage, file: AttachedFile) -> None:
    content_type = file.content_type
    main, _, sub = content_type.partition("/")
    if not _CONTENT_TYPE.fullmatch(content_type) or main.lower() in _OPENED_BY_READERS:
        main, sub = "application", "octet-stream"
    message.add_attachment(file.content, maintype=main, subtype=sub, filename="attachment")
    parts: Any = message.get_payload()  # a list, since it has an attachment
    del parts[-1]["Content-Disposition"]
    name = one_line(file.name) or "attachment"
    _write(parts[-1], "Content-Disposition", f"attachment;\n {_filename(name)}")


def _filename(name: str) -> str:
    """The parameter as RFC 2231 has it: what could be read as an encoded word is escaped, too."""
    if name.isascii() and "=?" not in name and len(name) <= _LONGEST_WORD:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'filename="{quoted}"'
    pieces = [""]
    for letter in name:
        escaped = quote(letter, safe="")
        if len(pieces[-1]) + len(escaped) > _LONGEST_WORD:
            pieces.append("")
        pieces[-1] += escaped
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    pieces[0] = f"utf-8''{pieces[0]}"
    return ";\n ".join(f"filename*{i}*={piece}" for i, piece in enumerate(pieces))


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    """The same message has the same bytes. An id nobody can guess makes a boundary nobody can."""
    for position, part in enumerate(message.walk()):
        if part.is_multipart():
            seed = f"{message_id}/{position}".encode()
            part.set_boundary(f"=_{hashlib.sha256(seed).hexdigest()[:40]}")


def _body(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("\t".join(map(_without_controls, line.split("\t"))) for line in lines)


def _without_controls(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _as_html(text: str, literals: Sequence[str]) -> str:
    inner = to_html(text.strip("\n"), [one_line(literal) for literal in literals])
    return f"<!DOCTYPE html>\n<html><body>\n{inner}</body></html>\n"
