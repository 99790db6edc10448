"""A database of before learns which of its documents call for the phone."""

from __future__ import annotations

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.model.documents import DocumentFilter
from core.services.integrity_check import check
from tests.core.db.books import document, hard_bounce, one, sent, tell
from tests.core.db.migrations import earlier


def test_an_older_database_is_brought_up_to_date_with_its_history(database: Database) -> None:
    row = one(database)
    tell(database, hard_bounce(sent(database, row).message_ids[0]))
    one(database, number="INV-0043")
    before = documents.page_documents(database.reader, DocumentFilter())
    earlier.age(database, "0005")
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    assert document(database).summary.call is not None
    assert document(database, "INV-0043").summary.call is None
    assert documents.page_documents(database.reader, DocumentFilter()) == before
    assert check(database).differences == ()
