"""What a body from the feed says, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.delivery import DeliveryEvent
from core.model.feed import AccountNotice

if TYPE_CHECKING:
    from core.model.enums import Role


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
