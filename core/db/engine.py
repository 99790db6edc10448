"""From a URL to a database that can be read at once and written to safely."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.errors import DatabaseBusyError, DatabaseError, DatabaseVersionError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BUSY_SECONDS: Final = 10.0
_MOST_LOCKS: Final = 1_000
_CLOSING_WAITS: Final = (1.0, 2.0)
_NOT_OURS: Final = "Name another database in OUTTRAY_DATABASE_URL."

type_of_row = tuple[Any, ...]


class UnstorableError(DatabaseError):
    """The database is well; these values are what it does not take. Nothing was stored."""


class Reader(Protocol):
    """Runs one SELECT given as text with ``:name`` parameters."""

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        """Return all rows; raises ``DatabaseError``."""
        ...


class _Line:
    """A thread's own connection. The lock is for whoever closes it: in use it must not be."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.lock = threading.Lock()

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

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[_Line] = []
        self._lock = threading.Lock()
        self._watcher: sqlite3.Connection | None = None

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        line = self._line()
        with _in_words(), line.lock:
            return line.connection.execute(sql, values).fetchall()

    def revision(self) -> int:
        """A number that changes when any other connection has committed."""
        with _in_words(), self._lock:
            if self._watcher is None:
                self._watcher = self._connect()  # data_version is comparable on one connection only
            row: tuple[int] = self._watcher.execute("PRAGMA data_version").fetchone()
            return row[0]

    def close(self) -> None:
        with self._lock:
            lines, self._open = self._open, []
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
            self._local = threading.local()
        for line in lines:
            line.close()

    def _line(self) -> _Line:
        line: _Line | None = getattr(self._local, "line", None)
        if line is None:
            with _in_words():
                line = _Line(self._connect())
            self._local.line = line
            with self._lock:
                self._open.append(line)
        return line

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        return connection


class SqlAlchemyReader:
    """The same SELECTs through SQLAlchemy, for every database that is not a SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[type_of_row]:
        from sqlalchemy import text

        with _in_words(), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), dict(values))]


def speaks_sqlite(reader: Reader) -> bool:
    """Whether the database behind ``reader`` is SQLite, by whatever way it is read."""
    return isinstance(reader, SqliteReader) or (
        isinstance(reader, SqlAlchemyReader) and reader.is_sqlite
    )


class Database:
    """One database: ``reader`` for looking, ``transaction`` for changing.

    Nothing is opened before it is needed; SQLAlchemy is imported with the first transaction.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = sqlite_path(url)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._reader: SqliteReader | None = None

    @property
    def engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _create_engine(self.url, self.path)
            return self._engine

    @property
    def reader(self) -> Reader:
        if self.path is None:
            return SqlAlchemyReader(self.engine)
        with self._lock:
            if self._reader is None:
                self._reader = SqliteReader(self.path)
            return self._reader

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[Connection]:
        """Commit at the end (unless told not to), roll everything back on any error.

        Raises:
            DatabaseError: in words; ``DatabaseBusyError`` when another program holds the database.
        """
        with _in_words(), self.engine.connect() as connection, connection.begin() as work:
            yield connection
            if not commit:
                work.rollback()

    def close(self) -> None:
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, ``None`` for any other database."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise DatabaseError(  # without the text: it may hold a password
            "The database URL cannot be read.", "Expected something like sqlite:///outtray.db."
        )
    if not scheme.startswith("sqlite"):
        return None
    name = rest.partition("?")[0].removeprefix("/")
    if not name or name == ":memory:":
        raise DatabaseError(
            "A SQLite database in memory cannot be shared between threads.",
            "Name a file: sqlite:///outtray.db.",
        )
    return Path(name)


def _create_engine(url: str, path: Path | None) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if path is not None:
        _create_privately(path)
    options: dict[str, Any] = {"connect_args": {"timeout": _BUSY_SECONDS}} if path else {}
    try:
        engine = create_engine(_with_driver(url), **options)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseError(
            f"The database URL cannot be used: {error}.",
            "Check OUTTRAY_DATABASE_URL; PostgreSQL needs the extra outtray[postgresql].",
        ) from error
    if path is not None:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _with_driver(url: str) -> str:
    """PostgreSQL through psycopg 3, which is what our extra installs, unless another is named."""
    scheme, separator, rest = url.partition("://")
    is_plain = scheme in ("postgresql", "postgres")
    return f"postgresql+psycopg{separator}{rest}" if is_plain else url


def _create_privately(path: Path) -> None:
    """Invoices are nobody else's business: the file is ours alone from its first moment."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseError(
            f"The database {path} cannot be opened: {error.strerror}.", _NOT_OURS
        ) from error


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


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn the errors of both drivers into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise _explain(error) from error  # the drivers' own, for values that no column can take
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("sqlalchemy", "psycopg"):
            raise _explain(getattr(error, "orig", None) or error) from error
        raise


def _explain(error: BaseException) -> DatabaseError:
    words = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    state = _sql_state(error)
    if _is_about_values(error):
        return UnstorableError(f"The database does not take this: {words}.", "Nothing was stored.")
    if _is_busy(error, words):
        return DatabaseBusyError(
            "Another program holds the database.", "Nothing was changed; try again."
        )
    if "not a database" in words:
        return DatabaseVersionError("That file is not a database.", _NOT_OURS)
    if "no such table" in words or "no such column" in words or state in ("42P01", "42703"):
        return DatabaseVersionError(
            f"The database does not have what this Outtray needs ({words}).",
            "Run outtray db upgrade.",
        )
    is_file = isinstance(error, sqlite3.Error)
    where = "the disk and the file" if is_file else "that its server runs and OUTTRAY_DATABASE_URL"
    return DatabaseError(
        f"The database did not answer: {words}.",
        f"Nothing was half-written. Check {where}, then try again.",
    )


def _is_busy(error: BaseException, words: str) -> bool:
    # PostgreSQL: serialization failure, deadlock, lock not available.
    return "locked" in words or "busy" in words or _sql_state(error) in ("40001", "40P01", "55P03")


def _is_about_values(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return isinstance(error, sqlite3.DataError | sqlite3.IntegrityError)
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return True
    # PostgreSQL: data exceptions, broken constraints, rows too big for an index or a page.
    return _sql_state(error)[:2] in ("22", "23", "54") or type(error).__name__ == "DataError"


def _sql_state(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""
