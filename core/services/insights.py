"""How sending went over the last days; answers are kept for a minute."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from core.db.engine import Database
from core.db.reads import insights
from core.model.insights import Insights
from core.model.ports import Clock
from core.rules.monitoring.deliverability import added, by_day, causes, first_day, median, times

DAYS: Final = (7, 30, 90)
_KEPT: Final = timedelta(minutes=1)


class Counting:
    """One per program; safe for several threads, which at worst count twice."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[int, Insights] = {}

    def over(self, days: int, *, again: bool = False) -> Insights:
        """Return the figures of so many days, today included; ``again``: count them anew."""
        now = self._clock()
        with self._lock:
            kept = self._known.get(days)
        if again or kept is None or not timedelta(0) <= now - kept.counted_at < _KEPT:
            kept = self._count(days, now)
            with self._lock:
                self._known[days] = kept
        return kept

    def _count(self, days: int, now: datetime) -> Insights:
        reader = self._database.reader
        since = first_day(days, now)
        quarters = insights.by_quarter(reader, since)
        said = insights.diagnostics(reader, since)
        took = insights.times(reader, since)
        return Insights(
            days=days,
            since=since,
            counted_at=now,
            total=added(tally for _, tally in quarters),
            by_day=by_day(quarters, since, now, None),
            causes=causes(said),
            failures_read=sum(each[3] for each in said),
            domains=insights.domains(reader, since),
            times=times(took),
            usual_seconds=median(took),
            follow_ups=insights.follow_ups(reader, since),
        )
