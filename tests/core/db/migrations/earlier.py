"""Databases as earlier versions of ``main`` made them.

``old/`` has the statements that each revision before the baseline ran, as it ran them. ``STATES``
says which of them a database had seen, and under which number: the revisions came from branches,
so that one number stood for several sets of tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from core.db.engine import Database
from core.db.schema import metadata
from core.db.schema.coverage import SEALED

_OLD: Final = Path(__file__).parent / "old"
_SOFT_BEFORE: Final = 60


class State(NamedTuple):
    """What a database had seen, and what was not in the first revision yet."""

    version: str
    seen: tuple[str, ...]
    lacks: tuple[str, ...] = ()


_ALL: Final = tuple(f"{number:04}" for number in range(1, 17))
_BEFORE_HOSTILE_TESTS: Final = (
    "DROP TABLE external_mails",
    *(
        f"DROP INDEX {name}"
        for name in ("ix_documents_mention_key", "ix_deliveries_domain", "ix_deliveries_sent_at")
    ),
    *(
        f"ALTER TABLE {table} DROP COLUMN {name}"
        for table, name in (
            *(("documents", "mention_key"), ("documents", "by_program")),
            *(("emails", "linked_by"), ("emails", "linked_at")),
            *(("deliveries", "domain"), ("events", "isp")),
        )
    ),
)
_FIRST: Final = (*_BEFORE_HOSTILE_TESTS, "ALTER TABLE customers DROP COLUMN unconfirmed")


def _without(version: str, *missing: str) -> State:
    return State(version, tuple(each for each in _ALL if each <= version and each not in missing))


STATES: Final = {
    **{version: _without(version) for version in _ALL},
    # What stood on main between two merges.
    "0001 of 4d5f845": State("0001", ("0001",), _FIRST),
    "0001 of e826333": State("0001", ("0001",), _BEFORE_HOSTILE_TESTS),
    "0004 of dfd4ab7": _without("0004", "0003"),
    "0007 of b7a2b36": _without("0007", "0003", "0005", "0006"),
    "0007 of 31c532f": _without("0007", "0003", "0005"),
    "0007 of bfbba8f": _without("0007", "0005"),
    "0014 of ec805e4": _without("0014", "0013"),
    "0016 of 2170c11": _without("0016", "0015"),
}


def make(database: Database, name: str) -> None:
    """Make an empty database as it was."""
    state = STATES[name]
    with database.transaction() as connection:
        for statement in _statements(connection.dialect.name, state):
            connection.exec_driver_sql(statement)


def age(database: Database, name: str) -> None:
    """Turn a database of this program into one of before, with the same rows in it.

    What a column or a table of today holds that was not there then is lost, as it was not there.
    """
    with database.transaction(commit=False) as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in metadata.sorted_tables
        }
    drop_everything(database)
    make(database, name)
    with database.transaction() as connection:
        for table in metadata.sorted_tables:
            columns = _columns(connection, table.name)
            if not columns or table.name == "send_brake":
                continue  # the revision wrote the row of the brake itself
            if table.name == "document_counts":
                connection.exec_driver_sql("DELETE FROM document_counts")
            _insert(connection, table.name, columns, rows[table.name])


def drop_everything(database: Database) -> None:
    with database.transaction() as connection:
        for name in ("document_words", "customer_words", "alembic_version"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        for table in reversed(metadata.sorted_tables):
            connection.exec_driver_sql(f"DROP TABLE {table.name}")


def columns_of(database: Database) -> dict[str, list[str]]:
    """Return the columns that each table of today has in this database; empty: it has no such."""
    with database.transaction(commit=False) as connection:
        return {table.name: _columns(connection, table.name) for table in metadata.sorted_tables}


def _statements(dialect: str, state: State) -> Iterator[str]:
    parts = (_OLD / f"{dialect}.sql").read_text().split("-- ")[1:]
    of = {part[:4]: part[5:].removesuffix(";\n").split(";\n") for part in parts}
    for revision in state.seen:
        yield from of[revision]
    yield from state.lacks
    yield (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    yield f"INSERT INTO alembic_version VALUES ('{state.version}')"  # noqa: S608


def _columns(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
        return [row[1] for row in found]
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = :table"
    return list(connection.scalars(text(sql), {"table": table}))


def _insert(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    names = [name for name in columns if rows and name in rows[0]]
    is_before_forwards = table == "deliveries" and "is_forward" not in columns
    # A row of a program that knew fewer columns had the digest of these alone.
    lost = set(SEALED.get(table, ())) - set(columns)
    for row in rows:
        values = {name: row[name] for name in names}
        if is_before_forwards and values["status"] == 85:
            values["status"] = _SOFT_BEFORE
        if lost and "digest" in values:
            values["digest"] = 1
        given = ", ".join(f":{name}" for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        sql = f"INSERT INTO {table} ({quoted}) VALUES ({given})"  # noqa: S608
        connection.execute(text(sql), values)
    if rows and "id" in columns and connection.dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        sql = f"SELECT setval({sequence}, max(id)) FROM {table}"  # noqa: S608
        connection.exec_driver_sql(sql)
