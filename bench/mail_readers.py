"""What two independent readers make of the emails that leave: Python's parser and npm's mailparser.

``uv run python -m bench.mail_readers [--emails N] [--only python]``. Ten emails with odd names,
subjects, texts and files leave through the real front door to the stand-in for AWS; the raw bytes
that it took are read by both, and every field is compared with what the person wrote.
``mailparser`` is installed by npm into a temporary folder; where node or npm is missing, or it
cannot be had, that is said (exit 3).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.mail.mime import one_line
from core.model.documents import DocumentFilter
from core.model.email import AttachedFile, Draft
from core.model.enums import DocumentKind, EmailKind
from core.rules.delivery.addresses import parse_mailbox
from core.settings.loading import load
from core.simulator import Simulator

NO_READER: Final = 3
_READ: Final = """
const {simpleParser} = require('mailparser');
const {createHash} = require('crypto');
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\\n');
const people = field => field ? field.value.map(p => p.address) : [];
(async () => { for (const line of lines) {
  const m = await simpleParser(Buffer.from(line, 'base64'));
  console.log(JSON.stringify({
    from: [m.from.value[0].name, m.from.value[0].address],
    reply_to: m.replyTo ? [m.replyTo.value[0].name, m.replyTo.value[0].address] : null,
    to: people(m.to), cc: people(m.cc), subject: m.subject || '', text: m.text || '',
    references: [].concat(m.references || []), in_reply_to: m.inReplyTo || '',
    files: m.attachments.map(a =>
      [a.filename, createHash('sha256').update(a.content).digest('hex')]),
    links: [...(m.html || '').matchAll(/<a href="([^"]*)"/g)].map(found => found[1]),
  }));
} })();
"""
_PDF: Final = AttachedFile("Rechnung №7 – Größe.pdf", "application/pdf", b"%PDF-1.4\r\n\x00\xff")
_LONG: Final = "Überfällige Rechnung über Büromöbel und Zubehör für das dritte Quartal " * 3
_CASES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"subject": _LONG.strip()},
    {"subject": "=?utf-8?q?not_encoded?= and 100 % [x]"},
    {"subject": "請求書 INV-7 🧾 ответ"},
    {"body": "  Net   10.00\n\tVAT   1.90\n\nhttps://pay.example/INV-1?a=1&b=2."},
    {"body": ".\n.hidden dot\nFrom the beginning\n" + "x" * 1_500},
    {"reply_to": "Smith & Söhne; sales@acme <desk@acme.example>"},
    {"cc": ("bob@simulator.amazonses.com",), "attachments": (_PDF,)},
    {"attachments": (replace(_PDF, name='a "b"; c=d.eml', content_type="message/rfc822"), _PDF)},
    {"subject": "", "body": "Grüße"},
)
_SENDERS: Final = (
    "Acme, Inc. <billing@outtray.example>",
    'The "Best" Office (and sons) <billing@outtray.example>',
    "Bücher & Söhne: sales@acme; Groß- und Einzelhandel seit 1896 <billing@outtray.example>",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One email as somebody reads it; texts without the blanks at the ends of lines."""

    sender: tuple[str, ...]
    """Name and address."""
    reply_to: tuple[str, ...] | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    references: tuple[str, ...]
    in_reply_to: str
    files: tuple[tuple[str, str], ...]


def leave(
    simulator: Simulator, folder: Path, emails: int = len(_CASES)
) -> Iterator[tuple[Draft, str, bytes]]:
    """Send every case; yield what was written, by whom, and the bytes that were accepted."""
    for number, changes in enumerate(_CASES[:emails]):
        sender = _SENDERS[number % len(_SENDERS)]
        simulator.reset()
        environment = {
            **simulator.environment,
            "OUTTRAY_DATABASE_URL": f"sqlite:///{folder / f'{number}.db'}",
            "OUTTRAY_FROM": sender,
            "OUTTRAY_CHECK_MX": "false",
        }
        os.environ.update(environment)
        backend = Backend(load(environment))
        backend.open()
        database = Database(backend.settings.database_url)
        with database.transaction() as connection:
            put_documents(connection, Catalogue(connection), [_entry()])
        (row,) = documents.page_documents(database.reader, DocumentFilter())
        original = backend.compose(EmailKind.ORIGINAL, row.id).draft
        backend.send(original, confirmed=True)
        draft = replace(backend.compose(EmailKind.FOLLOW_UP, row.id).draft, **changes)
        backend.send(draft, confirmed=True)
        yield draft, sender, _accepted(simulator)
        database.close()
        backend.close()


def _entry() -> DocumentEntry:
    customer = CustomerEntry("Ann [Ltd]", "success@simulator.amazonses.com")
    owed = Decimal(100)
    return DocumentEntry(
        customer, DocumentKind.INVOICE, "INV-1", "OPEN", "EUR", owed, owed, None, None
    )


