"""A customer's card and a document's log: what the screens after the first one show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.model.enums import DisplayStatus

if TYPE_CHECKING:
    from core.model.chasing import Call, Hold
    from core.model.delivery import DeliveryState, EmailSummary, Note
    from core.model.documents import Amount, DocumentRow, Late
    from core.model.enums import EmailKind, Role
    from core.model.suppressions import Suppression


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
    """Derived from the facts (``rules.delivery.addresses``); clears itself with a delivery."""

    word: DisplayStatus | None = None
    """The newest telling status of this address; ``None``: nothing is known."""
    at: datetime | None = None
    soft_streak: int = 0
    """Soft bounces since the last delivery."""
    diagnostic: str = ""
    email_id: int | None = None
    document_number: str = ""
    subject: str = ""
    enhanced_status: str = ""
    subtype: str = ""
    """SES's, of the newest bounce: ``Transient/General``."""

    @property
    def is_bad(self) -> bool:
        return self.word in (DisplayStatus.BOUNCED, DisplayStatus.COMPLAINED, DisplayStatus.DROPPED)


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
class Attachment:
    name: str
    content_type: str
    size: int
    """Bytes before encoding."""
    sha256: str


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
    stopped_by: str = ""
    """Which list, or what else, stopped it before it was sent: ``core.rules.delivery.reasons``."""


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
