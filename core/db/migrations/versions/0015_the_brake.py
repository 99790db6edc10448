"""The brake: one state of sending that all programs share"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OF_A_CLEAR_ONE = 7093649187254803917


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "send_brake",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(16), server_default=sa.text("'clear'"), nullable=False),
        *map(_number, ("failures", "epoch", "since", "retry_at", "probes", "trial_id")),
        sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False),
        _number("digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_brake")),
    )
    op.execute(f"INSERT INTO send_brake (id, digest) VALUES (1, {_OF_A_CLEAR_ONE})")


def downgrade() -> None:
    op.drop_table("send_brake")
