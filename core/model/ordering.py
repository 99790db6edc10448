"""By which column a table is sorted. Every order is total: what is equal stands by its id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DocumentOrder(StrEnum):
    LAST_SENT = "last_sent"
    NUMBER = "number"
    CUSTOMER = "customer"
    KIND = "kind"
    STATUS = "status"
    CURRENCY = "currency"
    TOTAL = "total"
    BALANCE = "balance"
    SENDS = "sends"
    LAST_RECIPIENT = "last_recipient"
    DELIVERY = "delivery"
    """From what went best to what went worst; within one status by when it was sent."""
    ISSUED = "issued"
    DUE = "due"


class CustomerOrder(StrEnum):
    ATTENTION = "attention"
    """Who has most that needs attention, then whom to call, then by name: only this way round."""
    NAME = "customer"
    DOCUMENTS = "documents"
    LAST_SENT = "last_sent"


@dataclass(frozen=True, slots=True)
class DocumentSort:
    column: DocumentOrder = DocumentOrder.LAST_SENT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class CustomerSort:
    column: CustomerOrder = CustomerOrder.ATTENTION
    descending: bool = True


NEWEST_SENT = DocumentSort()
MOST_ATTENTION = CustomerSort()
