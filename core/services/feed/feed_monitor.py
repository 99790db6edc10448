"""Remembers how the feed of this program fared, for whoever shows it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.db.lists import documents
from core.db.reads import feed
from core.rules.monitoring.feed_health import FeedFacts, judge

if TYPE_CHECKING:
    from core.db.engine import Reader
    from core.model.errors import OuttrayError
    from core.model.feed import FeedStatus
    from core.model.ports import Clock, Feed
    from core.rules.monitoring.feed_health import Heard

_WAITING_EVERY_SECONDS: Final = 5.0
_DEAD_LETTERS_EVERY_SECONDS: Final = 60.0
_HEARD_EVERY: Final = timedelta(seconds=15)


class FeedWatch:
    """One thread asks the queue, others ask how that goes; an answer that hangs is noticed too."""

    def __init__(self, clock: Clock, *, is_configured: bool) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._facts = FeedFacts(is_configured)
        self._heard_at: datetime | None = None
        self._due: dict[str, float] = {}

    @property
    def is_answering(self) -> bool:
        """The last question was answered."""
        with self._lock:
            return self._facts.error is None and self._facts.last_answer_at is not None

    def asks(self) -> None:
        """A question to the queue is on its way."""
        with self._lock:
            self._facts = replace(self._facts, asked_at=self._clock())

    def answered(self) -> None:
        """The queue answered, and what it gave is stored."""
        with self._lock:
            now = self._clock()
            self._facts = replace(self._facts, asked_at=None, last_answer_at=now, error=None)

    def failed(self, error: OuttrayError) -> None:
        """The question ended without an answer, or the answer could not be stored."""
        with self._lock:
            self._facts = replace(self._facts, asked_at=None, error=error)

    def count(self, feed: Feed) -> None:
        """Ask how many messages wait and how many are dead, every now and then."""
        if self._is_due("waiting", _WAITING_EVERY_SECONDS):
            waiting = feed.waiting()
            with self._lock:
                self._facts = replace(self._facts, waiting=waiting)
        if self._is_due("dead letters", _DEAD_LETTERS_EVERY_SECONDS):
            dead_letters = feed.dead_letters()
            with self._lock:
                self._facts = replace(self._facts, dead_letters=dead_letters)

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, now):
            return False
        self._due[what] = now + every
        return True

    def status(self, reader: Reader) -> FeedStatus:
        """Return the verdict of this moment."""
        now = self._clock()
        last_event_at = documents.last_received(reader)
        heard = self._heard(reader, now, last_event_at)
        with self._lock:
            facts = replace(self._facts, last_event_at=last_event_at, heard=heard)
        return judge(facts, now)

    def _heard(self, reader: Reader, now: datetime, last_event_at: datetime | None) -> Heard:
        """Count again where the last count is old, or the newest event is another one."""
        with self._lock:
            known = self._facts
        is_fresh = self._heard_at is not None and timedelta() <= now - self._heard_at < _HEARD_EVERY
        if is_fresh and (not known.heard.since_last_event or known.last_event_at == last_event_at):
            return known.heard
        heard = feed.heard(reader, now, last_event_at)
        with self._lock:
            self._heard_at = now
            self._facts = replace(self._facts, heard=heard, last_event_at=last_event_at)
        return heard
