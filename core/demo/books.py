"""The generated company's invoices and estimates. Pure: a seed in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from core.demo.people import Customer
from core.model.enums import DocumentKind

_INVOICES_OF_TEN: Final = 8


@dataclass(frozen=True, slots=True)
class Document:
    customer: Customer
    kind: DocumentKind
    number: str
    status: str
    total: Decimal
    balance_due: Decimal
    issued_on: date
    due_on: date


def documents(
    random: Random, customers: list[Customer], now: datetime, count: int = 600
) -> list[Document]:
    """Return ``count`` documents of the last year, oldest first, numbered as they were issued."""
    weights = [customer.weight for customer in customers]
    ages = sorted((random.triangular(0, 364, 40) for _ in range(count)), reverse=True)
    numbers = {DocumentKind.INVOICE: 0, DocumentKind.ESTIMATE: 0}
    found = []
    for position, age in enumerate(ages):
        kind = DocumentKind.INVOICE if position % 10 < _INVOICES_OF_TEN else DocumentKind.ESTIMATE
        numbers[kind] += 1
        prefix = "INV" if kind is DocumentKind.INVOICE else "EST"
        customer = random.choices(customers, weights)[0]
        issued = (now - timedelta(days=age)).date()
        found.append(
            _document(random, customer, kind, f"{prefix}-{numbers[kind]:04}", issued, now.date())
        )
    return found


def _document(
    random: Random, customer: Customer, kind: DocumentKind, number: str, issued: date, today: date
) -> Document:
    total = Decimal(random.randint(4_000, 480_000)) / 100
    due = issued + timedelta(days=random.choice((14, 30, 30, 45)))
    age = (today - issued).days
    if kind is DocumentKind.INVOICE:
        status = _invoice_status(random, age, is_overdue=due < today)
        paid = {"PAID": total, "VOID": total, "PARTIAL": total * random.randint(2, 7) / 10}
        balance = (total - paid.get(status, Decimal(0))).quantize(Decimal("0.01"))
    else:
        status = _estimate_status(random, age)
        balance = Decimal("0.00")
    return Document(customer, kind, number, status, total, balance, issued, due)


def _invoice_status(random: Random, age: int, *, is_overdue: bool) -> str:
    chance = random.random()
    if age < 9 and chance < 0.45:
        return "DRAFT"
    if chance < min(0.82, age / 110):
        return "PAID"
    if chance > 0.985:
        return "VOID"
    if chance > 0.91:
        return "PARTIAL"
    return "OVERDUE" if is_overdue else "OPEN"


def _estimate_status(random: Random, age: int) -> str:
    chance = random.random()
    if age < 14 and chance < 0.5:
        return "DRAFT"
    if age > 60:
        return "ACCEPTED" if chance < 0.6 else "EXPIRED" if chance < 0.85 else "DECLINED"
    return "ACCEPTED" if chance < 0.35 else "SENT"
