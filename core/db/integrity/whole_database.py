"""What no single row tells: what is missing from a list, the words to search by, the structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core.db.bulk import is_sqlite
from core.db.engine import Database
from core.db.integrity.derived_columns import numbers
from core.db.integrity.summaries import looking, shown
from core.db.lists.name_prefixes import Part, words_of
from core.db.sqlite import integrity
from core.model.integrity import Difference
from core.rules.search.ranking import LONGEST, ONE_EDIT, grams

_AT_ONCE: Final = 500


def counts(database: Database) -> Iterator[Difference]:
    """Yield the numbers of documents that are not kept as they are."""
    with looking(database) as connection:
        try:
            for name, kept, there in numbers(connection):
                yield Difference("document_counts", 0, name, kept, there, "", _COUNTS, True)
            yield from _parts(connection)
        except (ValueError, TypeError, OverflowError) as error:  # an unknown status, or no number
            words = f"The documents cannot be counted: {error}."
            yield Difference("document_counts", 0, "*", None, None, str(shown(words)), _COUNTS)


def _parts(connection: Connection) -> Iterator[Difference]:
    """On SQLite all is added up in the rows of part 0; others would never be added to."""
    if not is_sqlite(connection):
        return
    rows = connection.execute(text("SELECT name, part FROM document_counts WHERE part <> 0"))
    for name, part in rows:
        yield Difference("document_counts", 0, str(name), part, 0, "", _COUNTS, True)


def lists(database: Database) -> Iterator[Difference]:
    """Yield the addresses that our own list has, or lacks, against what was last done to it."""
    with looking(database) as connection:
        rows = connection.execute(text(_LISTED)).all()
    for key, action, is_there in rows:
        if action == "added" and not is_there:
            words = "It was put on our suppression list and never taken off, but is not there."
            yield Difference("suppressions", str(shown(key)), "address_key", None, key, words)
        elif action == "removed" and is_there:
            words = "It was taken off our suppression list, but is there."
            yield Difference("suppressions", str(shown(key)), "address_key", key, None, words)


def words(database: Database) -> Iterator[Difference]:
    """Yield the customers that are not found by what they are called, and what else is wrong."""
    seen: set[str] = set()
    after = -1
    while True:
        with looking(database) as connection:
            rows = connection.execute(text(_CUSTOMERS), {"after": after, "limit": _AT_ONCE}).all()
            if not rows:
                return
            last = rows[-1][0]
            found: dict[int, set[tuple[int, str]]] = {row[0]: set() for row in rows}
            given = {"after": after, "last": last}
            for customer_id, part, word in connection.execute(text(_BEGINNINGS), given):
                found.setdefault(customer_id, set()).add((part, word))
            named: set[str] = set()
            for customer_id, name_key, search in rows:
                if not isinstance(name_key, str) or not isinstance(search, str):
                    continue
                wanted = {(int(part), word) for part, word in words_of(name_key, search)}
                named.update(word for part, word in wanted if part == Part.NAME)
                yield from _beginnings(customer_id, found[customer_id], wanted)
            yield from _missing_grams(connection, named - seen)
            seen |= named
        after = last


def _beginnings(
    customer_id: int, found: set[tuple[int, str]], wanted: set[tuple[int, str]]
) -> Iterator[Difference]:
    if found != wanted:
        stored = " ".join(sorted(str(shown(word)) for _, word in found - wanted))
        computed = " ".join(sorted(word for _, word in wanted - found))
        yield Difference(
            "customer_beginnings", customer_id, "word", stored, computed, "", _BEGINNING, True
        )


def _missing_grams(connection: Connection, named: set[str]) -> Iterator[Difference]:
    for word in sorted(named):
        if len(word) < ONE_EDIT - 1:
            continue
        wanted = grams(word[:LONGEST])
        names = {f"g{n}": gram for n, gram in enumerate(sorted(wanted))}
        sql = (
            "SELECT gram FROM word_grams WHERE word = :word"
            f" AND gram IN ({', '.join(f':{name}' for name in names)})"
        )
        found = set(connection.execute(text(sql), {"word": word, **names}).scalars())
        if missing := set(wanted) - found:
            gone = " ".join(sorted(missing))
            yield Difference("word_grams", word, "gram", None, gone, "", ("gram", "word"), True)


def stray_grams(database: Database) -> Iterator[Difference]:
    """Yield letters that are not in the word beside them; words of no name may stay."""
    with looking(database) as connection:
        rows = connection.execute(text("SELECT gram, word FROM word_grams")).all()
    for gram, word in rows:
        if not isinstance(word, str) or gram not in grams(word[:LONGEST]):
            found, columns = str(shown(word)), ("gram", "word")
            yield Difference("word_grams", found, "gram", shown(gram), None, "", columns, True)


# --------------------------------------------------------------------------- structure


@dataclass(frozen=True, slots=True)
class Structure:
    damage: tuple[str, ...]
    """Sentences; where all are about indexes, building them anew helps."""
    notes: tuple[str, ...] = ()
    """What could not be looked at, and why."""


def structure(database: Database, progress: Callable[[float], object] | None = None) -> Structure:
    """Look at what lies below the rows: pages and indexes."""
    if database.path is not None:
        return Structure((*integrity.damage(database.path, progress), *_searches(database)))
    return _postgresql(database)


def is_of_indexes(line: str) -> bool:
    """Whether building the indexes anew mends this."""
    return line.startswith(("The index ", "The search table ")) or (
        "missing from index " in line or "wrong # of entries in index " in line
    )


def _searches(database: Database) -> Iterator[str]:
    """SQLite's tables of words are indexes that it looks through only when it is asked."""
    for table in ("document_words", "customer_words"):
        with database.transaction(commit=False) as connection:
            sql = "SELECT count(*) FROM sqlite_master WHERE name = :name"
            if not connection.execute(text(sql), {"name": table}).scalar():
                continue
            try:
                connection.exec_driver_sql(
                    f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)"
                )
            except DBAPIError:
                yield f"The search table {table} does not fit the rows that it is about."


