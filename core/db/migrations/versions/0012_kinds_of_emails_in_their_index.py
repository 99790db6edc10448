"""Kinds of emails in their index: a customer's are counted without reading one"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAME = "ix_emails_document"


def upgrade() -> None:
    op.drop_index(_NAME, "emails")
    op.create_index(_NAME, "emails", ["document_id", "created_at", "id", "kind"])


def downgrade() -> None:
    op.drop_index(_NAME, "emails")
    op.create_index(_NAME, "emails", ["document_id", "created_at", "id"])
