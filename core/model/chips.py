"""The ready-made filters."""

from __future__ import annotations

from enum import StrEnum


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
    LATE = "late"
    """On its way for longer than its domain takes, and not ``STUCK``. Depends on ``as_of``, too."""
    NEEDS_CALL = "needs_call"
    """See ``core.calling``; it depends on ``as_of`` as well."""
    SNOOZED = "snoozed"
