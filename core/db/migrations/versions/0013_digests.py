"""Digests of what was decided, so that damage is noticed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = (
    "acknowledgements",
    "address_changes",
    "calls",
    "contacts",
    "customers",
    "deliveries",
    "documents",
    "emails",
    "events",
    "external_mails",
    "holds",
    "outbox_acts",
    "outbox_holds",
    "payloads",
    "quarantine",
    "snapshots",
    "suppression_audit",
    "suppressions",
)


def upgrade() -> None:
    op.add_column("emails", _number("contents"))
    for table in _TABLES:
        op.add_column(table, _number("digest"))
    # They are filled by ``core.db.migrations.runner``: how they are made is the program's to know.


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_column(table, "digest")
    op.drop_column("emails", "contents")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
