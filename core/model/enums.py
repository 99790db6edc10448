"""The words: kinds, roles, statuses and what a badge says; how addresses are compared."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class DocumentKind(StrEnum):
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
    """The delivery axis, low to high; which events count at all is decided by
    ``core.rules.delivery.status``.

    A bounce stands above DELIVERED: servers accept first and refuse later. ``FAILED`` and
    ``CANCELLED`` (taken out of the outbox before it was handed over) are local and final. They
    rank below ``SENT`` so that a report of SES, should one arrive after all, is believed over our
    reading of an error.
    """

    QUEUED = 10
    SENDING = 20
    UNCONFIRMED = 30
    FAILED = 35
    CANCELLED = 36
    SENT = 40
    DEFERRED = 50
    DROPPED = 70
    DELIVERED = 80
    SOFT_BOUNCED = 85
    BOUNCED = 90
    COMPLAINED = 100


class Engagement(IntEnum):
    """The second axis: what somebody, or some program, did with a delivered email."""

    NONE = 0
    OPENED = 1
    CLICKED = 2


class DisplayStatus(StrEnum):
    """What a person reads on a badge."""

    NEVER_SENT = "NEVER_SENT"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    UNCONFIRMED = "UNCONFIRMED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SENT = "SENT"
    DEFERRED = "DEFERRED"
    DROPPED = "DROPPED"
    DELIVERED = "DELIVERED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    SOFT_BOUNCED = "SOFT_BOUNCED"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"


#: How much a person must see a word before the others, the least first.
BEST_TO_WORST: Final = (
    DisplayStatus.CANCELLED,  # only where nothing else is left of the email
    DisplayStatus.CLICKED,
    DisplayStatus.OPENED,
    DisplayStatus.DELIVERED,
    DisplayStatus.SENT,
    DisplayStatus.SENDING,
    DisplayStatus.QUEUED,
    DisplayStatus.DEFERRED,
    DisplayStatus.UNCONFIRMED,
    DisplayStatus.SOFT_BOUNCED,
    DisplayStatus.FAILED,
    DisplayStatus.DROPPED,
    DisplayStatus.BOUNCED,
    DisplayStatus.COMPLAINED,
)


def address_key(address: str) -> str:
    """Addresses are compared trimmed and without case."""
    return address.strip().casefold()


def domain_of(address: str) -> str:
    """The part after the last ``@``, as it is compared; empty where there is none."""
    return address_key(address).rpartition("@")[2] if "@" in address else ""
