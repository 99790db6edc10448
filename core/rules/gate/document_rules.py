"""What the gate says of the document itself: its attachments, and what has changed. Pure.

Source: SES's list of unsupported attachment types. How large an email may get is the gate's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.model.documents import DocumentRow
from core.model.email import Change, FilePrint, Finding, Snapshot, Weight
from core.model.enums import EmailKind

_BLOCKED: Final = (
    ".ade .adp .app .asp .bas .bat .cer .chm .cmd .com .cpl .crt .csh .der .exe .fxp .gadget"
    " .hlp .hta .inf .ins .isp .its .js .jse .ksh .lib .lnk .mad .maf .mag .mam .maq .mar .mas"
    " .mat .mau .mav .maw .mda .mdb .mde .mdt .mdw .mdz .msc .msh .msh1 .msh2 .mshxml .msh1xml"
    " .msh2xml .msi .msp .mst .ops .pcd .pif .plg .prf .prg .reg .scf .scr .sct .shb .shs .sys"
    " .ps1 .ps1xml .ps2 .ps2xml .psc1 .psc2 .tmp .url .vb .vbe .vbs .vps .vsmacros .vss .vst"
    " .vsw .vxd .ws .wsc .wsf .wsh .xnk"
)
BLOCKED: Final = frozenset(_BLOCKED.split())
"""Endings for which SES refuses the whole email."""

_CARRIES_PDF: Final = (EmailKind.ORIGINAL, EmailKind.RESEND)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the gate needs of an attachment."""

    name: str


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """The document's PDF, where one is known of."""

    number: str
    name: str
    """Its file name; empty: no PDF is known of."""
    path: str = ""
    """Where it lies; empty: that is not known."""
    is_there: bool = False
    """Whether a file lies there now."""


def blocked_ending(name: str) -> str:
    """Return the ending for which SES would refuse the whole email; empty: none."""
    # Windows opens "bill.exe." and "bill.exe " as bill.exe, and so do the filters of others.
    bare = name.strip().rstrip(". ").lower()
    ending = "." + bare.rpartition(".")[2] if "." in bare else ""
    return ending if ending in BLOCKED else ""


def missing_pdf(kind: EmailKind, pdf: PdfFacts, files: Sequence[FileFacts]) -> str:
    """Return why the document's PDF does not go along; empty: it does, or none is expected."""
    if kind not in _CARRIES_PDF or not pdf.name or any(_is_it(pdf, f.name) for f in files):
        return ""
    if pdf.path and not pdf.is_there:
        return f"file missing: {pdf.path}"
    if not pdf.path:
        return "where its file lies is not known"
    return "it was removed, or the email that is sent again had none"


def findings(kind: EmailKind, pdf: PdfFacts, files: Sequence[FileFacts]) -> Iterator[Finding]:
    """Yield what the gate says about the attachments."""
    for file in files:
        ending = blocked_ending(file.name)
        if ending:
            yield Finding(
                Weight.REFUSE,
                "attachment_blocked",
                f"SES takes no {ending} files: {file.name}",
                "It would refuse the whole email.",
                "Remove it, or put it into a .zip.",
            )
    missing = missing_pdf(kind, pdf, files)
    if missing:
        yield Finding(
            Weight.ASK,
            "pdf_missing",
            f"The PDF of {pdf.number} is not attached: {missing}",
            "",
            "Attach it ({compose.attach}), or send without it.",
        )


def _is_it(pdf: PdfFacts, name: str) -> bool:
    """Whether ``name`` is the PDF's, or that of a PDF which names the document's number."""
    if _plain(name) == _plain(pdf.name):
        return True
    return name.lower().endswith(".pdf") and _plain(pdf.number) in _plain(name)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def snapshot_of(document: DocumentRow) -> Snapshot:
    return Snapshot(
        document.status,
        document.currency,
        document.total,
        document.balance_due,
        document.due_on,
    )


def changes(
    before: Snapshot | None,
    document: DocumentRow,
    sent: FilePrint | None,
    current: FilePrint | None,
) -> tuple[Change, ...]:
    """Return what differs: of the document where ``before`` is known, and of its PDF."""
    found = [] if before is None else list(_of_document(before, snapshot_of(document)))
    if sent != current and (sent is None or current is None or sent.sha256 != current.sha256):
        found.append(Change("PDF", _file(sent), _file(current)))
    return tuple(found)


def _of_document(before: Snapshot, now: Snapshot) -> Iterator[Change]:
    pairs = (
        ("total", _money(before.total, before), _money(now.total, now)),
        ("balance", _money(before.balance_due, before), _money(now.balance_due, now)),
        ("due", _day(before.due_on), _day(now.due_on)),
        ("status", before.status, now.status),
    )
    for what, then, today in pairs:
        if then != today:
            yield Change(what, then, today)


def _money(value: Decimal, snapshot: Snapshot) -> str:
    return f"{value:,.2f} {snapshot.currency}"


def _day(on: date | None) -> str:
    return "no date" if on is None else f"{on.day} {on:%B %Y}"


def _file(file: FilePrint | None) -> str:
    return "none" if file is None else f"{file.name}, {file.size:,} bytes, {file.sha256[:8]}"
