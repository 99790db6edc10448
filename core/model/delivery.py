"""Facts from SES and what follows from them: states, summaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.model.enums import DisplayStatus, Engagement, Status

if TYPE_CHECKING:
    from core.model.chasing import CallNeed
    from core.model.enums import Role

_WORD_OF_STATUS: Final = {status: DisplayStatus[status.name] for status in Status}
_WORD_OF_ENGAGEMENT: Final = {
    engagement: DisplayStatus[engagement.name] for engagement in Engagement if engagement
}


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """One thing SES reported about one recipient (about nobody in particular: ``recipient == ""``).

    It holds what SES said; what that *means* is decided by ``core.rules.delivery.events.effect``.
    """

    type: str
    """SES's own word: ``Bounce``, ``Delivery``, ``Rendering Failure``; unknown ones are kept."""
    at: datetime
    """The time of the event's own object (``bounce.timestamp``), never that of a transport."""
    message_id: str
    """What ``SendEmail`` returned (``mail.messageId``); may be empty when SES did not say."""
    recipient: str = ""
    """The bare address as SES wrote it: display name and blanks removed, case kept.

    Empty where SES named nobody.
    """
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


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact does to a delivery; all empty for a fact that changes nothing."""

    status: Status | None = None
    engagement: Engagement = Engagement.NONE
    note: str | None = None
    is_forward: bool = False
    """A bounce of another address after ours had taken the email."""

    @property
    def word(self) -> DisplayStatus | None:
        """The status word this fact alone would show, or ``None``."""
        if self.engagement is not Engagement.NONE:
            return _WORD_OF_ENGAGEMENT[self.engagement]
        return None if self.status is None else _WORD_OF_STATUS[self.status]


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """Where one delivery stands, with the earliest time of every kind of fact.

    ``bounced_at`` of a soft bounce is that of the newest one: it is compared with the deliveries.
    """

    status: Status = Status.QUEUED
    engagement: Engagement = Engagement.NONE
    by_person: Engagement = Engagement.NONE
    """The engagement that was not marked as a program's (``rules.delivery.bot_engagement``)."""
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
    """SES's sub-type; for what SES itself stopped without one, the type: ``Reject`` …"""
    is_forward: bool = False
    """SOFT_BOUNCED, but not by our address: it took the email, and a forward of it came back."""

    @property
    def word(self) -> DisplayStatus:
        """The badge: engagement is shown only while nothing went wrong."""
        if self.status is Status.DELIVERED and self.engagement is not Engagement.NONE:
            return _WORD_OF_ENGAGEMENT[self.engagement]
        return _WORD_OF_STATUS[self.status]

    @property
    def by_program(self) -> bool:
        """What the badge says was maybe done by a program alone."""
        is_shown = self.word in (DisplayStatus.OPENED, DisplayStatus.CLICKED)
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
    word: DisplayStatus
    """The worst *To*."""
    other_failed: bool
    """A Cc or Bcc failed: shown as ``!``."""
    delivered: int
    recipients: int
    by_program: bool = False
    """OPENED or CLICKED, and maybe by a program alone."""
    is_forward: bool = False
    """SOFT_BOUNCED by forwards alone: who we sent it to has it."""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What a person sees on a document's row; stored beside it, recomputable from the events."""

    word: DisplayStatus = DisplayStatus.NEVER_SENT
    other_failed: bool = False
    delivered: int = 0
    recipients: int = 0
    send_count: int = 0
    last_sent_at: datetime | None = None
    last_recipient: str = ""
    last_email_id: int | None = None
    unresolved: frozenset[DisplayStatus] = frozenset()
    """The failures of addresses that have no later delivery, nor has their replacement."""
    ever_delivered: bool = False
    never_reached: bool = False
    """Money is open and no recipient was ever DELIVERED."""
    by_program: bool = False
    """OPENED or CLICKED, and maybe by a program alone; shown, and never acted upon."""
    is_forward: bool = False
    """SOFT_BOUNCED by forwards alone: who we sent it to has it."""
    call: CallNeed | None = None
    """When and why the emails alone call for the phone."""


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that changed no status but that a person should know."""

    at: datetime
    text: str
    diagnostic: str = ""
