"""What each domain takes to confirm an email, kept for a while, and what waits longer than that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from core.db.engine import Database
from core.db.reads import delivery_latency
from core.model.documents import Awaited, DocumentRow
from core.model.enums import DisplayStatus
from core.model.ports import Clock
from core.rules.monitoring.delivery_latency import Pace, awaited, late_after, pace_of

K = TypeVar("K")
V = TypeVar("V")
_KEPT: Final = timedelta(minutes=5)
_ON_ITS_WAY: Final = (DisplayStatus.SENT, DisplayStatus.DEFERRED)


class KeptAnswers(Generic[K, V]):
    """Answers of ``ask`` by key, no older than ``age``; at worst several threads ask the same."""

    def __init__(self, clock: Clock, age: timedelta, ask: Callable[[K, datetime], V]) -> None:
        self._clock, self._age, self._ask = clock, age, ask
        self._known: dict[K, tuple[datetime, V]] = {}

    def of(self, key: K, *, again: bool = False) -> V:
        """Return what is known of ``key``; ``again``: ask anew."""
        now = self._clock()
        kept = self._known.get(key)
        if again or kept is None or not timedelta(0) <= now - kept[0] < self._age:
            kept = self._known[key] = (now, self._ask(key, now))
        return kept[1]


class Paces:
    """One per program; safe for several threads, which at worst ask the database twice."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._known = KeptAnswers(clock, _KEPT, self._ask)

    def of(self, domain: str) -> Pace | None:
        """Return the pace of a domain, as it was in the last five minutes."""
        return self._known.of(domain)

    def _ask(self, domain: str, _: datetime) -> Pace | None:
        return pace_of(delivery_latency.delivery_times(self._database.reader, domain))

    def late_documents(self, now: datetime) -> tuple[int, ...]:
        """Return the ids of the documents whose latest email is late ``now``."""
        waiting = delivery_latency.on_their_way(self._database.reader, now)
        limits = {
            domain: self._late_before(domain, now) for domain in {each[1] for each in waiting}
        }
        late = {
            document_id
            for document_id, domain, sent_at in waiting
            if (limit := limits[domain]) is not None and sent_at < limit
        }
        return tuple(sorted(late))

    def _late_before(self, domain: str, now: datetime) -> datetime | None:
        pace = self.of(domain)
        return None if pace is None else now - late_after(pace)

    def marked(self, rows: Sequence[DocumentRow]) -> tuple[DocumentRow, ...]:
        """Return ``rows``, each that is on its way with the time until which that is usual."""
        emails = {
            row.summary.last_email_id
            for row in rows
            if row.summary.word in _ON_ITS_WAY and row.summary.last_email_id is not None
        }
        if not emails:
            return tuple(rows)
        waiting = delivery_latency.unconfirmed(self._database.reader, emails)
        return tuple(
            replace(row, awaited=self._first(waiting.get(row.summary.last_email_id or 0, ())))
            for row in rows
        )

    def _first(self, deliveries: Sequence[tuple[str, datetime]]) -> Awaited | None:
        """Of several recipients the one that is late first speaks for the email."""
        known = (awaited(domain, self.of(domain), sent_at) for domain, sent_at in deliveries)
        return min(
            (each for each in known if each is not None),
            key=lambda each: each.late_at,
            default=None,
        )
