"""What SES answered and the database could not take: tried again while this program runs.

An answer is heard once. Until it is written the delivery stays SENDING, and becomes UNCONFIRMED
when its lease is over, so that nobody sends it again unasked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core.db.engine import Database, UnstorableError
from core.logs.setup import logged
from core.model.errors import DatabaseError

if TYPE_CHECKING:
    from sqlalchemy import Connection

R = TypeVar("R")

_TRIES: Final = 5
"""At once. A database that is busy is waited for at each of them: more than half a minute."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LOOKS_EVERY: Final = 0.2


class PendingRecords:
    """Writes that must not be lost, oldest first. Each may happen twice, and must then do nothing.

    Twice, because a commit that fails may have been kept after all.
    """

    def __init__(self, database: Database, pause: Callable[[float], None] = time.sleep) -> None:
        self._database, self._pause = database, pause
        self._waiting: list[Callable[[Connection], Any]] = []
        self._changing, self._writing = threading.Lock(), threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def write(self, write: Callable[[Connection], R]) -> R:
        """Write it now, a few times if need be; raises ``DatabaseError`` after the last."""
        for attempt in range(1, _TRIES):
            try:
                with self._database.transaction() as connection:
                    return write(connection)
            except UnstorableError:
                raise
            except DatabaseError:
                self._pause(0.1 * attempt)
        with self._database.transaction() as connection:
            return write(connection)

    def keep(self, write: Callable[[Connection], Any]) -> None:
        """Write it later: in the background, before this program sends more, and at its end."""
        with self._changing:
            self._waiting.append(write)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._go_on, name="outtray-records", daemon=True
                )
                self._thread.start()

    def flush(self) -> None:
        """Write all that is left; raises ``DatabaseError`` where that is not possible now."""
        with self._writing:
            while self._waiting:
                with suppress(UnstorableError), self._database.transaction() as connection:
                    self._waiting[0](connection)
                with self._changing:
                    self._waiting.pop(0)

    def wait(self, seconds: float) -> bool:
        """Try for that long to write all that is left; return whether nothing is."""
        deadline = time.monotonic() + seconds
        while self._waiting:
            with suppress(DatabaseError):
                self.flush()
            if self._waiting and time.monotonic() >= deadline:
                return False
            if self._waiting:
                self._pause(_LOOKS_EVERY)
        return True

    def close(self, seconds: float) -> bool:
        """Try for the last time; return whether nothing is left."""
        self._closed.set()
        return self.wait(seconds)

    def _go_on(self) -> None:
        pause = _FIRST_PAUSE
        while self._waiting and not self._closed.wait(pause):
            with logged("What SES answered is still to be written", DatabaseError):
                self.flush()
            pause = min(2 * pause, _LONGEST_PAUSE)
