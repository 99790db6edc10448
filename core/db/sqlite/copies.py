"""Copies of a SQLite database, made through SQLite while it is in use, and looked at afterwards."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.db.driver_errors import in_words
from core.db.sqlite.file import connect, create_privately, exists
from core.db.sqlite.reader import BUSY_SECONDS
from core.files import protected_files
from core.model.errors import DatabaseError
from core.model.integrity import DatabaseCopy, Findings

if TYPE_CHECKING:
    from core.db.engine import Database

_MOST_LINES: Final = 10
RESTORE: Final = "outtray db restore FILE puts back a copy."
DAMAGED: Final = ".damaged"
"""Ends the name of a copy that is as damaged as its original."""


def path_of(database: Database) -> Path:
    """Return the file of a SQLite database; raises ``DatabaseError`` for any other."""
    if database.path is None:
        raise DatabaseError(
            "This is for SQLite databases only.",
            "PostgreSQL has its own programs: pg_dump copies, pg_restore puts back.",
        )
    return database.path


def backup(database: Database, target: Path) -> DatabaseCopy:
    """Copy a SQLite database into a new file and verify the copy.

    A damaged database is copied, too, under a name that says so.

    Raises:
        DatabaseError: not a SQLite file, ``target`` is there already, or cannot be written.
    """
    path = path_of(database)
    if not exists(path):
        raise DatabaseError(f"There is no database {path} yet.", "Nothing was copied.")
    with closing(connect(path, BUSY_SECONDS)) as source:
        return keep(source, path, target)


def keep(
    source: sqlite3.Connection, path: Path, target: Path, *, replaces: bool = False
) -> DatabaseCopy:
    """Copy what ``source``, a connection to ``path``, reads; see ``backup``."""
    if protected_files.belongs_to(path, target):
        raise DatabaseError(f"{target} is the database itself.", "Name another file for the copy.")
    try:
        with private_folder(target) as folder:
            part = folder / "copy.db"
            findings = copy_into(source, part)
            if findings.damage:
                target = target.with_name(target.name + DAMAGED)
            _put(part, target, replaces=replaces and not findings.damage)
    except FileExistsError as error:
        raise DatabaseError(
            f"The copy {target} could not be written: there is something of that name.",
            "Name another file; none is replaced.",
        ) from error
    except (OSError, sqlite3.Error) as error:
        if is_damage(error):
            raise DatabaseError(
                f"The database {path} is too damaged to be copied: {error}.", RESTORE
            ) from error
        raise DatabaseError(
            f"The copy {target} could not be written: {error}.", "Check the folder and the disk."
        ) from error
    return DatabaseCopy(target, findings)


def copy_into(source: sqlite3.Connection, part: Path) -> Findings:
    """Write one state of ``source`` into the new file ``part``; return what is wrong with it.

    Raises:
        DatabaseError: the copy is not what was read.
    """
    with in_words():
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on: one state
    try:
        create_privately(part)
        with closing(connect(part, BUSY_SECONDS)) as copy:
            source.backup(copy)
            # One file, whole by itself, that can be read where nothing can be written.
            copy.execute("PRAGMA journal_mode = DELETE")
            findings = findings_of(copy)
            if findings.damage:
                is_true = bool(findings_of(source).damage)
            else:
                is_true = _rows(copy) == _rows(source)
    finally:
        source.rollback()
    if not is_true:
        raise DatabaseError("The copy is not the same as the database.", "Check the disk.")
    return findings


def findings_of(connection: sqlite3.Connection) -> Findings:
    """Ask SQLite itself what is wrong: every page, every index against its table, every link."""
    try:
        told = connection.execute(f"PRAGMA integrity_check({_MOST_LINES})").fetchall()
        damage = [line for (text,) in told if text != "ok" for line in str(text).splitlines()]
        links = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_LINES)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return Findings((str(error),))
    orphans = [
        f"{table} row {row} names a row of {other} that is gone" for table, row, other, _ in links
    ]
    return Findings(tuple(damage), tuple(orphans))


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in tables
    }


# --------------------------------------------------------------------------- files


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A new folder on the same disk that only this person can enter; removed at the end.

    Nobody else can put a link into it, and what SQLite writes beside a file stays in it.
    """
    folder = Path(
        tempfile.mkdtemp(prefix=f".{beside.name[:100]}.", suffix=".part", dir=beside.parent)
    )
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(part: Path, target: Path, *, replaces: bool) -> None:
    """Give the finished file its name, once it is on the disk."""
    _sync(part)
    if replaces:
        part.replace(target)
    else:
        protected_files.give_name(part, target)
    with suppress(OSError):  # not every system lets one
        _sync(target.parent)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
