"""A digest in every row of what was decided when it was written, so that damage is noticed.

What follows from other rows is recomputed by ``outtray db check``; nothing else tells an address,
a status of ours or the words of a report. The digest goes in with the row, and a change writes it
anew only where it fitted before: changing one value does not hide that another was damaged.

It is against accidents, not against somebody who knows how it is made.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Table,
    Update,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy import func as functions

from core.db.bulk import for_update, rows_among, type_of_row, update_rows
from core.db.rows import chunks
from core.db.schema.columns import metadata
from core.db.schema.coverage import SEALED

_AT_ONCE: Final = 500
_STREAMED: Final = 5_000
_MESSAGES_AT_ONCE: Final = 20
"""Messages may be megabytes each."""


def of(values: Sequence[object]) -> int:
    """Return the digest of values: 64 bits, as the databases keep whole numbers."""
    try:
        encoded = orjson.dumps(values)
    except TypeError:  # no column takes it either, and the database says so in its words
        encoded = repr(values).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(encoded, digest_size=8).digest(), "little", signed=True)


def of_payload(received_at: int, raw: str, events: int) -> int:
    """Return the digest of a body; ``events`` is how many rows it brought."""
    return of([received_at, events, raw])


def of_contents(
    mime: bytes | None, files: Iterable[tuple[int, str, str, int, str]], deliveries: int
) -> int:
    """Return the digest of what belongs to an email and stands in other tables.

    ``files`` are position, name, content type, size and SHA-256, in order.
    """
    kept = None if mime is None else blake2b(mime, digest_size=16).hexdigest()
    return of([kept, [list(file) for file in files], deliveries])


def digest_column(table: str) -> Column[int]:
    """Return the column; whatever SQLAlchemy inserts fills it by itself."""

    def of_insert(context: Any) -> int:
        given, absent = context.get_current_parameters(), _absent(table)
        return of([given.get(name, absent[name]) for name in SEALED[table]])

    default = text("0")  # of rows that were written without one; ``fill`` is for them
    return Column("digest", BigInteger, nullable=False, server_default=default, default=of_insert)


@cache
def _absent(table: str) -> dict[str, object]:
    """What a column holds that an INSERT does not name."""
    columns = metadata.tables[table].c
    return {
        name: None if columns[name].nullable else 0 if columns[name].type.python_type is int else ""
        for name in SEALED[table]
    }


# --------------------------------------------------------------------------- changes


def change(connection: Connection, statement: Update, ids: Collection[int] | None = None) -> int:
    """Run an UPDATE of a table with digests; return how many rows it changed.

    The table has a column ``id``. Where the caller knows the ``ids``, naming them costs less.
    """
    table: Any = statement.table
    if ids is None:
        which = select(table.c.id)
        if statement.whereclause is not None:
            which = which.where(statement.whereclause)
        ids = connection.scalars(which.with_for_update()).all()
    sql = f"SELECT id, digest, {', '.join(SEALED[table.name])} FROM {table.name} WHERE id {{among}}"
    before = rows_among(connection, sql + for_update(connection), ids)
    changed = connection.execute(statement).rowcount
    if not changed:
        return 0
    sound = {row[0] for row in before if row[1] == of(row[2:])}
    after = rows_among(connection, sql, ids)
    fresh = [(of(row[2:]), row[0]) for row in after if row[0] in sound]
    update_rows(connection, table, ("digest",), fresh)
    return changed


def seal(connection: Connection, table: Table, keys: Collection[Any], column: str = "id") -> None:
    """Write the digests of rows as they are now, by ``id`` or another key."""
    names = ", ".join(SEALED[table.name])
    sql = f"SELECT {column}, {names} FROM {table.name} WHERE {column} {{among}}"
    rows = [(of(row[1:]), row[0]) for row in rows_among(connection, sql, keys)]
    if not rows:
        return
    if column == "id":
        update_rows(connection, table, ("digest",), rows)
        return
    statement = update(table).where(table.c[column] == bindparam("key"))
    connection.execute(
        statement.values(digest=bindparam("fresh")),
        [{"key": key, "fresh": digest} for digest, key in rows],
    )


# --------------------------------------------------------------------------- all of them


def fill(
    connection: Connection,
    progress: Callable[[int, int], object] | None = None,
    tables: Iterable[str] = SEALED,
) -> None:
    """Write the digests of all rows as they are: for a database that was written without them.

    ``progress`` is told (done, all) rows.
    """
    chosen = [metadata.tables[name] for name in sorted(tables)]
    counts = {
        table.name: connection.scalar(select(functions.count()).select_from(table)) or 0
        for table in chosen
    }
    done, everything = 0, sum(counts.values())
    for table in chosen:
        brought = events_of(connection) if table.name == "payloads" else _nothing
        for rows in pages(connection, table):
            _fill(connection, table, rows, brought)
            done += len(rows)
            if progress is not None:
                progress(done, everything)


def _fill(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    brought: Callable[[int], int],
) -> None:
    written = ["digest"]
    if table.name == "emails":
        written.append("contents")
        found = contents(connection, [row["id"] for row in rows])
        rows = [{**row, "contents": found[row["id"]]} for row in rows]
    keys = key_of(table)
    values = [
        {
            **{f"key_{name}": row[name] for name in keys},
            "new_digest": expected(table.name, row, brought),
            "new_contents": row.get("contents", 0),
        }
        for row in rows
    ]
    connection.execute(
        update(table)
        .where(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
        .values({name: bindparam(f"new_{name}") for name in written}),
        values,
    )


def _nothing(_: int) -> int:
    return 0


def expected(table: str, row: Mapping[str, Any], brought: Callable[[int], int]) -> int:
    """Return what the digest of a row must be; ``brought``: see ``events_of``."""
    if table == "payloads":
        return of_payload(row["received_at"], row["raw"], brought(row["id"]))
    return of([row[name] for name in SEALED[table]])


def key_of(table: Table) -> list[str]:
    """Return the columns of the primary key."""
    return [column.name for column in table.primary_key.columns]


def pages(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield all rows in the order of their key, some at a time."""
    last: tuple[Any, ...] | None = None
    while rows := page(connection, table, last):
        yield rows
        last = tuple(rows[-1][key] for key in key_of(table))


