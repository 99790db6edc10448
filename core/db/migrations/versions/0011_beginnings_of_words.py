"""What customers are found by while somebody types"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
    op.create_index(
        "ix_customer_beginnings_word", "customer_beginnings", ["part", "word", "customer_id"]
    )
    op.create_table(
        "word_grams",
        sa.Column("gram", _Ordered, nullable=False),
        sa.Column("word", _Ordered, nullable=False),
        sa.PrimaryKeyConstraint("gram", "word", name=op.f("pk_word_grams")),
        sqlite_with_rowid=False,
    )
    op.execute(f"CREATE INDEX sort_documents_tail ON documents ({_TAIL}, customer_id)")
    if op.get_bind().dialect.name == "sqlite":
        # Customers by name, and who of them needs attention without a look at the rows.
        columns = "name_key, id, attention, call_from"
        op.execute(f"CREATE INDEX sort_customers_all ON customers ({columns})")
        op.execute(
            f"CREATE INDEX sort_customers_urgent ON customers ({columns})"
            " WHERE attention > 0 OR call_from > 0"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP INDEX sort_customers_urgent")
        op.execute("DROP INDEX sort_customers_all")
    op.execute("DROP INDEX sort_documents_tail")
    op.drop_table("word_grams")
    op.drop_table("customer_beginnings")
