"""Looks at the database without changing, creating or upgrading it."""

from __future__ import annotations

from core.db import upgrade
from core.db.engine import Database
from core.errors import DatabaseError
from core.examination import DatabaseFacts


def inspect(database: Database, label: str) -> DatabaseFacts:
    """Return what there is.

    Raises:
        DatabaseError: it cannot be opened at all, or is not Outtray's.
    """
    version = upgrade.version(database)
    is_file = database.path is not None
    return DatabaseFacts(
        label=label,
        version=version,
        expected=upgrade.HEAD,
        known=upgrade.REVISIONS,
        is_file=is_file,
        damage=(_known_damage(database) or _damage(database)) if is_file and version else "",
        journal=str(_one(database, "PRAGMA journal_mode")) if is_file and version else "",
        unwritable=_unwritable(database) if version in upgrade.REVISIONS else "",
    )


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
