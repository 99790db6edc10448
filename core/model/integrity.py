"""What a check of the database finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that is not what it must be."""

    table: str
    id: int | str
    column: str
    stored: Any
    computed: Any
    words: str = ""
    """What is wrong, for a person."""
    columns: tuple[str, ...] = ()
    """Where nothing tells which column it is: all that it may be."""
    is_mendable: bool = False
    key: tuple[Any, ...] = ()
    """The whole key, where it is more than a number."""


NEXT_STEP: Final = (
    "Keep this database with outtray db backup, and put back a copy of before with"
    " outtray db restore FILE."
)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was looked at, what is wrong, and what was put right."""

    deliveries: int
    documents: int
    customers: int
    differences: tuple[Difference, ...]
    """What is wrong; after mending: what still is."""
    damage: tuple[str, ...] = ()
    """Sentences about the file or the indexes."""
    notes: tuple[str, ...] = ()
    """What could not be looked at."""
    mended: tuple[Difference, ...] = ()
    mended_damage: tuple[str, ...] = ()
    copy: Path | None = None
    """The copy that was made before anything was mended."""
    not_findable: tuple[tuple[str, str, str], ...] = ()
    """(table, column, reason) of what nothing else tells, or only where it is nonsense."""

    @property
    def is_clean(self) -> bool:
        return not self.differences and not self.damage
