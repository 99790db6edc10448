"""The only place with threads: start a call, get one answer back on the UI's thread.

The threads are daemons and nobody waits for them: a call that hangs never keeps the program open.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from textual.app import App
from textual.events import Callback

from core.model.cancellation import Stop, SupersededError, under
from core.model.errors import DatabaseError, OuttrayError, ServiceError

R = TypeVar("R")

_log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
_WORKER: Final = "outtray-job-"
_FROM_OUTSIDE: Final = (DatabaseError, ServiceError)


class UnexpectedError(OuttrayError):
    """A fault of the program itself; the cause is logged and chained."""


def explained(error: Exception) -> OuttrayError:
    """Return ``error`` in words for a person; it is logged with its traceback.

    What a person asked for wrongly is theirs to know: of our own errors only those are logged that
    come from outside.
    """
    if isinstance(error, OuttrayError):
        level = logging.WARNING if isinstance(error, _FROM_OUTSIDE) else logging.DEBUG
        _log.log(level, "A call in the background failed", exc_info=error)
        return error
    _log.error("A call in the background failed", exc_info=error)
    from tui.runtime.exits import what_to_do

    unexpected = UnexpectedError(
        f"Something went wrong inside Outtray: {type(error).__name__}: {error}",
        f"Nothing else was harmed. Try again. {what_to_do()}",
    )
    unexpected.__cause__ = error
    return unexpected


class _Call:
    """One call on its way; ``dropped`` calls answer nobody and, while they wait, never run.

    What a dropped one is reading is given up: nobody queues behind an old answer.
    """

    def __init__(
        self,
        call: Callable[[], Any],
        on_done: Callable[[Any], object] | None,
        on_error: Callable[[OuttrayError], object],
    ) -> None:
        self.call, self.on_done, self.on_error = call, on_done, on_error
        self.dropped = False
        self._stop = Stop()

    def drop(self) -> None:
        self.dropped = True
        self._stop.set()

    def run(self) -> Callable[[], object] | None:
        """Run in a thread; return what to do with the outcome on the UI's."""
        try:
            with under(self._stop):
                result = self.call()
        except SupersededError:
            return None
        except Exception as error:  # noqa: BLE001 - every call's border: the app stays up
            return partial(self.on_error, explained(error))
        return None if self.on_done is None else partial(self.on_done, result)


