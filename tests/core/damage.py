"""A small database with a row in every table, and damage to put into any column of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import LargeBinary, Table, select

from core.db.engine import Database
from core.db.reads import attention
from core.db.schema import metadata
from core.db.schema.coverage import FLAGS, FORMS, NOT_FINDABLE, VALUES
from core.db.writes import (
    account_notices,
    chasing,
    drafts,
    events,
    external_email,
    outbox,
    outbox_decisions,
    preferences,
    suppressions,
)
from core.db.writes import contacts as contacts
from core.model.chasing import HoldKind, Outcome
from core.model.delivery import DeliveryEvent
from core.model.email import AttachedFile, Draft, Snapshot
from core.model.enums import EmailKind, Role
from core.model.feed import AccountNotice, NoticeKind
from core.model.outbox import OutboxHold
from core.model.reports import Addressee, MailSeen
from core.model.suppressions import AuditEntry, Suppression
from tests.core.db.books import START, entry, new_email, put, sent, tell

FILE = AttachedFile("INV-0042.pdf", "application/pdf", b"%PDF-1.4 one")


def fill(database: Database) -> None:
    """Two customers and a row of everything, through the code that production uses."""
    row, other = put(
        database, entry(), entry("INV-0043", "Ada Lovelace Ltd", "ada@lovelace.example")
    )
    snapshot = Snapshot("OPEN", "USD", row.total, row.balance_due, date(2026, 12, 1))
    written = sent(
        database,
        row,
        "ann@customer.example",
        "cc:carl@customer.example",
        attachments=(FILE,),
        snapshot=snapshot,
        batch_id="b1",
    )
    tell(
        database,
        *(
            DeliveryEvent(
                kind, START + timedelta(seconds=n), message_id, "ann@customer.example", tag=tag
            )
            for n, kind in enumerate(("Send", "Delivery"))
            for message_id, tag in [(written.message_ids[0], written.tags[0])]
        ),
    )
    with database.transaction() as connection:
        queued = outbox.record(
            connection, new_email(other, "ada@lovelace.example", at=START + timedelta(hours=1))
        )
        outbox_decisions.cancel(connection, queued.delivery_ids, "anna", START)
        outbox_decisions.hold_back(connection, OutboxHold("pause", "anna", START, None, "Wait."))
        hold = chasing.NewHold(
            *(other.customer_id, other.id, HoldKind.PROMISE, date(2026, 12, 24)),
            *(START + timedelta(days=30), "said so", "anna", START),
        )
        chasing.put_hold(connection, hold)
        call = chasing.NewCall(
            *(row.id, START, "anna", "Ann", Outcome.PROMISED, "will pay", START),
            START + timedelta(days=3),
        )
        chasing.put_call(connection, call)
        attention.acknowledge(connection, row.id, "anna", START, ["bounced 1"])
        contacts.correct(
            connection,
            [other.customer_id],
            "ada@lovelace.example",
            "ada@ada.example",
            "anna",
            START,
        )
        entries = [Suppression("No@Where.example", "asked", START, "own")]
        suppressions.add(connection, entries, "anna")
        audit = AuditEntry(START, "No@Where.example", "own", "added", "asked", "anna", "done")
        suppressions.write_audit(connection, [audit])
        preferences.write(connection, "anna", "sort", "due")
        events.quarantine_bodies(connection, [events.Unreadable("{", "no JSON", "queue")], START)
        draft = Draft(
            *(row.id, EmailKind.FOLLOW_UP, ("ann@customer.example",)),
            subject="s",
            body="b",
            attachments=(FILE,),
        )
        drafts.save(connection, draft, "anna", START)
        mail = MailSeen(
            message_id="external-1",
            at=START,
            source="shop@else.example",
            subject="INV-0042",
            addressees=(Addressee("ann@customer.example", Role.TO),),
        )
        external_email.see(connection, [mail], [])
        dismissed = MailSeen("external-2", START, "shop@else.example", "Hello", ())
        external_email.see(connection, [dismissed], [])
        external_email.dismiss(connection, "external-2", "anna", START)
        notice = AccountNotice(NoticeKind.SENDING, "the account", START, is_open=True)
        account_notices.store(connection, [(notice, "{}")])
    assert empty_tables(database) == []


def empty_tables(database: Database) -> list[str]:
    return [
        table.name
        for table in metadata.sorted_tables
        if not database.reader.rows(f"SELECT 1 FROM {table.name} LIMIT 1", {})  # noqa: S608
    ]


@dataclass(frozen=True)
class Damage:
    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def every_column() -> list[Damage]:
    return [Damage(t.name, c.name) for t in metadata.sorted_tables for c in t.c]


def is_findable(damage: Damage) -> bool:
    return damage.column not in NOT_FINDABLE.get(damage.table, {})


def damaged(table: Table, column: str, value: Any, is_sqlite: bool) -> Any:
    """Another value that the column takes, and that could be true."""
    kind = table.c[column].type
    if (table.name, column) in FLAGS:
        return 1 - value
    if column in FORMS.get(table.name, {}):
        nonsense = {"kind": "x", "fields": "{", "lease_by": "x", "tries": 1, "refused_since": 7}
        return nonsense.get(column, 2**62)
    if (table.name, column) in VALUES:
        return next(each.value for each in VALUES[table.name, column] if each.value != value)
    if isinstance(kind, LargeBinary):
        return bytes(value)[:-1] + b"\x00"
    if kind.python_type is int:
        return 424242 if value is None else value + 1000 if value < 30_000 else value - 1
    longest = getattr(kind, "length", None)
    found = f"{value or ''}x" if column != "addressees" else '[["x@y.example", "to"]]'
    return found if longest is None or len(found) <= longest else "x" + (value or "")[1:]


@contextmanager
def by_hand(database: Database) -> Iterator[Any]:
    """A connection of another program, which keeps to no foreign key."""
    if database.path is not None:
        with closing(sqlite3.connect(database.path, isolation_level=None)) as direct:
            yield lambda sql, *values: direct.execute(sql, values).fetchall()
        return
    with database.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")

        def run(sql: str, *values: Any) -> list[Any]:
            result = connection.exec_driver_sql(sql.replace("?", "%s"), values)
            return [tuple(row) for row in result] if result.returns_rows else []

        yield run


def row_with(database: Database, damage: Damage) -> dict[str, Any]:
    """A row of the table, one that has a value there if there is one."""
    table = metadata.tables[damage.table]
    with database.engine.connect() as connection:
        rows = [
            dict(row)
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
    full = [row for row in rows if row[damage.column] not in (None, "", 0)] or rows
    return next((row for row in full if row.get("n", 1)), full[0])  # a sum of nothing is nothing


def inject(database: Database, damage: Damage, row: dict[str, Any], value: Any) -> int:
    """Write ``value`` behind everybody's back; return how many rows took it."""
    table = metadata.tables[damage.table]
    keys = [column.name for column in table.primary_key]
    where = " AND ".join(f"{key} = ?" for key in keys)
    with by_hand(database) as run:
        run(
            f"UPDATE {damage.table} SET {damage.column} = ? WHERE {where}",  # noqa: S608
            value,
            *(row[key] for key in keys),
        )
        after = {**row, damage.column: value}
        return len(run(f"SELECT 1 FROM {damage.table} WHERE {where}", *(after[k] for k in keys)))  # noqa: S608
