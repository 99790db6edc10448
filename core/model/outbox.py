"""What waits to be sent, what becomes of it, and why nothing is sent at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.model.email import MAY_DOUBLE

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.email import Decision, Draft, Finding, Verdict
    from core.model.enums import DisplayStatus, EmailKind


BRAKE: Final = "brake"
"""The name of the hold that nobody set: what becomes of emails is not known any more."""


@dataclass(frozen=True, slots=True)
class OutboxHold:
    """Why nothing leaves: a person paused it, the quota is used up, or SES does not answer."""

    name: str
    """``pause``, ``quota`` or ``brake``."""
    by: str
    since: datetime
    until: datetime | None
    """``None``: until somebody resumes."""
    words: str = ""
    retry_at: datetime | None = None
    """When the brake looks again by itself; ``None``: one email is being tried now."""
    failures: int = 0
    """Emails in a row of which nobody knows what became."""

    @property
    def is_trying(self) -> bool:
        return self.name == BRAKE and self.retry_at is None

    def stands(self, now: datetime) -> bool:
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One delivery as the outbox lists it."""

    delivery_id: int
    email_id: int
    document_id: int
    number: str
    customer: str
    kind: EmailKind
    subject: str
    address: str
    word: DisplayStatus
    queued_at: datetime
    sent_by: str
    batch_id: str = ""
    error: str = ""
    """Why it failed, why nobody knows, or why it waits."""
    not_before: datetime | None = None
    tries: int = 0
    held_by: str = ""
    """The program that has it in hand at the moment."""
    ses_message_id: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch, or everything that is in the outbox, has come; counts deliveries."""

    waiting: int = 0
    going: int = 0
    sent: int = 0
    """SES has them, whatever became of them later."""
    failed: int = 0
    unconfirmed: int = 0
    cancelled: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.waiting + other.waiting,
            self.going + other.going,
            self.sent + other.sent,
            self.failed + other.failed,
            self.unconfirmed + other.unconfirmed,
            self.cancelled + other.cancelled,
        )

    @property
    def total(self) -> int:
        return self.done + self.waiting + self.going

    @property
    def done(self) -> int:
        return self.sent + self.failed + self.unconfirmed + self.cancelled


@dataclass(frozen=True, slots=True)
class Batch:
    """What was enqueued by one act."""

    batch_id: str
    queued_at: datetime
    queued_by: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class OutboxOverview:
    progress: Progress
    """Everything that is open, and the batches that are."""
    holds: tuple[OutboxHold, ...] = ()
    batches: tuple[Batch, ...] = ()
    """Those with something in them that waits or is going, oldest first."""
    next_at: datetime | None = None
    """When the first of those that wait may be tried again, if none may be now."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A draft that was not put into the outbox, and why."""

    document_id: int
    verdict: Verdict
    is_overtaken: bool = False
    """Somebody wrote about the document after the gate was asked: ask it again."""


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What one act put into the outbox."""

    batch_id: str
    email_ids: tuple[int, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkReport:
    """What working the outbox has done."""

    sent: int = 0
    failed: int = 0
    unconfirmed: int = 0
    later: int = 0
    """Not taken for now: they wait, and are tried again."""
    waiting: int = 0
    """What is left; so far as it may go at all, at ``next_at``."""
    next_at: datetime | None = None
    words: str = ""
    """Why nothing goes on, where something waits."""

    def __add__(self, other: WorkReport) -> WorkReport:
        """What two have done; how things stand is what the later one says."""
        return WorkReport(
            self.sent + other.sent,
            self.failed + other.failed,
            self.unconfirmed + other.unconfirmed,
            self.later + other.later,
            other.waiting,
            other.next_at,
            other.words,
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """What the account may do, as ``GetAccount`` tells it."""

    per_second: float
    per_day: float = -1
    """-1: unlimited."""
    sent_in_24_hours: float = 0
    is_sending_enabled: bool = True
    is_sandbox: bool = False

    @property
    def is_used_up(self) -> bool:
        return self.per_day >= 0 and self.sent_in_24_hours >= self.per_day


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One document of many, with the email it would get and what the gate says of it."""

    document: DocumentRow
    recipients: tuple[str, ...]
    """To, Cc and Bcc, as they stand in the draft."""
    subject: str
    verdict: Verdict

    @property
    def decision(self) -> Decision:
        return self.verdict.decision

    @property
    def reason(self) -> Finding | None:
        """The weightiest finding, the first of several; ``None``: nothing speaks against it.

        That it may be mailed twice comes first among the questions: who ticks it must have seen it.
        """
        return max(
            self.verdict.findings,
            key=lambda finding: (finding.weight, finding.code == MAY_DOUBLE),
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """A draft that the gate was asked about, and what had been written about its document then."""

    draft: Draft
    document: DocumentRow
    verdict: Verdict
    newest_email: int
