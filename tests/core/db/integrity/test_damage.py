"""Whatever is damaged is found: every column of every table, and what cannot be found is listed."""

from __future__ import annotations

from sqlalchemy import update

from core.db.engine import Database
from core.db.migrations import runner
from core.db.schema import coverage, digests, emails, metadata
from core.model import integrity
from core.services import integrity_check
from tests.conftest import PostgresServer
from tests.core import damage
from tests.core.damage import Damage
from tests.core.db.books import START
from tests.core.db.migrations import earlier


def _is_told(found: integrity.CheckReport, what: Damage) -> bool:
    """Whether a finding names the table and the column, alone or as one of several."""
    return any(
        (each.table == what.table and what.column in (each.column, *each.columns))
        or str(what) in each.columns
        for each in found.differences
    )


def _is_to_be_found(what: Damage, *, is_sqlite: bool) -> bool:
    if what == Damage("document_counts", "part") and not is_sqlite:
        return False  # a number is the sum of its parts there, whosever they are
    if what.column == "id":
        return not coverage.KEYS.get(what.table, "").startswith("nothing")
    return damage.is_findable(what)


def test_every_column_has_a_class() -> None:
    """What would tell that it was damaged is decided for a new column, too."""
    for table in metadata.sorted_tables:
        links = {key.parent.name for key in table.foreign_keys}
        known = coverage.columns_of(table.name)
        assert set(table.c.keys()) - links - known == set(), table.name
        assert known - set(table.c.keys()) == set(), table.name


def test_damage_in_any_column_is_found_and_named(database: Database) -> None:
    damage.fill(database)
    is_sqlite = database.path is not None
    assert integrity_check.check(database).differences == ()
    missed, tried = [], 0
    for what in damage.every_column():
        if not _is_to_be_found(what, is_sqlite=is_sqlite):
            continue
        row = damage.row_with(database, what)
        table = metadata.tables[what.table]
        value = damage.damaged(table, what.column, row[what.column], is_sqlite)
        assert damage.inject(database, what, row, value) == 1, what
        found = integrity_check.check_rows(database)
        tried += 1
        # A row's own number is told by those that point at it.
        if not (found.differences if what.column == "id" else _is_told(found, what)):
            missed.append((str(what), row[what.column], value, found.differences))
        after = {**row, what.column: value}
        assert damage.inject(database, what, after, row[what.column]) == 1, what
    assert missed == []
    assert tried > 240
    assert integrity_check.check(database).differences == ()


def _damage(database: Database, *statements: str) -> None:
    with damage.by_hand(database) as run:
        for statement in statements:
            run(statement)


def _found(database: Database) -> set[tuple[str, str]]:
    found = integrity_check.check(database).differences
    assert all(each.words or each.computed != each.stored for each in found)
    return {(each.table, each.column) for each in found}


def test_a_status_of_ours_is_told_back_and_mended(database: Database) -> None:
    """A delivery that looks queued again would be sent again."""
    damage.fill(database)
    _damage(database, "UPDATE deliveries SET local_status = 10 WHERE id = 1")
    found = [e for e in integrity_check.check(database).differences if e.column == "local_status"]
    assert [(e.id, e.stored, e.computed, e.is_mendable) for e in found] == [(1, 10, 40, True)]
    report = integrity_check.mend(database, START)
    assert report.is_clean
    assert ("deliveries", "local_status") in {(e.table, e.column) for e in report.mended}
    rows = database.reader.rows("SELECT local_status, status FROM deliveries WHERE id = 1", {})
    assert [tuple(row) for row in rows] == [(40, 80)]


def test_a_status_is_not_made_to_fit_a_damaged_row(database: Database) -> None:
    """Two values of one row: which is right is not known, so nothing is worked out from it."""
    damage.fill(database)
    _damage(
        database,
        "UPDATE deliveries SET local_status = 10, accepted_at = 0 WHERE id = 1",
        "DELETE FROM events WHERE delivery_id = 1",
    )
    report = integrity_check.mend(database, START)
    assert not report.is_clean
    rows = database.reader.rows("SELECT status FROM deliveries WHERE id = 1", {})
    assert [tuple(row) for row in rows] == [(80,)]


