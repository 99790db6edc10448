"""Giving up what nobody waits for any more: whoever asked has asked something else since.

Only looking is ever given up. What changes something goes through no ``Stop``, and runs to its end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from core.model.errors import OuttrayError


class SupersededError(OuttrayError):
    """Nobody waits for this answer any more."""


class Stop:
    """Tells one call, from any thread, that it may end where it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._interrupt: Callable[[], object] | None = None

    @property
    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        """End the statement that is running, and begin no other; waits for neither."""
        with self._lock:
            self._is_set = True
            if self._interrupt is not None:
                self._interrupt()

    @contextmanager
    def during(self, interrupt: Callable[[], object] | None = None) -> Iterator[None]:
        """Run one statement; ``interrupt`` ends it, and is never called before or after it.

        Raises:
            SupersededError: it was told to stop already, or while the statement ran.
        """
        with self._lock:
            self._refuse()
            self._interrupt = interrupt
        try:
            yield
        except OuttrayError:
            self._refuse()  # "interrupted" is no fault of the database
            raise
        finally:
            with self._lock:
                self._interrupt = None

    def _refuse(self) -> None:
        if self._is_set:
            raise SupersededError("Something else was asked for meanwhile.")


_current: Final = threading.local()


def current() -> Stop | None:
    """Return what may stop the call that this thread is running."""
    stop: Stop | None = getattr(_current, "stop", None)
    return stop


@contextmanager
def under(stop: Stop) -> Iterator[None]:
    """Let ``stop`` end what this thread reads meanwhile."""
    _current.stop = stop
    try:
        yield
    finally:
        _current.stop = None
