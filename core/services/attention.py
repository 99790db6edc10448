"""Needs attention: every unresolved failure, the most money and the longest overdue first.

Each operator can say of one that they have seen it. It stays away from their list, and from
nobody else's, until something else goes wrong with the document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from core.db.engine import Database
from core.db.lists import documents as reads
from core.db.reads import attention
from core.model.attention import MOST, AttentionChip, AttentionRow, Failure
from core.model.documents import DocumentRow
from core.model.errors import NotFoundError
from core.model.ports import Clock
from core.rules.chasing.attention import days_overdue, has_news, signs, what_is_wrong
from core.services.monitoring.delivery_latency import Paces


class Attention:
    """One per program; safe for several threads."""

    def __init__(self, database: Database, clock: Clock, operator: str, paces: Paces) -> None:
        self._database = database
        self._clock = clock
        self._operator = operator
        self._paces = paces

    def counts(self) -> Mapping[AttentionChip, int]:
        """Return the number behind every filter."""
        return attention.count(self._database.reader, self._clock(), self._acknowledged())

    def ids(self, chip: AttentionChip = AttentionChip.OPEN, limit: int = MOST) -> tuple[int, ...]:
        """Return the documents behind a filter, the most urgent first."""
        now = self._clock()
        return attention.ordered(
            self._database.reader,
            now,
            now.astimezone().date(),
            chip,
            self._acknowledged(),
            min(limit, MOST),
        )

    def rows(self, document_ids: Sequence[int]) -> tuple[AttentionRow, ...]:
        """Return documents in the order of the ids; those that are gone are left out."""
        reader = self._database.reader
        documents = self._paces.marked(reads.documents(reader, document_ids))
        failures = attention.failures(reader, document_ids, self._clock())
        seen = attention.acknowledged_by(reader, self._operator, self._clock())
        return tuple(
            self._row(each, failures.get(each.id, []), seen.get(each.id)) for each in documents
        )

    def _row(
        self, document: DocumentRow, failures: Sequence[Failure], seen: attention.Seen | None
    ) -> AttentionRow:
        now = self._clock()
        wrong = what_is_wrong(document, failures, now)
        found = signs(failures, document, now)
        return AttentionRow(
            document=document,
            word=wrong.word,
            words=wrong.words,
            address=wrong.address,
            since=wrong.since,
            days_overdue=days_overdue(document.due_on, now.astimezone().date()),
            next=wrong.next,
            is_forward=wrong.is_forward,
            seen=found,
            acknowledged_at=seen.at if seen and not has_news(seen.signs, found) else None,
        )

    def _acknowledged(self) -> frozenset[int]:
        """Return the documents with nothing wrong that this operator has not seen."""
        reader, now = self._database.reader, self._clock()
        seen = attention.acknowledged_by(reader, self._operator, now)
        ids = sorted(seen)
        failures = attention.failures(reader, ids, now)
        return frozenset(
            each.id
            for each in reads.documents(reader, ids)
            if not has_news(seen[each.id].signs, signs(failures.get(each.id, []), each, now))
        )

    # ----------------------------------------------------------------- changes

    def acknowledge(self, document_id: int, seen: Collection[str]) -> None:
        """Hide a document from this operator; ``seen`` is what stood in the row they looked at.

        Raises:
            NotFoundError: the document is gone.
        """
        if not reads.documents(self._database.reader, [document_id]):
            raise NotFoundError("That document is no longer in the database.")
        with self._database.transaction() as connection:
            attention.acknowledge(connection, document_id, self._operator, self._clock(), seen)

    def bring_back(self, document_id: int) -> bool:
        """Take an acknowledgement back; false where there was none."""
        with self._database.transaction() as connection:
            return bool(attention.undo(connection, document_id, self._operator, self._clock()))
