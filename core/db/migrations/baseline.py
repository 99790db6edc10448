"""Makes a new database, and brings along every one that a version before the baseline made.

The numbers 0001 to 0016 do not tell what is in a database: they were given on branches, and the
tables of one number were not the same at all times. So each is completed by what it lacks
(``complete``), and what follows from its rows is worked out anew where it lacked something.

The tables are those of this program. A later migration that moves rows into other tables or
columns has to do it here as well, for the databases that never stood at the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateIndex, CreateTable

from core.db.bulk import is_sqlite, update_rows
from core.db.lists import counters, name_prefixes
from core.db.lists.filter_sql import NUMBER_TAIL
from core.db.rows import chunks
from core.db.schema import digests, metadata, send_brake
from core.db.schema.coverage import SEALED
from core.db.writes import outbox_decisions
from core.db.writes.feed import Progress, Reread, rebuild
from core.db.writes.summaries import summarise_customers
from core.model.enums import domain_of
from core.model.errors import DatabaseVersionError
from core.model.outbox import OutboxHold
from core.rules.delivery.external_email import mention_key
from core.rules.search.text import storable
from core.rules.sending.brake import Phase

#: Derived columns that nothing below works out, should they have been missing.
_DERIVED: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "deliveries.domain": lambda row: storable(domain_of(row["address"])),
    "documents.mention_key": lambda row: mention_key(row["number"]),
}
#: How the statuses of a database differ whose reports another rule had read.
_OTHER_RULES: Final = "deliveries.is_forward"
_SOFT_BEFORE, _SOFT = 60, 85
_LINKED: Final = "UPDATE external_mails SET is_pointed = 0 WHERE email_id IS NOT NULL"


def make(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Complete the tables, then what stands in them; nothing is done twice."""
    made = complete(connection)
    if "send_brake" in made:
        connection.execute(insert(send_brake).values(id=1, phase=Phase.CLEAR.value))
    if "customers" in made:
        return
    if "outbox_holds" in made:
        _hold_what_waits(connection)
    if "external_mails.dismissed_at" in made:  # pointed at a document, and linked to it since
        connection.execute(text(_LINKED))
    for name in made & _DERIVED.keys():
        _work_out(connection, name)
    if _OTHER_RULES in made:
        _read_again(connection, reread, progress)
        digests.fill(connection)
        return
    _seal_brake(connection)
    digests.fill(connection, tables=[name for name in SEALED if _needs_digests(name, made)])


def _hold_what_waits(connection: Connection) -> None:
    """What was left waiting then was never sent by itself: a person looks at it first."""
    waiting = connection.scalar(text("SELECT count(*) FROM deliveries WHERE local_status = 10"))
    if waiting:
        words = (
            f"{waiting} from before the update of Outtray wait. Look at them, cancel what shall"
            " not be sent any more, then resume."
        )
        hold = OutboxHold("pause", "Outtray", datetime.now(UTC), None, words)
        outbox_decisions.hold_back(connection, hold)


def _work_out(connection: Connection, name: str) -> None:
    table, _, column = name.partition(".")
    for rows in digests.pages(connection, metadata.tables[table]):
        values = [(_DERIVED[name](row), row["id"]) for row in rows]
        update_rows(connection, metadata.tables[table], (column,), values)


def _read_again(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Work out every status by the rules of this program, and all that hangs on them."""
    statuses = {"before": _SOFT_BEFORE, "now": _SOFT}
    connection.execute(text("UPDATE deliveries SET status = :now WHERE status = :before"), statuses)
    rebuild(connection, reread, progress)
    for some in chunks(sorted(connection.scalars(text("SELECT id FROM customers")))):
        summarise_customers(connection, some)
    counters.recount(connection)
    name_prefixes.fill_anew(connection)


def _seal_brake(connection: Connection) -> None:
    """For a while the digest of the brake's row left out its number."""
    columns = SEALED["send_brake"]
    row = connection.execute(text(f"SELECT digest, {', '.join(columns)} FROM send_brake")).one()
    if row[0] == digests.of(row[2:]):
        digests.seal(connection, send_brake, [1])


def _needs_digests(table: str, made: frozenset[str]) -> bool:
    """Whether the digests cannot be there yet; those that are stay, for they may tell of damage."""
    return any(f"{table}.{column}" in made for column in (*SEALED[table], "digest"))


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

    It looks at what is there and not at a version, so that it does the same for a new database as
    for one of any earlier time, and nothing where nothing is missing.
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