def _accepted(simulator: Simulator) -> bytes:
    url = simulator.environment["AWS_ENDPOINT_URL_SESV2"].rstrip("/") + "/_outtray/sent"
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the stand-in on this machine
        sent = json.load(answer)
    return b64decode((sent["sent"] if isinstance(sent, dict) else sent)[-1]["raw_base64"])


def meant(draft: Draft, sender: str) -> Seen:
    """The email as the person wrote it; ids are taken from the message, and judged apart."""
    return Seen(
        tuple(parse_mailbox(sender)),
        tuple(parse_mailbox(draft.reply_to)) if draft.reply_to else None,
        draft.to,
        draft.cc,
        one_line(draft.subject),
        _text(draft.body),
        draft.references,
        draft.in_reply_to,
        tuple((file.name, sha256(file.content).hexdigest()) for file in draft.attachments),
    )


def by_python(mime: bytes) -> Seen:
    message = message_from_bytes(mime, policy=SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 (for the type checker)
    plain = message.get_body(["plain"])
    raw = message_from_bytes(mime)
    reply_to = _decoded(raw["Reply-To"])
    return Seen(
        tuple(parse_mailbox(_decoded(raw["From"]))),
        tuple(parse_mailbox(reply_to)) if reply_to else None,
        tuple(each.addr_spec for each in message["To"].addresses),
        tuple(each.addr_spec for each in message["Cc"].addresses) if message["Cc"] else (),
        _decoded(raw["Subject"]),
        _text(plain.get_content() if plain else ""),
        tuple(str(message["References"]).split()),
        str(message["In-Reply-To"] or ""),
        tuple(
            (part.get_filename() or "", sha256(part.get_payload(decode=True) or b"").hexdigest())  # type: ignore[arg-type]
            for part in message.iter_attachments()
        ),
    )


def _decoded(value: object) -> str:
    return str(make_header(decode_header(str(value)))) if value is not None else ""


def _text(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n"))


def by_mailparser(mimes: list[bytes], folder: Path) -> list[tuple[Seen, list[str]]] | None:
    """Return what mailparser reads, and the links in the HTML; ``None``: it cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "mailparser@3"]
    (folder / "package.json").write_text("{}", "utf-8")
    if subprocess.run(install, cwd=folder, check=False, capture_output=True).returncode:
        return None
    from base64 import b64encode

    given = "\n".join(b64encode(mime).decode() for mime in mimes)
    done = subprocess.run(
        ["node", "-e", _READ], cwd=folder, input=given, capture_output=True, text=True, check=True
    )
    return [_seen(json.loads(line)) for line in done.stdout.splitlines()]


def _seen(read: dict[str, Any]) -> tuple[Seen, list[str]]:
    return (
        Seen(
            tuple(read["from"]),
            tuple(read["reply_to"]) if read["reply_to"] else None,
            tuple(read["to"]),
            tuple(read["cc"]),
            read["subject"],
            _text(read["text"]),
            tuple(read["references"]),
            read["in_reply_to"],
            tuple((name, digest) for name, digest in read["files"]),
        ),
        read["links"],
    )


def differences(expected: Seen, seen: Seen) -> list[str]:
    """Name the fields that were read otherwise than they were written."""
    wrong = [
        name
        for name in Seen.__slots__
        if name != "references" and getattr(expected, name) != getattr(seen, name)
    ]
    named = (*seen.references, "")
    is_threaded = set(expected.references) <= set(named) and len(seen.references) > 1
    ends_well = seen.references[-1:] == (expected.in_reply_to,)
    return wrong + ([] if is_threaded and ends_well else ["references"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=len(_CASES), help="the first so many")
    parser.add_argument("--only", choices=["python"], help="install no mailparser")
    options = parser.parse_args()
    found = 0
    with TemporaryDirectory() as name, Simulator() as simulator:
        folder = Path(name)
        sent = list(leave(simulator, folder, options.emails))
        mimes = [mime for _, _, mime in sent]
        others = None if options.only else by_mailparser(mimes, folder)
        unread = "not asked" if options.only else "not to be had"
        print(f"{'subject':40} {'python':28} mailparser")
        for number, (draft, sender, mime) in enumerate(sent):
            expected = meant(draft, sender)
            ours = differences(expected, by_python(mime))
            theirs = differences(expected, others[number][0]) if others else [unread]
            found += len(ours) + (len(theirs) if others else 0)
            words = (", ".join(ours) or "as written", ", ".join(theirs) or "as written")
            print(f"{draft.subject[:38]:40} {words[0]:28} {words[1]}")
    print(f"{len(sent)} emails, fields read otherwise: {found}")
    return 1 if found else (0 if others or options.only else NO_READER)


if __name__ == "__main__":
    sys.exit(main())
