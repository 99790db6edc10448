"""A clock for several programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import Final

_TICK: Final = timedelta(milliseconds=1)


class TickingClock:
    """Every look at it is a moment later, so that *before* and *after* are never one."""

    def __init__(self, now: datetime) -> None:
        self._lock = Lock()
        self.now = now

    def __call__(self) -> datetime:
        with self._lock:
            self.now += _TICK
            return self.now

    def advance(self, **by: float) -> None:
        with self._lock:
            self.now += timedelta(**by)

    def set(self, now: datetime) -> None:
        with self._lock:
            self.now = now