def _postgresql(database: Database) -> Structure:
    """Let PostgreSQL's own check run where it is there; what it needs is taken back again."""
    with database.transaction(commit=False) as connection:
        indexes = connection.exec_driver_sql(_INDEXES).all()
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
        except DBAPIError as error:
            return _counted(connection, indexes, _first_line(error))
        found: list[str] = []
        for name, table, oid, *_ in indexes:
            try:
                with connection.begin_nested():
                    connection.execute(text("SELECT bt_index_check(:oid, true)"), {"oid": oid})
            except DBAPIError as error:
                found.append(f"The index {name} of {table} is damaged: {_first_line(error)}.")
        return Structure(tuple(found))


def _counted(connection: Connection, indexes: Sequence[Any], reason: str) -> Structure:
    """Count each index against its table, where the planner can be made to read it."""
    found: list[str] = []
    left = 0
    for name, table, _, columns, condition in indexes:
        where = f" WHERE {condition}" if condition else ""
        ordered = f"SELECT 1 FROM {table}{where} ORDER BY {columns}"
        by_index = f"SELECT count(*) FROM ({ordered} OFFSET 0) AS those"  # keeps the order
        _plan(connection, by_index=True)
        plan = connection.exec_driver_sql(f"EXPLAIN {by_index}").scalars().all()
        if not any(f" using {name} on " in line for line in plan):
            left += 1
            continue
        entries = connection.exec_driver_sql(by_index).scalar()
        _plan(connection, by_index=False)
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}{where}").scalar()
        if entries != rows:
            found.append(f"The index {name} has {entries} entries for {rows} rows of {table}.")
    note = (
        f"PostgreSQL's amcheck cannot be used ({reason}): {len(indexes) - left} indexes were"
        f" counted against their tables, {left} were not checked."
    )
    return Structure(tuple(found), (note,))


def _plan(connection: Connection, *, by_index: bool) -> None:
    for name, is_on in (
        ("enable_seqscan", not by_index),
        ("enable_sort", not by_index),
        ("enable_indexscan", by_index),
        ("enable_indexonlyscan", by_index),
        ("enable_bitmapscan", False),
    ):
        connection.exec_driver_sql(f"SET LOCAL {name} = {'on' if is_on else 'off'}")


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


def rebuild(connection: Connection) -> None:
    """Build all indexes anew, those of words too."""
    if not is_sqlite(connection):
        for name, *_ in connection.exec_driver_sql(_INDEXES).all():
            connection.exec_driver_sql(f'REINDEX INDEX "{name}"')
        return
    connection.exec_driver_sql("REINDEX")
    sql = "SELECT name FROM sqlite_master WHERE name IN ('document_words', 'customer_words')"
    for (table,) in connection.exec_driver_sql(sql).all():
        connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")


type_of_check = Callable[[Database], Iterator[Difference]]
CHECKS: Final[tuple[type_of_check, ...]] = (counts, lists, words, stray_grams)

_COUNTS: Final = ("name", "part", "n")
_BEGINNING: Final = ("customer_id", "part", "word")
_CUSTOMERS: Final = (
    "SELECT id, name_key, search FROM customers WHERE id > :after ORDER BY id LIMIT :limit"
)
_BEGINNINGS: Final = (
    "SELECT customer_id, part, word FROM customer_beginnings"
    " WHERE customer_id > :after AND customer_id <= :last"
)
#: The newest entry of an address that was carried out, and whether the address is on the list.
_LISTED: Final = (
    "SELECT a.address_key, a.action, CASE WHEN s.address_key IS NULL THEN 0 ELSE 1 END"
    " FROM suppression_audit a LEFT JOIN suppressions s ON s.address_key = a.address_key"
    " WHERE a.id IN (SELECT max(id) FROM suppression_audit"
    " WHERE list = 'own' AND outcome = 'done' GROUP BY address_key) ORDER BY a.address_key"
)
_INDEXES: Final = (
    "SELECT i.relname, t.relname, i.oid,"
    " (SELECT string_agg(pg_get_indexdef(i.oid, n, true)"
    " || CASE WHEN x.indoption[n - 1] & 1 = 1 THEN ' DESC' ELSE ' ASC' END"
    " || CASE WHEN x.indoption[n - 1] & 2 = 2 THEN ' NULLS FIRST' ELSE ' NULLS LAST' END,"
    " ', ' ORDER BY n) FROM generate_series(1, x.indnkeyatts) AS n),"
    " pg_get_expr(x.indpred, x.indrelid)"
    " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_am m ON m.oid = i.relam"
    " WHERE m.amname = 'btree' AND i.relkind = 'i' AND x.indisvalid"
    " AND t.relnamespace = current_schema()::regnamespace ORDER BY i.relname"
)
