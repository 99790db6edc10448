"""The words of Outtray: frozen values that cross every boundary.

Times are aware and in UTC; money is ``Decimal``. Nothing in here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What was billed or offered. Quotes, offers and proposals are estimates."""

    INVOICE = "invoice"
    ESTIMATE = "estimate"


class EmailKind(StrEnum):
    """Why an email was sent; ``external`` ones were sent by another program."""

    ORIGINAL = "original"
    FOLLOW_UP = "follow_up"
    RESEND = "resend"
    EXTERNAL = "external"


class Role(StrEnum):
    """Where the recipient's address stood in the email."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"


class Status(IntEnum):
    """The delivery axis. It only ever goes up, so ``max`` of two is always the truth.

    ``FAILED`` is local and final. It ranks below ``SENT`` so that a fact from SES, should one
    arrive after all, is believed over our reading of an error.
    """

    QUEUED = 10
    SENDING = 20
    UNCONFIRMED = 30
    FAILED = 35
    SENT = 40
    DEFERRED = 50
    SOFT_BOUNCED = 60
    DROPPED = 70
    DELIVERED = 80
    BOUNCED = 90
    COMPLAINED = 100


class Engagement(IntEnum):
    """The second axis: what somebody, or some program, did with a delivered email."""

    NONE = 0
    OPENED = 1
    CLICKED = 2


class Word(StrEnum):
    """What a person reads on a badge."""

    NEVER_SENT = "NEVER_SENT"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    UNCONFIRMED = "UNCONFIRMED"
    FAILED = "FAILED"
    SENT = "SENT"
    DEFERRED = "DEFERRED"
    SOFT_BOUNCED = "SOFT_BOUNCED"
    DROPPED = "DROPPED"
    DELIVERED = "DELIVERED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"


# --------------------------------------------------------------------------- facts from SES


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing SES reported about one recipient (about nobody in particular: ``recipient == ""``).

    It holds what SES said; what that *means* is decided by ``core.status.effect``.
    """

    type: str
    """SES's own word: ``Bounce``, ``Delivery``, ``Rendering Failure``; unknown ones are kept."""
    at: datetime
    """The time of the event's own object (``bounce.timestamp``), never that of a transport."""
    message_id: str
    """What ``SendEmail`` returned (``mail.messageId``); may be empty when SES did not say."""
    recipient: str = ""
    """The bare address as SES wrote it: display name and blanks removed, case kept."""
    subtype: str = ""
    """``Permanent/General`` · complaint subtype or feedback type · delay type."""
    tag: str | None = None
    """The value of our own message tag: the id of a delivery, written before the call."""
    feedback_id: str = ""
    action: str = ""
    enhanced_status: str = ""
    diagnostic: str = ""
    """The server's words, or the reason of a reject or of a rendering failure."""
    user_agent: str = ""
    ip: str = ""
    link: str = ""
    isp: str = ""
    """The recipient's provider as SES names it, or else the host that reported."""
    reports_nobody: bool = False
    """True where SES's list of recipients was empty: a note, never a status."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact does to a delivery; all empty for a fact that changes nothing."""

    status: Status | None = None
    engagement: Engagement = Engagement.NONE
    note: str | None = None

    @property
    def word(self) -> Word | None:
        """The status word this fact alone would show, or ``None``."""
        if self.engagement is not Engagement.NONE:
            return Word[self.engagement.name]
        return None if self.status is None else Word[self.status.name]


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """Where one delivery stands, with the earliest time of every kind of fact."""

    status: Status = Status.QUEUED
    engagement: Engagement = Engagement.NONE
    by_person: Engagement = Engagement.NONE
    """The engagement that was not marked as a program's (``core.machines``)."""
    sent_at: datetime | None = None
    deferred_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    dropped_at: datetime | None = None
    diagnostic: str = ""
    """The words that belong to the status shown, not merely the last ones heard."""
    enhanced_status: str = ""
    subtype: str = ""

    @property
    def word(self) -> Word:
        """The badge: engagement is shown only while nothing went wrong."""
        if self.status is Status.DELIVERED and self.engagement is not Engagement.NONE:
            return Word[self.engagement.name]
        return Word[self.status.name]

    @property
    def by_program(self) -> bool:
        """What the badge says was maybe done by a program alone."""
        is_shown = self.word in (Word.OPENED, Word.CLICKED)
        return is_shown and self.by_person < self.engagement


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """What the roll-ups need to know of one delivery."""

    email_id: int
    """Emails of one document are ordered by ``(created_at, email_id)``."""
    created_at: datetime
    role: Role
    address: str
    """Compared trimmed and without case."""
    replaces: str | None
    """The failed address this one was chosen to replace, if it was."""
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class EmailSummary:
    word: Word
    """The worst *To*."""
    other_failed: bool
    """A Cc or Bcc failed: shown as ``!``."""
    delivered: int
    recipients: int
    by_program: bool = False
    """OPENED or CLICKED, and maybe by a program alone."""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What a person sees on a document's row; stored beside it, recomputable from the events."""

    word: Word = Word.NEVER_SENT
    other_failed: bool = False
    delivered: int = 0
    recipients: int = 0
    send_count: int = 0
    last_sent_at: datetime | None = None
    last_recipient: str = ""
    last_email_id: int | None = None
    unresolved: frozenset[Word] = frozenset()
    """The failures of addresses that have no later delivery, nor has their replacement."""
    ever_delivered: bool = False
    never_reached: bool = False
    """Money is open and no recipient was ever DELIVERED."""
    by_program: bool = False
    """OPENED or CLICKED, and maybe by a program alone; shown, and never acted upon."""