class BackgroundCalls:
    """Calls in daemon threads. Every method is for the UI's thread."""

    def __init__(self, app: App[Any], workers: int = 4) -> None:
        self._app = app
        self._most_workers = workers
        self._workers = 0
        self._queue: SimpleQueue[_Call | None] = SimpleQueue()
        self._newest: dict[str, _Call] = {}
        self._loops: list[Loop] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._running = 0
        self._closed = False

    @property
    def running(self) -> int:
        """Calls started whose answer was not handled yet; loops do not count."""
        return self._running

    def start(
        self,
        group: str | None,
        call: Callable[[], R],
        on_done: Callable[[R], object] | None = None,
        on_error: Callable[[OuttrayError], object] | None = None,
    ) -> None:
        """Run ``call`` in a thread, then one of the others on the UI's thread.

        Only the newest call of a ``group`` answers; when a newer comes, one that still waits for a
        thread never runs, and one that is reading the database stops. ``None`` is no group: the
        call runs and answers whatever follows (everything that writes or sends). Without
        ``on_error`` the app is notified.
        """
        if self._closed:
            return
        job = _Call(call, on_done, on_error or self._notify)
        if group is not None:
            self.drop(group)
            self._newest[group] = job
        self._running += 1
        if self._workers < min(self._most_workers, self._running):
            self._workers += 1
            name = f"{_WORKER}{self._workers}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
        self._queue.put(job)

    def stand_in(self) -> None:
        """Give one more thread to the others: the call on this one waits for long (any thread)."""
        if self._closed or not threading.current_thread().name.startswith(_WORKER):
            return
        threading.Thread(target=self._work, name=f"{_WORKER}stand-in", daemon=True).start()

    def drop(self, group: str) -> None:
        """Make the call of ``group`` that is on its way answer nobody."""
        older = self._newest.pop(group, None)
        if older is not None:
            older.drop()

    def repeat(
        self,
        call: Callable[[], R],
        on_done: Callable[[R], object],
        on_error: Callable[[OuttrayError], object],
        *,
        every: float = 0.0,
        longest_pause: float = LONGEST_PAUSE,
    ) -> Loop:
        """Call again and again in a thread of its own, with ``every`` seconds in between.

        After an error it pauses 1, 2, 4 … ``longest_pause`` seconds. The next call starts only
        when the answer to this one was handled.
        """
        loop = Loop(call, on_done, on_error, every, self._post, longest_pause)
        if not self._closed:
            self._loops.append(loop)
            loop.begin()
        return loop

    async def idle(self) -> None:
        """Return when no call is on its way and every answer was handled."""
        while self._running:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future

    def close(self) -> None:
        """Stop the loops and drop every answer; waits for nothing."""
        self._closed = True
        for loop in self._loops:
            loop.stop()
        for group in [*self._newest]:
            self.drop(group)
        for _ in range(self._workers):
            self._queue.put(None)
        self._running = 0
        self._wake()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None and not self._closed:
            answer = None if job.dropped else job.run()
            self._post(partial(self._finish, job, answer))

    def _finish(self, job: _Call, answer: Callable[[], object] | None) -> None:
        if self._closed:
            return
        try:
            if answer is not None and not job.dropped:
                answer()
        finally:
            if not self._closed:
                self._running -= 1  # after the answer: it may have started the next call
            if not self._running:
                self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _post(self, callback: Callable[[], None]) -> bool:
        """Put ``callback`` among the app's messages; false when the app is gone."""
        with suppress(RuntimeError):  # the event loop closed between our question and our post
            return self._app.post_message(Callback(callback=callback))
        return False

    def _notify(self, error: OuttrayError) -> None:
        self._app.notify(str(error), severity="error", markup=False)


class Loop:
    """A repeating call in the background; ``stop`` never waits for it."""

    def __init__(
        self,
        call: Callable[[], Any],
        on_done: Callable[[Any], object],
        on_error: Callable[[OuttrayError], object],
        every: float,
        post: Callable[[Callable[[], None]], bool],
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._call, self._on_done, self._on_error = call, on_done, on_error
        self._every = every
        self._longest_pause = longest_pause
        self._post = post
        self._stopped = threading.Event()
        self._failed_with = ""

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def begin(self) -> None:
        threading.Thread(target=self._turn, name="outtray-loop", daemon=True).start()

    def stop(self) -> None:
        """Make no further call, and let the one that is on its way answer nobody."""
        self._stopped.set()

    def _turn(self) -> None:
        pause = 0.0
        while not self._stopped.is_set():
            answer, failed = self._once()
            handled = threading.Event()
            if self._stopped.is_set() or not self._post(partial(self._finish, answer, handled)):
                return
            while not handled.wait(0.5):
                if self._stopped.is_set():
                    return
            pause = min(backed_off(pause), self._longest_pause) if failed else 0.0
            self._stopped.wait(pause or self._every)

    def _once(self) -> tuple[Callable[[], object], bool]:
        try:
            answer = partial(self._on_done, self._call())
        except Exception as error:  # noqa: BLE001 - the loop outlives every error
            return partial(self._on_error, self._explained(error)), True
        self._failed_with = ""
        return answer, False

    def _explained(self, error: Exception) -> OuttrayError:
        """Log what fails at every turn once, not every second for as long as it lasts."""
        before, self._failed_with = self._failed_with, f"{type(error).__name__} {error}"
        if self._failed_with == before and isinstance(error, OuttrayError):
            return error
        return explained(error)

    def _finish(self, answer: Callable[[], object], handled: threading.Event) -> None:
        try:
            if not self._stopped.is_set():
                answer()
        finally:
            handled.set()


def backed_off(pause: float) -> float:
    """Return the pause after one more error: 1, 2, 4 … 30 seconds."""
    return min(max(FIRST_PAUSE, pause * 2), LONGEST_PAUSE)
