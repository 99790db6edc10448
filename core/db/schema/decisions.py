"""The tables of what people decided: promises, calls, drafts, corrections, lists, the outbox."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.schema.columns import Id, metadata, number, text_column
from core.db.schema.digests import digest_column

holds = Table(
    "holds",
    metadata,
    # Who asked not to chase until when; never changed, the newest row of its scope is in force.
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE")),  # empty: all
    Column("kind", String(16), nullable=False),
    text_column("until"),  # a day, ISO; empty: lifted
    number("resumes_at"),  # its beginning, where it was set
    text_column("note"),
    text_column("set_by"),
    number("set_at"),
    digest_column("holds"),
    Index("ix_holds_customer", "customer_id", "id"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    number("at"),
    text_column("called_by"),
    text_column("contact"),
    Column("outcome", String(16), nullable=False),
    text_column("note"),
    number("logged_at"),
    number("quiet_until"),
    digest_column("calls"),
    Index("ix_calls_document", "document_id", "at", "id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    # Our own list; SES's is asked live.
    Column("address_key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    number("since"),
    text_column("added_by"),
    digest_column("suppressions"),
)

outbox_holds = Table(
    "outbox_holds",
    metadata,
    # Why no program sends at the moment; one row a reason.
    Column("name", Text, primary_key=True),
    text_column("held_by"),
    number("since"),
    number("until"),  # 0: until somebody lifts it
    text_column("words"),
    digest_column("outbox_holds"),
)

send_brake = Table(
    "send_brake",
    metadata,
    # ``core.rules.sending.brake`` as all programs share it; always one row.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("phase", String(16), nullable=False, server_default=text("'clear'")),
    *map(number, ("failures", "epoch", "since", "retry_at", "probes", "trial_id")),
    text_column("words"),
    digest_column("send_brake"),
)

outbox_acts = Table(
    "outbox_acts",
    metadata,
    # What people decided about single deliveries; never changed, never deleted.
    Column("id", Id, primary_key=True),
    Column("delivery_id", Id, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    text_column("acted_by"),
    number("at"),
    text_column("note"),
    digest_column("outbox_acts"),
)

address_changes = Table(
    "address_changes",
    metadata,
    # What was corrected here: an import of the old address must not undo it.
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("old_address", Text, nullable=False),
    Column("old_key", Text, nullable=False),  # address_key(old_address)
    Column("new_address", Text, nullable=False),
    Column("new_key", Text, nullable=False),
    text_column("changed_by"),
    number("changed_at"),
    digest_column("address_changes"),
    Index("ix_address_changes_customer_id", "customer_id"),
)

suppression_audit = Table(
    "suppression_audit",
    metadata,
    # Every change to either list and every attempt; never deleted.
    Column("id", Id, primary_key=True),
    number("at"),
    *(Column(name, Text, nullable=False) for name in ("address_key", "address")),
    Column("list", String(8), nullable=False),  # ses, own
    Column("action", String(8), nullable=False),  # added, removed
    *map(text_column, ("reason", "operator", "detail")),
    Column("outcome", String(12), nullable=False),  # begun, done, failed
    digest_column("suppression_audit"),
    Index("ix_suppression_audit_address", "address_key", "at", "id"),
)
acknowledgements = Table(
    "acknowledgements",
    metadata,
    # Never deleted; of an operator and a document the newest row that was not undone counts.
    Column("id", Id, primary_key=True),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("operator", Text, nullable=False),
    number("at"),
    text_column("seen"),  # what was wrong then: urgency.signs, separated by blanks
    number("undone_at"),
    digest_column("acknowledgements"),
    Index("ix_acknowledgements_operator", "operator", "document_id", "id"),
)
preferences = Table(
    "preferences",
    metadata,
    Column("operator", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    text_column("value"),
)
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
