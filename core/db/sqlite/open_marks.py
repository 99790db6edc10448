"""Files beside a SQLite database that tell whether everybody who wrote to it came to an end.

Every program that writes has one, ``outtray.db-open-…``, holds its lock for as long as it may write
and takes it away when it has closed the database. One that nobody holds was left by a program that
was killed, or by a computer that stopped. Beside them ``outtray.db-check`` is held by whoever looks
at the database because of that, and stays, with what was found, while the database is damaged.

Only the file of a program itself says that it runs: process ids mean nothing to another container
or after a restart. An empty file says nothing: its program was still about to take the lock.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from core.db.sqlite import file_lock
from core.db.sqlite.file_lock import LockedFile

_TRIES: Final = 20


class OpenMarks:
    """The files of one database, under its own name even where ``database`` is a link to it."""

    def __init__(self, database: Path) -> None:
        place = Path(os.path.realpath(database))
        self._folder, self._prefix = place.parent, f"{place.name}-open-"
        self._check = place.with_name(f"{place.name}-check")

    def put(self) -> LockedFile:
        """Say, durably, that this program may write from now on.

        Raises:
            OSError: nothing can be made in the folder.
        """
        for _ in range(_TRIES):
            mark = file_lock.take(self._folder / f"{self._prefix}{os.urandom(6).hex()}")
            if mark is not None:
                mark.write(f"Outtray has the database open: {socket.gethostname()} {os.getpid()}\n")
                return mark
        raise OSError(None, "a file in it cannot be locked", str(self._folder))

    def has_others(self, mine: LockedFile | None = None) -> bool:
        """Whether anything is there but our own mark: that of another program, or damage."""
        own = mine.path if mine is not None else None
        return bool(self.damage()) or any(path != own for path in self._paths())

    def damage(self) -> str:
        """Return what the last look found; empty: nothing. Costs one look at the folder."""
        try:
            if not self._check.stat().st_size:
                return ""
            return self._check.read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def take_check(self) -> Check | None:
        """Become the one who looks at the database; ``None`` while another program is."""
        held = file_lock.take(self._check)
        return Check(held, self) if held is not None else None

    def _paths(self) -> Iterator[Path]:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.startswith(self._prefix):
                    yield Path(entry.path)


class Abandoned:
    """A mark whose program is gone."""

    def __init__(self, path: Path, held: LockedFile | None) -> None:
        self._path, self._held = path, held

    def remove(self) -> None:
        """Take it away; a program that runs all the same misses it and looks again."""
        if self._held is not None:
            self._held.remove()
        else:
            self._path.unlink(missing_ok=True)

    def release(self) -> None:
        if self._held is not None:
            self._held.release()


class Check:
    """The right to look at the database, and what it is looked at for."""

    def __init__(self, held: LockedFile, marks: OpenMarks) -> None:
        self._held, self._marks = held, marks

    @contextmanager
    def abandoned(self, mine: LockedFile) -> Iterator[Abandoned | None]:
        """Yield a mark that was left behind, if there is one; of several one is enough.

        It stays unless it is removed: whoever comes after a look that was broken off looks again.
        """
        kept: Abandoned | None = None
        try:
            for path in list(self._marks._paths()):
                if path == mine.path:
                    continue
                try:
                    held = file_lock.take(path, make=False)
                except PermissionError:  # another person's: whether that program runs is not known
                    kept = kept or Abandoned(path, None)
                    continue
                if held is None:
                    continue  # its program runs
                if kept is None and held.read():
                    kept = Abandoned(path, held)
                else:
                    held.remove()
            yield kept
        finally:
            if kept is not None:
                kept.release()

    def report(self, found: str) -> None:
        """Leave, for every program, what is damaged."""
        if self._held.read().strip() != found:
            self._held.write(found)

    def is_reported(self) -> bool:
        return bool(self._held.read())

    def is_sound(self) -> None:
        """Take back what was reported."""
        if self._held.read():
            self._held.write("")

    def end(self) -> None:
        """Let others look; the file stays only while it has something to say."""
        with suppress(OSError):
            if not self._held.read():
                self._held.remove()
        self._held.release()
