"""What came in by one reading of the feed, or by one import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
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
    unsearched: int = 0
    """Subjects that the office's own pattern for numbers took too long on."""

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.read + other.read,
            self.applied + other.applied,
            self.duplicate + other.duplicate,
            self.unmatched + other.unmatched,
            self.quarantined + other.quarantined,
            self.setup + other.setup,
            self.unsearched + other.unsearched,
        )


@dataclass(frozen=True, slots=True)
class QuarantinedBody:
    """A body that could not be read, kept as it came."""

    id: str
    """The SHA-256 of the body."""
    received_at: datetime
    source: str
    reason: str
    raw: str = field(repr=False)
    dismissed_at: datetime | None = None
    dismissed_by: str = ""
    note: str = ""
    """Why a person dismissed it."""


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
