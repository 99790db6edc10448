"""What a person says about chasing, and what stands about it: asked for after the first paint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.model.chasing import Hold, Outcome

if TYPE_CHECKING:
    from core.model.documents import DocumentRow


@dataclass(frozen=True, slots=True)
class Scope:
    """What a snooze is about: one document, or a whole customer."""

    customer_id: int
    document_id: int | None = None

    @staticmethod
    def of(row: DocumentRow) -> Scope:
        return Scope(row.customer_id, row.id)

    @property
    def whole_customer(self) -> Scope:
        return Scope(self.customer_id)


@dataclass(frozen=True, slots=True)
class CallEntry:
    """A call as a person tells it."""

    outcome: Outcome = Outcome.REACHED
    note: str = ""
    contact: str = ""
    at: datetime | None = None
    """When it took place; ``None``: now."""
    hold_until: date | None = None
    """Nobody chases the document before that day."""


@dataclass(frozen=True, slots=True)
class ChaseState:
    """What stands about chasing: every entry there is, those in force, and whom to call."""

    name: str
    phone: str
    holds: tuple[Hold, ...]
    """Newest first."""
    in_force: tuple[Hold, ...]
    contacts: tuple[str, ...] = ()
