"""A reading that nobody waits for any more ends where it is, and harms no later one."""

from __future__ import annotations

import threading
import time
from typing import Final

import pytest

from core.db.engine import Database
from core.model.cancellation import Stop, SupersededError, under

#: Counts for minutes.
_ENDLESS: Final = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000)"
    " SELECT count(*) FROM n"
)


def test_a_statement_that_runs_is_ended(sqlite_database: Database) -> None:
    stop, ended = Stop(), list[str]()
    reader = sqlite_database.reader

    def read() -> None:
        with under(stop):
            try:
                reader.rows(_ENDLESS, {})
            except SupersededError:
                ended.append("superseded")
        ended.append(str(reader.rows("SELECT 'the next one'", {})[0][0]))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    time.sleep(0.2)
    stop.set()
    thread.join(5)
    assert ended == ["superseded", "the next one"]


def test_no_other_statement_is_begun(database: Database) -> None:
    stop = Stop()
    with under(stop):
        assert database.reader.rows("SELECT 1", {}) == [(1,)]
        stop.set()
        with pytest.raises(SupersededError):
            database.reader.rows("SELECT 1", {})
    assert database.reader.rows("SELECT 1", {}) == [(1,)]


def test_what_is_wrong_otherwise_is_told_as_ever(database: Database) -> None:
    with under(Stop()), pytest.raises(Exception, match="does not have"):
        database.reader.rows("SELECT no_such_column FROM documents", {})
