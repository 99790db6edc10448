"""What the ingest is measured against: less work, or the same work without any of our layers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bench.books import NOW
from core.aws.events.parser import parse_all
from core.db.engine import Database
from core.db.rows import to_instant
from core.db.writes.event_matching import row_key
from core.db.writes.events import EVENT_ROW, event_row
from core.model.delivery import DeliveryEvent
from core.model.enums import DisplayStatus
from core.rules.delivery.events import effect

_COLUMNS: Final = (*EVENT_ROW, "received_at", "payload_id")
_RECEIVED: Final = to_instant(NOW)
_WORDS: Final = {
    40: DisplayStatus.SENT,
    50: DisplayStatus.DEFERRED,
    85: DisplayStatus.SOFT_BOUNCED,
    70: DisplayStatus.DROPPED,
    80: DisplayStatus.DELIVERED,
    90: DisplayStatus.BOUNCED,
    100: DisplayStatus.COMPLAINED,
}


def parsed(bodies: Sequence[str]) -> list[tuple[str, DeliveryEvent]]:
    return [(part.raw, fact) for body in bodies for part in parse_all(body) for fact in part.facts]


def bare_insert(database: Database, told: Sequence[tuple[str, DeliveryEvent]]) -> int:
    """Ready rows, once each, into the table of events: one statement, one transaction."""
    rows = list(_event_rows(told))
    statement = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({_marks('?')})"  # noqa: S608
    with database.transaction() as connection:
        _only_payload(connection)
        connection.connection.driver_connection.executemany(statement, rows)  # type: ignore[union-attr]
    return len(rows)


def bare_copy(database: Database, told: Sequence[tuple[str, DeliveryEvent]]) -> int:
    """The same on PostgreSQL, where COPY in its binary form is the fastest way in."""
    rows = list(_event_rows(told))
    kinds = {"at": "int8", "delivery_id": "int8", "received_at": "int8", "payload_id": "int8"}
    kinds |= {"counts": "int2"}
    with database.transaction() as connection:
        _only_payload(connection)
        cursor: Any = connection.connection.cursor()
        statement = f"COPY events ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copy.set_types([kinds.get(name, "text") for name in _COLUMNS])
            for row in rows:
                copy.write_row(row)
    return len(rows)


def by_hand(path: str, told: Sequence[tuple[str, DeliveryEvent]]) -> None:
    """The whole work in one transaction with sqlite3 alone, and no more than a status each.

    Facts read beforehand; duplicates left to the table; deliveries, documents and customers rolled
    up from the highest status seen. It keeps no time of a status and no words of a server.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    known = {
        row[0]: row[1:]
        for row in connection.execute("SELECT tag, id, document_id, email_id FROM deliveries")
    }
    statement = f"INSERT OR IGNORE INTO events ({', '.join(_COLUMNS)}) VALUES ({_marks('?')})"  # noqa: S608
    highest: dict[tuple[int, int, int], int] = {}
    payloads, rows = [], []
    for number, (raw, fact) in enumerate(told, 1):
        of = known[fact.tag]
        payloads.append((number, _RECEIVED, raw))
        rows.append((*_row(fact, of[0]), number))
        highest[of] = max(highest.get(of, 0), int(effect(fact).status or 0))
    connection.executemany("INSERT INTO payloads (id, received_at, raw) VALUES (?, ?, ?)", payloads)
    connection.executemany(statement, rows)
    _roll_up(connection, highest)
    connection.execute("COMMIT")
    connection.close()


def _roll_up(connection: sqlite3.Connection, highest: dict[tuple[int, int, int], int]) -> None:
    connection.executemany(
        "UPDATE deliveries SET status = max(status, ?) WHERE id = ?",
        [(status, delivery_id) for (delivery_id, _, _), status in highest.items()],
    )
    connection.executemany(
        "UPDATE documents SET word = ?, open_bounce = max(open_bounce, ?)"
        " WHERE id = ? AND last_email_id = ?",
        [
            (_WORDS[status].value, 2 * (status == 90), document_id, email_id)
            for (_, document_id, email_id), status in highest.items()
            if status
        ],
    )
    connection.execute(
        "UPDATE customers SET bounced = (SELECT count(*) FROM documents d"
        " WHERE d.customer_id = customers.id AND d.open_bounce > 0)"
    )


def _event_rows(told: Sequence[tuple[str, DeliveryEvent]]) -> Iterator[tuple[object, ...]]:
    for fact in {row_key(fact): fact for _, fact in told}.values():
        yield (*_row(fact, None), 1)


def _row(fact: DeliveryEvent, delivery_id: int | None) -> tuple[object, ...]:
    row = event_row(row_key(fact), fact, None)
    return (*row[:5], delivery_id, int(delivery_id is not None), *row[7:], _RECEIVED)


def _only_payload(connection: Any) -> None:
    connection.exec_driver_sql(
        f"INSERT INTO payloads (id, received_at, raw) VALUES (1, {_RECEIVED}, '')"  # noqa: S608
    )


def _marks(mark: str) -> str:
    return ", ".join([mark] * len(_COLUMNS))
