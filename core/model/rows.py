"""What the screens and the command line show, and how it is filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.model.chasing import Call, Hold
from core.model.chips import Chip
from core.model.conditions import Condition, Stands
from core.model.facts import DeliveryState, DocumentSummary, EmailSummary
from core.model.suppressions import Suppression
from core.model.words import EmailKind, Kind, Role, Word


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
    needs_call: int = 0
    """Documents that call for the phone."""
    held_until: datetime | None = None
    """Nobody chases this customer before that moment; it may have passed."""


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
    has_draft: bool = False
    """Somebody wrote an email about it and did not send it yet."""
    awaited: Awaited | None = None
    """Of the latest email, while it is on its way; ``None``: confirmed, or no pace is known."""
    held_until: datetime | None = None
    """Nobody chases before that moment: the later one of the document's and its customer's."""
    quiet_until: datetime | None = None
    """A call puts the need of the next one off until then."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """An email that its recipient's server has not confirmed, and until when that is usual."""

    domain: str
    usual_seconds: float
    """What this domain takes as a rule."""
    sent_at: datetime
    late_at: datetime
    """After this moment it is late."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of a customer and how it fared over all documents."""

    name: str
    address: str
    primary: bool
    health: Health
    suppression: Suppression | None = None
    """What stops mail to it, as far as is known without asking anybody."""


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
    phone: str = ""
    held_until: datetime | None = None


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
    unlinked: int = 0
    """Emails of other programs that wait for a person to say which document they are about."""


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
    calls: tuple[Call, ...] = ()
    """Newest first."""
    holds: tuple[Hold, ...] = ()
    """What was asked not to chase, for the document and its customer; newest first."""
    phone: str = ""


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
    conditions: tuple[Condition, ...] = ()
    """What a line of the filter says beyond plain words; see ``core.filters``."""
    as_of: datetime | None = None
    """Now, for what depends on it: the front door fills it in. Without it nothing counts as stuck,
    late, held, or in need of a call."""
    late: tuple[int, ...] = ()
    """The ids for ``Chip.LATE``, filled in likewise: they depend on every domain's pace."""

    @property
    def asks_for_late(self) -> bool:
        """Whether ``late`` has to be filled in."""
        return self.chip is Chip.LATE or any(
            isinstance(each, Stands) and Chip.LATE in each.chips for each in self.conditions
        )


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    text: str = ""
    """Words looked for in name, addresses, or the beginning of a document number."""
    attention: bool = False
    as_of: datetime | None = None
    """Now, as in ``DocumentFilter``."""
