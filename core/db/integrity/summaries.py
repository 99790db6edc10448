"""Every row of every table, looked at for what a rule would act on: for ``outtray db check``.

Nothing here fails on a damaged row: what cannot be worked out is a finding, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table

from core.db.bulk import is_sqlite
from core.db.engine import Database
from core.db.rows import to_instant
from core.db.schema import digests, metadata
from core.db.schema.coverage import FLAGS, SEALED, VALUES
from core.model.integrity import Difference

type_of_row_dicts = Sequence[dict[str, Any]]
type_of_work = Callable[[Connection, type_of_row_dicts], Mapping[int, Mapping[str, Any]]]
"""Returns, by position among the rows, what columns must be."""

OF_ROWS: Final = "digest"
_DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Recompute:
    """How columns are worked out, and what is said where one differs."""

    work: type_of_work
    words: str = ""
    columns: tuple[str, ...] = ()
    is_mendable: bool = True


def by_id(
    rows: type_of_row_dicts, found: Mapping[int, Mapping[str, Any]]
) -> dict[int, Mapping[str, Any]]:
    """Return by position what was worked out by id; a row of which nothing could be is missing."""
    return {n: found[row["id"]] for n, row in enumerate(rows) if row["id"] in found}


@contextmanager
def looking(database: Database) -> Iterator[Connection]:
    """A transaction in which bytes that are no text are read too, and found later."""
    with database.transaction(commit=False) as connection:
        if not is_sqlite(connection):
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        before, driver.text_factory = driver.text_factory, _read
        try:
            yield connection
        finally:
            driver.text_factory = before


def _read(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def name_of(table: Table, row: Mapping[str, Any]) -> int | str:
    """Return the id of a row, or its key in one line."""
    keys = digests.key_of(table)
    if len(keys) == 1 and isinstance(row[keys[0]], int):
        return int(row[keys[0]])
    return " ".join(str(row[key]) for key in keys)


# --------------------------------------------------------------------------- values and digests


def values(table: Table, row: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield the values of a row that its columns cannot hold."""
    for column in table.c:
        if column.name not in row:
            continue  # messages are read where they are compared
        found = row[column.name]
        if (wrong := _wrong(table.name, column, found)) is not None:
            yield Difference(
                table.name, name_of(table, row), column.name, shown(found), None, wrong
            )


def _wrong(table: str, column: Any, found: Any) -> str | None:
    if found is None:
        return None if column.nullable else "It is empty."
    if isinstance(column.type, LargeBinary):
        return None if isinstance(found, bytes | memoryview) else "It holds no bytes."
    if column.type.python_type is int:
        if not isinstance(found, int):
            return "It is not a whole number."
        if (table, column.name) in FLAGS and found not in (0, 1):
            return "It must be 0 or 1."
    elif not isinstance(found, str):
        return "It is not text."
    elif any("\ud800" <= character <= "\udfff" for character in found):
        return "Its bytes cannot be read as text."
    allowed = VALUES.get((table, column.name))
    if allowed is not None and found not in {each.value for each in allowed}:
        return f"It is none of the values that Outtray knows: {found!r}."
    return None


def sealed(
    table: Table, row: Mapping[str, Any], brought: Callable[[int], int]
) -> Difference | None:
    """Return what is wrong with a row whose digest does not fit."""
    try:
        wanted = digests.expected(table.name, row, brought)
    except (TypeError, ValueError, UnicodeError):
        return None  # it cannot be worked out: ``values`` has said why
    if row["digest"] == wanted:
        return None
    found = name_of(table, row)
    for column, kinds in VALUES.items():
        if column[0] == table.name and column[1] in SEALED[table.name]:
            for value in (each.value for each in kinds):
                if (
                    digests.expected(table.name, {**row, column[1]: value}, brought)
                    == row["digest"]
                ):
                    words = "The fingerprint of the row fits another value."
                    return Difference(
                        table.name, found, column[1], row[column[1]], value, words, (), True
                    )
    columns = (*SEALED[table.name], "digest")
    more = " or the number of its events" if table.name == "payloads" else ""
    words = f"One of {', '.join(columns)}{more} was changed; which one is not known."
    return Difference(table.name, found, OF_ROWS, row["digest"], wanted, words, columns)


