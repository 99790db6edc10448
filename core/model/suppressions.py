"""Both suppression lists as one: SES's account list and our own, and what was done to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.enums import address_key

if TYPE_CHECKING:
    from core.model.enums import DocumentKind

SES = "ses"
OWN = "own"


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must not be mailed."""

    address: str
    reason: str
    """``BOUNCE`` or ``COMPLAINT`` on SES's list; free words on our own."""
    since: datetime | None
    source: str
    """``ses`` or ``own``."""
    ses_message_id: str = ""
    """The email that caused it, where SES knows."""
    email_subject: str = ""
    document_number: str = ""
    added_by: str = ""
    ignored_by: str = ""
    """Whose choice lets SES send all the same: ``configuration set outtray``; empty: it stops."""

    @property
    def is_complaint(self) -> bool:
        return self.reason.strip().upper() == "COMPLAINT"


class SuppressionChip(StrEnum):
    """The ready-made filters above the list."""

    ALL = "all"
    BOUNCES = "bounces"
    COMPLAINTS = "complaints"
    OURS = "ours"
    SES = "ses"


@dataclass(frozen=True, slots=True)
class SuppressionFilter:
    text: str = ""
    """Words looked for in address, reason and operator."""
    chip: SuppressionChip = SuppressionChip.ALL


@dataclass(frozen=True, slots=True)
class Cause:
    """The email that brought an address onto a list, and the document it was about."""

    email_id: int
    subject: str
    sent_at: datetime
    document_id: int
    document_number: str
    document_kind: DocumentKind
    customer_id: int
    customer: str
    is_named: bool = True
    """SES named this very email; false: it is the failure in our history that fits the time."""


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """One address and its entries on both lists, all spellings of it."""

    entries: tuple[Suppression, ...]
    """Never empty; SES's first, then ours."""
    cause: Cause | None = None

    @property
    def address(self) -> str:
        return self.entries[0].address

    @property
    def key(self) -> str:
        return address_key(self.address)

    @property
    def id(self) -> int:
        """The same number for the same address, in every run of the program."""
        digest = hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8]) >> 1

    @property
    def lists(self) -> tuple[str, ...]:
        """``ses``, ``own``, or both."""
        return tuple(dict.fromkeys(entry.source for entry in self.entries))

    @property
    def spellings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.address for entry in self.entries))

    @property
    def since(self) -> datetime | None:
        """When the oldest of its entries was made, as far as that is known."""
        return min((e.since for e in self.entries if e.since is not None), default=None)

    @property
    def is_complaint(self) -> bool:
        return any(entry.is_complaint for entry in self.entries)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change to one list, or the attempt."""

    at: datetime
    address: str
    list: str
    action: str
    """``added`` or ``removed``."""
    reason: str
    operator: str
    outcome: str
    """``done``, ``failed``, or ``begun``: the program ended before SES's answer was written."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A person took the address off a list and vouched for it in writing."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SuppressionDetails:
    """What is known of one address."""

    row: SuppressedAddress | None
    """``None``: it is on neither list now."""
    audit: tuple[AuditEntry, ...]
    """Newest first."""
    problem: str = ""
    """Why SES could not be asked just now; what is shown was read earlier."""


class ListPhase(StrEnum):
    UNREAD = "unread"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ListState:
    """How the copy of SES's list fares that is kept in memory."""

    phase: ListPhase = ListPhase.UNREAD
    count: int = 0
    """Entries in memory, or read so far."""
    read_at: datetime | None = None
    is_cut: bool = False
    """The list is longer than what is kept."""
    problem: str = ""
    hint: str = ""
    version: int = 0
    """Changes whenever the entries do."""


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """What became of a change on one list, in one spelling."""

    list: str
    address: str
    outcome: str
    """``done``, ``unchanged`` or ``failed``."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SuppressionChange:
    """What adding or removing came to."""

    address: str
    action: str
    parts: tuple[ListOutcome, ...]

    @property
    def is_done(self) -> bool:
        return all(part.outcome != "failed" for part in self.parts)
