"""What comes in: the feed and its health, imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.model.corrections import KeptCorrection


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Facts, except ``read``, ``quarantined`` and ``setup``, which count bodies."""

    read: int = 0
    applied: int = 0
    duplicate: int = 0
    unmatched: int = 0
    quarantined: int = 0
    setup: int = 0

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.read + other.read,
            self.applied + other.applied,
            self.duplicate + other.duplicate,
            self.unmatched + other.unmatched,
            self.quarantined + other.quarantined,
            self.setup + other.setup,
        )


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


@dataclass(frozen=True, slots=True)
class QuarantinedBody:
    """A body that could not be read, kept as it came."""

    id: str
    """The SHA-256 of the body."""
    received_at: datetime
    source: str
    reason: str
    raw: str = field(repr=False)


# --------------------------------------------------------------------------- import


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
