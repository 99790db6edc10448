"""Bringing a database to this program's version; one from the future is refused with words."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.db.engine import Database, hold
from core.db.sqlite.file import connect, exists
from core.db.sqlite.reader import BUSY_SECONDS
from core.model.errors import DatabaseBusyError, DatabaseError, DatabaseVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from core.model.delivery import DeliveryEvent


#: What a database was called before the baseline; ``baseline`` knows what to do with each.
BEFORE_BASELINE: Final = tuple(f"{number:04}" for number in range(1, 17))
#: All revisions, oldest first, so that the version can be judged without importing Alembic.
REVISIONS: Final = (*BEFORE_BASELINE, "0017")
HEAD: Final = REVISIONS[-1]
_WAITS: Final = 6
"""How often a database that is busy is waited for, ten seconds each, before one gives up."""
_OURS: Final = ("customers", "deliveries", "documents", "emails", "events", "payloads")
_ALEMBIC: Final = "alembic_version"
_SCRIPTS: Final = Path(__file__).resolve().parent


def version(database: Database) -> str | None:
    """Return the revision of ``database``; ``None`` where Outtray has no tables yet."""
    if database.path is not None and not exists(database.path):
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


def prepare(
    database: Database,
    reread: Callable[[str], Sequence[DeliveryEvent]] = lambda _: (),
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> None:
    """Create what is missing; keep a copy of an older SQLite file beside it before changing it.

    Another program that is at it already is waited for. ``reread`` reads the facts in a report of
    SES that is kept; where it finds none, those that are stored stay. ``progress`` is told what is
    done, how much of it, of how much.

    Raises:
        DatabaseVersionError: the database is newer than this program.
        DatabaseBusyError: somebody has held it for longer than an upgrade takes.
    """
    for _ in range(_WAITS):
        with suppress(DatabaseBusyError):
            _prepare(database, reread, progress)
            return
    _prepare(database, reread, progress)


def _prepare(
    database: Database,
    reread: Callable[[str], Sequence[DeliveryEvent]],
    progress: Callable[[str, int, int], None],
) -> None:
    if _known(database, database.path) == HEAD:
        return
    with database.transaction() as connection:
        hold(connection, "migrations")  # two programs may be started on a new database at once
        found = _known(database, database.path)  # as it is while nobody else can change it
        if found == HEAD:
            return
        if found is not None and database.path is not None:
            _keep_copy(database.path)
        migrate(connection, found, reread, progress)


def _known(database: Database, label: Path | None) -> str | None:
    """Return the version of ``database``; raises ``DatabaseVersionError`` for a newer one."""
    found = version(database)
    if found is not None and found not in REVISIONS:
        raise DatabaseVersionError(
            f"The database {label or ''} was written by a newer Outtray "
            f"(its version is {found}, this program knows up to {HEAD}).",
            "Update Outtray. Nothing was changed.",
        )
    return found


def _keep_copy(path: Path) -> None:
    """Keep an older database beside itself; one that is damaged is not upgraded."""
    from core.db.sqlite import copies  # only where there is something to copy

    target = path.with_name(f"{path.name}.before-{HEAD}")
    with closing(connect(path, BUSY_SECONDS)) as source:
        copy = copies.keep(source, path, target, replaces=True)
    if copy.findings.damage:
        raise DatabaseError(
            f"The database {path} is damaged, so it was not upgraded: {copy.findings.damage[0]}.",
            f"A copy of it as it is: {copy.path}. {copies.RESTORE}",
        )


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


def migrate(
    connection: Connection,
    found: str | None,
    reread: Callable[[str], Sequence[DeliveryEvent]],
    progress: Callable[[str, int, int], None],
) -> None:
    """Bring the tables from version ``found`` to this program's; ``None``: make them."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if found is not None and found not in BEFORE_BASELINE:
        command.upgrade(config, "head")
        return
    from core.db.migrations import baseline

    baseline.make(connection, reread, progress)
    command.stamp(config, "head", purge=True)
