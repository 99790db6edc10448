"""What came of one act: reading the feed, importing, linking, exporting evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from core.model.delivery import DeliveryEvent
from core.model.feed import AccountNotice

if TYPE_CHECKING:
    from core.model.corrections import KeptCorrection
    from core.model.documents import DocumentRow
    from core.model.enums import Role


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Facts, except ``read``, ``quarantined`` and ``setup``, which count bodies."""

    read: int = 0
    applied: int = 0
    duplicate: int = 0
    unmatched: int = 0
    quarantined: int = 0
    setup: int = 0
    unsearched: int = 0
    """Subjects that the office's own pattern for numbers took too long on."""

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.read + other.read,
            self.applied + other.applied,
            self.duplicate + other.duplicate,
            self.unmatched + other.unmatched,
            self.quarantined + other.quarantined,
            self.setup + other.setup,
            self.unsearched + other.unsearched,
        )


@dataclass(frozen=True, slots=True)
class QuarantinedBody:
    """A body that could not be read, kept as it came."""

    id: str
    """The SHA-256 of the body."""
    received_at: datetime
    source: str
    reason: str
    raw: str = field(repr=False)
    dismissed_at: datetime | None = None
    dismissed_by: str = ""
    note: str = ""
    """Why a person dismissed it."""


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
    kept_corrections: tuple[KeptCorrection, ...] = ()
    """Addresses that were corrected here and that the file would have brought back."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The evidence about a document, as it was written."""

    path: Path
    files: int
    emails: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RetryReport:
    """What reading again brought; ``ingested`` counts what the released bodies said."""

    released: int = 0
    kept: tuple[QuarantinedBody, ...] = ()
    """Those that still cannot be read, with today's reason."""
    ingested: IngestReport = field(default_factory=IngestReport)

    def __add__(self, other: RetryReport) -> RetryReport:
        return RetryReport(
            self.released + other.released,
            self.kept + other.kept,
            self.ingested + other.ingested,
        )


@dataclass(frozen=True, slots=True)
class LinkedByHand:
    """An email of another program, and the document that a person linked it to."""

    document: DocumentRow
    email_id: int
    applied: int
    """Facts that have found their delivery."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody whom an email of another program went to."""

    address: str
    role: Role | None = None
    """``None`` where the headers that would tell were not sent along."""


@dataclass(frozen=True, slots=True)
class MailSeen:
    """What SES tells of the email itself, beside the fact it reports; empty where it is silent."""

    message_id: str
    at: datetime
    source: str = ""
    """The sender as SES has it, with or without a display name."""
    subject: str = ""
    addressees: tuple[Addressee, ...] = ()
    documents: tuple[str, ...] = ()
    """The values of the tag ``document``."""
    region: str = ""
    published: bool = False
    """By a configuration set, which would have told our tag: so it certainly is not our email.

    An identity's notification has no tags, and so cannot say whose email it was.
    """
    header_id: str = field(default="", compare=False)
    """The Message-ID in its headers: of what is sent raw, the one that its sender wrote."""


class BodyOutcome(StrEnum):
    """What becomes of a body."""

    FACTS = "facts"
    SETUP = "setup"
    """A message about the feed itself: acknowledged and dropped."""
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one message says; ``reason`` is for people, and empty for facts."""

    envelope: str
    """The wrappings, outermost first, joined by ``+``."""
    outcome: BodyOutcome
    facts: tuple[DeliveryEvent, ...]
    raw: str
    """The text to keep; it can be parsed again by itself, and any database can hold it."""
    reason: str = ""
    mail: MailSeen | None = None
    """What is said of the email itself, where it carries no tag of ours."""
    notice: AccountNotice | None = None
    """What is said of sending itself; the outcome is ``SETUP`` then."""
