"""Counts beside the documents, indexes for every order, and for the words in them"""

from __future__ import annotations

from contextlib import suppress

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ATTENTION = (
    "(open_bounce > 0 OR open_complaint > 0 OR open_drop > 0 OR open_failure > 0"
    " OR word = 'UNCONFIRMED')"
)
_UNREACHED = (
    "never_reached > 0 AND kind = 'invoice' AND send_count > 0"
    " AND word NOT IN ('QUEUED', 'SENDING', 'SENT', 'DEFERRED')"
)
_URGENCY = "kind, balance_due, due_on, last_sent_at, held_until, call_at, quiet_until, id"
_CALL = (
    "call_at, quiet_until, held_until, customer_id, last_sent_at DESC, id DESC, open_bounce,"
    " open_complaint, open_drop, open_failure, word, kind, balance_due, due_on"
)
_LONG = 86_400_000_000
_DAY = f"substr(CAST(1000000 + last_sent_at / {_LONG} AS text), 2)"
_COUNTED = {
    "all": "1 = 1",
    "needs_attention": _ATTENTION,
    "bounced": "open_bounce > 0",
    "soft_bounced": "open_bounce IN (1, 3)",
    "complained": "open_complaint > 0",
    "dropped": "open_drop > 0",
    "failed": "open_failure > 0",
    "never_reached": "never_reached > 0",
}

_WORDS = (
    (
        "CREATE VIRTUAL TABLE document_words USING fts5(number_key, last_recipient,"
        " content='documents', content_rowid='id', tokenize='trigram')"
    ),
    (
        "CREATE VIRTUAL TABLE customer_words USING fts5(search,"
        " content='customers', content_rowid='id', tokenize='trigram')"
    ),
    "INSERT INTO document_words (document_words) VALUES ('rebuild')",
    "INSERT INTO customer_words (customer_words) VALUES ('rebuild')",
    (
        "CREATE TRIGGER document_words_insert AFTER INSERT ON documents BEGIN"
        " INSERT INTO document_words (rowid, number_key, last_recipient)"
        " VALUES (new.id, new.number_key, new.last_recipient); END"
    ),
    (
        "CREATE TRIGGER document_words_delete AFTER DELETE ON documents BEGIN"
        " INSERT INTO document_words (document_words, rowid, number_key, last_recipient)"
        " VALUES ('delete', old.id, old.number_key, old.last_recipient); END"
    ),
    (
        "CREATE TRIGGER document_words_update AFTER UPDATE OF number_key, last_recipient"
        " ON documents WHEN old.number_key <> new.number_key"
        " OR old.last_recipient <> new.last_recipient BEGIN"
        " INSERT INTO document_words (document_words, rowid, number_key, last_recipient)"
        " VALUES ('delete', old.id, old.number_key, old.last_recipient);"
        " INSERT INTO document_words (rowid, number_key, last_recipient)"
        " VALUES (new.id, new.number_key, new.last_recipient); END"
    ),
    (
        "CREATE TRIGGER customer_words_insert AFTER INSERT ON customers BEGIN"
        " INSERT INTO customer_words (rowid, search) VALUES (new.id, new.search); END"
    ),
    (
        "CREATE TRIGGER customer_words_delete AFTER DELETE ON customers BEGIN"
        " INSERT INTO customer_words (customer_words, rowid, search)"
        " VALUES ('delete', old.id, old.search); END"
    ),
    (
        "CREATE TRIGGER customer_words_update AFTER UPDATE OF search ON customers"
        " WHEN old.search <> new.search BEGIN"
        " INSERT INTO customer_words (customer_words, rowid, search)"
        " VALUES ('delete', old.id, old.search);"
        " INSERT INTO customer_words (rowid, search) VALUES (new.id, new.search); END"
    ),
)


