"""Who corrected which address of a customer, and when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", _Id, nullable=False),
        sa.Column("customer_id", _Id, nullable=False),
        sa.Column("old_address", sa.Text(), nullable=False),
        sa.Column("old_key", sa.Text(), nullable=False),
        sa.Column("new_address", sa.Text(), nullable=False),
        sa.Column("new_key", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_address_changes_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    op.create_index(
        op.f("ix_address_changes_customer_id"), "address_changes", ["customer_id"], unique=False
    )
