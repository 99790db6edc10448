"""What every screen is given: the program behind it, its threads, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.model.errors import OuttrayError
from core.rules.monitoring.incidents import Trouble

if TYPE_CHECKING:
    from core.backend import Backend
    from core.model.database import DatabaseLook
    from tui.runtime.background import BackgroundCalls


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass
class LiveState:
    """What was last known beyond the rows of one screen, for screens that open later."""

    trouble: Trouble = field(default_factory=Trouble)
    waiting: int = 0
    """Deliveries in the outbox."""
    outbox_words: str = ""
    """Why they do not go at the moment; empty: they do."""
    look: DatabaseLook | None = None
    """How the database is looked at after a crash, while changes wait for it, or its damage."""
    problem: OuttrayError | None = None
    """Why the database cannot be read at the moment; what is shown is of before."""
    unlinked: int = 0
    """Emails of other programs that wait to be linked."""
    seen: dict[str, dict[int, Any]] = field(default_factory=dict)
    """By table, what was last seen of its rows; see ``tui.widgets.data_table.pages``."""

    @property
    def is_looking(self) -> bool:
        """Whether changes wait for the database to be checked."""
        return self.look is not None and self.look.goes_on

    @property
    def why_waiting(self) -> str:
        """Why what is in the outbox does not go at the moment; empty: it does."""
        return "The database is being checked." if self.is_looking else self.outbox_words


@dataclass(frozen=True)
class AppContext:
    """One person's place of work."""

    backend: Backend
    background_calls: BackgroundCalls
    clock: Callable[[], datetime]
    board: LiveState = field(default_factory=LiveState)
