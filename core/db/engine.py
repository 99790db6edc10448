"""From a URL to a database that can be read at once and written to safely."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.db.driver_errors import UnstorableError, in_words
from core.db.sqlite.file import connect, create_privately, sqlite_path
from core.db.sqlite.reader import BUSY_SECONDS, SqliteFile, SqliteReader, type_of_row
from core.files import protected_files
from core.model import cancellation
from core.model.errors import DatabaseError

__all__ = [
    "Database",
    "Reader",
    "SqlAlchemyReader",
    "SqliteReader",
    "UnstorableError",
    "Within",
    "hold",
]

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from core.db.sqlite.write_admission import WriteAdmission

_MOST_LOCKS: Final = 1_000
_WAITING: Final = "connect_timeout"
_CONNECT_SECONDS: Final = 5
"""For each server that does not answer, unless the URL says another time; psycopg's are 130."""


class Reader(Protocol):
    """Runs one SELECT given as text with ``:name`` parameters."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        """Return all rows; raises ``DatabaseError``."""
        ...


class SqlAlchemyReader:
    """The same SELECTs through SQLAlchemy, for every database that is not a SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        from sqlalchemy.exc import DBAPIError

        stop = cancellation.current()
        with stop.during() if stop else nullcontext(), in_words():
            try:
                return self._rows(sql, values)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return self._rows(sql, values)  # the server was started again: looking does no harm

    def _rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        from sqlalchemy import text

        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), dict(values))]


class Within:
    """The same SELECTs inside a transaction: what it has locked and written is seen."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        from sqlalchemy import text

        return [tuple(row) for row in self._connection.execute(text(sql), dict(values))]


def speaks_sqlite(reader: Reader) -> bool:
    """Whether the database behind ``reader`` is SQLite, by whatever way it is read."""
    return isinstance(reader, SqliteReader) or (
        isinstance(reader, SqlAlchemyReader) and reader.is_sqlite
    )


class Database:
    """One database: ``reader`` for looking, ``transaction`` for changing.

    Nothing is opened before it is needed; SQLAlchemy is imported with the first transaction.
    ``tell`` hears what the first change waits for (``core.db.sqlite.write_admission``).
    """

    def __init__(self, url: str, tell: Callable[[str], object] | None = None) -> None:
        self.url = url
        self.path = sqlite_path(url)
        if self.path is not None:
            protected_files.protect(self.path)
        self._file = SqliteFile(self.path) if self.path is not None else None
        self._generation = 0
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._reader: SqliteReader | None = None
        self._tell = tell
        self._admission: WriteAdmission | None = None
        self._is_mending = False

    @property
    def engine(self) -> Engine:
        generation = self._file.generation() if self._file is not None else 0
        with self._lock:
            if self._engine is not None and generation != self._generation:
                self._engine.dispose()  # its connections lead to a file that is no longer there
                self._engine = None
            if self._engine is None:
                self._generation = generation
                self._engine = _create_engine(self.url, self.path)
            return self._engine

    @property
    def reader(self) -> Reader:
        if self.path is None:
            return SqlAlchemyReader(self.engine)
        with self._lock:
            if self._reader is None:
                self._reader = SqliteReader(self.path, self._file)
            return self._reader

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[Connection]:
        """Commit at the end (unless told not to), roll everything back on any error.

        What is to be committed waits while a SQLite file that somebody left without closing it is
        looked at.

        Raises:
            DatabaseError: in words; ``DatabaseBusyError`` when another program holds the database,
                ``DatabaseDamagedError`` when no change is made to it any more,
                ``UncertainCommitError`` when nobody knows whether it was saved.
        """
        _ = self.engine  # a file that is gone is said before anything is made beside it
        admission = self.admission if commit and not self._is_mending else None
        with (
            admission.write() if admission is not None else nullcontext(),
            in_words(),
            self.engine.connect() as connection,
            connection.begin() as work,
        ):
            yield connection
            if not commit:
                work.rollback()
                return
            with in_words(saving=True):
                work.commit()

    @contextmanager
    def mending(self) -> Iterator[None]:
        """Let this program change what is known to be damaged; afterwards it is looked at again.

        Raises:
            DatabaseDamagedError: it still is.
        """
        self._is_mending = True
        try:
            yield
        finally:
            self._is_mending = False
        self.await_admission()

    @property
    def admission(self) -> WriteAdmission | None:
        """What changes wait for; ``None``: the server of this database sees to it by itself."""
        if self.path is None:
            return None
        from core.db.sqlite.write_admission import WriteAdmission  # not for the first rows

        with self._lock:
            if self._admission is None:
                self._admission = WriteAdmission(self.path, self._tell)
            return self._admission

    def await_admission(self) -> None:
        """Return when a change would not have to wait; raises what ``transaction`` raises."""
        admission = self.admission
        if admission is not None:
            _ = self.engine
            with admission.write():
                pass

    def leave(self) -> None:
        """Let no change wait any more for a look at the database; it fails in words."""
        if self._admission is not None:
            self._admission.leave()

    def close(self) -> None:
        """Wait for the changes that are being written; close; only then is it a clean end."""
        admission = self._admission
        if admission is not None:
            admission.close()
        self.disconnect()
        if admission is not None:
            admission.end()

    def disconnect(self) -> None:
        """Close all connections; the next use makes new ones."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None


def _create_engine(url: str, path: Path | None) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if path is not None:
        return _create_sqlite_engine(path)
    try:
        parsed = make_url(_with_driver(url))
        waits = parsed.get_backend_name() == "postgresql" and _WAITING not in parsed.query
        # What a row holds is nobody's business who reads an error.
        return create_engine(
            parsed,
            hide_parameters=True,
            connect_args={_WAITING: _CONNECT_SECONDS} if waits else {},
        )
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise _unusable(f"{error}") from error
        from core.installation.extras import missing_extra

        raise missing_extra("postgresql", "A PostgreSQL database", ["psycopg"]) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise _unusable(f"{error}") from error
    except ValueError as error:  # a part of the password may stand where it looks for the port
        raise _unusable("its port is no number") from error


def _unusable(reason: str) -> DatabaseError:
    return DatabaseError(
        f"The database URL cannot be used: {reason}.",
        "Check OUTTRAY_DATABASE_URL.",
    )


def _create_sqlite_engine(path: Path) -> Engine:
    """Through our own connections: what a URL means is decided once, for reader and writer."""
    from sqlalchemy import URL, create_engine, event

    create_privately(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, BUSY_SECONDS),
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _with_driver(url: str) -> str:
    """PostgreSQL through psycopg 3, which is what our extra installs, unless another is named."""
    scheme, separator, rest = url.partition("://")
    is_plain = scheme in ("postgresql", "postgres")
    return f"postgresql+psycopg{separator}{rest}" if is_plain else url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_immediate
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # queue messages are deleted after the commit
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock first turns a deadlock between two writers into a short wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def hold(connection: Connection, *names: str) -> None:
    """Let no other program pass here with one of ``names`` before this transaction has ended.

    For what no row stands for yet. SQLite's transaction already holds the whole file.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy import text

        # In one order, so that nobody waits in a circle; folded into few enough locks for the
        # server's table of them, however many names there are.
        lock = text(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT"
            f" hashtextextended('outtray ' || name, 0) % {_MOST_LOCKS} AS key"
            " FROM unnest(CAST(:names AS text[])) AS name ORDER BY key) AS keys"
        )
        connection.execute(lock, {"names": list(names)})
