"""Bringing a database to this program's version; one from the future is refused with words."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.db.engine import hold
from core.errors import DatabaseBusyError, DatabaseError, DatabaseVersionError

if TYPE_CHECKING:
    from core.db.engine import Database

#: All revisions, oldest first, so that the version can be judged without importing Alembic.
REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0015",
)
HEAD: Final = REVISIONS[-1]
_WAITS: Final = 6
"""How often a database that is busy is waited for, ten seconds each, before one gives up."""

#: What the emails of before call for is worked out once, by the rule of this program.
_WITH_CALLS: Final = "0006"
#: What customers are found by is taken from their names by the rule of this program, too.
_WITH_WORDS: Final = "0011"
_OURS: Final = ("customers", "deliveries", "documents", "emails", "events", "payloads")
_ALEMBIC: Final = "alembic_version"
_SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"


def version(database: Database) -> str | None:
    """Return the revision of ``database``; ``None`` where Outtray has no tables yet."""
    if database.path is not None and not database.path.exists():
        return None
    found = _tables(database)
    is_ours = _ALEMBIC in found and found.issuperset(_OURS)
    # Others may share a PostgreSQL schema with us as long as no name is wanted by both.
    in_the_way = found if database.path is not None else found.intersection((_ALEMBIC, *_OURS))
    if not is_ours and in_the_way:
        raise DatabaseVersionError(
            f"{database.path or 'The database'} holds tables that are not Outtray's.",
            "Name another database in OUTTRAY_DATABASE_URL. Nothing was changed.",
        )
    if not is_ours:
        return None
    rows = database.reader.rows("SELECT version_num FROM alembic_version", {})
    return str(rows[0][0]) if rows else None


def prepare(database: Database) -> None:
    """Create what is missing; keep a copy of an older SQLite file beside it before changing it.

    Another program that is at it already is waited for.

    Raises:
        DatabaseVersionError: the database is newer than this program.
        DatabaseBusyError: somebody has held it for longer than an upgrade takes.
    """
    for _ in range(_WAITS):
        with suppress(DatabaseBusyError):
            _prepare(database)
            return
    _prepare(database)


def _prepare(database: Database) -> None:
    found = version(database)
    if found == HEAD:
        return
    if found is not None and found not in REVISIONS:
        raise DatabaseVersionError(
            f"The database {database.path or ''} was written by a newer Outtray "
            f"(its version is {found}, this program knows up to {HEAD}).",
            "Update Outtray. Nothing was changed.",
        )
    if found is not None and database.path is not None:
        backup(database, database.path.with_name(f"{database.path.name}.before-{HEAD}"))
    _run_migrations(database, found)


def backup(database: Database, target: Path) -> Path:
    """Copy a SQLite database while it is in use, through SQLite itself.

    Raises:
        DatabaseError: not a SQLite file, or the copy cannot be written.
    """
    if database.path is None:
        raise DatabaseError(
            "Only a SQLite database can be copied like this.", "Use pg_dump for PostgreSQL."
        )
    if target.exists() and target.samefile(database.path):
        raise DatabaseError(f"{target} is the database itself.", "Name another file for the copy.")
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.touch(mode=0o600)
        with (
            closing(sqlite3.connect(database.path)) as source,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            source.backup(copy)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise DatabaseError(
            f"The copy {target} could not be written: {error}.", "Check the folder and the disk."
        ) from error
    return target


def _tables(database: Database) -> set[str]:
    if database.path is not None:
        sql = (
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
    else:
        sql = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        )
    return {str(row[0]) for row in database.reader.rows(sql, {})}


def _run_migrations(database: Database, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with database.transaction() as connection:
        hold(connection, "migrations")  # two programs may be started on a new database at once
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if found is not None and REVISIONS.index(found) < REVISIONS.index(_WITH_CALLS):
            from core.db.summaries import settle_call_needs

            settle_call_needs(connection)
        if found is not None and REVISIONS.index(found) < REVISIONS.index(_WITH_WORDS):
            from core.db.beginnings import fill

            fill(connection)
