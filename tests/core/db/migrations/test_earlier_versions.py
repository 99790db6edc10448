"""Every database that an earlier version of ``main`` made ends as a new one, its rows kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from core.db.engine import Database
from core.db.migrations import runner
from core.db.rows import chunks
from core.db.schema import deliveries, emails, external_mails, metadata, send_brake
from core.db.writes.summaries import settle_deliveries
from core.model.delivery import DeliveryEvent
from core.model.enums import Status
from core.model.errors import DatabaseVersionError
from core.services.integrity_check import check
from tests.conftest import PostgresServer, sqlite_copy
from tests.core import damage
from tests.core.db.books import START, new_email, one, record, sent, tell
from tests.core.db.migrations import earlier

#: What a revision wrote by itself, and what is counted or sealed anew.
_OWN = {("send_brake", "*"), ("document_counts", "*"), ("word_grams", "*"), ("*", "digest")}


@pytest.fixture(scope="module")
def filled_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "outtray.db"
    with sqlite_copy(migrated_file, path) as database:
        damage.fill(database)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="module")
def filled_name(postgres: PostgresServer) -> str:
    name = postgres.create()
    database = Database(postgres.url(name))
    damage.fill(database)
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        template = request.getfixturevalue("filled_file")
        with sqlite_copy(template, tmp_path / "outtray.db") as database:
            yield database
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("filled_name"))
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)


#: What stood on main between two merges are other sets of the same statements: once is enough.
_CASES = [
    *(("sqlite", state) for state in earlier.STATES),
    *(("postgresql", state) for state in runner.BEFORE_BASELINE),
]


@pytest.mark.parametrize(("filled", "state"), _CASES, indirect=["filled"])
def test_it_becomes_what_a_new_one_is_and_keeps_its_rows(filled: Database, state: str) -> None:
    new = shape(filled)
    earlier.age(filled, state)
    assert runner.version(filled) == earlier.STATES[state].version
    columns = earlier.columns_of(filled)
    before = rows(filled, columns)
    runner.prepare(filled)
    assert runner.version(filled) == runner.HEAD
    assert shape(filled) == new
    assert rows(filled, columns) == before
    report = check(filled)
    assert (report.differences, report.damage) == ((), ())


def test_an_upgrade_that_is_interrupted_leaves_what_was_there(filled: Database) -> None:
    earlier.age(filled, "0009")
    columns = earlier.columns_of(filled)
    before = (shape(filled), rows(filled, columns))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.prepare(filled, progress=interrupted)
    assert runner.version(filled) == "0009"
    assert (shape(filled), rows(filled, columns)) == before
    runner.prepare(filled)
    assert check(filled).differences == ()


def test_the_first_digest_of_the_brake_is_understood_and_damage_to_it_is_not_hidden(
    filled: Database,
) -> None:
    for digest, differences in ((3496475953987528831, 0), (-1, 1)):
        with filled.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM send_brake")
            connection.execute(insert(send_brake).values(id=1, phase="clear", digest=digest))
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0016'")
        runner.prepare(filled)
        assert len(check(filled).differences) == differences


def test_digests_that_are_there_already_are_left_so_that_damage_shows(filled: Database) -> None:
    earlier.age(filled, "0014")
    with filled.transaction() as connection:
        connection.exec_driver_sql("UPDATE emails SET subject = 'Other' WHERE id = 1")
    runner.prepare(filled)
    found = check(filled).differences
    assert [(each.table, each.id, each.column) for each in found] == [("emails", 1, "digest")]


@pytest.mark.parametrize("state", ["", "0014", "0016 of 2170c11"])
def test_the_brake_has_its_row(filled: Database, state: str) -> None:
    if state:
        earlier.age(filled, state)
        runner.prepare(filled)
    rows_of_it = filled.reader.rows("SELECT id, phase FROM send_brake", {})
    assert [tuple(row) for row in rows_of_it] == [(1, "clear")]


def test_roll_ups_that_were_not_kept_are_made(filled: Database) -> None:
    paid = one(
        filled,
        number="INV-7",
        customer="Own Ltd",
        address="own@own.example",
        balance_due=Decimal(0),  # so that nothing else about it changes
    )
    waiting = record(filled, new_email(paid, "own@own.example"))
    with filled.transaction() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(waiting.delivery_ids))
            .values(local_status=int(Status.UNCONFIRMED))
        )
        settle_deliveries(connection, waiting.delivery_ids)
    counted = "SELECT sum(unconfirmed) FROM customers"
    assert filled.reader.rows(counted, {})[0][0] == 1
    earlier.age(filled, "0001 of 4d5f845")
    runner.prepare(filled)
    assert filled.reader.rows(counted, {})[0][0] == 1


def test_a_status_with_its_number_of_before_is_read_wherever_it_stands(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "__defaults__", (1,))  # one of a document at a time
    both = sent(filled, one(filled, number="INV-8"), "ann@x.example", "bob@x.example")
    tell(
        filled,
        *(
            DeliveryEvent("Bounce", START, message_id, "", "Transient/MailboxFull")
            for message_id in both.message_ids
        ),
    )
    soft = f"SELECT count(*) FROM deliveries WHERE status = {int(Status.SOFT_BOUNCED)}"  # noqa: S608
    assert filled.reader.rows(soft, {})[0][0] == 2
    earlier.age(filled, "0012")
    assert filled.reader.rows(soft, {})[0][0] == 0
    runner.prepare(filled)
    assert filled.reader.rows(soft, {})[0][0] == 2
    assert check(filled).differences == ()


def test_an_email_that_was_linked_waits_for_nobody_any_more(filled: Database) -> None:
    with filled.transaction() as connection:
        mail = select(func.min(external_mails.c.message_id)).scalar_subquery()
        email = select(func.min(emails.c.id)).scalar_subquery()
        connection.execute(
            update(external_mails)
            .where(external_mails.c.message_id == mail)
            .values(is_pointed=1, email_id=email)
        )
    earlier.age(filled, "0006")
    runner.prepare(filled)
    pointed = "SELECT is_pointed FROM external_mails WHERE email_id IS NOT NULL"
    assert filled.reader.rows(pointed, {}) == [(0,)]


@pytest.mark.parametrize(
    ("filled", "state"),
    [("sqlite", "0008"), ("postgresql", "0008"), ("postgresql", "")],
    indirect=["filled"],
)
def test_a_table_of_somebody_else_is_not_made_ours(filled: Database, state: str) -> None:
    """Programs may share a schema of PostgreSQL, as long as no name is wanted by both."""
    if state:
        earlier.age(filled, state)
    else:
        earlier.drop_everything(filled)
    with filled.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE preferences (id INTEGER, operator TEXT)")
    before = shape(filled)
    with pytest.raises(DatabaseVersionError, match="a table preferences that is not Outtray's"):
        runner.prepare(filled)
    assert shape(filled) == before


# --------------------------------------------------------------------------- what is compared


def rows(database: Database, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return all rows, as far as ``columns`` go."""
    found = {}
    for table in columns:
        if names := _compared(table, columns[table]):
            sql = f"SELECT {names} FROM {table}"  # noqa: S608
            found[table] = sorted(map(repr, database.reader.rows(sql, {})))
    return found


