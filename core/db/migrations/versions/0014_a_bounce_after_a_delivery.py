"""A bounce after a delivery, and one of a forward: statuses are worked out anew after this"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SOFT_BEFORE, _SOFT = 60, 85


def upgrade() -> None:
    for table in ("deliveries", "documents"):
        op.add_column(table, _flag("is_forward"))
    op.drop_column("events", "reports_nobody")
    op.execute(f"UPDATE deliveries SET status = {_SOFT} WHERE status = {_SOFT_BEFORE}")


def downgrade() -> None:
    op.execute(f"UPDATE deliveries SET status = {_SOFT_BEFORE} WHERE status = {_SOFT}")
    op.add_column("events", _flag("reports_nobody"))
    for table in ("deliveries", "documents"):
        op.drop_column(table, "is_forward")


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
