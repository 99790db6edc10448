"""What needs a person: failures that nothing has made good, and who has seen which of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.enums import DisplayStatus


class AttentionChip(StrEnum):
    """The ready-made filters above the list; a document is open, acknowledged or snoozed."""

    OPEN = "open"
    FAILURES = "failures"
    """Of those the ones that failed, bounced or were dropped, marked as spam, or are unknown."""
    CALLS = "calls"
    """Of those the ones that call for the phone; one may be among both."""
    ACKNOWLEDGED = "acknowledged"
    """This operator has seen all that is wrong with it."""
    SNOOZED = "snoozed"
    """Nobody is to chase it for now."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One delivery that went wrong, or of which nobody knows whether it left."""

    delivery_id: int
    word: DisplayStatus
    address: str
    at: datetime
    diagnostic: str = ""
    """The server's words, or SES's when it refused the call."""
    enhanced_status: str = ""
    subtype: str = ""
    is_forward: bool = False
    """The address has it; a forward to another one failed."""


class NextStep(NamedTuple):
    """What helps; how it is asked for is the front end's business, and a person may change it."""

    command: str
    """The id of the command, ``attention.resend``."""
    words: str
    """What it is for here: ``resend later``."""


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """One line of the list."""

    document: DocumentRow
    word: DisplayStatus | None
    """What is wrong; ``None``: the emails failed to get an answer, and somebody should call."""
    words: str
    """The same in a sentence."""
    address: str
    """The one that failed; empty where it is about no single one."""
    since: datetime | None
    days_overdue: int
    """0: not due yet, or no day is known."""
    next: NextStep
    seen: frozenset[str]
    """Everything that is wrong now; what one acknowledges. See ``rules.chasing.attention``."""
    acknowledged_at: datetime | None = None
    is_forward: bool = False
    """SOFT_BOUNCED by a forward: the address itself has it."""

    @property
    def id(self) -> int:
        return self.document.id


MOST: Final = 1_000
"""Nobody works through more; the numbers beside the filters count all."""
