"""A database that goes away is told at once and never written past; it is followed when back."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.model.documents import DocumentFilter
from core.model.errors import DatabaseBusyError, DatabaseError, DatabaseGoneError
from tests.conftest import PostgresServer
from tests.core.db.books import entry, put


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Database:
    shutil.copy(migrated_file, tmp_path / "outtray.db")
    return Database(f"sqlite:///{tmp_path / 'outtray.db'}")


def count(database: Database) -> int:
    return documents.count_documents(database.reader, DocumentFilter())


def test_a_file_that_is_deleted_is_neither_read_nor_written_any_more(database: Database) -> None:
    put(database, entry())
    assert database.path is not None
    before = documents.revision(database.reader)
    database.path.unlink()
    with pytest.raises(DatabaseGoneError, match="gone") as error:
        count(database)
    assert error.value.hint
    with pytest.raises(DatabaseGoneError):
        documents.revision(database.reader)
    with pytest.raises(DatabaseGoneError), database.transaction():
        pass
    assert not database.path.exists()
    assert before


def test_a_file_that_is_put_back_is_read_and_written_again(
    database: Database, migrated_file: Path
) -> None:
    put(database, entry())
    before = documents.revision(database.reader)
    assert database.path is not None
    moved = database.path.with_name("elsewhere.db")
    database.path.rename(moved)
    with pytest.raises(DatabaseGoneError):
        count(database)
    shutil.copy(migrated_file, database.path)  # another one: empty
    for ending in ("-wal", "-shm"):
        database.path.with_name(f"outtray.db{ending}").unlink(missing_ok=True)
    assert count(database) == 0
    assert documents.revision(database.reader) != before
    put(database, entry(number="INV-2"), entry(number="INV-3"))
    assert count(database) == 2
    database.close()


def test_looking_for_a_file_does_not_make_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(DatabaseError):
        database.reader.rows("SELECT 1", {})
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_another_program_holds_whole_is_told_as_busy_and_read_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.sqlite.reader.BUSY_SECONDS", 0.05)
    assert database.path is not None
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE alembic_version SET version_num = version_num")
    with pytest.raises(DatabaseBusyError) as error:
        count(database)
    assert error.value.can_retry
    other.execute("COMMIT")
    other.close()
    assert count(database) == 0


def test_connections_that_the_server_cut_are_made_anew(postgres: PostgresServer) -> None:
    name = postgres.create()
    database = Database(postgres.url(name))
    assert runner.version(database) is not None
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid()"
    )
    postgres._connection.execute(cut, [name])
    assert count(database) == 0  # looking: without a word
    postgres._connection.execute(cut, [name])
    with pytest.raises(DatabaseError) as error, database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM customers")
    assert "started" in error.value.hint or "server runs" in error.value.hint
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM customers")
    database.close()
    postgres.drop(name)
