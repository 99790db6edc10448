"""Customers and documents, looked at: lists, single rows and logs.

The first page comes from here, so what only a later screen needs is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from core.db.engine import Database
from core.db.lists import documents
from core.db.writes import preferences
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.model.errors import NotFoundError

if TYPE_CHECKING:
    from core.model.documents import CustomerRow, DocumentRow, Found
    from core.model.enums import DocumentKind
    from core.model.history import Contact, CustomerHeader, DocumentLog
    from core.model.ports import Clock
    from core.services.delivery_latency import Paces
    from core.services.monitoring import IncidentWatch


_Filter = TypeVar("_Filter", DocumentFilter, CustomerFilter)


def _as_of_now(where: _Filter, clock: Clock) -> _Filter:
    return where if where.as_of else replace(where, as_of=clock())


class Customers:
    """Those that need attention first, unless a filter sorts them otherwise."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_lists: Callable[[Sequence[Contact]], tuple[Contact, ...]],
    ) -> None:
        """``on_lists`` adds what is known of the suppression lists."""
        self._database, self._clock, self._on_lists = database, clock, on_lists

    def count(self, where: CustomerFilter) -> int:
        return documents.count_customers(self._database.reader, _as_of_now(where, self._clock))

    def page(
        self, where: CustomerFilter, offset: int = 0, limit: int | None = None
    ) -> tuple[CustomerRow, ...]:
        """Return customers; ``limit`` ``None`` is all."""
        timed = _as_of_now(where, self._clock)
        return documents.page_customers(self._database.reader, timed, offset, limit)

    def find(self, where: CustomerFilter, *, alike: bool = False) -> Found:
        """Return who is meant by what was typed, ranked; ``alike``: with those spelt alike."""
        from core.db.lists import customer_search

        timed = _as_of_now(where, self._clock)
        return customer_search.find(self._database.reader, timed, alike=alike)

    def rows(self, customer_ids: Sequence[int]) -> tuple[CustomerRow, ...]:
        """Return customers in the order of the ids; those that are gone are left out."""
        return documents.customers(self._database.reader, customer_ids, self._clock())

    def position(self, where: CustomerFilter, customer_id: int) -> int | None:
        timed = _as_of_now(where, self._clock)
        return documents.customer_position(self._database.reader, timed, customer_id)

    def header(self, customer_id: int) -> CustomerHeader:
        """Return what stands above a customer's documents; raises ``NotFoundError``."""
        from core.db.reads import history

        found = history.customer_header(self._database.reader, customer_id)
        if found is None:
            raise NotFoundError("That customer is no longer in the database.")
        return replace(found, contacts=self._on_lists(found.contacts))


class Documents:
    """Newest sent first, unless a filter sorts them otherwise."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        paces: Callable[[], Paces],
        incident_watch: Callable[[], IncidentWatch],
    ) -> None:
        self._database, self._clock = database, clock
        self._paces, self._incident_watch = paces, incident_watch

    def count(self, where: DocumentFilter) -> int:
        return documents.count_documents(self._database.reader, self._timed(where))

    def page(
        self, where: DocumentFilter, offset: int = 0, limit: int | None = None
    ) -> tuple[DocumentRow, ...]:
        """Return documents; ``limit`` ``None`` is all."""
        rows = documents.page_documents(self._database.reader, self._timed(where), offset, limit)
        return self._paces().marked(rows)

    def rows(self, document_ids: Sequence[int]) -> tuple[DocumentRow, ...]:
        """Return documents in the order of the ids; those that are gone are left out."""
        return self._paces().marked(documents.documents(self._database.reader, document_ids))

    def ids(self, where: DocumentFilter, limit: int) -> tuple[int, ...]:
        """Return the first ids that answer to a filter."""
        return documents.document_ids(self._database.reader, self._timed(where), limit)

    def position(self, where: DocumentFilter, document_id: int) -> int | None:
        return documents.document_position(self._database.reader, self._timed(where), document_id)

    def chip_counts(self, where: DocumentFilter) -> Mapping[DocumentView, int]:
        timed = self._timed(replace(where, chip=DocumentView.LATE))
        return documents.chip_counts(self._database.reader, timed)

    def _timed(self, where: DocumentFilter) -> DocumentFilter:
        where = _as_of_now(where, self._clock)
        if not where.asks_for_late or where.as_of is None:
            return where
        return replace(where, late=self._paces().late_documents(where.as_of))

    def log(self, document_id: int, as_of: datetime | None = None) -> DocumentLog:
        """Return the emails of a document as they were known at ``as_of``; ``None``: now."""
        from core.services import history

        log = history.document_log(
            self._database.reader, document_id, as_of, self._incident_watch().late
        )
        if as_of is not None:
            return log
        (document,) = self._paces().marked((log.document,))
        return replace(log, document=document)

    def find(
        self, number: str, customer: str = "", kind: DocumentKind | None = None
    ) -> DocumentRow:
        """Return the one document with this number; ``NotFoundError`` for none or several."""
        from core.services import history

        return history.find_document(self._database.reader, number, customer, kind)

    def count_failed(self) -> int:
        """Count unresolved bounces, complaints and drops of documents; light."""
        return documents.count_failed(self._database.reader)


class Preferences:
    """Those of one operator; safe for several threads. Both methods may raise ``DatabaseError``.

    In the database rather than in a file, so that it is there at every desk.
    """

    def __init__(self, database: Database, operator: str) -> None:
        self._database = database
        self._operator = operator

    def get(self, key: str) -> str | None:
        """Return what was kept under ``key``, or ``None``."""
        return preferences.read(self._database.reader, self._operator, key)

    def put(self, key: str, value: str) -> None:
        """Keep ``value`` under ``key``, in place of what was there; an empty one removes it."""
        if self.get(key) == (value or None):
            return  # a write would make every open program read its rows again
        with self._database.transaction() as connection:
            preferences.write(connection, self._operator, key, value)
