"""What the bell listens to: how many documents have failed, on both databases."""

from __future__ import annotations

from sqlalchemy import insert, text

from core.db.engine import Database
from core.db.lists import documents as reads
from core.db.schema import customers, documents


def test_what_is_unresolved_is_counted_by_what_failed(database: Database) -> None:
    row = {"customer_id": 1, "kind": "invoice", "status": "OPEN", "currency": "EUR"}
    with database.transaction() as connection:
        connection.execute(insert(customers), {"id": 1, "name": "Ada", "name_key": "ada"})
        for number in ("1", "2", "3"):
            connection.execute(insert(documents), {**row, "number": number, "number_key": number})
    assert reads.count_failed(database.reader) == 0
    with database.transaction() as connection:
        connection.execute(text("UPDATE documents SET open_bounce = 2 WHERE number = '1'"))
        connection.execute(
            text("UPDATE documents SET open_bounce = 1, open_complaint = 1 WHERE number = '2'")
        )
        connection.execute(text("UPDATE documents SET open_drop = 1 WHERE number = '3'"))
    assert reads.count_failed(database.reader) == 4
