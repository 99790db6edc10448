"""Lets this program write to a SQLite database, once it is known that nobody left it damaged.

The first write of a program leaves a mark (``open_marks``). Where another one finds a mark whose
program is gone, the database is looked at before that other writes: in a thread of its own, while
its writes wait and reading goes on. Of several programs one looks and the others wait for it; a
look that is broken off is done again by the next. After a clean end there is no mark, and no look.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from core.db.driver_errors import NOT_OURS
from core.db.sqlite import integrity
from core.db.sqlite.file_lock import LockedFile
from core.db.sqlite.open_marks import Check, OpenMarks
from core.model import cancellation
from core.model.cancellation import SupersededError
from core.model.database import DatabaseLook
from core.model.errors import DatabaseDamagedError, DatabaseError

_log = logging.getLogger(__name__)

_SHORT: Final = 0.05
_SAYS_AFTER: Final = 1.0
_LOOKS_AGAIN: Final = 0.1
_FIRST_LOOK: Final = 0.001
_PATIENCE: Final = 5.0
"""Seconds that closing waits for changes that are being written."""
_MOST_TOLD: Final = 3

Tell = Callable[[str], object]


class _Look:
    """One look of this program; several threads may wait for it."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.part = 0.0
        self.is_needed = False
        self.is_over = threading.Event()
        self.stop = cancellation.Stop()
        self.error: BaseException | None = None
        self.words = ""
        """What to tell a person afterwards."""


