"""What comes in: the feed and its health, imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


class NoticeKind(StrEnum):
    """What AWS says of our sending itself."""

    SENDING = "sending"
    """Paused while open."""
    ADVICE = "advice"
    """A finding of its advisor: bounce rate, complaints, a missing record in the DNS."""


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """One word of AWS; whether it is still in force its newer ones decide."""

    kind: NoticeKind
    subject: str
    """``the account``, ``configuration set NAME``, ``tenant NAME``, ``identity NAME``; of advice
    also what it is about."""
    at: datetime
    is_open: bool
    words: str = ""
    """The cause, in AWS's words."""


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


# --------------------------------------------------------------------------- import
