"""The check finds what was changed behind the program's back, and changes nothing itself."""

from __future__ import annotations

import pytest

from core.db.engine import Database
from core.services.integrity_check import check


def test_the_generated_company_follows_from_its_facts(company: Database) -> None:
    report = check(company)
    assert report.differences == ()
    assert (report.documents, report.customers) == (600, 40)
    assert report.deliveries > 1_400


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        ("UPDATE deliveries SET status = 40 WHERE id = 700", "deliveries", "status"),
        ("UPDATE deliveries SET opened_at = 1 WHERE id = 1400", "deliveries", "opened_at"),
        ("UPDATE documents SET send_count = 99 WHERE id = 599", "documents", "send_count"),
        ("UPDATE documents SET open_bounce = 3 WHERE id = 5", "documents", "open_bounce"),
        ("UPDATE customers SET documents = 0 WHERE id = 40", "customers", "documents"),
    ],
)
def test_a_row_that_was_tampered_with_is_named(
    company: Database, statement: str, table: str, column: str
) -> None:
    with company.transaction() as connection:
        connection.exec_driver_sql(statement)
    differences = check(company).differences
    assert (table, column) in {(each.table, each.column) for each in differences}
    assert check(company).differences == differences


def test_a_fact_that_was_taken_away_shows_in_everything_above_it(company: Database) -> None:
    with company.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM events WHERE type = 'Bounce'")
    assert {each.table for each in check(company).differences} >= {"deliveries"}
