"""What customers are found by while somebody types"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TAIL = "ltrim(substr(number_key, length(rtrim(number_key, '0123456789')) + 1), '0')"


def upgrade() -> None:
    op.create_table(
        "customer_beginnings",
        sa.Column("customer_id", _Id, nullable=False),
        sa.Column("part", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("word", _Ordered, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_beginnings_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "part", "word", name=op.f("pk_customer_beginnings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_beginnings_word", "customer_beginnings", ["part", "word", "customer_id"])
    op.create_table(
        "word_grams",
        sa.Column("gram", _Ordered, nullable=False),
        sa.Column("word", _Ordered, nullable=False),
        sa.PrimaryKeyConstraint("gram", "word", name=op.f("pk_word_grams")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_customers_by_name",
        "customers",
        ["name_key", "id", "attention", "call_from"],
        postgresql_ops={"name_key": "text_pattern_ops"},
    )
    op.create_index(
        "ix_customers_calling",
        "customers",
        ["name_key", "id", "attention", "call_from"],
        sqlite_where=sa.text("attention > 0 OR call_from > 0"),
        postgresql_where=sa.text("attention > 0 OR call_from > 0"),
        postgresql_ops={"name_key": "text_pattern_ops"},
    )
    op.drop_index("ix_customers_name_key", "customers")
    op.create_index(
        "ix_documents_number_key",
        "documents",
        ["number_key", "customer_id"],
        postgresql_ops={"number_key": "text_pattern_ops"},
    )
    op.create_index("ix_documents_tail", "documents", [sa.text(_TAIL), "customer_id"])
    if op.get_bind().dialect.name == "sqlite":
        _trigrams()


def _trigrams() -> None:
    """The index and what keeps it in step; ``db.words.fill`` puts in what is there already."""
    op.execute(
        "CREATE VIRTUAL TABLE customer_words USING fts5(search, content='customers',"
        " content_rowid='id', tokenize='trigram')"
    )
    put = "INSERT INTO customer_words(rowid, search) VALUES (new.id, new.search);"
    take = (
        "INSERT INTO customer_words(customer_words, rowid, search)"
        " VALUES ('delete', old.id, old.search);"
    )
    for name, when, act in (
        ("inserted", "AFTER INSERT", put),
        ("deleted", "AFTER DELETE", take),
        ("updated", "AFTER UPDATE OF search", take + " " + put),
    ):
        op.execute(f"CREATE TRIGGER customer_words_{name} {when} ON customers BEGIN {act} END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("inserted", "deleted", "updated"):
            op.execute(f"DROP TRIGGER customer_words_{name}")
        op.drop_table("customer_words")
    op.drop_index("ix_documents_tail", "documents")
    op.drop_index("ix_documents_number_key", "documents")
    op.create_index("ix_customers_name_key", "customers", ["name_key"])
    op.drop_index("ix_customers_calling", "customers")
    op.drop_index("ix_customers_by_name", "customers")
    op.drop_table("word_grams")
    op.drop_table("customer_beginnings")