def upgrade() -> None:
    _counts()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("total", "balance_due", "issued_on", "due_on", "send_count"):
        op.create_index(f"ix_documents_{name}", "documents", [name, "id"])
    for name in ("documents", "last_sent_at"):
        op.create_index(f"ix_customers_{name}", "customers", [name, "id"])
    op.drop_index("ix_customers_attention", "customers")
    op.execute(
        "CREATE INDEX ix_customers_attention ON customers (attention DESC, name_key, id, call_from)"
    )
    op.execute(
        "CREATE INDEX ix_customers_calls ON customers (attention, call_from) WHERE call_from > 0"
    )
    op.execute(f"CREATE INDEX ix_documents_attention ON documents ({_URGENCY}) WHERE {_ATTENTION}")
    op.drop_index("ix_documents_call", "documents")
    op.execute(f"CREATE INDEX ix_documents_call ON documents ({_CALL}) WHERE call_at > 0")
    op.execute(
        "CREATE INDEX ix_documents_owed ON documents (customer_id, currency, balance_due)"
        " WHERE kind = 'invoice' AND balance_due > 0"
    )
    op.execute(
        "CREATE INDEX ix_documents_customer_call ON documents"
        " (customer_id, call_at, quiet_until, held_until) WHERE call_at > 0"
    )
    op.execute(
        f"CREATE INDEX ix_documents_unreached ON documents (currency, balance_due)"
        f" WHERE {_UNREACHED}"
    )
    # In the order of the letters themselves, which is not that of any language.
    plain = "" if is_sqlite else ' COLLATE "C"'
    op.execute(
        f"CREATE INDEX sort_documents_number ON documents (number_key{plain}, customer_id, id)"
    )
    op.execute(f"CREATE INDEX sort_documents_recipient ON documents (last_recipient{plain}, id)")
    op.execute(f"CREATE INDEX sort_customers_name ON customers (name_key{plain}, id)")
    if is_sqlite and _can_index_words():
        for statement in _WORDS:
            op.execute(statement)


def _counts() -> None:
    op.create_table(
        "document_counts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", "part", name=op.f("pk_document_counts")),
        sqlite_with_rowid=False,
    )
    into = "INSERT INTO document_counts (name, part, n)"
    op.execute(f"{into} SELECT 'word ' || word, 0, count(*) FROM documents GROUP BY word")
    op.execute(f"{into} SELECT 'sent ' || {_DAY}, 0, count(*) FROM documents GROUP BY {_DAY}")
    for name, condition in _COUNTED.items():
        op.execute(f"{into} SELECT '{name}', 0, count(*) FROM documents WHERE {condition}")


def _can_index_words() -> bool:
    """Some builds of SQLite lack FTS5 or its trigrams; then words are looked for row by row."""
    with suppress(sa.exc.OperationalError):
        op.execute("CREATE VIRTUAL TABLE words_probe USING fts5(word, tokenize='trigram')")
        op.execute("DROP TABLE words_probe")
        return True
    return False


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("document_words", "customer_words"):
            for change in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_{change}")
            op.execute(f"DROP TABLE IF EXISTS {table}")
    for name in ("sort_documents_number", "sort_documents_recipient", "sort_customers_name"):
        op.execute(f"DROP INDEX {name}")
    for name in (
        "owed",
        "customer_call",
        "unreached",
        "attention",
        "send_count",
        "due_on",
        "issued_on",
        "call",
    ):
        op.drop_index(f"ix_documents_{name}", "documents")
    for name in ("balance_due", "total"):
        op.drop_index(f"ix_documents_{name}", "documents")
    for name in ("calls", "attention", "last_sent_at", "documents"):
        op.drop_index(f"ix_customers_{name}", "customers")
    op.create_index(
        "ix_customers_attention", "customers", [sa.text("attention DESC"), "name_key", "id"]
    )
    op.execute(
        "CREATE INDEX ix_documents_call ON documents (call_at, quiet_until, held_until,"
        " customer_id, last_sent_at DESC, id DESC) WHERE call_at > 0"
    )
    op.drop_table("document_counts")
