"""The database is created, brought up to date, copied, and refused when it is not ours."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.db.schema import metadata
from core.db.writes import outbox_decisions
from core.model.documents import DocumentFilter
from core.model.errors import DatabaseBusyError, DatabaseError, DatabaseVersionError
from tests.conftest import PostgresServer
from tests.core.db.books import entry, put
from tests.core.db.migrations import earlier


def test_the_migrations_make_the_tables_that_the_program_knows(database: Database) -> None:
    with database.transaction() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [each for each in differences if not is_beyond_sqlalchemy(each)] == []


def is_beyond_sqlalchemy(difference: Any) -> bool:
    """Indexes in the order of letters, and of words: ``migrations.tables`` says them in SQL."""
    name = getattr(difference[1], "name", "")
    return name.startswith(("sort_", "document_words", "customer_words")) or (
        difference[0] == "remove_index"
        and difference[1].table.name.startswith(("document_words", "customer_words"))
    )


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    scripts = ScriptDirectory(str(Path(runner.__file__).parent))
    oldest_first = [script.revision for script in scripts.walk_revisions()][::-1]
    assert (*runner.BEFORE_BASELINE, *oldest_first) == runner.REVISIONS
    assert scripts.get_current_head() == runner.HEAD


def test_a_new_database_is_prepared_once_and_then_left_alone(database: Database) -> None:
    put(database, entry())
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    assert documents.count_documents(database.reader, DocumentFilter()) == 1


def test_a_database_of_the_first_version_gets_what_came_later_and_loses_nothing(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    earlier.make(database, "0001")
    with database.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO customers (name, name_key) VALUES ('Ada', 'ada')")
        connection.exec_driver_sql(
            "INSERT INTO documents (customer_id, kind, number, number_key, status, currency)"
            " VALUES (1, 'invoice', 'INV-1', 'inv-1', 'OPEN', 'USD')"
        )
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    (row,) = documents.page_documents(database.reader, DocumentFilter())
    assert (row.number, row.has_draft) == ("INV-1", False)
    assert (tmp_path / f"old.db.before-{runner.HEAD}").exists()
    database.close()


def test_a_database_that_is_not_there_has_no_version_and_is_not_created(tmp_path: Path) -> None:
    path = tmp_path / "outtray.db"
    assert runner.version(Database(f"sqlite:///{path}")) is None
    assert not path.exists()


def test_a_newer_database_is_refused_in_words_and_not_touched(
    migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "newer.db"
    shutil.copyfile(migrated_file, path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseVersionError, match="newer Outtray") as error:
        runner.prepare(database)
    database.close()
    assert "9999" in str(error.value)
    assert "Update Outtray" in error.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("table", ["documents", "Invoice", "alembic_version"])
def test_a_database_of_somebody_else_is_refused_and_not_touched(tmp_path: Path, table: str) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table} (version_num TEXT)")
        connection.execute(f"INSERT INTO {table} VALUES (?)", (runner.HEAD,))  # noqa: S608
    connection.close()
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseVersionError, match="not Outtray's"):
        runner.prepare(database)
    database.close()
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear customer, " * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseVersionError, match="not a database"):
        runner.prepare(database)
    assert path.read_text().startswith("Dear customer")


def test_a_postgresql_with_tables_of_our_names_is_refused(postgres: PostgresServer) -> None:
    name = postgres.create("template1")
    database = Database(postgres.url(name))
    with database.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (id integer)")
        connection.exec_driver_sql("CREATE TABLE spatial_ref_sys (id integer)")
    with pytest.raises(DatabaseVersionError, match="not Outtray's"):
        runner.prepare(database)
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE customers")
    runner.prepare(database)  # what is left is no hindrance
    assert runner.version(database) == runner.HEAD
    database.close()
    postgres.drop(name)


def _prepare_at_once(url: str) -> list[DatabaseError]:
    failures: list[DatabaseError] = []
    barrier = threading.Barrier(4)

    def start() -> None:
        database = Database(url)
        barrier.wait()
        try:
            runner.prepare(database)
        except DatabaseError as error:
            failures.append(error)
        database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_several_programs_started_at_once_on_a_new_file_all_come_up(tmp_path: Path) -> None:
    assert _prepare_at_once(f"sqlite:///{tmp_path / 'outtray.db'}") == []


def test_several_programs_started_at_once_on_a_new_postgresql_all_come_up(
    postgres: PostgresServer,
) -> None:
    name = postgres.create("template1")
    assert _prepare_at_once(postgres.url(name)) == []
    postgres.drop(name)


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "outtray.db"
    database = Database(f"sqlite:///{path}")
    runner.prepare(database)
    put(database, entry())
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    database.close()
    assert modes["outtray.db"] == 0o600
    assert set(modes.values()) == {0o600}  # the log beside it holds the same rows
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_writers_do_not_stop_readers_and_foreign_keys_are_kept(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
        safe = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        assert documents.count_documents(sqlite_database.reader, DocumentFilter()) == 0
    assert (mode, keys, safe) == ("wal", 1, 2)


def test_the_reader_cannot_write(sqlite_database: Database) -> None:
    with pytest.raises(DatabaseError, match="readonly"):
        sqlite_database.reader.rows("DELETE FROM customers", {})


def test_an_error_in_the_middle_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO customers (name, name_key) VALUES ('a', 'a')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert database.reader.rows("SELECT count(*) FROM customers", {})[0][0] == 0


def test_a_second_writer_is_told_that_the_database_is_busy(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.engine.BUSY_SECONDS", 0.05)
    other = Database(sqlite_database.url)
    with (
        sqlite_database.transaction(),
        pytest.raises(DatabaseBusyError) as error,
        other.transaction(),
    ):
        pass
    other.close()
    assert error.value.can_retry


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql:/u:secret@h/db"])
def test_a_url_that_cannot_serve_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(DatabaseError) as error:
        Database(url)
    assert "secret" not in str(error.value)


def test_an_unknown_kind_of_database_is_refused_in_words() -> None:
    with pytest.raises(DatabaseError, match="cannot be used"):
        Database("oracel://u@h/db").engine.connect()


def test_what_an_older_version_left_waiting_is_held_until_somebody_has_looked(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    earlier.make(database, "0001")
    with database.transaction() as connection:
        for statement in (
            "INSERT INTO customers (id, name, name_key) VALUES (1, 'Ann', 'ann')",
            (
                "INSERT INTO documents (id, customer_id, kind, number, number_key, status,"
                " currency) VALUES (1, 1, 'invoice', 'INV-1', 'inv-1', 'OPEN', 'EUR')"
            ),
            "INSERT INTO emails (id, document_id, kind) VALUES (1, 1, 'original')",
            (
                "INSERT INTO deliveries (id, email_id, document_id, role, address, address_key,"
                " tag, local_status, status) VALUES (1, 1, 1, 'to', 'a@x', 'a@x', 't', 10, 10)"
            ),
        ):
            connection.exec_driver_sql(statement)
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    (hold,) = outbox_decisions.holds(database.reader)
    assert (hold.name, hold.by, hold.until) == ("pause", "Outtray", None)
    assert "1 from before the update" in hold.words
    database.close()
