"""Makes the tables, columns and indexes of ``core.db.schema`` that a database lacks.

It looks at what is there and not at a version, so that it does the same for a new database as for
one of any earlier time, and nothing where nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateIndex, CreateTable

from core.db.bulk import is_sqlite
from core.db.lists.filter_sql import NUMBER_TAIL
from core.db.schema import metadata
from core.model.errors import DatabaseVersionError

#: Columns that earlier databases have and nothing reads any more.
_GONE: Final = (("events", "reports_nobody"),)
#: In the order of the letters themselves, which is not that of any language.
_PLAIN: Final = ' COLLATE "C"'
_SORTED: Final = {
    "sort_documents_number": "documents (number_key{plain}, customer_id, id)",
    "sort_documents_recipient": "documents (last_recipient{plain}, id)",
    "sort_documents_tail": f"documents ({NUMBER_TAIL}, customer_id)",
    "sort_customers_name": "customers (name_key{plain}, id)",
}
#: Customers by name, and who of them needs attention without a look at the rows.
_SORTED_ON_SQLITE: Final = {
    "sort_customers_all": "customers (name_key, id, attention, call_from)",
    "sort_customers_urgent": (
        "customers (name_key, id, attention, call_from) WHERE attention > 0 OR call_from > 0"
    ),
}
#: The texts that SQLite has an index of trigrams for: table of words → table, key, columns.
_WORDS: Final = {
    "document_words": ("documents", ("number_key", "last_recipient")),
    "customer_words": ("customers", ("search",)),
}


def complete(connection: Connection) -> frozenset[str]:
    """Make what is missing; return the ``table`` and ``table.column`` that were made.

    Raises:
        DatabaseVersionError: a table has one of our names and is somebody else's.
    """
    made: set[str] = set()
    there = inspect(connection)
    tables = set(there.get_table_names())
    for table in metadata.sorted_tables:
        if table.name not in tables:
            connection.execute(CreateTable(table))
            made.add(table.name)
            continue
        columns = {str(column["name"]) for column in there.get_columns(table.name)}
        _refuse_foreign(table, columns)
        made.update(_add_columns(connection, table, columns))
        for gone in columns & {column for name, column in _GONE if name == table.name}:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP COLUMN {gone}")
    _make_indexes(connection)
    if is_sqlite(connection) and "document_words" not in tables and _can_index_words(connection):
        for statement in _words():
            connection.exec_driver_sql(statement)
    return frozenset(made)


def _refuse_foreign(table: Table, there: set[str]) -> None:
    """Whatever may not be empty and has no default was in the table from its beginning."""
    first = {each.name for each in table.c if not each.nullable and each.server_default is None}
    if not first <= there:
        raise DatabaseVersionError(
            f"The database holds a table {table.name} that is not Outtray's.",
            "Name another database in OUTTRAY_DATABASE_URL. Nothing was changed.",
        )


def _add_columns(connection: Connection, table: Table, there: set[str]) -> Iterator[str]:
    compiler: Any = connection.dialect.ddl_compiler(connection.dialect, CreateTable(table))
    for column in table.c:
        if column.name not in there:
            described = compiler.get_column_specification(column)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {described}")
            yield f"{table.name}.{column.name}"


# --------------------------------------------------------------------------- indexes


def _make_indexes(connection: Connection) -> None:
    """Make those that are missing or said otherwise.

    SQLite keeps the statement that made an index. PostgreSQL keeps its own words for it, which
    cannot be compared with ours: there all are made anew.
    """
    stored: dict[str, str] = {}
    if is_sqlite(connection):
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql <> ''")
        stored = {name: sql for name, sql in found}  # noqa: C416 - rows are no pairs to mypy
    for name, statement in _indexes(connection):
        if stored.get(name) != statement:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
            connection.exec_driver_sql(statement)


def _indexes(connection: Connection) -> Iterator[tuple[str, str]]:
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield str(index.name), str(CreateIndex(index).compile(dialect=connection.dialect))
    more = {**_SORTED, **_SORTED_ON_SQLITE} if is_sqlite(connection) else _SORTED
    plain = "" if is_sqlite(connection) else _PLAIN
    for name, what in more.items():
        yield name, f"CREATE INDEX {name} ON {what.replace('{plain}', plain)}"


def _can_index_words(connection: Connection) -> bool:
    """Some builds of SQLite lack FTS5 or its trigrams; then words are looked for row by row."""
    with suppress(OperationalError):
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE words_probe USING fts5(word, tokenize='trigram')"
        )
        connection.exec_driver_sql("DROP TABLE words_probe")
        return True
    return False


def _words() -> Iterator[str]:
    """The indexes of trigrams, filled, and the triggers that keep them true."""
    for words, (table, columns) in _WORDS.items():
        names = ", ".join(columns)
        old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("old", "new"))
        changed = " OR ".join(f"old.{name} <> new.{name}" for name in columns)
        put = f"INSERT INTO {words} (rowid, {names}) VALUES (new.id, {new});"
        take = f"INSERT INTO {words} ({words}, rowid, {names}) VALUES ('delete', old.id, {old});"
        yield (
            f"CREATE VIRTUAL TABLE {words} USING fts5({names},"
            f" content='{table}', content_rowid='id', tokenize='trigram')"
        )
        yield f"INSERT INTO {words} ({words}) VALUES ('rebuild')"
        for name, when, what in (
            ("insert", f"INSERT ON {table}", put),
            ("delete", f"DELETE ON {table}", take),
            ("update", f"UPDATE OF {names} ON {table} WHEN {changed}", f"{take} {put}"),
        ):
            yield f"CREATE TRIGGER {words}_{name} AFTER {when} BEGIN {what} END"
