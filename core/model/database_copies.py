"""What came of copying a database, and of putting a copy back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


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
