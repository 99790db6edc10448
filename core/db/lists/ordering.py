"""Orders of the tables as SQL: total, the same on both databases, and read from either end.

All keys of an order go the same way, so that the reverse of one is one as well, and any index for
it serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.db.engine import Reader, speaks_sqlite
from core.model.documents import CustomerOrder, CustomerSort, DocumentOrder, DocumentSort
from core.model.enums import BEST_TO_WORST

_RANK: Final = (
    "CASE d.word "
    + " ".join(f"WHEN '{word.value}' THEN {rank}" for rank, word in enumerate(BEST_TO_WORST))
    + " END"
)


@dataclass(frozen=True, slots=True)
class Order:
    """``keys`` are SQL, most telling first, the last one unique."""

    keys: tuple[str, ...]
    descending: bool
    joins: str = ""
    """What the keys need beside their table."""
    hints: bool = False
    """Whether the database has to be told not to walk through an index: SQLite has to."""

    def by(self, *, backwards: bool = False, gathered: bool = False) -> str:
        """Return what follows ORDER BY.

        ``gathered``: the rows are few and found by other means; no index is to be walked through
        in search of them, which SQLite without statistics likes to do.
        """
        way = "DESC" if self.descending is not backwards else "ASC"
        first, *others = self.keys
        if gathered and self.hints:
            first = f"({first} || '')" if first in _TEXTS else f"({first} + 0)"
        return ", ".join(f"{key} {way}" for key in (first, *others))


_CUSTOMERS: Final = " JOIN customers c ON c.id = d.customer_id"
_KEYS: Final = {
    DocumentOrder.LAST_SENT: ("d.last_sent_at", "d.id"),
    DocumentOrder.NUMBER: ("d.number_key", "d.customer_id", "d.id"),
    DocumentOrder.CUSTOMER: ("c.name_key", "d.customer_id", "d.last_sent_at", "d.id"),
    DocumentOrder.KIND: ("d.kind", "d.id"),
    DocumentOrder.STATUS: ("d.status", "d.id"),
    DocumentOrder.CURRENCY: ("d.currency", "d.id"),
    DocumentOrder.TOTAL: ("d.total", "d.id"),
    DocumentOrder.BALANCE: ("d.balance_due", "d.id"),
    DocumentOrder.SENDS: ("d.send_count", "d.id"),
    DocumentOrder.LAST_RECIPIENT: ("d.last_recipient", "d.id"),
    DocumentOrder.DELIVERY: (_RANK, "d.last_sent_at", "d.id"),
    DocumentOrder.ISSUED: ("d.issued_on", "d.id"),
    DocumentOrder.DUE: ("d.due_on", "d.id"),
}
_TEXTS: Final = (
    "d.number_key",
    "c.name_key",
    "d.kind",
    "d.status",
    "d.currency",
    "d.last_recipient",
    "d.issued_on",
    "d.due_on",
)
#: PostgreSQL sorts by the rules of a language where it is not told otherwise.
_PLAIN: Final = ' COLLATE "C"'
_LANGUAGE: Final = ("d.number_key", "c.name_key", "d.status", "d.last_recipient")


def documents(reader: Reader, sort: DocumentSort) -> Order:
    keys = _KEYS[sort.column]
    if not speaks_sqlite(reader):
        keys = tuple(f"{key}{_PLAIN}" if key in _LANGUAGE else key for key in keys)
    joins = _CUSTOMERS if sort.column is DocumentOrder.CUSTOMER else ""
    return Order(keys, sort.descending, joins, speaks_sqlite(reader))


_CUSTOMER_KEYS: Final = {
    CustomerOrder.NAME: ("c.name_key", "c.id"),
    CustomerOrder.DOCUMENTS: ("c.documents", "c.id"),
    CustomerOrder.LAST_SENT: ("c.last_sent_at", "c.id"),
}


def customers(reader: Reader, sort: CustomerSort) -> Order:
    """Return the order; that by attention depends on the time and is not among them."""
    keys: tuple[str, ...] = _CUSTOMER_KEYS[sort.column]
    if not speaks_sqlite(reader):
        keys = tuple(f"{key}{_PLAIN}" if key == "c.name_key" else key for key in keys)
    return Order(keys, sort.descending)
