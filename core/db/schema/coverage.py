"""What would tell that a value was damaged, for every column of every table: data, in one place.

A column that is in none of these fails a test. ``SEALED`` columns are covered by the digest of
their row (``core.db.schema.digests``): whoever adds one there has the digests of old rows filled
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from core.model.chasing import HoldKind, Outcome
from core.model.enums import DocumentKind, EmailKind, Role, Status
from core.model.feed import NoticeKind
from core.rules.sending.brake import Phase

SEALED: Final[Mapping[str, tuple[str, ...]]] = {
    "account_notices": ("kind", "subject", "at", "is_open", "words", "raw"),
    "acknowledgements": ("document_id", "operator", "at", "seen", "undone_at"),
    "address_changes": ("customer_id", "old_address", "new_address", "changed_by", "changed_at"),
    "calls": (
        *("document_id", "at", "called_by", "contact", "outcome", "note", "logged_at"),
        "quiet_until",
    ),
    "contacts": ("customer_id", "name", "address", "is_primary"),
    "customers": ("ref", "name", "phone"),
    "deliveries": (
        *("email_id", "document_id", "role", "address", "replaces", "tag", "local_status"),
        *("claimed_at", "accepted_at", "ses_message_id", "region", "error"),
    ),
    "documents": (
        *("customer_id", "kind", "number", "status", "currency", "total", "balance_due"),
        *("issued_on", "due_on", "pdf"),
    ),
    "emails": (
        *("document_id", "kind", "subject", "body", "sender", "sent_by", "created_at"),
        *("message_id", "linked_by", "linked_at", "batch_id", "contents"),
    ),
    # Not what follows from these: another rule for the natural key leaves the digests alone.
    "events": (
        *("message_id", "at", "type", "recipient", "subtype", "tag", "feedback_id", "action"),
        *("enhanced_status", "diagnostic", "user_agent", "ip", "link", "isp"),
        *("received_at", "payload_id"),
    ),
    "external_mails": (
        *("message_id", "at", "source", "subject", "addressees", "documents", "region"),
        *("published", "is_ours", "is_pointed", "email_id", "dismissed_by", "dismissed_at"),
    ),
    "holds": (
        *("customer_id", "document_id", "kind", "until", "resumes_at", "note", "set_by"),
        "set_at",
    ),
    "outbox_acts": ("delivery_id", "act", "acted_by", "at", "note"),
    "outbox_holds": ("name", "held_by", "since", "until", "words"),
    "payloads": ("received_at", "raw"),
    "quarantine": (
        *("sha256", "received_at", "source", "reason", "raw"),
        *("dismissed_at", "dismissed_by", "note"),
    ),
    "send_brake": (
        *("id", "phase", "failures", "epoch", "since", "retry_at", "probes", "trial_id"),
        "words",
    ),
    "snapshots": ("email_id", "status", "currency", "total", "balance_due", "due_on"),
    "suppression_audit": (
        *("at", "address", "list", "action", "reason", "operator", "outcome", "detail"),
    ),
    "suppressions": ("address", "reason", "since", "added_by"),
}
"""The columns that the digest of a row covers, in the order in which they go into it."""

RECOMPUTED: Final[Mapping[str, Mapping[str, str]]] = {
    "address_changes": {"old_key": "the old address", "new_key": "the new address"},
    "attachments": dict.fromkeys(
        ("email_id", "position", "name", "content_type", "size", "sha256"), "emails.contents"
    ),
    "contacts": {"address_key": "the address"},
    "customer_beginnings": dict.fromkeys(("customer_id", "part", "word"), "name and addresses"),
    "customers": {
        "name_key": "the name",
        "search": "the name and the addresses",
        "held_until": "the promises and snoozes",
        **dict.fromkeys(
            (
                *("documents", "attention", "bounced", "complained", "dropped", "failed"),
                *("unconfirmed", "never_reached", "last_sent_at", "call_from"),
            ),
            "the documents",
        ),
    },
    "deliveries": {
        "address_key": "the address",
        "domain": "the address",
        **dict.fromkeys(
            (
                *("status", "engagement", "by_person", "sent_at", "deferred_at", "delivered_at"),
                *("opened_at", "clicked_at", "bounced_at", "complained_at", "dropped_at"),
                *("diagnostic", "enhanced_status", "subtype", "is_forward"),
            ),
            "what we did and the reports",
        ),
    },
    "document_counts": dict.fromkeys(("name", "part", "n"), "the documents"),
    "documents": {
        "number_key": "the number",
        "mention_key": "the number",
        "held_until": "the promises and snoozes",
        "quiet_until": "the calls",
        **dict.fromkeys(
            (
                *("word", "other_failed", "delivered", "recipients", "send_count"),
                *("last_sent_at", "last_recipient", "last_email_id", "ever_delivered"),
                *("never_reached", "by_program", "open_bounce", "open_complaint", "open_drop"),
                "is_forward",
                *("open_failure", "call_at", "call_reason", "call_emails", "call_since"),
            ),
            "the deliveries",
        ),
    },
    "draft_files": {"sha256": "the content", "content": "the SHA-256 kept beside it"},
    "emails": {"contents": "the message, the attachments and the number of recipients"},
    "events": {
        "recipient_key": "the report",
        "discriminator": "the report",
        "delivery_id": "the deliveries",
        "counts": "the deliveries",
    },
    "messages": dict.fromkeys(("email_id", "mime"), "emails.contents"),
    "suppression_audit": {"address_key": "the address"},
    "suppressions": {"address_key": "the address"},
    "word_grams": {"gram": "the word", "word": "the names"},
}
"""From what a value is worked out again."""

FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "deliveries": {
        "lease_by": "somebody has it exactly while there is a time until when",
        "lease_until": "no further ahead than a day",
        "not_before": "no further ahead than ten days",
        "tries": "above 0 exactly while there is a first refusal",
        "refused_since": "above 0 exactly while there are tries",
    },
    "drafts": {"kind": "a kind of email", "fields": "JSON"},
}
"""What is only known not to be nonsense: another value that makes sense is not noticed."""

NOT_FINDABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "drafts": {
        "operator": "a name: a person reads a draft before it is sent",
        "saved_at": "only shown",
    },
    "preferences": {
        "operator": "a name: what a screen remembers, and no rule reads",
        "key": "what a screen remembers, and no rule reads",
        "value": "what a screen remembers, and no rule reads",
    },
}
"""What nothing else tells, and why that does no harm."""

#: The row's own number: what points at it is looked for from there.
KEYS: Final[Mapping[str, str]] = {
    "acknowledgements": "nothing points at it; only the order of rows hangs on it",
    "address_changes": "nothing points at it; only the order of rows hangs on it",
    "calls": "nothing points at it; only the order of rows hangs on it",
    "contacts": "nothing points at it; only the order of rows hangs on it",
    "customers": "documents and contacts",
    "deliveries": "reports; of one without any the number means nothing",
    "documents": "emails",
    "drafts": "its files",
    "emails": "messages and deliveries",
    "holds": "nothing points at it; only the order of rows hangs on it",
    "outbox_acts": "nothing points at it; only the order of rows hangs on it",
    "payloads": "events",
    "suppression_audit": "nothing points at it; only the order of rows hangs on it",
}

VALUES: Final[Mapping[tuple[str, str], type[Enum]]] = {
    ("account_notices", "kind"): NoticeKind,
    ("calls", "outcome"): Outcome,
    ("deliveries", "local_status"): Status,
    ("deliveries", "role"): Role,
    ("documents", "kind"): DocumentKind,
    ("drafts", "kind"): EmailKind,
    ("emails", "kind"): EmailKind,
    ("holds", "kind"): HoldKind,
    ("send_brake", "phase"): Phase,
}
"""Columns that take few values. Where a digest covers one, it tells which of them it was."""

FLAGS: Final = (
    ("account_notices", "is_open"),
    ("contacts", "is_primary"),
    ("external_mails", "is_ours"),
    ("external_mails", "is_pointed"),
    ("external_mails", "published"),
)


def columns_of(table: str) -> frozenset[str]:
    """Return the columns of a table that are in some class."""
    parts = (RECOMPUTED, FORMS, NOT_FINDABLE)
    known = {name for part in parts for name in part.get(table, {})}
    known.update(SEALED.get(table, ()))
    known.update(("digest",) if table in SEALED else ())
    known.update(("id",) if table in KEYS else ())
    return frozenset(known)
