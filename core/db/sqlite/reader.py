"""A SQLite file read through the driver itself, and what becomes of it while it is read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.db.driver_errors import in_words
from core.db.sqlite.file import connect
from core.model import cancellation
from core.model.errors import DatabaseGoneError

BUSY_SECONDS: Final = 10.0
_CLOSING_WAITS: Final = (1.0, 2.0)
_TURNS: Final = 1 << 32

type_of_row = tuple[Any, ...]


class SqliteFile:
    """Notices when the file is deleted, or when another one stands in its place.

    Connections that are open go on with the old one, which nobody else sees any more: what is read
    from it is of the past, and what is written into it is lost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: tuple[int, int] | None = None
        self._generation = 0

    def generation(self) -> int:
        """Return a number that is another one after every change of the file itself.

        Raises:
            DatabaseGoneError: it was there and is not any more.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            if self._known is None:
                return self._generation  # it is still to be made
            raise DatabaseGoneError(
                f"The database {self.path.name} is gone.",
                f"Put the file {self.path} back; Outtray goes on by itself as soon as it is there.",
            ) from error
        seen = (found.st_dev, found.st_ino)
        with self._lock:
            if self._known not in (None, seen):
                self._generation += 1
            self._known = seen
            return self._generation


class _Line:
    """A thread's own connection. The lock is for whoever closes it: in use it must not be."""

    def __init__(self, connection: sqlite3.Connection, generation: int) -> None:
        self.connection = connection
        self.generation = generation
        self.lock = threading.Lock()

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        with in_words(), self.lock:
            return self.connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close it, once what it is reading was read or interrupted; else leave it to its thread.

        Closing a connection while another thread reads through it ends the whole program.
        """
        for seconds in _CLOSING_WAITS:
            if self.lock.acquire(timeout=seconds):
                self.connection.close()
                self.lock.release()
                return
            self.connection.interrupt()


class SqliteReader:
    """Reads through the driver itself: importing SQLAlchemy costs more than importing Textual."""

    def __init__(self, path: Path, file: SqliteFile | None = None) -> None:
        self._path = path
        self._file = file or SqliteFile(path)
        self._local = threading.local()
        self._open: list[_Line] = []
        self._lock = threading.Lock()
        self._watcher: _Line | None = None

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        line, stop = self._line(), cancellation.current()
        if stop is None:
            return line.rows(sql, values)
        with stop.during(line.connection.interrupt):
            return line.rows(sql, values)

    def rows_among(
        self, ids: frozenset[int], sql: str, values: Mapping[str, Any]
    ) -> Sequence[type_of_row]:
        """The same, where ``is_found(id)`` in the statement says whether it is one of ``ids``."""
        connection = self._line().connection
        connection.create_function("is_found", 1, ids.__contains__, deterministic=True)
        return self.rows(sql, values)

    def revision(self) -> int:
        """A number that changes when any other connection has committed."""
        generation = self._file.generation()
        with in_words(), self._lock:
            watcher = self._watcher
            if watcher is not None and watcher.generation != generation:
                watcher.connection.close()
                watcher = None
            if watcher is None:  # data_version is comparable on one connection only
                watcher = self._watcher = _Line(self._connect(), generation)
            row: tuple[int] = watcher.connection.execute("PRAGMA data_version").fetchone()
            return generation * _TURNS + row[0]

    def close(self) -> None:
        with self._lock:
            lines, self._open = self._open, []
            if self._watcher is not None:
                self._watcher.connection.close()
                self._watcher = None
            self._local = threading.local()
        for line in lines:
            line.close()

    def _line(self) -> _Line:
        generation = self._file.generation()
        line: _Line | None = getattr(self._local, "line", None)
        if line is not None and line.generation != generation:
            self._forget(line)
            line = None
        if line is None:
            with in_words():
                line = _Line(self._connect(), generation)
            self._local.line = line
            with self._lock:
                self._open.append(line)
        return line

    def _forget(self, line: _Line) -> None:
        """Close this thread's own connection to a file that is another one by now."""
        with self._lock:
            if line in self._open:
                self._open.remove(line)
        line.close()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path, BUSY_SECONDS)
        connection.execute("PRAGMA query_only = ON")
        return connection
