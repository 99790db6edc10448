"""A SQLite file: what a URL calls it, how it is made, and the one way in which it is opened.

Nothing but SQLite's own connections opens it (``core.files.protected_files`` says why).
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.db.driver_errors import NOT_OURS
from core.files import protected_files
from core.model.errors import DatabaseError

_SCHEMES: Final = ("sqlite", "sqlite+pysqlite")
_SMALLEST: Final = 512
"""Bytes: one page of the smallest size."""
_EXAMPLE: Final = "Expected something like sqlite:////home/anna/outtray.db."
#: As drivers take them; every other ``?`` is a letter of the name.
_OPTIONS: Final = re.compile(r"\?[A-Za-z_]+=[^/]*\Z")


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, ``None`` for any other database.

    Everything after the third slash is its name, to the letter.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise DatabaseError(  # without the text: it may hold a password
            "The database URL cannot be read.", "Expected something like sqlite:///outtray.db."
        )
    if not scheme.startswith("sqlite"):
        return None
    if rest in ("", "/", "/:memory:"):
        raise DatabaseError(
            "A SQLite database in memory cannot be shared between threads.",
            "Name a file: sqlite:///outtray.db.",
        )
    if scheme not in _SCHEMES or not rest.startswith("/") or "\0" in rest:
        raise DatabaseError("The database URL cannot be used for a SQLite file.", _EXAMPLE)
    if _OPTIONS.search(rest):
        raise DatabaseError(
            "The URL of a SQLite database takes no options.",
            "Leave out the ? and what follows it. Nothing was opened.",
        )
    return Path(rest[1:])


def sqlite_url(path: Path) -> str:
    """Return the URL that leads to ``path``."""
    return f"sqlite:///{path}"


def exists(path: Path) -> bool:
    """Whether the file is there; raises ``DatabaseError`` where one cannot even look."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except NotADirectoryError as error:
        raise _not_opened(path, "part of its path is a file, not a folder") from error
    except OSError as error:
        raise _not_opened(path, error.strerror or str(error)) from error
    return True


def create_privately(path: Path) -> None:
    """Make an empty file where there is none: ours alone from its first moment.

    A file that is there is never opened here.
    """
    if exists(path):
        return
    _refuse_another_spelling(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise _not_opened(path, error.strerror or str(error)) from error


def connect(path: Path, seconds: float, *, options: str = "mode=rw") -> sqlite3.Connection:
    """Open a file that is there; another program is waited for as long as ``seconds``.

    Raises:
        DatabaseError: it is not there, is no file, or this person may not open it.
    """
    protected_files.protect(path)
    if reason := _why_not(path):
        raise _not_opened(path, reason)
    # rw: a file that is not there must not be made by opening it
    uri = f"{path.absolute().as_uri()}?{options}"
    try:
        return sqlite3.connect(
            uri, timeout=seconds, isolation_level=None, check_same_thread=False, uri=True
        )
    except sqlite3.OperationalError as error:
        raise _not_opened(path, str(error)) from error


def _why_not(path: Path) -> str:
    if not exists(path):
        is_link = path.is_symlink()
        return "it is a link to a file that is not there" if is_link else "it is not there"
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        return "it is a folder, not a file"
    if not stat.S_ISREG(found.st_mode):
        return "it is not a file"
    if 0 < found.st_size < _SMALLEST:  # SQLite would take it for an empty one, and write over it
        return "it is not a database"
    return "" if os.access(path, os.R_OK) else "you are not allowed to read it"


def _refuse_another_spelling(path: Path) -> None:
    """A new empty database must not be made where an existing one was meant."""
    from urllib.parse import unquote

    meant_ones = [Path(unquote(str(path)))]
    with suppress(RuntimeError):  # there is no such person
        meant_ones.append(path.expanduser())
    for meant in meant_ones:
        if meant != path and meant.exists():
            raise DatabaseError(
                f"There is no database {path}, but there is {meant}.",
                f"Write it as it is: {sqlite_url(meant)}. Nothing was created.",
            )


def _not_opened(path: Path, reason: str) -> DatabaseError:
    return DatabaseError(f"The database {path} cannot be opened: {reason}.", NOT_OURS)
