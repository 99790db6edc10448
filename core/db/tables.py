"""The tables. Columns are explained where the name alone does not; codecs are in ``codec``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

from core.db.acknowledgement_tables import acknowledgements as acknowledgements
from core.db.columns import Id as _Id
from core.db.columns import flag as _flag
from core.db.columns import metadata as metadata
from core.db.columns import number as _number
from core.db.columns import text_column as _text
from core.db.draft_tables import draft_files as draft_files
from core.db.draft_tables import drafts as drafts
from core.db.draft_tables import snapshots as snapshots

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
)
Index(
    "ix_customers_held",
    customers.c.held_until,
    sqlite_where=customers.c.held_until > 0,
    postgresql_where=customers.c.held_until > 0,
)
Index("ix_customers_attention", customers.c.attention.desc(), customers.c.name_key, customers.c.id)

contacts = Table(
    "contacts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("customer_id", _Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    _text("name"),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, index=True),
    _flag("is_primary"),
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
    UniqueConstraint("customer_id", "kind", "number"),
)
_newest = (documents.c.last_sent_at.desc(), documents.c.id.desc())
Index("ix_documents_newest", *_newest)
Index("ix_documents_customer", documents.c.customer_id, *_newest)
Index("ix_documents_word", documents.c.word, *_newest)
for _column in ("open_bounce", "open_complaint", "open_drop", "open_failure"):
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

holds = Table(
    "holds",
    metadata,
    # Who asked not to chase until when; never changed, the newest row of its scope is in force.
    Column("id", _Id, primary_key=True),
    Column("customer_id", _Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("document_id", _Id, ForeignKey("documents.id", ondelete="CASCADE")),  # empty: all
    Column("kind", String(16), nullable=False),
    _text("until"),  # a day, ISO; empty: lifted
    _number("resumes_at"),  # its beginning, where it was set
    _text("note"),
    _text("set_by"),
    _number("set_at"),
    Index("ix_holds_customer", "customer_id", "id"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("document_id", _Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    _number("at"),
    _text("called_by"),
    _text("contact"),
    Column("outcome", String(16), nullable=False),
    _text("note"),
    _number("logged_at"),
    _number("quiet_until"),
    Index("ix_calls_document", "document_id", "at", "id"),
)

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
    Index("ix_emails_document", "document_id", "created_at", "id"),
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

payloads = Table(
    "payloads",
    metadata,
    # SES's own words, kept for ever; one row a body that brought something new.
    Column("id", _Id, primary_key=True),
    _number("received_at"),
    Column("raw", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    # The natural key (status.natural_key) is the row: newest mails stay together on disk.
    Column("message_id", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, primary_key=True),
    Column("recipient_key", Text, primary_key=True),
    Column("discriminator", Text, primary_key=True),
    Column("delivery_id", _Id, ForeignKey("deliveries.id"), index=True),  # empty: unmatched
    _flag("counts"),  # 0: about another address, a note only
    _text("recipient"),
    _text("subtype"),
    Column("tag", Text),
    _text("feedback_id"),
    _text("action"),
    _text("enhanced_status"),
    _text("diagnostic"),
    _text("user_agent"),
    _text("ip"),
    _text("link"),
    _text("isp"),
    _flag("reports_nobody"),
    _number("received_at"),
    Column("payload_id", _Id, ForeignKey("payloads.id"), nullable=False),
    sqlite_with_rowid=False,
)

external_mails = Table(
    "external_mails",
    metadata,
    # What SES told about emails that carry no tag of ours; the row is the only link to an email.
    Column("message_id", Text, primary_key=True),
    _number("at"),
    _text("source"),
    _text("subject"),
    _text("addressees"),  # JSON: [[address, role or null], …]
    _text("documents"),  # JSON: the values of the tag "document"
    _text("region"),
    _flag("published"),
    _flag("is_ours"),  # it came with our tag after all
    _flag("is_pointed"),  # at a document of ours, and not linked: a person may decide
    Column("email_id", _Id, ForeignKey("emails.id"), unique=True),
    _text("dismissed_by"),  # who said that it is about no document
    _number("dismissed_at"),
)
_waits = text("is_ours = 0 AND is_pointed = 1 AND dismissed_at = 0")
Index(
    "ix_external_mails_waiting",
    external_mails.c.at.desc(),
    external_mails.c.message_id,
    sqlite_where=_waits,
    postgresql_where=_waits,
)
Index(
    "ix_external_mails_unlinked",
    external_mails.c.at.desc(),
    sqlite_where=external_mails.c.email_id.is_(None),
    postgresql_where=external_mails.c.email_id.is_(None),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the raw body: the same body is kept once
    _number("received_at"),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    # Our own list; SES's is asked live.
    Column("address_key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _number("since"),
    _text("added_by"),
)

outbox_holds = Table(
    "outbox_holds",
    metadata,
    # Why no program sends at the moment; one row a reason.
    Column("name", Text, primary_key=True),
    _text("held_by"),
    _number("since"),
    _number("until"),  # 0: until somebody lifts it
    _text("words"),
)

outbox_acts = Table(
    "outbox_acts",
    metadata,
    # What people decided about single deliveries; never changed, never deleted.
    Column("id", _Id, primary_key=True),
    Column("delivery_id", _Id, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    _text("acted_by"),
    _number("at"),
    _text("note"),
)

address_changes = Table(
    "address_changes",
    metadata,
    # What was corrected here: an import of the old address must not undo it.
    Column("id", _Id, primary_key=True),
    Column("customer_id", _Id, ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("old_address", Text, nullable=False),
    Column("old_key", Text, nullable=False),  # address_key(old_address)
    Column("new_address", Text, nullable=False),
    Column("new_key", Text, nullable=False),
    _text("changed_by"),
    _number("changed_at"),
    Index("ix_address_changes_customer_id", "customer_id"),
)

suppression_audit = Table(
    "suppression_audit",
    metadata,
    # Every change to either list and every attempt; never deleted.
    Column("id", _Id, primary_key=True),
    _number("at"),
    *(Column(name, Text, nullable=False) for name in ("address_key", "address")),
    Column("list", String(8), nullable=False),  # ses, own
    Column("action", String(8), nullable=False),  # added, removed
    *map(_text, ("reason", "operator", "detail")),
    Column("outcome", String(12), nullable=False),  # begun, done, failed
    Index("ix_suppression_audit_address", "address_key", "at", "id"),
)
