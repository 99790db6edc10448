"""Where the tables' rows come from: a filter and the backend, as a ``RowSource``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from core.backend import Backend
    from core.model.documents import CustomerFilter, CustomerRow, DocumentFilter, DocumentRow, Found
    from core.model.suppressions import SuppressedAddress, SuppressionFilter


@dataclass(frozen=True)
class CustomerSource:
    """Customers that answer to a filter."""

    backend: Backend
    where: CustomerFilter

    rows_first: ClassVar = True
    """A page is read without knowing how many there are, which may take longer."""

    def count(self) -> int:
        return self.backend.customers.count(self.where)

    def page(self, offset: int, limit: int) -> Sequence[CustomerRow]:
        return self.backend.customers.page(self.where, offset, limit)

    def position(self, key: int) -> int | None:
        return self.backend.customers.position(self.where, key)

    def key(self, row: CustomerRow) -> int:
        return row.id


class PickSource:
    """Customers who may be meant by what was typed, ranked when the rows are counted.

    Whoever wants rows before their number gets them ranked as well: to rank is to find.
    """

    def __init__(self, backend: Backend, where: CustomerFilter) -> None:
        self._backend = backend
        self.where = where
        self.found: Found | None = None
        self.alike = False
        """Look for those that are spelt alike, too, the next time."""

    @property
    def _ids(self) -> tuple[int, ...]:
        return self.found.ids if self.found else ()

    def count(self) -> int:
        self.found = self._backend.customers.find(self.where, alike=self.alike)
        return len(self.found.ids)

    def page(self, offset: int, limit: int) -> Sequence[CustomerRow]:
        if self.found is None:
            self.count()
        return self._backend.customers.rows(self._ids[offset : offset + limit])

    def position(self, key: int) -> int | None:
        return self._ids.index(key) if key in self._ids else None

    def key(self, row: CustomerRow) -> int:
        return row.id


@dataclass(frozen=True)
class DocumentSource:
    """Documents that answer to a filter."""

    backend: Backend
    where: DocumentFilter

    rows_first: ClassVar = True
    """A page is read without knowing how many there are, which may take longer."""

    def count(self) -> int:
        return self.backend.documents.count(self.where)

    def page(self, offset: int, limit: int) -> Sequence[DocumentRow]:
        return self.backend.documents.page(self.where, offset, limit)

    def position(self, key: int) -> int | None:
        return self.backend.documents.position(self.where, key)

    def key(self, row: DocumentRow) -> int:
        return row.id


@dataclass(frozen=True)
class SuppressionSource:
    """Addresses on either suppression list that answer to a filter."""

    backend: Backend
    where: SuppressionFilter

    def count(self) -> int:
        return self.backend.suppressions.count(self.where)

    def page(self, offset: int, limit: int) -> Sequence[SuppressedAddress]:
        return self.backend.suppressions.page(self.where, offset, limit)

    def position(self, key: int) -> int | None:
        return self.backend.suppressions.position(self.where, key)

    def key(self, row: SuppressedAddress) -> int:
        return row.id