def test_all_that_follows_is_mended_and_what_does_not_is_left(database: Database) -> None:
    damage.fill(database)
    before = {t: database.reader.rows(f"SELECT * FROM {t} ORDER BY 1, 2", {}) for t in _KEPT}  # noqa: S608
    _damage(
        database,
        "UPDATE deliveries SET address_key = 'x', domain = 'y', status = 20 WHERE id = 2",
        "UPDATE documents SET word = 'GONE' WHERE id = 2",
        "UPDATE documents SET word = 'BOUNCED' WHERE id = 1",
        "UPDATE documents SET number_key = 'x', held_until = 7, quiet_until = 0",
        "UPDATE customers SET name_key = 'x', search = 'y', attention = 3, held_until = 9",
        "UPDATE contacts SET address_key = address_key || 'x'",
        "UPDATE suppressions SET address_key = 'x'",
        "UPDATE events SET delivery_id = 2, counts = 0",
        "UPDATE document_counts SET n = n + 1",
        "DELETE FROM customer_beginnings",
        "DELETE FROM word_grams",
    )
    report = integrity_check.mend(database, START)
    assert report.differences == ()
    assert (report.copy is not None) == (database.path is not None)
    after = {t: database.reader.rows(f"SELECT * FROM {t} ORDER BY 1, 2", {}) for t in _KEPT}  # noqa: S608
    assert after == before
    _damage(database, "UPDATE documents SET balance_due = 7 WHERE id = 1")
    report = integrity_check.mend(database, START)
    assert ("documents", "digest") in {(each.table, each.column) for each in report.differences}
    assert database.reader.rows("SELECT balance_due FROM documents WHERE id = 1", {})[0][0] == 7


def test_what_is_missing_is_found(database: Database) -> None:
    damage.fill(database)
    cases = {
        "DELETE FROM messages WHERE email_id = 1": ("emails", "contents"),
        "DELETE FROM attachments WHERE email_id = 1": ("emails", "contents"),
        "DELETE FROM deliveries WHERE id = 2": ("emails", "contents"),
        "DELETE FROM suppressions": ("suppressions", "address_key"),
        "DELETE FROM emails WHERE id = 1": ("deliveries", "email_id"),
        "DELETE FROM documents WHERE id = 1": ("deliveries", "document_id"),
        "DELETE FROM events WHERE type = 'Delivery'": ("payloads", "digest"),
    }
    for statement, expected in cases.items():
        _damage(database, statement)
        assert expected in _found(database), statement


def test_nonsense_in_a_file_is_a_finding_and_the_check_goes_on(sqlite_database: Database) -> None:
    """SQLite keeps anything in any column."""
    damage.fill(sqlite_database)
    _damage(
        sqlite_database,
        "UPDATE deliveries SET local_status = 'gone' WHERE id = 1",
        "UPDATE documents SET kind = 'poem', total = 'much' WHERE id = 1",
        "UPDATE customers SET name = CAST(X'FF41' AS TEXT) WHERE id = 1",
        "UPDATE payloads SET received_at = 'then' WHERE id = 1",
        "UPDATE deliveries SET domain = 'wrong' WHERE id = 3",
        "UPDATE messages SET mime = 'text' WHERE email_id = 1",
    )
    found = _found(sqlite_database)
    assert found >= {
        ("deliveries", "local_status"),
        ("documents", "kind"),
        ("documents", "total"),
        ("customers", "name"),
        ("payloads", "received_at"),
        ("deliveries", "domain"),
        ("emails", "*"),
    }


def test_a_later_change_does_not_hide_damage(database: Database) -> None:
    damage.fill(database)
    _damage(database, "UPDATE emails SET subject = 'Other' WHERE id = 1")
    with database.transaction() as connection:
        assert digests.change(connection, update(emails).values(linked_by="anna")) > 1
    found = integrity_check.check(database).differences
    assert [(e.table, e.id, e.column) for e in found] == [("emails", 1, "digest")]


_KEPT = ("deliveries", "documents", "customers", "contacts", "suppressions", "events")


def test_a_database_of_before_gets_its_digests_and_says_how_far_it_is(database: Database) -> None:
    damage.fill(database)
    earlier.age(database, "0012")
    assert runner.version(database) == "0012"
    runner.prepare(database)
    assert integrity_check.check(database).differences == ()
    told: list[tuple[int, int]] = []
    with database.transaction() as connection:
        digests.fill(connection, lambda done, every: told.append((done, every)))
    assert (told == sorted(told), told[-1][0]) == (True, told[-1][1])
    assert integrity_check.check(database).differences == ()


def test_rows_that_an_index_of_postgresql_lacks_are_found_and_mended(
    postgres: PostgresServer,
) -> None:
    name = postgres.create()
    database = Database(postgres.url(name))
    damage.fill(database)
    switch = (
        "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'ix_contacts_address_key'::regclass"
    )
    _damage(database, switch.format("false"))
    _damage(database, "UPDATE contacts SET is_primary = is_primary, name = name || ' II'")
    _damage(
        database, "INSERT INTO contacts (customer_id, address, address_key) VALUES (1, 'a', 'a')"
    )
    _damage(database, switch.format("true"))
    (line,) = integrity_check.check(database).damage
    assert "ix_contacts_address_key" in line
    assert integrity_check.mend(database, START).mended_damage == (line,)
    database.close()
    postgres.drop(name)
