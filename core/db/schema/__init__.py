"""The tables. Columns are explained where the name alone does not; codecs are in ``db.rows``."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.schema.columns import Id as _Id
from core.db.schema.columns import flag as _flag
from core.db.schema.columns import metadata as metadata
from core.db.schema.columns import number as _number
from core.db.schema.columns import text_column as _text
from core.db.schema.decisions import acknowledgements as acknowledgements
from core.db.schema.decisions import address_changes as address_changes
from core.db.schema.decisions import calls as calls
from core.db.schema.decisions import draft_files as draft_files
from core.db.schema.decisions import drafts as drafts
from core.db.schema.decisions import holds as holds
from core.db.schema.decisions import outbox_acts as outbox_acts
from core.db.schema.decisions import outbox_holds as outbox_holds
from core.db.schema.decisions import preferences as preferences
from core.db.schema.decisions import send_brake as send_brake
from core.db.schema.decisions import snapshots as snapshots
from core.db.schema.decisions import suppression_audit as suppression_audit
from core.db.schema.decisions import suppressions as suppressions
from core.db.schema.digests import digest_column
from core.db.schema.feed import events as events
from core.db.schema.feed import external_mails as external_mails
from core.db.schema.feed import payloads as payloads
from core.db.schema.feed import quarantine as quarantine
from core.db.schema.search import customer_beginnings as customer_beginnings
from core.db.schema.search import document_counts as document_counts
from core.db.schema.search import word_grams as word_grams

customers = Table(
    "customers",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("ref", Text, unique=True),  # the id in the accounting system, where it has one
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),  # search_key(name)
    _text("search"),  # search_key of name and addresses
    _text("phone"),
    _number("held_until"),  # nobody chases before that
    # Roll-ups of the customer's documents.
    _number("documents"),
    _number("attention"),  # documents that need attention: the order of the customers screen
    _number("bounced"),
    _number("complained"),
    _number("dropped"),
    _number("failed"),
    _number("unconfirmed"),
    _number("never_reached"),
    _number("last_sent_at"),
    _number("call_from"),  # the first moment that a document of theirs calls for the phone
    digest_column("customers"),
)
Index(
    "ix_customers_held",
    customers.c.held_until,
    sqlite_where=customers.c.held_until > 0,
    postgresql_where=customers.c.held_until > 0,
)
Index(
    "ix_customers_attention",
    customers.c.attention.desc(),
    customers.c.name_key,
    customers.c.id,
    customers.c.call_from,
)
Index(
    "ix_customers_calls",
    customers.c.attention,
    customers.c.call_from,
    sqlite_where=customers.c.call_from > 0,
    postgresql_where=customers.c.call_from > 0,
)
for _name in ("documents", "last_sent_at"):
    Index(f"ix_customers_{_name}", customers.c[_name], customers.c.id)

contacts = Table(
    "contacts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("customer_id", _Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    _text("name"),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, index=True),
    _flag("is_primary"),
    digest_column("contacts"),
    UniqueConstraint("customer_id", "address_key"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("customer_id", _Id, ForeignKey("customers.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", Text, nullable=False, index=True),
    Column("number_key", Text, nullable=False),
    Column("mention_key", Text, nullable=False, server_default=text("''"), index=True),  # external
    Column("status", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    _number("total"),
    _number("balance_due"),
    _text("issued_on"),
    _text("due_on"),
    _text("pdf"),
    # What the row shows: written in the transaction of the fact that changes it.
    Column("word", String(16), nullable=False, server_default=text("'NEVER_SENT'")),
    _flag("other_failed"),
    _flag("delivered"),
    _flag("recipients"),
    _number("send_count"),
    _number("last_sent_at"),
    _text("last_recipient"),
    Column("last_email_id", _Id),
    _flag("ever_delivered"),
    _flag("never_reached"),
    _flag("by_program"),  # OPENED or CLICKED, and maybe by a program alone
    _flag("is_forward"),  # SOFT_BOUNCED, by forwards alone
    _flag("open_bounce"),  # bits: 1 soft, 2 hard
    _flag("open_complaint"),
    _flag("open_drop"),
    _flag("open_failure"),
    # When and why the emails call for the phone (``calling.CallNeed``); 0: they do not.
    _number("call_at"),
    Column("call_reason", String(16), nullable=False, server_default=text("''")),
    _number("call_emails"),
    _number("call_since"),
    # What puts that off.
    _number("held_until"),  # the customer's own hold included
    _number("quiet_until"),  # after a call
    digest_column("documents"),
    UniqueConstraint("customer_id", "kind", "number"),
)
_newest = (documents.c.last_sent_at.desc(), documents.c.id.desc())
Index("ix_documents_newest", *_newest)
Index("ix_documents_customer", documents.c.customer_id, *_newest)
Index("ix_documents_word", documents.c.word, *_newest)
_OPEN = ("open_bounce", "open_complaint", "open_drop", "open_failure")
for _column in _OPEN:
    Index(
        f"ix_documents_{_column}",
        *_newest,
        sqlite_where=documents.c[_column] > 0,
        postgresql_where=documents.c[_column] > 0,
    )
Index(
    "ix_documents_call",
    documents.c.call_at,
    documents.c.quiet_until,
    documents.c.held_until,
    documents.c.customer_id,
    *_newest,
    # What else is asked of those that call, so that no row is read for it.
    *(documents.c[_name] for _name in (*_OPEN, "word", "kind", "balance_due", "due_on")),
    sqlite_where=documents.c.call_at > 0,
    postgresql_where=documents.c.call_at > 0,
)
Index(
    "ix_documents_held",
    documents.c.held_until,
    *_newest,
    sqlite_where=documents.c.held_until > 0,
    postgresql_where=documents.c.held_until > 0,
)

# Conditions as the queries have them, word by word: else SQLite does not see that they are meant.
_attention = text(
    "(open_bounce > 0 OR open_complaint > 0 OR open_drop > 0 OR open_failure > 0"
    " OR word = 'UNCONFIRMED')"
)
_urgency = ("kind", "balance_due", "due_on", "last_sent_at", "held_until", "call_at", "quiet_until")
Index(
    "ix_documents_attention",
    *(documents.c[_name] for _name in (*_urgency, "id")),
    sqlite_where=_attention,
    postgresql_where=_attention,
)
_unreached = text(
    "never_reached > 0 AND kind = 'invoice' AND send_count > 0"
    " AND word NOT IN ('QUEUED', 'SENDING', 'SENT', 'DEFERRED')"
)
Index(
    "ix_documents_unreached",
    documents.c.currency,
    documents.c.balance_due,
    sqlite_where=_unreached,
    postgresql_where=_unreached,
)
_owed = text("kind = 'invoice' AND balance_due > 0")
Index(
    "ix_documents_owed",
    documents.c.customer_id,
    documents.c.currency,
    documents.c.balance_due,
    sqlite_where=_owed,
    postgresql_where=_owed,
)
Index(
    "ix_documents_customer_call",
    *(documents.c[_name] for _name in ("customer_id", "call_at", "quiet_until", "held_until")),
    sqlite_where=documents.c.call_at > 0,
    postgresql_where=documents.c.call_at > 0,
)
for _name in ("total", "balance_due", "issued_on", "due_on", "send_count"):  # what sorts
    Index(f"ix_documents_{_name}", documents.c[_name], documents.c.id)
# ``core.db.migrations.baseline`` makes more that no table of SQLAlchemy's can say: sort_… in the
# plain order of letters, and on SQLite document_words and customer_words, with triggers.

emails = Table(
    "emails",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("document_id", _Id, ForeignKey("documents.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    _text("subject"),
    _text("body"),
    _text("sender"),
    _text("sent_by"),
    _number("created_at"),
    _text("message_id"),  # the Message-ID header we wrote; SES puts its own on the wire
    _text("linked_by"),  # who linked another program's email by hand
    _number("linked_at"),
    _text("batch_id"),  # what was enqueued by one act
    # A digest of the message, the attachments and the number of recipients.
    _number("contents"),
    digest_column("emails"),
    Index("ix_emails_document", "document_id", "created_at", "id", "kind"),
)
Index(
    "ix_emails_batch",
    emails.c.batch_id,
    sqlite_where=emails.c.batch_id != "",
    postgresql_where=emails.c.batch_id != "",
)

messages = Table(
    "messages",
    metadata,
    # The exact bytes that left, apart so that rows of emails stay small.
    Column("email_id", _Id, ForeignKey("emails.id", ondelete="CASCADE"), primary_key=True),
    Column("mime", LargeBinary, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("email_id", _Id, ForeignKey("emails.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    _number("size"),
    Column("sha256", String(64), nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email_id", _Id, ForeignKey("emails.id"), nullable=False, index=True),
    Column("document_id", _Id, ForeignKey("documents.id"), nullable=False, index=True),
    Column("role", String(3), nullable=False),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, index=True),
    _text("domain"),  # of the address, as it is compared
    Column("replaces", Text),
    Column("tag", Text, nullable=False, unique=True),
    Column("local_status", SmallInteger, nullable=False),  # what we did; facts are in events
    _number("claimed_at"),
    _number("accepted_at"),
    _text("ses_message_id"),
    _text("region"),
    _text("error"),
    _text("lease_by"),  # whose it is to send, and until when
    _number("lease_until"),
    _number("not_before"),
    _number("tries"),  # how often SES did not take it for now, and since when
    _number("refused_since"),
    # Settled from local_status and the events.
    Column("status", SmallInteger, nullable=False),
    _flag("engagement"),
    _flag("by_person"),
    _number("sent_at"),
    _number("deferred_at"),
    _number("delivered_at"),
    _number("opened_at"),
    _number("clicked_at"),
    _number("bounced_at"),
    _number("complained_at"),
    _number("dropped_at"),
    _text("diagnostic"),
    _text("enhanced_status"),
    _text("subtype"),
    _flag("is_forward"),  # SOFT_BOUNCED, by a forward alone
    digest_column("deliveries"),
)
Index("ix_deliveries_ses_message_id", deliveries.c.ses_message_id)
Index("ix_deliveries_domain", deliveries.c.domain, deliveries.c.delivered_at)
Index("ix_deliveries_sent_at", deliveries.c.sent_at)
Index(
    "ix_deliveries_in_flight",
    deliveries.c.local_status,
    sqlite_where=deliveries.c.local_status < 35,
    postgresql_where=deliveries.c.local_status < 35,
)
Index(
    "ix_deliveries_failed",
    deliveries.c.claimed_at,
    sqlite_where=deliveries.c.local_status == 35,
    postgresql_where=deliveries.c.local_status == 35,
)
