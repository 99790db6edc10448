"""Snoozes, promises, calls, and when somebody should call"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    op.add_column("customers", _number("held_until"))
    op.add_column("customers", _number("call_from"))
    for column in (
        _number("call_at"),
        sa.Column("call_reason", sa.String(16), server_default=sa.text("''"), nullable=False),
        _number("call_emails"),
        _number("call_since"),
        _number("held_until"),
        _number("quiet_until"),
    ):
        op.add_column("documents", column)
    op.create_index(
        "ix_customers_held",
        "customers",
        ["held_until"],
        sqlite_where=sa.text("held_until > 0"),
        postgresql_where=sa.text("held_until > 0"),
    )
    newest: list[sa.ColumnClause[int]] = [
        sa.literal_column("last_sent_at DESC"),
        sa.literal_column("id DESC"),
    ]
    op.create_index(
        "ix_documents_call",
        "documents",
        ["call_at", "quiet_until", "held_until", "customer_id", *newest],
        sqlite_where=sa.text("call_at > 0"),
        postgresql_where=sa.text("call_at > 0"),
    )
    op.create_index(
        "ix_documents_held",
        "documents",
        ["held_until", *newest],
        sqlite_where=sa.text("held_until > 0"),
        postgresql_where=sa.text("held_until > 0"),
    )
    op.create_table(
        "holds",
        sa.Column("id", _Id, nullable=False),
        sa.Column("customer_id", _Id, nullable=False),
        sa.Column("document_id", _Id, nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        _text("until"),
        _number("resumes_at"),
        _text("note"),
        _text("set_by"),
        _number("set_at"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_holds_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_holds_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_customer", "holds", ["customer_id", "id"])
    op.create_table(
        "calls",
        sa.Column("id", _Id, nullable=False),
        sa.Column("document_id", _Id, nullable=False),
        _number("at"),
        _text("called_by"),
        _text("contact"),
        sa.Column("outcome", sa.String(16), nullable=False),
        _text("note"),
        _number("logged_at"),
        _number("quiet_until"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_calls_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_document", "calls", ["document_id", "at", "id"])
