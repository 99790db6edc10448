"""What the compose dialog is given beside a draft, and what it shows before anything leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.enums import Role
    from core.model.history import Contact, EmailEntry
    from core.model.sending import AttachedFile, Draft


@dataclass(frozen=True, slots=True)
class Version:
    """One of the texts a person may choose from: a step of the follow-ups, or what was sent."""

    name: str
    """``friendly``, ``firm`` …, or ``as sent`` and ``current document`` of a resend."""
    subject: str
    body: str = field(repr=False)
    attachments: tuple[AttachedFile, ...] = ()
    source: str = ""
    """The name of the office's template; empty: built in."""
    problem: str = ""
    """Why the office's template could not be used: file, line and reason."""
    step: int = 0
    """1, 2, 3 … of the follow-ups; 0: no step."""
    reply_to: str = ""
    """Where the office's template wants answers; empty: it says nothing of it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document as it stood when an email about it was written."""

    status: str
    currency: str
    total: Decimal
    balance_due: Decimal
    due_on: date | None


@dataclass(frozen=True, slots=True)
class FilePrint:
    """What tells one file from another."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about a document that is not as it was when it was sent."""

    what: str
    """``total``, ``balance``, ``due``, ``status`` or ``PDF``."""
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since the email that a resend repeats."""

    since: datetime
    is_known: bool
    """Whether the email kept how the document stood; older ones did not."""
    found: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address that may be meant by what one types."""

    contact: Contact
    origin: str
    """``contact``, ``mailed`` (about this customer's documents) or ``colleague``."""
    blocked: str = ""
    """The reason on our own suppression list."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that was neither sent nor thrown away."""

    draft: Draft
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Composition:
    """A draft with everything the dialog shows around it."""

    draft: Draft
    document: DocumentRow
    contacts: tuple[Contact, ...]
    history: tuple[EmailEntry, ...]
    """What was already sent, newest first."""
    versions: tuple[Version, ...] = ()
    """The texts to choose from; the draft begins with ``chosen``."""
    chosen: int = 0
    changes: Changes | None = None
    """Of a resend: what is not as it was."""
    known: tuple[KnownAddress, ...] = ()
    saved: SavedDraft | None = None
    drafts_of_others: tuple[tuple[str, datetime], ...] = ()
    """Who else writes about this document and has not sent it, and when they last did."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What leaves, read from the composed message itself."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html_text: str
    """The words of the HTML part; empty: there is none."""
    files: tuple[FilePrint, ...]
    size: int
    """Bytes of the whole message, encoded."""
    recipients: tuple[tuple[Role, str], ...]
    """One email leaves for each."""


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What became of a test sent to oneself."""

    __test__ = False  # it is none of pytest's

    address: str
    subject: str
    ses_message_id: str = ""
    stopped_by: str = ""
    """Why the gate let nothing out; empty: it was sent."""


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """One file of the templates folder, and whether it can be used."""

    file: str
    kind: str = ""
    email: str = ""
    step: int = 0
    name: str = ""
    language: str = ""
    problem: str = ""
    line: int = 0
