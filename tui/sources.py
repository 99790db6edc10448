"""Where the tables' rows come from: a filter and the backend, as a ``RowSource``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

if TYPE_CHECKING:
    from core.model import (
        CustomerFilter,
        CustomerRow,
        DocumentFilter,
        DocumentRow,
        SuppressedAddress,
        SuppressionFilter,
    )
    from tui.ports import Backend


@dataclass(frozen=True)
class CustomerSource:
    """Customers that answer to a filter."""

    backend: Backend
    where: CustomerFilter

    rows_first: ClassVar = True
    """A page is read without knowing how many there are, which may take longer."""

    def count(self) -> int:
        return self.backend.count_customers(self.where)

    def page(self, offset: int, limit: int) -> Sequence[CustomerRow]:
        return self.backend.page_customers(self.where, offset, limit)

    def position(self, key: int) -> int | None:
        return self.backend.customer_position(self.where, key)

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
        return self.backend.count_documents(self.where)

    def page(self, offset: int, limit: int) -> Sequence[DocumentRow]:
        return self.backend.page_documents(self.where, offset, limit)

    def position(self, key: int) -> int | None:
        return self.backend.document_position(self.where, key)

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
