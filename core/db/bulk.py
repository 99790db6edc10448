"""Many rows in few statements, on SQLite and PostgreSQL alike, past SQLAlchemy's own layers.

Describing the columns of a result costs SQLAlchemy more than the databases need for the answer, so
the drivers are called themselves. The transaction is the same, and ``Database.transaction`` words
the errors of all of them. SQLite takes lists as JSON and rows by ``executemany``; PostgreSQL takes
both as arrays, and many new rows by COPY. The SQL is built from the tables once; every value is
bound.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    import psycopg

type_of_row = tuple[Any, ...]

_TO_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode
_WORTH_A_COPY: Final = 25
"""Fewer rows go in sooner as arrays: COPY is a conversation of its own."""


def rows_among(
    connection: Connection, sql: str, *values: Collection[int] | Collection[str]
) -> Sequence[type_of_row]:
    """Run a SELECT with one ``x {among}``, to compare x, for each collection of ``values``."""
    if not any(values):
        return []
    if is_sqlite(connection):
        given = [_TO_JSON(list(each)) for each in values]
        statement = sql.replace("{among}", "IN (SELECT value FROM json_each(?))")
        found: Sequence[type_of_row] = _sqlite(connection).execute(statement, given).fetchall()
        return found
    for each in values:
        kind = "bigint" if isinstance(next(iter(each), ""), int) else "text"
        sql = sql.replace("{among}", f"= ANY(%b::{kind}[])", 1)
    with _postgresql(connection).cursor(binary=True) as cursor:
        return cursor.execute(sql, [list(each) for each in values]).fetchall()


def change_among(connection: Connection, sql: str, values: Collection[str]) -> None:
    """Run an UPDATE with one ``x {among}``, to compare x."""
    if not values:
        return
    if is_sqlite(connection):
        given = _TO_JSON(list(values))
        statement = sql.replace("{among}", "IN (SELECT value FROM json_each(?))")
        _sqlite(connection).execute(statement, (given,))
    else:
        statement = sql.replace("{among}", "= ANY(%b::text[])")
        _postgresql(connection).execute(statement, (list(values),))


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
        _sqlite(connection).executemany(statement, rows)
    else:
        statement = (
            f"INSERT INTO {table.name} ({', '.join(columns)})"
            f" SELECT * FROM unnest({_arrays(table, columns)}) ON CONFLICT DO NOTHING"
        )
        _postgresql(connection).execute(statement, _transposed(rows))


def insert_new_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[type_of_row]
) -> None:
    """Insert rows of which the caller knows, under a lock, that nobody has or writes their keys."""
    if is_sqlite(connection) or len(rows) < _WORTH_A_COPY:
        insert_rows(connection, table, columns, rows)
        return
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with _postgresql(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(_kinds(table, columns))
        for row in rows:
            copy.write_row(row)


def update_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[type_of_row]
) -> None:
    """Write ``columns`` of existing rows; each row is its values and then its id."""
    if not rows:
        return
    if is_sqlite(connection):
        values = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE {table.name} SET {values} WHERE id = ?"
        _sqlite(connection).executemany(statement, rows)
    else:
        values = ", ".join(f"{name} = new.{name}" for name in columns)
        statement = (
            f"UPDATE {table.name} SET {values} FROM unnest({_arrays(table, (*columns, 'id'))})"
            f" AS new ({', '.join(columns)}, id) WHERE {table.name}.id = new.id"
        )
        _postgresql(connection).execute(statement, _transposed(rows))


def write_many(connection: Connection, sql: str, rows: Sequence[type_of_row]) -> None:
    """Run a statement with ``?`` for each of ``rows``; on SQLite."""
    _sqlite(connection).executemany(sql, rows)


def write_changes(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    stored: Mapping[int, type_of_row],
    computed: Mapping[int, type_of_row],
) -> set[int]:
    """Write the rows of ``computed``, by id, that are not ``stored`` so; return their ids."""
    changed = {key: row for key, row in computed.items() if stored[key] != row}
    if not is_sqlite(connection):
        update_rows(connection, table, columns, [(*row, key) for key, row in changed.items()])
        return set(changed)
    # SQLite writes every index of a column that is named, whether its value changes or not.
    alike: dict[tuple[int, ...], list[type_of_row]] = defaultdict(list)
    for key, row in changed.items():
        before = stored[key]
        places = tuple([n for n, value in enumerate(row) if value != before[n]])
        alike[places].append((*[row[n] for n in places], key))
    for places, rows in alike.items():
        update_rows(connection, table, tuple([columns[n] for n in places]), rows)
    return set(changed)


def for_update(connection: Connection) -> str:
    """Return the end of a SELECT that locks its rows; SQLite's transaction holds the whole file."""
    return "" if is_sqlite(connection) else " FOR UPDATE"


def new_ids(connection: Connection, table: Table, count: int) -> Iterable[int]:
    """Take ``count`` ids that no other program can take, in rising order.

    SQLite's transaction already keeps everybody else from writing.
    """
    if is_sqlite(connection):
        statement = f"SELECT coalesce(max(id), 0) FROM {table.name}"
        (last,) = _sqlite(connection).execute(statement).fetchone()
        return range(last + 1, last + 1 + count)
    with _postgresql(connection).cursor(binary=True) as cursor:
        taken = cursor.execute(
            f"SELECT array_agg(nextval(pg_get_serial_sequence('{table.name}', 'id')))"
            " FROM generate_series(1, %s)",
            (count,),
        ).fetchall()
    return sorted(taken[0][0])


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _sqlite(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _postgresql(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def _transposed(rows: Sequence[type_of_row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


@cache
def _kinds(table: Table, columns: tuple[str, ...]) -> list[str]:
    """The types of ``columns`` as PostgreSQL names them."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    compiled = (table.c[name].type.compile(dialect=dialect) for name in columns)
    return [kind.partition("(")[0].partition(" COLLATE ")[0].lower() for kind in compiled]


@cache
def _arrays(table: Table, columns: tuple[str, ...]) -> str:
    """One array a column, in binary: text is not escaped and unescaped."""
    return ", ".join(f"%b::{kind}[]" for kind in _kinds(table, columns))
