"""Closing a database while others still read from it ends their reading, never the program."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from core.db.engine import Database
from core.db.migrations import runner
from core.model.errors import DatabaseError

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def opened(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'outtray.db'}")
    runner.prepare(database)
    return database


def test_a_query_that_is_running_is_interrupted_and_said_in_words(tmp_path: Path) -> None:
    database = opened(tmp_path)
    told: list[DatabaseError] = []

    def read() -> None:
        try:
            database.reader.rows(_ENDLESS, {})
        except DatabaseError as error:
            told.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.2)
    database.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(told) == 1


def test_many_short_readings_survive_the_closing(tmp_path: Path) -> None:
    database = opened(tmp_path)
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                database.reader.rows("SELECT count(*) FROM documents", {})
            except DatabaseError:
                continue

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        time.sleep(0.002)
        database.close()
    over.set()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    database.close()
