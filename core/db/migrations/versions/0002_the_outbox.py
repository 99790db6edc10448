"""The outbox: leases, batches, pauses, and what people decided about single deliveries"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def upgrade() -> None:
    op.add_column("deliveries", _text("lease_by"))
    op.add_column("deliveries", _number("lease_until"))
    op.add_column("deliveries", _number("not_before"))
    op.add_column("deliveries", _number("tries"))
    op.add_column("deliveries", _number("refused_since"))
    op.add_column("emails", _text("batch_id"))
    op.create_index(
        "ix_emails_batch",
        "emails",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("batch_id <> ''"),
        postgresql_where=sa.text("batch_id <> ''"),
    )
    op.create_index(
        "ix_deliveries_failed",
        "deliveries",
        ["claimed_at"],
        unique=False,
        sqlite_where=sa.text("local_status = 35"),
        postgresql_where=sa.text("local_status = 35"),
    )
    op.create_table(
        "outbox_holds",
        sa.Column("name", sa.Text(), nullable=False),
        _text("held_by"),
        _number("since"),
        _number("until"),
        _text("words"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_holds")),
    )
    op.create_table(
        "outbox_acts",
        sa.Column("id", _Id, nullable=False),
        sa.Column("delivery_id", _Id, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        _text("acted_by"),
        _number("at"),
        _text("note"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_outbox_acts_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_acts")),
    )
    op.create_index(
        op.f("ix_outbox_acts_delivery_id"), "outbox_acts", ["delivery_id"], unique=False
    )
    _hold_what_was_left_behind()


def _hold_what_was_left_behind() -> None:
    """What an older Outtray left waiting was never sent by itself: a person looks at it first."""
    connection = op.get_bind()
    waiting = connection.scalar(sa.text("SELECT count(*) FROM deliveries WHERE local_status = 10"))
    if waiting:
        words = (
            f"{waiting} from before the update of Outtray wait. Look at them, cancel what shall"
            " not be sent any more, then resume."
        )
        statement = sa.text(
            "INSERT INTO outbox_holds (name, held_by, since, until, words)"
            " VALUES ('pause', 'Outtray', :now, 0, :words)"
        )
        connection.execute(statement, {"now": int(time.time() * 1_000_000), "words": words})