class WriteAdmission:
    """For one program and one file. ``tell`` hears what a write waits for, ``waits`` that one does.

    Both are called on the thread that waits.
    """

    def __init__(self, path: Path, tell: Tell | None = None) -> None:
        self._path, self._marks = path, OpenMarks(path)
        self._tell = tell
        self.waits: Callable[[], object] | None = None
        self._changed = threading.Condition()
        self._mark: LockedFile | None = None
        self._look: _Look | None = None
        self._has_looked = False
        self._is_leaving = False
        self._is_closed = False
        self._writing = 0

    # ----------------------------------------------------------------- writing

    @contextmanager
    def write(self) -> Iterator[None]:
        """Wait until this program may write, and be known as writing meanwhile.

        Raises:
            DatabaseDamagedError: what is wrong, and what to do.
            DatabaseError: it cannot be looked at, or the program ends.
        """
        while not self._enter():
            self._await(self._begin())
        try:
            yield
        finally:
            with self._changed:
                self._writing -= 1
                self._changed.notify_all()

    def look_ahead(self) -> None:
        """Begin a look, where one is needed, before anybody waits for it."""
        with self._changed:
            if self._has_looked or self._look is not None or self._is_leaving:
                return
        with suppress(OSError):  # the first change says what is wrong with the folder
            if self._marks.has_others():
                self._begin()

    def look(self) -> DatabaseLook | None:
        """Return how the look goes; ``None``: there is none, and none found anything."""
        look = self._look
        if look is not None:
            seconds = time.monotonic() - look.began
            return DatabaseLook(seconds, look.part) if look.is_needed else None
        damage = self._marks.damage()
        return DatabaseLook(damage=damage) if damage else None

    def _enter(self) -> bool:
        """Count one more that writes; false where it has to be looked first."""
        with self._changed:
            if self._is_closed:
                raise _closed()
            if not self._has_looked or self._mark is None or not self._mark.is_in_place():
                return False
            # This program was let in; since then another one may have found something.
            damage = self._marks.damage()
            if damage:
                raise damaged(damage)
            self._writing += 1
            return True

    # ----------------------------------------------------------------- looking

    def _begin(self) -> _Look:
        with self._changed:
            if self._is_leaving or self._is_closed:
                raise _closed()
            if self._look is None:
                self._look = _Look()
                threading.Thread(
                    target=self._run, args=(self._look,), name="outtray-look", daemon=True
                ).start()
            return self._look

    def _await(self, look: _Look) -> None:
        if self.waits is not None and not look.is_over.wait(_SHORT):
            self.waits()
        is_told = False
        while not look.is_over.wait(_SAYS_AFTER):  # in steps: Windows lets Ctrl+C in between only
            if not is_told:
                is_told = True
                self._say("Checking the database after a crash; changes wait until that is done …")
        if look.error is not None:
            raise look.error.with_traceback(None)
        words, look.words = look.words, ""
        self._say(words)

    def _say(self, words: str) -> None:
        if words and self._tell is not None:
            self._tell(words)

    def _run(self, look: _Look) -> None:
        try:
            with cancellation.under(look.stop):
                self._look_through(look)
        except SupersededError:
            look.error = _closed()
        except OSError as error:
            look.error = DatabaseError(
                f"The folder of the database {self._path} cannot be used: {error.strerror}.",
                f"Outtray has to make a small file beside it before it writes. {NOT_OURS}",
            )
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            _log.warning("The look at the database after a crash failed", exc_info=error)
            look.error = error
        with self._changed:
            if look.error is None or isinstance(look.error, DatabaseDamagedError):
                self._has_looked = True
            self._look = None
        look.is_over.set()

    def _look_through(self, look: _Look) -> None:
        mark = self._put()
        if not self._marks.has_others(mark):
            return
        check = self._take_check(look)
        try:
            with check.abandoned(mark) as left:
                if left is None and not check.is_reported():
                    return  # the others run, or somebody else has looked meanwhile
                look.is_needed = True
                found = self._found(look)
                if found:
                    check.report(found)
                else:
                    check.is_sound()
                if left is not None:
                    left.remove()  # the report stands for it, or nothing has to
        finally:
            check.end()
        seconds = time.monotonic() - look.began
        _log.info("Looked at the database after a crash: %.1f s, %s", seconds, found or "sound")
        if found:
            raise damaged(found)
        look.words = (
            "A program ended without closing the database. It was checked and is not damaged"
            f" ({seconds:.1f} s)."
        )

    def _put(self) -> LockedFile:
        with self._changed:
            if self._mark is not None and self._mark.is_in_place():
                return self._mark
        mark = self._marks.put()
        with self._changed:
            if self._is_closed:
                mark.remove()
                raise _closed()
            if self._mark is not None:
                self._mark.release()  # somebody took it away
            else:
                atexit.register(self._at_exit)
            self._mark = mark
        return mark

    def _take_check(self, look: _Look) -> Check:
        pause = _FIRST_LOOK
        while True:
            with look.stop.during():
                check = self._marks.take_check()
            if check is not None:
                return check
            look.is_needed = time.monotonic() - look.began > _LOOKS_AGAIN
            time.sleep(pause)
            pause = min(pause * 2, _LOOKS_AGAIN)

    def _found(self, look: _Look) -> str:
        if not self._path.exists():
            return ""  # whoever was killed had not made it yet

        def tell(part: float) -> None:
            look.part = part

        found = integrity.damage(self._path, tell)
        more = f" And {len(found) - _MOST_TOLD} more." if len(found) > _MOST_TOLD else ""
        return " ".join(each.rstrip(".") + "." for each in found[:_MOST_TOLD]) + more

    # ----------------------------------------------------------------- the end

    def leave(self) -> None:
        """Break off the look, and let nobody wait for one any more; who was let in goes on."""
        with self._changed:
            self._is_leaving = True
            look = self._look
        if look is not None:
            look.stop.set()

    def close(self, patience: float = _PATIENCE) -> None:
        """Let nobody begin to write, and wait for those who do."""
        self.leave()
        with self._changed:
            self._is_closed = True
            look = self._look
            self._changed.wait_for(lambda: not self._writing, patience)
        if look is not None:
            look.is_over.wait(patience)

    def end(self) -> None:
        """Take the mark away, now that the database is closed.

        Where a change is still being written this is no clean end: the mark stays, and the next
        program looks.
        """
        atexit.unregister(self._at_exit)
        with self._changed:
            mark = self._mark
            if mark is not None and not self._writing:
                self._mark = None
                mark.remove()

    def _at_exit(self) -> None:
        """For programs that end without closing: their connections are closed with them."""
        self.close(1.0)
        self.end()


def damaged(found: str) -> DatabaseDamagedError:
    return DatabaseDamagedError(
        f"The database is damaged: {found}",
        "No change is made to it. Keep a copy with outtray db backup, then bring back a sound one"
        " with outtray db restore FILE.",
    )


def _closed() -> DatabaseError:
    return DatabaseError("The database is closed: Outtray ends.")