# --------------------------------------------------------------------------- rows for people


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of the customers screen."""

    id: int
    name: str
    address: str
    """The primary contact's; empty when there is none."""
    open_balance: tuple[Amount, ...]
    """One amount a currency; empty when nothing is open."""
    documents: int
    last_sent_at: datetime | None
    bounced: int
    complained: int
    dropped: int
    failed: int
    never_reached: int
    """Documents that were sent, are open, and reached nobody."""
    unconfirmed: int = 0
    """Documents of whose latest email nobody knows yet whether it was sent."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the communications screen."""

    id: int
    customer_id: int
    customer: str
    kind: Kind
    number: str
    status: str
    currency: str
    total: Decimal
    balance_due: Decimal
    issued_on: date | None
    due_on: date | None
    pdf: str
    summary: DocumentSummary


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of a customer and how it fared over all documents."""

    name: str
    address: str
    primary: bool
    health: Health


@dataclass(frozen=True, slots=True)
class Health:
    """Derived from the facts; it clears itself with the next delivery. See DESIGN section 2."""

    word: Word | None = None
    """The newest telling status of this address; ``None``: nothing is known."""
    at: datetime | None = None
    soft_streak: int = 0
    """Soft bounces since the last delivery."""
    diagnostic: str = ""
    email_id: int | None = None
    document_number: str = ""
    subject: str = ""

    @property
    def is_bad(self) -> bool:
        return self.word in (Word.BOUNCED, Word.COMPLAINED, Word.DROPPED)


@dataclass(frozen=True, slots=True)
class CustomerHeader:
    """The two lines above a customer's communications."""

    id: int
    name: str
    contacts: tuple[Contact, ...]
    open_balance: tuple[Amount, ...]
    documents: int
    emails: int
    follow_ups: int
    never_reached: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the customers screen says above its table."""

    customers: int
    documents: int
    attention: int
    """Customers that need attention."""
    bounced: int
    """Documents with an unresolved bounce."""
    never_reached: tuple[Amount, ...]
    never_reached_documents: int


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    size: int
    """Bytes before encoding."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that changed no status but that a person should know."""

    at: datetime
    text: str
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """An email that its recipient's server should have confirmed long ago."""

    domain: str
    usual_seconds: float
    """What this domain takes as a rule."""
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class RecipientEntry:
    delivery_id: int
    address: str
    role: Role
    state: DeliveryState
    ses_message_id: str
    error: str
    """SES's words when it refused the call, or why the outcome is not known."""
    opens: int
    clicks: int
    notes: tuple[Note, ...]
    cause: str = ""
    advice: str = ""
    open_doubt: str = ""
    """Why all opens may have been a program's; empty: a person opened it, or nobody did."""
    click_doubt: str = ""
    late: Late | None = None


@dataclass(frozen=True, slots=True)
class EmailEntry:
    """One email in the log of a document."""

    id: int
    kind: EmailKind
    subject: str
    body: str
    created_at: datetime
    sent_by: str
    attachments: tuple[Attachment, ...]
    recipients: tuple[RecipientEntry, ...]
    summary: EmailSummary
    notes: tuple[Note, ...] = ()
    """Facts about addresses that this email was not sent to (a forward)."""


@dataclass(frozen=True, slots=True)
class DocumentLog:
    document: DocumentRow
    emails: tuple[EmailEntry, ...]
    """Newest first."""
    moments: tuple[datetime, ...] = ()
    """When anything about this document became known, oldest first."""
    as_of: datetime | None = None
    """This is what was known then; ``None``: what is known now."""


