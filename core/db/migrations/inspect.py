"""Looks at the database without changing, creating or upgrading it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from core.db.engine import Database
from core.db.migrations import runner
from core.model.errors import DatabaseError
from core.rules.doctor.office_checks import DatabaseFacts


def inspect(database: Database, label: str) -> DatabaseFacts:
    """Return what there is.

    Raises:
        DatabaseError: it cannot be opened at all, or is not Outtray's.
    """
    version = runner.version(database)
    is_file = database.path is not None
    return DatabaseFacts(
        label=label,
        version=version,
        expected=runner.HEAD,
        known=runner.REVISIONS,
        is_file=is_file,
        damage=(_known_damage(database) or _damage(database)) if is_file and version else "",
        journal=str(_one(database, "PRAGMA journal_mode")) if is_file and version else "",
        unwritable=_unwritable(database) if version in runner.REVISIONS else "",
        obstacle=_obstacle(database.path) if database.path is not None and not version else "",
    )


def _obstacle(path: Path) -> str:
    """Say why a file that is not there cannot be made; looks, and makes nothing."""
    if os.path.lexists(path) and not path.exists():
        return f"{path} is a link to a file that is not there"
    if path.exists():
        return "" if os.access(path, os.R_OK | os.W_OK) else f"{path} may not be written"
    folder = next((each for each in path.absolute().parents if each.exists()), Path("/"))
    if not folder.is_dir():
        return f"{folder} is a file, not a folder"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"nothing may be written into {folder}"
    return _of_file_system(folder)


def _of_file_system(folder: Path) -> str:
    """A file without a name says what rights alone do not: that nothing can be kept there."""
    unnamed = getattr(os, "O_TMPFILE", 0)  # Linux's; gone with its last handle
    if not unnamed:
        return ""
    try:
        os.close(os.open(folder, unnamed | os.O_WRONLY, 0o600))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT):
            return f"{folder}: {(error.strerror or str(error)).lower()}"
        if str(folder).startswith(("/proc", "/sys")):
            return f"{folder} keeps no files"
    return ""  # not every file system knows files without a name


def _known_damage(database: Database) -> str:
    """What a whole check after a crash found; the quick one does not see all of it."""
    look = database.admission.look() if database.admission is not None else None
    return look.damage if look is not None else ""


def _damage(database: Database) -> str:
    found = str(_one(database, "PRAGMA quick_check(1)"))
    return "" if found == "ok" else found


def _one(database: Database, sql: str) -> object:
    return database.reader.rows(sql, {})[0][0]


def _unwritable(database: Database) -> str:
    """Try a change of nothing: it needs the same rights and locks as a change of something."""
    from sqlalchemy import text

    try:
        with database.transaction(commit=False) as connection:
            connection.execute(text("UPDATE quarantine SET reason = reason WHERE sha256 = ''"))
    except DatabaseError as error:
        return error.title
    return ""