def page(
    connection: Connection, table: Table, last: tuple[Any, ...] | None
) -> list[dict[str, Any]]:
    """Return the rows whose keys come after ``last``, some hundred at most.

    Messages and files stay where they are: they may be megabytes each.
    """
    keys = key_of(table)
    names = ", ".join(column.name for column in table.c if column.name != "mime")
    listed = ", ".join(keys)
    after, values = "", {}
    if last is not None:
        values = {f"k{n}": _bytes_of(value) for n, value in enumerate(last)}
        given = ", ".join(
            f"CAST(:{name} AS text)" if isinstance(value, bytes) else f":{name}"
            for name, value in values.items()
        )
        after = f" WHERE ({listed}) > ({given})"
    sql = f"SELECT {names} FROM {table.name}{after} ORDER BY {listed} LIMIT {_AT_ONCE}"
    return [dict(row) for row in connection.execute(text(sql), values).mappings()]


def _bytes_of(value: object) -> object:
    """A damaged key on SQLite: no text, and yet where the next rows begin."""
    if isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value):
        return value.encode("utf-8", "surrogateescape")
    return value


def contents(connection: Connection, email_ids: Sequence[int]) -> dict[int, int]:
    """Return what ``emails.contents`` must be, as the other tables are."""
    mimes: dict[int, str | None] = {}
    for some in chunks(email_ids, _MESSAGES_AT_ONCE):
        for email_id, mime in rows_among(connection, _MIMES, some):
            mimes[email_id] = blake2b(bytes(mime), digest_size=16).hexdigest()
    files: dict[int, list[list[object]]] = defaultdict(list)
    for row in rows_among(connection, _FILES, email_ids):
        files[row[0]].append(list(row[1:]))
    counts: dict[int, int] = dict(_pairs(rows_among(connection, _RECIPIENTS, email_ids)))
    return {key: of([mimes.get(key), files[key], counts.get(key, 0)]) for key in email_ids}


def events_of(connection: Connection) -> Callable[[int], int]:
    """Return what tells how many events came of a body; it takes four bytes a body."""
    last = connection.scalar(text("SELECT max(id) FROM payloads")) or 0
    counts = array("I", bytes(4 * (last + 1)))
    found = connection.execute(text(_EVENTS_OF).execution_options(yield_per=_STREAMED))
    for payload_id, count in found:
        if isinstance(payload_id, int) and 0 <= payload_id <= last:
            counts[payload_id] = count
    return lambda payload_id: counts[payload_id] if 0 <= payload_id <= last else 0


def _pairs(rows: Iterable[type_of_row]) -> Iterator[tuple[int, int]]:
    return ((row[0], row[1]) for row in rows)


_MIMES: Final = "SELECT email_id, mime FROM messages WHERE email_id {among}"
_FILES: Final = (
    "SELECT email_id, position, name, content_type, size, sha256 FROM attachments"
    " WHERE email_id {among} ORDER BY email_id, position"
)
_RECIPIENTS: Final = (
    "SELECT email_id, count(*) FROM deliveries WHERE email_id {among} GROUP BY email_id"
)
_EVENTS_OF: Final = "SELECT payload_id, count(*) FROM events GROUP BY payload_id"