class Chip(StrEnum):
    """The ready-made filters above the tables, and the words of ``--delivery``."""

    ALL = "all"
    ATTENTION = "attention"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    DROPPED = "dropped"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    NEVER_SENT = "never_sent"
    NEVER_REACHED = "never_reached"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    SOFT_BOUNCED = "soft_bounced"
    STUCK = "stuck"
    """SENT, and no word for a day: ``SENT ?``. It depends on ``DocumentFilter.as_of``."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents; every part narrows the rest."""

    customer_id: int | None = None
    customer: str = ""
    """Part of a customer's name, as typed."""
    text: str = ""
    """Words looked for in number, customer and last recipient."""
    kind: Kind | None = None
    chip: Chip = Chip.ALL
    number: str = ""
    """Exactly this document number."""
    as_of: datetime | None = None
    """Now, for ``Chip.STUCK``: the front door fills it in. Without it nothing counts as stuck."""


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    text: str = ""
    """Words looked for in name, addresses, or the beginning of a document number."""
    attention: bool = False


# --------------------------------------------------------------------------- sending


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must not be mailed."""

    address: str
    reason: str
    """``BOUNCE`` or ``COMPLAINT`` on SES's list; free words on our own."""
    since: datetime | None
    source: str
    """``ses`` or ``own``."""
    ses_message_id: str = ""
    """The email that caused it, where SES knows."""
    email_subject: str = ""
    document_number: str = ""


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
    """What to do now, in plain words, with the key."""
    address: str = ""


class Decision(StrEnum):
    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...] = ()
    """In the gate's order (DESIGN section 3)."""

    @property
    def decision(self) -> Decision:
        worst = max((finding.weight for finding in self.findings), default=Weight.NOTE)
        return {
            Weight.NOTE: Decision.ALLOW,
            Weight.ASK: Decision.ASK,
            Weight.REFUSE: Decision.REFUSE,
        }[worst]


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
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """A draft with everything the dialog shows around it."""

    draft: Draft
    document: DocumentRow
    contacts: tuple[Contact, ...]
    history: tuple[EmailEntry, ...]
    """What was already sent, newest first."""


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    address: str
    status: Word
    ses_message_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of one act of sending; ``email_id`` is ``None`` when the gate stopped it."""

    number: str
    email_id: int | None
    verdict: Verdict
    recipients: tuple[RecipientOutcome, ...] = ()


# --------------------------------------------------------------------------- feed


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Facts, except ``read``, ``quarantined`` and ``setup``, which count bodies."""

    read: int = 0
    applied: int = 0
    duplicate: int = 0
    unmatched: int = 0
    quarantined: int = 0
    setup: int = 0

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.read + other.read,
            self.applied + other.applied,
            self.duplicate + other.duplicate,
            self.unmatched + other.unmatched,
            self.quarantined + other.quarantined,
            self.setup + other.setup,
        )


class FeedState(StrEnum):
    OFF = "off"
    """No queue is configured."""
    STARTING = "starting"
    LIVE = "live"
    QUIET = "quiet"
    """The queue answers, but emails were sent and no event came."""
    STALE = "stale"
    """The queue was not asked for a while (the computer slept)."""
    DOWN = "down"


class FeedCause(StrEnum):
    """Why the feed is down, in a word for the top line."""

    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    QUEUE = "queue gone"
    NETWORK = "network"
    THROTTLED = "throttled"
    DATABASE = "database"
    OTHER = "error"


@dataclass(frozen=True, slots=True)
class FeedStatus:
    state: FeedState
    last_answer_at: datetime | None = None
    """When the queue last answered, with or without messages."""
    last_event_at: datetime | None = None
    """When the newest fact was received."""
    waiting: int | None = None
    """Messages still in the queue, about."""
    problem: str = ""
    hint: str = ""
    cause: FeedCause | None = None
    dead_letters: int | None = None
    """Messages in the dead-letter queue, about; ``None`` where nobody can say."""
    share_with_events: float | None = None
    """Of the emails sent in the last 24 hours, at least 15 minutes ago; ``None``: none were."""
    stale_since: datetime | None = None
    """While the feed is stale: the statuses shown are of then, where that is known."""

    @property
    def is_stale(self) -> bool:
        """The statuses on screen may be older than they look."""
        return self.state in (FeedState.STALE, FeedState.DOWN)


@dataclass(frozen=True, slots=True)
class QuarantinedBody:
    """A body that could not be read, kept as it came."""

    id: str
    """The SHA-256 of the body."""
    received_at: datetime
    source: str
    reason: str
    raw: str = field(repr=False)


# --------------------------------------------------------------------------- import


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row, or a part of one, that was left out; the reason says which. The rest was kept."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    file: str
    dialect: str
    kind: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    customers_created: int = 0
    """Customers that only the documents name."""


def address_key(address: str) -> str:
    """Addresses are compared trimmed and without case."""
    return address.strip().casefold()


def domain_of(address: str) -> str:
    """The part after the last ``@``, as it is compared; empty where there is none."""
    return address_key(address).rpartition("@")[2] if "@" in address else ""
