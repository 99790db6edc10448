"""A composed message read back, as whoever receives it reads it. Pure."""

from __future__ import annotations

import email
import hashlib
from collections.abc import Sequence
from email.header import decode_header, make_header
from email.message import MIMEPart
from email.policy import SMTP
from typing import Final

from core.mail.html import words_of
from core.model.email import FilePrint, Preview
from core.model.enums import Role

_SHOWN: Final = (
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "In-Reply-To",
    "References",
)


def preview(mime: bytes, recipients: Sequence[tuple[Role, str]]) -> Preview:
    """Return what ``mime`` says of itself; ``recipients`` are those of the envelopes."""
    message = email.message_from_bytes(mime, policy=SMTP)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return Preview(
        headers=_headers(mime),
        text=_content(plain),
        html_text=words_of(_content(rich)),
        files=tuple(_print(part) for part in message.iter_attachments()),
        size=len(mime),
        recipients=tuple(recipients),
    )


def print_of(name: str, content: bytes) -> FilePrint:
    return FilePrint(name, len(content), hashlib.sha256(content).hexdigest())


def _headers(mime: bytes) -> tuple[tuple[str, str], ...]:
    """The headers line by line, found before anything in them is decoded."""
    raw = email.message_from_bytes(mime)
    return tuple(
        (name, " ".join(str(make_header(decode_header(str(value)))).split()))
        for name, value in raw.items()
        if name in _SHOWN
    )


def _content(part: MIMEPart | None) -> str:
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def _print(part: MIMEPart) -> FilePrint:
    content = part.get_payload(decode=True)
    return print_of(
        part.get_filename() or "attachment", content if isinstance(content, bytes) else b""
    )
