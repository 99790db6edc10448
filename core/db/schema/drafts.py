"""The tables of drafts, and of how a document stood when an email about it was written."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.schema.columns import Id, metadata, number
from core.db.schema.digests import digest_column

snapshots = Table(
    "snapshots",
    metadata,
    Column("email_id", Id, ForeignKey("emails.id", ondelete="CASCADE"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    number("total"),
    number("balance_due"),
    Column("due_on", Text, nullable=False, server_default=text("''")),
    digest_column("snapshots"),
)

drafts = Table(
    "drafts",
    metadata,
    # One an operator, document and kind of email; gone when it is sent.
    Column("id", Id, primary_key=True),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("operator", Text, nullable=False),
    Column("fields", Text, nullable=False),  # JSON
    number("saved_at"),
    UniqueConstraint("document_id", "kind", "operator"),
)

draft_files = Table(
    "draft_files",
    metadata,
    # Apart, by content: typing saves words, not the attachments again.
    Column("draft_id", Id, ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
