"""What came of checking a database, of copying it and of putting a copy back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Findings:
    """What SQLite itself says is wrong; nothing: it is well."""

    damage: tuple[str, ...] = ()
    """The file is not as SQLite writes it."""
    orphans: tuple[str, ...] = ()
    """Rows that name a row that is not there."""

    @property
    def lines(self) -> tuple[str, ...]:
        return self.damage + self.orphans


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """A whole copy, and what is wrong with it because it is wrong with the database, too."""

    path: Path
    findings: Findings = Findings()


@dataclass(frozen=True, slots=True)
class Holding:
    """What is in a database, to be told apart from another."""

    documents: int
    emails: int
    newest_at: datetime | None
    """When the newest email was written."""


@dataclass(frozen=True, slots=True)
class Restorable:
    """What would be replaced by what; a person decides about it."""

    found: Holding
    replaced: Holding | None
    """``None``: there is nothing yet, or it cannot be read."""
    version: str
    waiting: int
    """Deliveries that the copy says are still to be sent."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in the database now, and where that is which was in it before."""

    holding: Holding
    kept: DatabaseCopy | None
    """``None``: there was nothing."""
    version: str
    """Of the copy; it was brought up to date."""
    unconfirmed: int
    """Deliveries of which nobody knows whether they were sent after the copy was made."""
    findings: Findings
