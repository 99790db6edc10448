"""Putting a copy back into a SQLite database that no other program has open.

Others must not have it open: they hold ids of rows, leases and calls to SES that are on their way,
and the rows of the copy are others. SQLite itself says whether they do, and keeps them out until
the end. The copy is made ready in a file of its own, so that the database goes from what it was to
what it shall be in one transaction, through SQLite's backup interface.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, update

from core.db.engine import Database
from core.db.migrations import runner
from core.db.rows import from_instant
from core.db.schema import deliveries, digests
from core.db.sqlite import copies
from core.db.sqlite.file import connect, create_privately, exists, sqlite_url
from core.db.sqlite.reader import BUSY_SECONDS
from core.db.writes import outbox_decisions
from core.db.writes.outbox import NO_LEASE
from core.db.writes.summaries import settle_deliveries
from core.files import protected_files
from core.model.delivery import DeliveryEvent
from core.model.enums import Status
from core.model.errors import DatabaseBusyError, DatabaseError, DatabaseVersionError, InputError
from core.model.integrity import DatabaseCopy, Findings, Holding, Restorable, Restored
from core.model.outbox import OutboxHold

_PAUSE: Final = "pause"
_OTHERS_SECONDS: Final = 3.0
"""How long a command that is just ending is waited for."""
_NOTHING: Final = "Nothing was changed."
_UNKNOWN: Final = (
    "This waited to be sent when the copy was made that was put back on {day}; whether it was sent"
    " since then is not known."
)
_LOOK_FIRST: Final = (
    "A copy was put back on {day}. Emails and reports that came after it are missing here. Look"
    " at what is unconfirmed, then resume."
)


def restore(
    database: Database,
    file: Path,
    by: str,
    now: datetime,
    agree: Callable[[Restorable], object],
    reread: Callable[[str], Sequence[DeliveryEvent]] = lambda _: (),
) -> Restored:
    """Put ``file`` back; ``agree`` raises where a person does not want that after all.

    What the copy says is still to be sent may have been sent since: nobody knows, so none of it
    is sent by itself, and nothing at all leaves until a person resumes.

    Raises:
        InputError: ``file`` is no copy that can be put back.
        DatabaseBusyError: another program has the database open.
        DatabaseError: it cannot be written; it is as it was.
    """
    path = copies.path_of(database)
    _refuse_file(path, file)
    _refuse_foreign(database)
    _make_folder(path)
    with copies.private_folder(path) as folder:
        ready = folder / "restored.db"
        findings = _fetch(file, ready)
        version, waiting = _make_ready(file, ready, by, now, reread)
        holding = _holding(ready)
        agree(Restorable(holding, _holding_of_old(path), version, waiting))
        kept = replace(path, ready, _unused(path, now))
    return Restored(holding, kept, version, waiting, findings)


def _unused(path: Path, now: datetime) -> Path:
    """Where what was there is kept; a restore that failed a moment ago left its copy."""
    first = path.with_name(f"{path.name}.before-restore-{now:%Y%m%d-%H%M%S}")
    later = (first.with_name(f"{first.name}-{n}") for n in count(2))
    return next(name for name in chain((first,), later) if not name.exists())


def replace(path: Path, ready: Path, kept: Path | None) -> DatabaseCopy | None:
    """Write what is in ``ready`` into the database ``path``; first copy what was in it to ``kept``.

    Raises:
        DatabaseBusyError: another program has it open.
        DatabaseError: it cannot be written; it is as it was.
    """
    create_privately(path)
    try:
        with (
            closing(connect(path, _OTHERS_SECONDS)) as live,
            closing(connect(ready, BUSY_SECONDS)) as source,
        ):
            _keep_others_out(live)
            copy = None
            if kept is not None and _has_tables(live):
                copy = _keep(live, path, kept)
            _match_page_size(live, source)
            live.execute("PRAGMA synchronous = FULL")
            source.backup(live)
            return copy
    except sqlite3.Error as error:
        raise _in_words(path, error) from error


def _keep(live: sqlite3.Connection, path: Path, kept: Path) -> DatabaseCopy:
    try:
        return copies.keep(live, path, kept)
    except DatabaseError as error:
        if error.__cause__ is not None and copies.is_damage(error.__cause__):
            raise _in_words(path, error.__cause__) from error
        raise


def _keep_others_out(live: sqlite3.Connection) -> None:
    """Take the file for this connection alone, until it is closed."""
    live.execute("PRAGMA locking_mode = EXCLUSIVE")
    live.execute("BEGIN EXCLUSIVE")
    live.execute("COMMIT")


def _match_page_size(live: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """A database with a log keeps its page size."""
    size = live.execute("PRAGMA page_size").fetchone()[0]
    if _has_tables(live) and source.execute("PRAGMA page_size").fetchone()[0] != size:
        source.execute("PRAGMA journal_mode = DELETE")
        source.execute(f"PRAGMA page_size = {int(size)}")
        source.execute("VACUUM")


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _in_words(path: Path, error: BaseException) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusyError(
            "Another program has the database open.",
            f"Close every other Outtray on this database, workers included. {_NOTHING}",
        )
    if copies.is_damage(error):
        return DatabaseError(
            f"The database {path} is too damaged to be copied and replaced: {error}.",
            f"Close every Outtray, move {path.name} and what begins with its name into another "
            f"folder, then run this again. {_NOTHING}",
        )
    return DatabaseError(
        f"The database {path} could not be written: {error}.",
        "It is as it was. Check the folder and the disk.",
    )


# --------------------------------------------------------------------------- the copy


def _refuse_file(path: Path, file: Path) -> None:
    if protected_files.belongs_to(path, file):
        raise InputError(f"{file} is the database itself.", f"Name a copy of it. {_NOTHING}")
    try:
        is_there, is_file = file.exists(), file.is_file()
    except (OSError, ValueError):
        is_there = is_file = False
    if not is_there:
        raise InputError(f"There is no file {file}.", _NOTHING)
    if not is_file:
        raise InputError(f"{file} is not a file.", _NOTHING)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"The folder {path.parent} cannot be made: {error.strerror}.", _NOTHING
        ) from error


def _fetch(file: Path, ready: Path) -> Findings:
    """Copy ``file`` as SQLite reads it, with a log that belongs to it, and look at the copy."""
    try:
        with closing(_open_copy(file)) as source:
            findings = copies.copy_into(source, ready)
    except DatabaseVersionError as error:
        raise InputError(f"{file} is not a database.", _NOTHING) from error
    except (sqlite3.Error, OSError) as error:
        raise InputError(f"{file} cannot be read: {error}.", _NOTHING) from error
    if findings.damage:
        raise InputError(f"{file} is damaged: {findings.damage[0]}.", _NOTHING)
    return findings


def _open_copy(file: Path) -> sqlite3.Connection:
    connection = connect(file, BUSY_SECONDS)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if any(file.with_name(file.name + ending).exists() for ending in ("-wal", "-journal")):
            raise
        return connect(file, BUSY_SECONDS, options="immutable=1")  # its folder is write-protected
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _make_ready(
    file: Path,
    ready: Path,
    by: str,
    now: datetime,
    reread: Callable[[str], Sequence[DeliveryEvent]],
) -> tuple[str, int]:
    """Bring the copy up to date and let nothing leave by itself; return version and how many."""
    copy = Database(sqlite_url(ready))
    try:
        found = _version(file, copy)
        with copy.transaction() as connection:
            if found != runner.HEAD:
                runner.migrate(connection, found, reread, lambda *_: None)
            day = f"{now:%d %b %Y, %H:%M} UTC"
            waiting = _give_up_waiting(connection, _UNKNOWN.format(day=day))
            hold = OutboxHold(_PAUSE, by, now, None, _LOOK_FIRST.format(day=day))
            outbox_decisions.hold_back(connection, hold)
    finally:
        copy.close()
    return found, waiting


def _version(file: Path, copy: Database) -> str:
    try:
        found = runner.version(copy)
    except DatabaseVersionError as error:
        raise InputError(f"{file} holds tables that are not Outtray's.", _NOTHING) from error
    if found is None:
        raise InputError(f"{file} is not a database of Outtray's.", _NOTHING)
    if found not in runner.REVISIONS:
        raise InputError(
            f"{file} was written by a newer Outtray (its version is {found}, this program knows "
            f"up to {runner.HEAD}).",
            f"Update Outtray. {_NOTHING}",
        )
    return found


def _give_up_waiting(connection: Connection, words: str) -> int:
    d = deliveries.c
    is_open = d.local_status < int(Status.UNCONFIRMED)
    ids = list(connection.scalars(select(d.id).where(is_open).order_by(d.id)))
    digests.change(
        connection,
        update(deliveries)
        .where(is_open)
        .values(local_status=int(Status.UNCONFIRMED), error=words, **NO_LEASE),
    )
    settle_deliveries(connection, ids)
    return len(ids)


# --------------------------------------------------------------------------- what is in it


def _refuse_foreign(database: Database) -> None:
    """A database of another program is not replaced; a damaged one of ours is."""
    try:
        runner.version(database)
    except DatabaseError as error:
        if not isinstance(error.__cause__, sqlite3.Error):
            raise
    finally:
        database.disconnect()


def _holding_of_old(path: Path) -> Holding | None:
    with suppress(DatabaseError, sqlite3.Error):
        return _holding(path) if exists(path) else None
    return None


def _holding(path: Path) -> Holding:
    with closing(connect(path, BUSY_SECONDS)) as connection:
        documents, emails, newest = connection.execute(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM emails),"
            " (SELECT max(created_at) FROM emails)"
        ).fetchone()
    return Holding(documents, emails, from_instant(newest or 0))
