"""What the compose dialog is given beside a draft, and what it shows before anything leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.enums import DisplayStatus, EmailKind, Role
    from core.model.history import Contact, EmailEntry


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


class Weight(IntEnum):
    """How much a finding of the gate weighs."""

    NOTE = 0
    ASK = 1
    REFUSE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    weight: Weight
    code: str
    """A stable word for scripts: ``suppressed``, ``document_paid`` …"""
    title: str
    detail: str = ""
    next: str = ""
    """What to do now, in plain words; a command is named by its id: ``{documents.snooze}``."""
    address: str = ""
    proposal: str = ""
    """The address that was probably meant instead."""


class MailRoute(StrEnum):
    """What the DNS says about mail to a domain."""

    OPEN = "open"
    NO_DOMAIN = "no domain"
    REFUSES = "refuses"
    """A null MX (RFC 7505): the domain takes no mail, and says so."""
    NOWHERE = "nowhere"
    """Neither a mail server (MX) nor an address record that could stand in for one."""
    UNKNOWN = "unknown"
    """Not asked, or nobody answered in time; that says nothing."""


MAY_DOUBLE: Final = "unconfirmed"
"""The code of the gate's question that only an explicit *again* answers."""


class Decision(StrEnum):
    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...] = ()
    """In the order of ``core.rules.gate.gate``."""

    @property
    def decision(self) -> Decision:
        worst = max((finding.weight for finding in self.findings), default=Weight.NOTE)
        return {
            Weight.NOTE: Decision.ALLOW,
            Weight.ASK: Decision.ASK,
            Weight.REFUSE: Decision.REFUSE,
        }[worst]

    @property
    def may_double(self) -> bool:
        """Whether an earlier email about the document waits, or may have left: *yes* is not enough.

        Who repeats a command does not know that; only who was told and says so may send again.
        """
        return any(f.code == MAY_DOUBLE and f.weight is Weight.ASK for f in self.findings)

    def is_answered(self, *, confirmed: bool, again: bool) -> bool:
        """Whether everything that the gate asks has its answer, and nothing is refused."""
        if self.decision is not Decision.ASK:
            return self.decision is Decision.ALLOW
        return confirmed and (again or not self.may_double)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attachment with its bytes, on its way into a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the compose dialog edits, and what the command line fills in."""

    document_id: int
    kind: EmailKind
    to: tuple[str, ...]
    subject: str
    body: str
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    replaces: str | None = None
    """The failed address that the first *To* replaces."""
    reply_to: str = ""
    """Where answers go, with or without a name; empty: to the sender."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    expected_pdf: str = ""
    """The file name of the document's PDF, where one should go along."""


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    address: str
    status: DisplayStatus
    ses_message_id: str = ""
    error: str = ""
    is_recorded: bool = True
    """Whether the database could take what SES answered."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of one act of sending; ``email_id`` is ``None`` when the gate stopped it."""

    number: str
    email_id: int | None
    verdict: Verdict
    recipients: tuple[RecipientOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsFound:
    """What boto3's own chain finds; empty where it finds nothing."""

    profile: str = ""
    region: str = ""
    credentials: str = ""
    """Where they come from, in boto3's word: ``env``, ``shared-credentials-file``, ``sso`` …"""
    profiles: tuple[str, ...] = ()
    problem: str = ""
