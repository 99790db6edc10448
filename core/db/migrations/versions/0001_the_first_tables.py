"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives an INTEGER PRIMARY KEY its rowid; PostgreSQL wants eight bytes.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", _Id, nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("documents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attention", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bounced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("complained", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("dropped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unconfirmed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("never_reached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_sent_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("ref", name=op.f("uq_customers_ref")),
    )
    op.create_index(
        "ix_customers_attention",
        "customers",
        [sa.literal_column("attention DESC"), "name_key", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_customers_name_key"), "customers", ["name_key"], unique=False)

    op.create_table(
        "payloads",
        sa.Column("id", _Id, nullable=False),
        sa.Column("received_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payloads")),
    )
    op.create_table(
        "quarantine",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("added_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", _Id, nullable=False),
        sa.Column("customer_id", _Id, nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_contacts_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "customer_id", "address_key", name=op.f("uq_contacts_customer_id_address_key")
        ),
    )
    op.create_index(op.f("ix_contacts_address_key"), "contacts", ["address_key"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", _Id, nullable=False),
        sa.Column("customer_id", _Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("mention_key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("balance_due", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("issued_on", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_on", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("pdf", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "word", sa.String(length=16), server_default=sa.text("'NEVER_SENT'"), nullable=False
        ),
        sa.Column("other_failed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recipients", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("send_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_sent_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_recipient", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_email_id", _Id, nullable=True),
        sa.Column("ever_delivered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("never_reached", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("by_program", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_bounce", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_complaint", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_drop", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_failure", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_documents_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "customer_id", "kind", "number", name=op.f("uq_documents_customer_id_kind_number")
        ),
    )
    op.create_index(
        "ix_documents_customer",
        "documents",
        ["customer_id", sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_documents_newest",
        "documents",
        [sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_documents_mention_key"), "documents", ["mention_key"], unique=False)
    op.create_index(op.f("ix_documents_number"), "documents", ["number"], unique=False)
    op.create_index(
        "ix_documents_open_bounce",
        "documents",
        [sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("open_bounce > 0"),
        postgresql_where=sa.text("open_bounce > 0"),
    )
    op.create_index(
        "ix_documents_open_complaint",
        "documents",
        [sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("open_complaint > 0"),
        postgresql_where=sa.text("open_complaint > 0"),
    )
    op.create_index(
        "ix_documents_open_drop",
        "documents",
        [sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("open_drop > 0"),
        postgresql_where=sa.text("open_drop > 0"),
    )
    op.create_index(
        "ix_documents_open_failure",
        "documents",
        [sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("open_failure > 0"),
        postgresql_where=sa.text("open_failure > 0"),
    )
    op.create_index(
        "ix_documents_word",
        "documents",
        ["word", sa.literal_column("last_sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )

    op.create_table(
        "emails",
        sa.Column("id", _Id, nullable=False),
        sa.Column("document_id", _Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("body", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sender", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sent_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("message_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("linked_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_emails_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
    )
    op.create_index(
        "ix_emails_document", "emails", ["document_id", "created_at", "id"], unique=False
    )

    op.create_table(
        "attachments",
        sa.Column("email_id", _Id, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"], ["emails.id"], name=op.f("fk_attachments_email_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("email_id", "position", name=op.f("pk_attachments")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _Id, nullable=False),
        sa.Column("email_id", _Id, nullable=False),
        sa.Column("document_id", _Id, nullable=False),
        sa.Column("role", sa.String(length=3), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("local_status", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ses_message_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("region", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("engagement", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("by_person", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deferred_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("clicked_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bounced_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("complained_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("diagnostic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("enhanced_status", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subtype", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_deliveries_document_id")
        ),
        sa.ForeignKeyConstraint(["email_id"], ["emails.id"], name=op.f("fk_deliveries_email_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("tag", name=op.f("uq_deliveries_tag")),
    )
    op.create_index(op.f("ix_deliveries_address_key"), "deliveries", ["address_key"], unique=False)
    op.create_index(op.f("ix_deliveries_document_id"), "deliveries", ["document_id"], unique=False)
    op.create_index(op.f("ix_deliveries_email_id"), "deliveries", ["email_id"], unique=False)
    op.create_index(
        "ix_deliveries_in_flight",
        "deliveries",
        ["local_status"],
        unique=False,
        sqlite_where=sa.text("local_status < 35"),
        postgresql_where=sa.text("local_status < 35"),
    )
    op.create_index("ix_deliveries_domain", "deliveries", ["domain", "delivered_at"], unique=False)
    op.create_index("ix_deliveries_sent_at", "deliveries", ["sent_at"], unique=False)
    op.create_index("ix_deliveries_ses_message_id", "deliveries", ["ses_message_id"], unique=False)

    op.create_table(
        "external_mails",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("addressees", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("documents", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("region", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("published", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_ours", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_pointed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("email_id", _Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["email_id"], ["emails.id"], name=op.f("fk_external_mails_email_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_external_mails")),
        sa.UniqueConstraint("email_id", name=op.f("uq_external_mails_email_id")),
    )
    op.create_index(
        "ix_external_mails_unlinked",
        "external_mails",
        [sa.literal_column("at DESC")],
        unique=False,
        sqlite_where=sa.text("email_id IS NULL"),
        postgresql_where=sa.text("email_id IS NULL"),
    )
    op.create_table(
        "messages",
        sa.Column("email_id", _Id, nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"], ["emails.id"], name=op.f("fk_messages_email_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("email_id", name=op.f("pk_messages")),
    )
    op.create_table(
        "events",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("discriminator", sa.Text(), nullable=False),
        sa.Column("delivery_id", _Id, nullable=True),
        sa.Column("counts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recipient", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subtype", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("feedback_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("action", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("enhanced_status", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("diagnostic", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ip", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("link", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("isp", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reports_nobody", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("payload_id", _Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_events_delivery_id")
        ),
        sa.ForeignKeyConstraint(["payload_id"], ["payloads.id"], name=op.f("fk_events_payload_id")),
        sa.PrimaryKeyConstraint(
            "message_id", "at", "type", "recipient_key", "discriminator", name=op.f("pk_events")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_events_delivery_id"), "events", ["delivery_id"], unique=False)