def leases(table: Table, row: Mapping[str, Any], now: int) -> Iterator[Difference]:
    """Yield what cannot be true of who has a delivery in hand, and of when it is tried again."""
    now = max(now, row["claimed_at"])  # whoever wrote it may have had another clock
    contradicts = bool(row["tries"]) != bool(row["refused_since"])
    nonsense = {
        "lease_by": (
            bool(row["lease_by"]) and not row["lease_until"],
            "Somebody has it, but no time says for how long.",
        ),
        "lease_until": (
            not 0 <= row["lease_until"] <= now + _DAY,
            "Nobody takes one for longer than a day.",
        ),
        "not_before": (
            not 0 <= row["not_before"] <= now + 10 * _DAY,
            "Nothing waits for longer than ten days.",
        ),
        **dict.fromkeys(
            ("tries", "refused_since"), (contradicts, "Tries and first refusal contradict.")
        ),
    }
    for column, (is_wrong, words) in nonsense.items():
        if is_wrong:
            found = name_of(table, row)
            yield Difference(table.name, found, column, shown(row[column]), None, words)


def shown(value: Any) -> Any:
    """A value that can be printed, whatever it is."""
    if isinstance(value, bytes | memoryview):
        return f"{len(bytes(value))} bytes"
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


# --------------------------------------------------------------------------- whole tables


def rows_of(
    database: Database, table: Table, recompute: Sequence[Recompute]
) -> Iterator[tuple[int, list[Difference]]]:
    """Yield (rows, what is wrong with them) for all rows of a table, some at a time."""
    with looking(database) as connection:
        brought = digests.events_of(connection) if table.name == "payloads" else _nothing
        last = _last(connection) if table.name == "payloads" else None
    after: tuple[Any, ...] | None = None
    while True:
        with looking(database) as connection:
            rows = digests.page(connection, table, after)
            if not rows:
                return
            after = tuple(rows[-1][key] for key in digests.key_of(table))
            if last is not None:  # what has come meanwhile was not counted
                rows = [row for row in rows if not isinstance(row["id"], int) or row["id"] <= last]
            found = [each for row in rows for each in _of_row(table, row, brought)]
            for each in recompute:
                found += compared(connection, table, rows, each)
        yield len(rows), found


def _of_row(
    table: Table, row: Mapping[str, Any], brought: Callable[[int], int]
) -> Iterator[Difference]:
    wrong_values = list(values(table, row))
    yield from wrong_values
    if table.name == "deliveries" and not wrong_values:
        yield from leases(table, row, to_instant(datetime.now(UTC)))
    if table.name in SEALED and (wrong := sealed(table, row, brought)) is not None:
        yield wrong


def _nothing(_: int) -> int:
    return 0


def _last(connection: Connection) -> int:
    found = connection.exec_driver_sql("SELECT max(id) FROM payloads").scalar()
    return found if isinstance(found, int) else 0


def compared(
    connection: Connection, table: Table, rows: type_of_row_dicts, recompute: Recompute
) -> Iterator[Difference]:
    """Yield what is stored otherwise than it is worked out; one bad row does not hide the rest."""
    if not rows:
        return
    try:
        computed = recompute.work(connection, rows)
    except Exception as error:  # noqa: BLE001 - any nonsense may stand in a damaged row
        if len(rows) > 1:
            half = len(rows) // 2
            yield from compared(connection, table, rows[:half], recompute)
            yield from compared(connection, table, rows[half:], recompute)
            return
        words = f"What follows from it cannot be worked out: {type(error).__name__}: {error}."
        columns = recompute.columns or tuple(column.name for column in table.c)
        yield Difference(
            *(table.name, name_of(table, rows[0]), "*", None, None, str(shown(words)), columns)
        )
        return
    for position, row in enumerate(rows):
        for column, value in computed.get(position, {}).items():
            if row[column] != value:
                yield Difference(
                    *(table.name, name_of(table, row), column, shown(row[column]), shown(value)),
                    *(recompute.words, recompute.columns, recompute.is_mendable),
                    tuple(row[name] for name in digests.key_of(table)),
                )


# --------------------------------------------------------------------------- what points where


def orphans(database: Database) -> Iterator[Difference]:
    """Yield every row that points at one that is not there."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            parent, column = key.column.table, key.parent
            keys = [f"c.{name}" for name in digests.key_of(table)]
            sql = (
                f"SELECT {', '.join(keys)}, c.{column.name} FROM {table.name} c"
                f" LEFT JOIN {parent.name} p ON p.{key.column.name} = c.{column.name}"
                f" WHERE c.{column.name} IS NOT NULL AND p.{key.column.name} IS NULL"
            )
            with looking(database) as connection:
                rows = connection.exec_driver_sql(sql).all()
            for row in rows:
                name = row[0] if len(keys) == 1 else " ".join(map(str, row[:-1]))
                words = f"There is no such row in {parent.name}."
                yield Difference(table.name, name, column.name, shown(row[-1]), None, words)
