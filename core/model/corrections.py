"""Correcting an address: the evidence for another one, and what failed on the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.email import Decision

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.email import Verdict
    from core.model.enums import DisplayStatus


class AddressOrigin(StrEnum):
    """Why an address is proposed."""

    MEANT = "probably meant"
    CONTACT = "another contact"
    EARLIER = "reached before"


@dataclass(frozen=True, slots=True)
class Proposal:
    address: str
    origin: AddressOrigin
    delivered_at: datetime | None = None
    """When an email last arrived there."""


@dataclass(frozen=True, slots=True)
class Correctable:
    """An address to correct, and what is known about the better one."""

    customer_id: int
    customer: str
    address: str
    """The one that failed, or the customer's primary one; empty where there is none."""
    word: DisplayStatus | None
    at: datetime | None
    diagnostic: str
    cause: str
    advice: str
    document_number: str
    """The document whose email told so last."""
    proposals: tuple[Proposal, ...]
    others: tuple[str, ...]
    """Other customers with this address."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that failed on the old address, and what the gate says to sending it again."""

    document: DocumentRow
    word: DisplayStatus
    failed_at: datetime | None
    verdict: Verdict

    @property
    def is_stopped(self) -> bool:
        """The gate refuses it: no answer of a person helps."""
        return self.verdict.decision is Decision.REFUSE


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was saved: an address of one customer or of several."""

    old: str
    new: str
    customers: tuple[str, ...]
    """Their names; empty where nothing had to be changed."""


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """An import brought an address that was corrected here; the correction stands."""

    customer: str
    imported: str
    kept: str
