"""A database of before learns which of its documents call for the phone."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.model.documents import DocumentFilter
from core.services.integrity_check import check
from tests.core.db.books import document, hard_bounce, one, sent, tell


def downgraded(database: Database) -> None:
    """Take away what 0006 and later brought, as a database of the version before has it."""
    config = Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        for name in (
            "ix_documents_call",
            "ix_documents_held",
            "ix_customers_held",
            "ix_external_mails_waiting",
        ):
            connection.execute(text(f"DROP INDEX {name}"))
        for table in ("holds", "calls", "acknowledgements", "preferences"):
            connection.execute(text(f"DROP TABLE {table}"))
        columns = {
            "documents": (
                "call_at", "call_reason", "call_emails", "call_since", "held_until", "quiet_until",
            ),
            "customers": ("held_until", "call_from"),
            "external_mails": ("dismissed_by", "dismissed_at"),
        }  # fmt: skip
        for table, names in columns.items():
            for name in names:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        before = runner.REVISIONS[runner.REVISIONS.index("0006") - 1]
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": before})


def test_an_older_database_is_brought_up_to_date_with_its_history(database: Database) -> None:
    row = one(database)
    tell(database, hard_bounce(sent(database, row).message_ids[0]))
    one(database, number="INV-0043")
    before = documents.page_documents(database.reader, DocumentFilter())
    downgraded(database)
    runner.prepare(database)
    assert runner.version(database) == runner.HEAD
    assert document(database).summary.call is not None
    assert document(database, "INV-0043").summary.call is None
    assert documents.page_documents(database.reader, DocumentFilter()) == before
    assert check(database).differences == ()
