"""Emails of other programs that a person said are about no document"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITS = sa.text("is_ours = 0 AND is_pointed = 1 AND dismissed_at = 0")


def upgrade() -> None:
    # Not in a batch: both databases add a column with a default at once, without a copy.
    for column in (
        sa.Column("dismissed_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("dismissed_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    ):
        op.add_column("external_mails", column)
    op.execute("UPDATE external_mails SET is_pointed = 0 WHERE email_id IS NOT NULL")
    op.create_index(
        "ix_external_mails_waiting",
        "external_mails",
        [sa.literal_column("at DESC"), "message_id"],
        unique=False,
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def downgrade() -> None:
    op.drop_index("ix_external_mails_waiting", table_name="external_mails")
    with op.batch_alter_table("external_mails") as table:
        table.drop_column("dismissed_at")
        table.drop_column("dismissed_by")