def _compared(table: str, columns: list[str]) -> str:
    today = metadata.tables[table].c
    kept = [
        f'"{name}"'
        for name in columns
        if name in today and not _OWN & {(table, "*"), ("*", name), (table, name)}
    ]
    return ", ".join(sorted(kept))


def shape(database: Database) -> set[tuple[Any, ...]]:
    """Return tables, columns, constraints, indexes and triggers; the order of columns aside."""
    statements = _ON_SQLITE if database.path is not None else _ON_POSTGRESQL
    return {tuple(row) for statement in statements for row in database.reader.rows(statement, {})}


_ON_SQLITE = (
    "SELECT type, name, tbl_name, CASE WHEN type = 'table' THEN 0 ELSE sql END FROM sqlite_master",
    "SELECT name, ncol, wr, strict FROM pragma_table_list WHERE schema = 'main'",
    (
        'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden'
        " FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'"
    ),
    (
        'SELECT m.name, k."table", k."from", k."to", k.on_update, k.on_delete'
        " FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'"
    ),
    (
        'SELECT m.name, i.name, i."unique", i.origin, i.partial, x.seqno, x.name, x."desc", x.coll'
        " FROM sqlite_master m JOIN pragma_index_list(m.name) i"
        " JOIN pragma_index_xinfo(i.name) x WHERE m.type = 'table' AND x.key"
    ),
)
_ON_POSTGRESQL = (
    (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,"
        " column_default, collation_name FROM information_schema.columns"
        " WHERE table_schema = current_schema()"
    ),
    (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = current_schema()::regnamespace"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
)
