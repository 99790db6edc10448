"""The errors of both drivers in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.model.errors import (
    DatabaseBusyError,
    DatabaseError,
    DatabaseVersionError,
    UncertainCommitError,
)

NOT_OURS: Final = "Name another database in OUTTRAY_DATABASE_URL."


class UnstorableError(DatabaseError):
    """The database is well; these values are what it does not take. Nothing was stored."""


@contextmanager
def in_words(*, saving: bool = False) -> Iterator[None]:
    """Turn the errors of both drivers into ours; ``saving``: it is the commit that may fail."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, saving) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise _explain(
            error, saving
        ) from error  # the drivers' own, for values that no column can take
    except UnicodeError as error:
        raise _explain(error, saving) from error  # a name of a server that cannot be one
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("sqlalchemy", "psycopg"):
            raise _explain(getattr(error, "orig", None) or error, saving) from error
        raise


def _explain(error: BaseException, saving: bool) -> DatabaseError:
    words = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    state = _sql_state(error)
    if _is_about_values(error):
        return UnstorableError(f"The database does not take this: {words}.", "Nothing was stored.")
    if _is_busy(error, words):
        return DatabaseBusyError(
            "Another program holds the database.", "Nothing was changed; try again."
        )
    if "not a database" in words:
        return DatabaseVersionError("That file is not a database.", NOT_OURS)
    if "malformed" in words:
        return DatabaseError(
            f"The database is damaged: {words}.",
            "Copy it as it is with outtray db backup; outtray db restore FILE puts back a copy.",
        )
    if "no such table" in words or "no such column" in words or state in ("42P01", "42703"):
        return DatabaseVersionError(
            f"The database does not have what this Outtray needs ({words}).",
            "Run outtray db upgrade.",
        )
    is_file = isinstance(error, sqlite3.Error)
    where = "the disk and the file" if is_file else "that its server runs and OUTTRAY_DATABASE_URL"
    if saving and not _is_refused_by_server(error):
        return UncertainCommitError(
            f"The database failed while saving: {words}.",
            f"It may or may not be saved. Check {where}, and look before you repeat it.",
        )
    return DatabaseError(
        f"The database did not answer: {words}.", f"Check {where}, then try again."
    )


def _is_refused_by_server(error: BaseException) -> bool:
    """Whether PostgreSQL itself said no to a commit; a lost connection or its own end is no no."""
    state = _sql_state(error)
    return bool(state) and state[:2] not in ("08", "57", "58", "XX")


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
