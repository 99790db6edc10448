"""Files: those that nothing but SQLite may open while this runs, and a name given once.

POSIX drops every lock that a process holds on a file as soon as the process closes any descriptor
of it. Reading a database as if it were an attachment would therefore take SQLite's locks away, and
the next program to end would delete a log that is in use (sqlite.org/howtocorrupt, 2.2). Locks
belong to the process, and so does this list.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from core.model.errors import InputError

ENDINGS: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database."""

_databases: Final[set[Path]] = set()


def protect(database: Path) -> None:
    """Keep ``database`` and what SQLite writes beside it for SQLite alone."""
    _databases.add(database.absolute())


def is_protected(path: Path) -> bool:
    """Whether ``path`` is one of those files, under whatever name; opens nothing."""
    return any(belongs_to(database, path) for database in tuple(_databases))


def belongs_to(database: Path, path: Path) -> bool:
    """Whether ``path`` is ``database``, or what SQLite writes beside it, or is to become that."""
    try:
        named = os.path.realpath(path)
        real = os.path.realpath(database)  # where a link leads: SQLite writes beside that
    except (OSError, ValueError):
        return False
    return any(_is_same(named, f"{real}{ending}") for ending in ENDINGS)


def read_bytes(path: Path) -> bytes:
    """Return what is in a file that a person named.

    Raises:
        InputError: it belongs to the database; it was not opened.
        OSError: it cannot be read.
    """
    refuse(path)
    return path.read_bytes()


def refuse(path: Path) -> None:
    """Raise ``InputError`` where ``path`` belongs to the database."""
    if is_protected(path):
        raise InputError(f"{path} belongs to Outtray's own database.", "Name another file.")


def _is_same(path: str, other: str) -> bool:
    if path == other:
        return True
    try:
        return os.path.samefile(path, other)  # noqa: PTH121 - looks, and opens nothing
    except (OSError, ValueError):
        return False


def give_name(part: Path, target: Path) -> None:
    """Make the file ``part`` known as ``target``, on the same disk; it may keep its first name too.

    Raises:
        FileExistsError: there is something of that name; it stays as it is.
        OSError: the disk refuses.
    """
    try:
        os.link(part, target)  # unlike a rename it never replaces what has come meanwhile
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if os.path.lexists(target):
            raise
        part.rename(target)
