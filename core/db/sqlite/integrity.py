"""Whether a SQLite file is sound: its pages, and every index against the table it is about.

SQLite's own check compares the contents of an index with the rows; the counts are for what it
passes over, and cost little. Only SQLite opens the file here, and nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.db.driver_errors import in_words
from core.db.sqlite.reader import BUSY_SECONDS
from core.model import cancellation
from core.model.errors import DatabaseError

Progress = Callable[[float], object]
"""Is told which part of the work is done, from 0 to 1; on the thread that asked."""

MOST: Final = 100
"""SQLite stops to look after that many damaged places."""

_STEPS: Final = 50_000
"""Steps of SQLite's machine between two calls of ``Progress``: some milliseconds."""
_STEPS_A_ROW, _STEPS_AN_ENTRY = 6, 6
"""What a check costs, as measured; only how fast the progress seems to go depends on it."""
_COUNTING: Final = 0.2
#: A file that SQLite cannot make sense of, or cannot read: that is the answer, not a failure.
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row that points at one that is not there."""

    table: str
    column: str
    rowid: int | None
    """``None`` for tables without one."""
    parent: str


@dataclass(frozen=True, slots=True)
class _Index:
    table: str
    name: str
    condition: str
    """What stands behind WHERE; empty: every row has an entry."""


def damage(path: Path, progress: Progress | None = None) -> tuple[str, ...]:
    """Return what is damaged, a sentence each; nothing: the file is sound.

    ``core.model.cancellation.under`` ends it from another thread.

    Raises:
        SupersededError: it was told to stop.
        DatabaseError: the file cannot be looked at now: it is gone, busy or not ours to open.
    """
    found: list[str] = []
    told = progress or (lambda _: None)
    with in_words(), closing(_connect(path)) as connection:
        try:
            steps = 0
            for done, of, count, line in _counts(connection):
                steps += count
                told(_COUNTING * done / of)
                found += [line] if line else []
            found = [*_integrity(connection, steps, told), *found]
        except DatabaseError as error:
            cause = error.__cause__
            if not isinstance(cause, sqlite3.Error) or _code(cause) not in _DAMAGED:
                raise
            found.append(f"SQLite cannot read all of the file: {cause}.")
    told(1.0)
    return tuple(dict.fromkeys(found))


def orphans(path: Path) -> tuple[Orphan, ...]:
    """Return the rows that point at nothing; raises like ``damage``."""
    with in_words(), closing(_connect(path)) as connection:
        rows = _rows(connection, "PRAGMA foreign_key_check")
        keys: dict[str, dict[int, str]] = {}
        for table in {row[0] for row in rows}:
            listed = _rows(connection, f"PRAGMA foreign_key_list({_quoted(str(table))})")
            keys[str(table)] = {int(str(each[0])): str(each[3]) for each in listed}
        return tuple(
            Orphan(
                str(table),
                keys[str(table)].get(int(str(key)), ""),
                None if rowid is None else int(str(rowid)),
                str(parent),
            )
            for table, rowid, parent, key in rows
        )


# --------------------------------------------------------------------------- steps


def _integrity(connection: sqlite3.Connection, steps: int, told: Progress) -> list[str]:
    done = 0

    def tell() -> int:
        nonlocal done
        done += _STEPS
        told(_COUNTING + (1 - _COUNTING) * min(done / max(steps, 1), 0.99))
        return 0

    connection.set_progress_handler(tell, _STEPS)
    try:
        rows = _rows(connection, f"PRAGMA integrity_check({MOST})")
    finally:
        connection.set_progress_handler(None, 0)
    return [
        str(row[0]).removeprefix("*** in database main ***\n") for row in rows if row != ("ok",)
    ]


def _counts(connection: sqlite3.Connection) -> Iterator[tuple[int, int, int, str]]:
    """Yield how many tables of how many are counted, the steps a check takes, and a difference."""
    tables = [
        str(row[0])
        for row in _rows(
            connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
        )
    ]
    for number, table in enumerate(tables, 1):
        # In one transaction: what others write meanwhile is not in the one and not in the other.
        connection.execute("BEGIN")
        try:
            rows = _one(connection, _count_of_table(connection, table))
            yield number, len(tables), rows * _STEPS_A_ROW, ""
            for index in _indexes(connection, table):
                entries = _one(connection, _count_of_index(index))
                words = _difference(connection, index, rows, entries)
                yield number, len(tables), entries * _STEPS_AN_ENTRY, words
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _difference(connection: sqlite3.Connection, index: _Index, rows: int, entries: int) -> str:
    expected = rows
    if index.condition:
        expected = _one(connection, _count_of_table(connection, index.table, index.condition))
    if entries == expected:
        return ""
    return f"The index {index.name} has {entries} entries for {expected} rows of {index.table}."


def _count_of_table(connection: sqlite3.Connection, table: str, condition: str = "") -> str:
    where = f" WHERE {condition}" if condition else ""
    key = _key_of(connection, table)
    if key:  # the rows are in the index of the primary key; NOT INDEXED would take any other one
        return f"SELECT sum(1) FROM {_quoted(table)} INDEXED BY {_quoted(key)}{where}"
    return f"SELECT count(*) FROM {_quoted(table)} NOT INDEXED{where}"


def _count_of_index(index: _Index) -> str:
    # Not count(*): SQLite would answer that from whichever index is the smallest.
    where = f" WHERE {index.condition}" if index.condition else ""
    return f"SELECT sum(1) FROM {_quoted(index.table)} INDEXED BY {_quoted(index.name)}{where}"


def _key_of(connection: sqlite3.Connection, table: str) -> str:
    """Return the index of the primary key of a table WITHOUT ROWID, empty for others."""
    try:
        connection.execute(f"SELECT rowid FROM {_quoted(table)} LIMIT 0")
    except sqlite3.OperationalError:
        listed = _rows(connection, f"PRAGMA index_list({_quoted(table)})")
        return next((str(row[1]) for row in listed if row[3] == "pk"), "")
    return ""


def _indexes(connection: sqlite3.Connection, table: str) -> Iterator[_Index]:
    key = _key_of(connection, table)
    for row in _rows(connection, f"PRAGMA index_list({_quoted(table)})"):
        name, is_partial = str(row[1]), bool(row[4])
        if name != key:
            yield _Index(table, name, _condition(connection, name) if is_partial else "")


def _condition(connection: sqlite3.Connection, index: str) -> str:
    sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?"
    (row,) = _rows(connection, sql, index)
    return str(row[0]).partition(" WHERE ")[2]


def _one(connection: sqlite3.Connection, sql: str) -> int:
    (row,) = _rows(connection, sql)
    return int(str(row[0] or 0))


def _rows(connection: sqlite3.Connection, sql: str, *values: str) -> list[tuple[object, ...]]:
    stop = cancellation.current()
    with stop.during(connection.interrupt) if stop else nullcontext(), in_words():
        return connection.execute(sql, values).fetchall()


def _code(error: sqlite3.Error) -> int:
    # An error of the driver itself carries none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _connect(path: Path) -> sqlite3.Connection:
    # rw: a file that is not there must not be made by looking; and a log left behind is read
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, timeout=BUSY_SECONDS, isolation_level=None, uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
