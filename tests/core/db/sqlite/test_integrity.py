"""A file that is not sound is known for it, and one that is, is not blamed."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.sqlite import integrity
from core.model import cancellation
from core.model.errors import DatabaseError


@pytest.fixture
def path(company: Database) -> Path:
    assert company.path is not None
    return company.path


def _page_of(path: Path, name: str) -> tuple[int, int]:
    """Return the root page of a table or an index, and the size of a page."""
    with sqlite3.connect(path) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return root, size


def _overwrite(path: Path, page: int, size: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(content)


def _in_the_schema(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_a_sound_file_is_sound_and_the_progress_goes_from_nothing_to_all(path: Path) -> None:
    told: list[float] = []
    assert integrity.damage(path, told.append) == ()
    assert told == sorted(told)
    assert (told[-1], told[0] < 0.1) == (1.0, True)
    assert integrity.orphans(path) == ()


def _index_without_its_rows(path: Path, name: str, of: str) -> None:
    """An index that was made of fewer rows, in the place of the one that is meant."""
    with sqlite3.connect(path) as connection:
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        connection.execute(f"DROP INDEX {name}")
        both = " AND " if " WHERE " in sql else " WHERE "
        connection.execute(f"{sql}{both}{of} > 3")
    connection.close()
    _in_the_schema(path, "UPDATE sqlite_master SET sql = ? WHERE name = ?", sql, name)


@pytest.mark.parametrize(
    ("index", "table", "of"),
    [
        ("ix_deliveries_domain", "deliveries", "id"),
        ("ix_documents_open_bounce", "documents", "open_bounce"),  # of some rows only
        ("sort_documents_tail", "documents", "id"),  # of an expression
        ("ix_events_delivery_id", "events", "delivery_id"),  # of a table without row numbers
    ],
)
def test_a_row_that_is_missing_from_an_index_is_found_by_counting(
    path: Path, index: str, table: str, of: str
) -> None:
    _index_without_its_rows(path, index, of)
    found = integrity.damage(path)
    assert any(f"The index {index} has " in line and table in line for line in found), found


@pytest.mark.parametrize("name", ["deliveries", "ix_deliveries_domain", "events", "messages"])
def test_a_page_that_was_overwritten_is_found(path: Path, name: str) -> None:
    page, size = _page_of(path, name)
    _overwrite(path, page, size, b"\x5a" * size)
    assert integrity.damage(path)


def test_a_file_that_was_cut_short_is_found(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert integrity.damage(path)


def test_a_file_that_is_no_database_is_damaged_and_no_failure(path: Path) -> None:
    path.write_bytes(b"Dear customer, " * 1000)
    assert "not a database" in " ".join(integrity.damage(path))


def test_a_file_that_is_not_there_is_refused_in_words_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError):
        integrity.damage(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_points_at_nothing_is_named(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM emails WHERE id = 7")
    connection.close()
    found = {(each.table, each.column, each.parent) for each in integrity.orphans(path)}
    assert ("deliveries", "email_id", "emails") in found
    assert integrity.damage(path) == ()


def test_it_ends_when_nobody_waits_for_it_any_more(path: Path) -> None:
    stop = cancellation.Stop()
    told: list[float] = []

    def tell(part: float) -> None:
        told.append(part)
        another = threading.Thread(target=stop.set)
        another.start()
        another.join()

    with cancellation.under(stop), pytest.raises(cancellation.SupersededError):
        integrity.damage(path, tell)
    assert len(told) == 1


def test_others_write_while_it_is_looked_at(company: Database, path: Path) -> None:
    written: list[int] = []

    def write(_: float) -> None:
        written.append(len(written))
        with company.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO customers (name, name_key) VALUES ('N', 'n')")
            connection.exec_driver_sql("UPDATE documents SET open_bounce = 3 - open_bounce")

    assert integrity.damage(path, write) == ()
    assert len(written) > 10
