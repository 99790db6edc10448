"""Unreadable reports that a person dismissed, and what AWS says of the account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")
_ZERO = sa.text("0")


def upgrade() -> None:
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.add_column(
            sa.Column("dismissed_at", sa.BigInteger(), server_default=_ZERO, nullable=False)
        )
        for name in ("dismissed_by", "note"):
            quarantine.add_column(sa.Column(name, sa.Text(), server_default=_EMPTY, nullable=False))
    op.create_table(
        "account_notices",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), server_default=_EMPTY, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("digest", sa.BigInteger(), server_default=_ZERO, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "at", "is_open", name="pk_account_notices"),
    )


def downgrade() -> None:
    op.drop_table("account_notices")
    with op.batch_alter_table("quarantine") as quarantine:
        for name in ("note", "dismissed_by", "dismissed_at"):
            quarantine.drop_column(name)
