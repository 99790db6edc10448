"""Kinds, roles, and every status with all that follows from it; how addresses are compared."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final, Literal, NamedTuple


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


Outcome = Literal["nothing", "on its way", "unknown", "reached", "failed"]
"""What a status means for whoever waits for the email; ``unknown``: whether SES took it at all."""
Tone = Literal[
    "quiet", "waiting", "sent", "warning", "soft", "stopped", "bad",
    "delivered", "opened", "clicked", "complaint",
]  # fmt: skip
"""Which colours of a theme a status has; several may share them."""


class StatusEntry(NamedTuple):
    """Everything that is known of a status in advance."""

    rank: int
    """How much a person must see it before the others: of several recipients the highest shows.

    The other order, of what becomes of one delivery, is ``Status``.
    """
    outcome: Outcome
    glyph: str
    """One cell wide."""
    label: str
    """On the badge, beside the glyph."""
    tone: Tone
    advice: str
    """What it means and what to do, in plain words: the log and the help screen show it."""
    time: str = ""
    """The field of ``DeliveryState`` that says since when."""
    flag: str = ""
    """The column of a document that remembers this failure until it is made good; a filter of
    this name finds it there. Without one the filter looks at the latest email alone."""
    bit: int = 1
    """The bit in that column, where two failures share one."""


#: Every status, bad news first: in this order the help screen and the search line have them.
#: Beside a row a status needs its word above (and in ``Status`` where SES or we can put a delivery
#: there) and, to be filtered by, one in ``DocumentView``; ``tests/core/model/test_statuses.py``
#: says what is missing.
STATUSES: Final[Mapping[DisplayStatus, StatusEntry]] = {
    DisplayStatus.BOUNCED: StatusEntry(
        130, "failed", "✖", "BOUNCED", "bad",
        "It came back. Correct the address, then resend.",
        "bounced_at", "open_bounce", 2,
    ),
    DisplayStatus.SOFT_BOUNCED: StatusEntry(
        100, "failed", "✖", "BOUNCED soft", "soft",
        "It came back, but the address may still work. Resend later, or call.",
        "bounced_at", "open_bounce", 1,
    ),
    DisplayStatus.COMPLAINED: StatusEntry(
        140, "failed", "⚑", "COMPLAINED", "complaint",
        "They marked it as spam: do not email this address again unless they ask.",
        "complained_at", "open_complaint",
    ),
    DisplayStatus.DROPPED: StatusEntry(
        120, "failed", "⊘", "DROPPED", "stopped",
        "Nothing was sent: a suppression list or SES stopped it. The log says which list, and "
        "what to do.",
        "dropped_at", "open_drop",
    ),
    DisplayStatus.FAILED: StatusEntry(
        110, "failed", "✖", "FAILED", "bad",
        "It was refused or stopped before it was sent. Read why in the log, then send again.",
        "", "open_failure",
    ),
    DisplayStatus.UNCONFIRMED: StatusEntry(
        90, "unknown", "?", "UNCONFIRMED", "warning",
        "We do not know whether SES took it. Wait for its report before you send it again.",
    ),
    DisplayStatus.DEFERRED: StatusEntry(
        80, "on its way", "◌", "DEFERRED", "warning",
        "The receiving server is not ready; SES keeps trying. Give it time, then call.",
        "deferred_at",
    ),
    DisplayStatus.SENT: StatusEntry(
        50, "on its way", "➤", "SENT", "sent",
        "On its way; updates within minutes.",
        "sent_at",
    ),
    DisplayStatus.DELIVERED: StatusEntry(
        40, "reached", "●", "DELIVERED", "delivered",
        "Accepted by the server, which is not the inbox: ask them to look in spam.",
        "delivered_at",
    ),
    DisplayStatus.OPENED: StatusEntry(
        30, "reached", "◉", "OPENED", "opened",
        "Images were loaded. Many programs never load them, so “not opened” proves nothing.",
        "opened_at",
    ),
    DisplayStatus.CLICKED: StatusEntry(
        20, "reached", "◈", "CLICKED", "clicked",
        "Somebody, or their scanner, followed a link.",
        "clicked_at",
    ),
    DisplayStatus.QUEUED: StatusEntry(
        70, "on its way", "…", "QUEUED", "waiting",
        "It waits here to be handed to SES.",
    ),
    DisplayStatus.SENDING: StatusEntry(
        60, "on its way", "…", "SENDING", "waiting",
        "It is being handed to SES.",
    ),
    DisplayStatus.CANCELLED: StatusEntry(  # shown only where nothing else is left of the email
        10, "nothing", "−", "CANCELLED", "quiet",
        "It was taken out of the outbox before it was sent; nobody got it.",
    ),
    DisplayStatus.NEVER_SENT: StatusEntry(
        0, "nothing", "·", "never sent", "quiet", "Nothing was sent yet."
    ),
}  # fmt: skip
#: The columns of a document that remember failures which nothing has made good.
FLAGS: Final = tuple(dict.fromkeys(entry.flag for entry in STATUSES.values() if entry.flag))
#: ``BOUNCED forward``: the address is well, whoever it forwards to is not.
FORWARD_FAILED: Final = (
    "Their address took the email, but it is forwarded to another one that refused it. "
    "Ask whether they have it, or for the address they read."
)

#: From what went best to what went worst; never sent is neither and stands before everything.
BEST_TO_WORST: Final = tuple(sorted(STATUSES, key=lambda word: STATUSES[word].rank))


def having(*outcomes: Outcome) -> frozenset[DisplayStatus]:
    """Return the statuses with one of these outcomes."""
    return frozenset(word for word, entry in STATUSES.items() if entry.outcome in outcomes)


def address_key(address: str) -> str:
    """Addresses are compared trimmed and without case."""
    return address.strip().casefold()


def domain_of(address: str) -> str:
    """The part after the last ``@``, as it is compared; empty where there is none."""
    return address_key(address).rpartition("@")[2] if "@" in address else ""
