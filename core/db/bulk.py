"""Many rows in one statement, through the driver itself: the feed's way in and out.

SQLite has no round trip to save, so ``executemany`` is the fastest there; PostgreSQL takes whole
columns as arrays. The SQL is built from the tables once; every value is bound.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

type_of_row = tuple[Any, ...]


def rows_among(
    connection: Connection, sql: str, *values: Collection[int] | Collection[str]
) -> Sequence[type_of_row]:
    """Run a SELECT with one ``x {among}``, to compare x, for each collection of ``values``."""
    if not any(values):
        return []
    if is_sqlite(connection):
        given = [json.dumps(list(each), ensure_ascii=False) for each in values]
        statement = sql.replace("{among}", "IN (SELECT value FROM json_each(?))")
        found: Sequence[type_of_row] = _driver(connection).execute(statement, given).fetchall()
        return found
    rows = connection.exec_driver_sql(
        sql.replace("{among}", "= ANY(%s)"), tuple(list(each) for each in values)
    )
    return [tuple(row) for row in rows]


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[type_of_row]
) -> None:
    """Insert rows; those whose key is there already are passed over."""
    if not rows:
        return
    if is_sqlite(connection):
        statement = (
            f"INSERT INTO {table.name} ({', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(columns))}) ON CONFLICT DO NOTHING"
        )
        _driver(connection).executemany(statement, rows)
    else:
        statement = (
            f"INSERT INTO {table.name} ({', '.join(columns)})"
            f" SELECT * FROM unnest({_arrays(table, columns)}) ON CONFLICT DO NOTHING"
        )
        connection.exec_driver_sql(statement, _transposed(rows))


def update_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[type_of_row]
) -> None:
    """Write ``columns`` of existing rows; each row is its values and then its id."""
    if not rows:
        return
    if is_sqlite(connection):
        values = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE {table.name} SET {values} WHERE id = ?"
        _driver(connection).executemany(statement, rows)
    else:
        values = ", ".join(f"{name} = new.{name}" for name in columns)
        statement = (
            f"UPDATE {table.name} SET {values} FROM unnest({_arrays(table, (*columns, 'id'))})"
            f" AS new ({', '.join(columns)}, id) WHERE {table.name}.id = new.id"
        )
        connection.exec_driver_sql(statement, _transposed(rows))


def for_update(connection: Connection) -> str:
    """Return the end of a SELECT that locks its rows; SQLite's transaction holds the whole file."""
    return "" if is_sqlite(connection) else " FOR UPDATE"


def new_ids(connection: Connection, table: Table, count: int) -> Iterable[int]:
    """Take ``count`` ids that no other program can take, in rising order.

    SQLite's transaction already keeps everybody else from writing.
    """
    if is_sqlite(connection):
        statement = f"SELECT coalesce(max(id), 0) FROM {table.name}"
        (last,) = _driver(connection).execute(statement).fetchone()
        return range(last + 1, last + 1 + count)
    taken = connection.exec_driver_sql(
        f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, %s)",
        (count,),
    )
    return sorted(taken.scalars())


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _driver(connection: Connection) -> sqlite3.Connection:
    """Past SQLAlchemy: describing the columns of a result costs it more than SQLite's answer.

    The transaction is the same; ``Database.transaction`` words the errors of both.
    """
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _transposed(rows: Sequence[type_of_row]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


@cache
def _arrays(table: Table, columns: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    kinds = (table.c[name].type.compile(dialect=dialect) for name in columns)
    return ", ".join(f"%b::{kind}[]" for kind in kinds)  # binary: text is not escaped and unescaped
