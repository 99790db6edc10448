"""The tables of what SES reported: its own words, the facts in them, and what is left over."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from core.db.schema.columns import Id as _Id
from core.db.schema.columns import flag as _flag
from core.db.schema.columns import metadata
from core.db.schema.columns import number as _number
from core.db.schema.columns import text_column as _text
from core.db.schema.digests import digest_column

payloads = Table(
    "payloads",
    metadata,
    # SES's own words, kept for ever; one row a body that brought something new.
    Column("id", _Id, primary_key=True),
    _number("received_at"),
    Column("raw", Text, nullable=False),
    digest_column("payloads"),  # how many events it brought included
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
    _flag("counts"),  # 0: of several recipients it names none, a note only
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
    _number("received_at"),
    Column("payload_id", _Id, ForeignKey("payloads.id"), nullable=False),
    digest_column("events"),
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
    digest_column("external_mails"),
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
    _number("dismissed_at"),  # 0: it waits to be read
    _text("dismissed_by"),
    _text("note"),
    digest_column("quarantine"),
)

account_notices = Table(
    "account_notices",
    metadata,
    # What AWS says of sending itself; of one subject the newest is in force.
    Column("kind", String(16), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("is_open", SmallInteger, primary_key=True, autoincrement=False),
    _text("words"),
    Column("raw", Text, nullable=False),
    digest_column("account_notices"),
)
