"""What the accounting system of the office says, and how it changes from export to export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

ADDRESSES: Final = (
    "ann@customer.example",
    "bob@customer.example",
    "cleo@shop.example",
    "dan@works.example",
    "eve@works.example",
)
MOST_DOCUMENTS: Final = 7
_CUSTOMERS: Final = 3


@dataclass(frozen=True)
class Document:
    number: str
    kind: str
    customer: int
    status: str
    balance: Decimal


class Books:
    """Every export tells everything; documents are never taken back."""

    def __init__(self) -> None:
        self.names = {n: f"Customer {n}" for n in range(_CUSTOMERS)}
        self.documents: dict[str, Document] = {}

    def go_on(self, seed: int) -> None:
        """A day in the office: something new, something paid, somebody renamed."""
        chance = Random(seed)
        for _ in range(chance.randrange(1, 3)):
            if len(self.documents) < MOST_DOCUMENTS:
                n = len(self.documents)
                kind = "estimate" if chance.random() < 0.2 else "invoice"
                owed = Decimal(chance.randrange(1, 500))
                new = Document(f"DOC-{n}", kind, chance.randrange(_CUSTOMERS), "OPEN", owed)
                self.documents[new.number] = new
        changed = chance.choice(list(self.documents.values()))
        if chance.random() < 0.5:
            changed = replace(changed, status="PAID", balance=Decimal(0))
        else:
            changed = replace(changed, status="PARTIAL", balance=Decimal(chance.randrange(1, 500)))
        self.documents[changed.number] = changed
        if chance.random() < 0.3:
            renamed = chance.randrange(_CUSTOMERS)
            self.names[renamed] = f"Customer {renamed}, once more {chance.randrange(10)}"

    def export(self, folder: Path) -> list[Path]:
        customers = ["id,name,email"]
        customers += [f"C{n},{_quoted(self.names[n])},{ADDRESSES[n]}" for n in self.names]
        documents = [
            "number,kind,customer,status,currency,total,balance_due,issued_on,due_on",
            *(
                f"{d.number},{d.kind},C{d.customer},{d.status},EUR,500,{d.balance},"
                "2026-11-01,2026-12-01"
                for d in self.documents.values()
            ),
        ]
        paths = [folder / "customers.csv", folder / "documents.csv"]
        for path, lines in zip(paths, (customers, documents), strict=True):
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return paths


def _quoted(name: str) -> str:
    return f'"{name}"'
