"""Failures that somebody has seen"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("id", _Id, nullable=False),
        sa.Column("document_id", _Id, nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_acknowledgements_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
    )
    op.create_index(
        "ix_acknowledgements_operator", "acknowledgements", ["operator", "document_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("acknowledgements")
