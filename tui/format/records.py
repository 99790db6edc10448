"""The JSON contract of the command line (docs/command-line.md): values to plain dictionaries.

Money is a decimal string, a time ISO 8601 in UTC; keys may be added, never taken away.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.model.attention import AttentionRow
from core.model.enums import Engagement
from core.model.suppressions import SuppressedAddress
from core.rules.chasing.call_reminders import is_ahead, needs_call
from core.rules.export.tabular import utc_text
from core.rules.monitoring.delivery_latency import late_document, late_words
from tui.format import records
from tui.format.shell_commands import with_shell_commands
from tui.format.suppressions import row_adders, row_reason

if TYPE_CHECKING:
    from core.model.chasing import Call, Hold
    from core.model.delivery import DeliveryState, Note
    from core.model.documents import Amount, CustomerRow, DocumentRow, Late
    from core.model.email import Finding, SendOutcome
    from core.model.errors import OuttrayError
    from core.model.history import Attachment, DocumentLog, EmailEntry, RecipientEntry
    from core.model.reports import ImportReport, IngestReport

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def decimal(value: Decimal) -> str:
    return f"{value:f}"


def amount(value: Amount) -> Json:
    return {"value": decimal(value.value), "currency": value.currency}


def customer(row: CustomerRow) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "email": row.address or None,
        "open_balance": [amount(value) for value in row.open_balance],
        "documents": row.documents,
        "last_sent_at": instant(row.last_sent_at),
        "bounced": row.bounced,
        "complained": row.complained,
        "dropped": row.dropped,
        "failed": row.failed,
        "unconfirmed": row.unconfirmed,
        "never_reached": row.never_reached,
        "needs_call": row.needs_call,
        "snoozed_until": _held_until(row.held_until, datetime.now(UTC)),
    }


def _held_until(until: datetime | None, now: datetime) -> str | None:
    return day(until.astimezone().date()) if until and is_ahead(until, now) else None


def document(row: DocumentRow, as_of: datetime | None = None) -> Json:
    """A row as it stands at ``as_of``; ``None``: now."""
    summary, then = row.summary, as_of or datetime.now(UTC)
    late = late_document(row, then)
    return {
        "number": row.number,
        "kind": row.kind.value,
        "customer": row.customer,
        "status": row.status,
        "currency": row.currency,
        "total": decimal(row.total),
        "balance_due": decimal(row.balance_due),
        "issued_on": day(row.issued_on),
        "due_on": day(row.due_on),
        "send_count": summary.send_count,
        "last_sent_at": instant(summary.last_sent_at),
        "last_recipient": summary.last_recipient or None,
        "delivery": summary.word.value,
        "forward_failed": summary.is_forward,
        "unresolved_failure": bool(summary.unresolved),
        "unresolved": sorted(word.value for word in summary.unresolved),
        "late": None if late is None else late_words(late).rstrip("."),
        "never_reached": summary.never_reached,
        "ever_delivered": summary.ever_delivered,
        "recipients_delivered": summary.delivered,
        "recipients": summary.recipients,
        "other_recipient_failed": summary.other_failed,
        "pdf": row.pdf or None,
        "needs_call": needs_call(row, then) or None,
        "snoozed_until": _held_until(row.held_until, then),
    }


def log(found: DocumentLog) -> Json:
    return {
        "document": document(found.document, found.as_of),
        "emails": [_email(e) for e in found.emails],
        "as_of": instant(found.as_of),
        "moments": [instant(at) for at in found.moments],
        "calls": [call(each) for each in found.calls],
        "snoozes": [hold(each) for each in found.holds],
        "phone": found.phone or None,
    }


def call(made: Call) -> Json:
    return {
        "at": instant(made.at),
        "by": made.by,
        "contact": made.contact or None,
        "outcome": made.outcome.value,
        "note": made.note or None,
    }


def hold(entry: Hold) -> Json:
    """``until`` is the first day to chase again; ``null``: it was lifted."""
    return {
        "kind": entry.kind.value,
        "until": day(entry.until),
        "note": entry.note or None,
        "by": entry.by,
        "at": instant(entry.at),
        "whole_customer": entry.whole_customer,
    }


def _email(entry: EmailEntry) -> Json:
    times = [r.state.sent_at for r in entry.recipients if r.state.sent_at is not None]
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "subject": entry.subject,
        "created_at": instant(entry.created_at),
        "sent_at": instant(min(times, default=None)),
        "sent_by": entry.sent_by,
        "delivery": entry.summary.word.value,
        "body": entry.body,
        "attachments": [_attachment(file) for file in entry.attachments],
        "recipients": [_recipient(recipient) for recipient in entry.recipients],
        "notes": [_note(note) for note in entry.notes],
    }


def _attachment(file: Attachment) -> Json:
    return {
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "content_type": file.content_type,
    }


def _recipient(entry: RecipientEntry) -> Json:
    state = entry.state
    return {
        "address": entry.address,
        "role": entry.role.value,
        "status": state.word.value,
        "forward_failed": state.is_forward,
        "stopped_by": entry.stopped_by or None,
        "ses_message_id": entry.ses_message_id or None,
        "sent_at": instant(state.sent_at),
        "deferred_at": instant(state.deferred_at),
        "delivered_at": instant(state.delivered_at),
        "opened_at": instant(state.opened_at),
        "clicked_at": instant(state.clicked_at),
        "bounced_at": instant(state.bounced_at),
        "complained_at": instant(state.complained_at),
        "dropped_at": instant(state.dropped_at),
        "diagnostic": state.diagnostic or None,
        "enhanced_status": state.enhanced_status or None,
        "subtype": state.subtype or None,
        "cause": entry.cause or None,
        "advice": entry.advice or None,
        "error": entry.error or None,
        "opens": entry.opens,
        "clicks": entry.clicks,
        "opened_by": _by_whom(state, Engagement.OPENED),
        "clicked_by": _by_whom(state, Engagement.CLICKED),
        "late": None if entry.late is None else _late(entry.late),
        "notes": [_note(note) for note in entry.notes],
    }


def _late(late: Late) -> Json:
    return {
        "usual_seconds": round(late.usual_seconds, 3),
        "waited_seconds": round(late.waited_seconds, 3),
    }


def _by_whom(state: DeliveryState, engagement: Engagement) -> str | None:
    """A click is also an opening: whoever followed a link had the email open."""
    if state.engagement < engagement:
        return None
    return "person" if state.by_person >= engagement else "maybe a program"


def _note(note: Note) -> Json:
    return {"at": instant(note.at), "text": note.text, "diagnostic": note.diagnostic or None}


def outcome(sent: SendOutcome) -> Json:
    return {
        "number": sent.number,
        "email_id": sent.email_id,
        "verdict": sent.verdict.decision.value,
        "reasons": [finding(found) for found in sent.verdict.findings],
        "recipients": [
            {
                "address": recipient.address,
                "status": recipient.status.value,
                "ses_message_id": recipient.ses_message_id or None,
                "error": recipient.error or None,
            }
            for recipient in sent.recipients
        ],
    }


def not_possible(number: str, error: OuttrayError) -> Json:
    """An outcome for a document that could not even be put before the gate."""
    reason = {"code": "error", "weight": "refuse", "title": error.title, "next": error.hint}
    return {
        "number": number,
        "email_id": None,
        "verdict": "refuse",
        "reasons": [{**reason, "detail": "", "address": None, "proposal": None}],
        "recipients": [],
    }


def finding(found: Finding) -> Json:
    return {
        "code": found.code,
        "weight": found.weight.name.lower(),
        "title": found.title,
        "detail": found.detail,
        "next": with_shell_commands(found.next),
        "address": found.address or None,
        "proposal": found.proposal or None,
    }


def ingest(report: IngestReport) -> Json:
    return {
        "read": report.read,
        "applied": report.applied,
        "duplicate": report.duplicate,
        "unmatched": report.unmatched,
        "quarantined": report.quarantined,
        "setup": report.setup,
        "unsearched": report.unsearched,
    }


def imported(report: ImportReport) -> Json:
    return {
        "file": report.file,
        "dialect": report.dialect,
        "kind": report.kind,
        "read": report.read,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": [
            {"line": row.line, "field": row.field, "reason": row.reason} for row in report.rejected
        ],
        "customers_created": report.customers_created,
        "kept_corrections": [
            {"customer": each.customer, "imported": each.imported, "kept": each.kept}
            for each in report.kept_corrections
        ],
    }


def failed_import(file: str, error: OuttrayError) -> Json:
    return {
        "file": file,
        "dialect": None,
        "kind": None,
        "read": 0,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "customers_created": 0,
        "kept_corrections": [],
        "error": str(error),
    }


def attention_row(row: AttentionRow) -> records.Json:
    return {
        **records.document(row.document),
        "wrong": "NEEDS_CALL" if row.word is None else row.word.value,
        "words": row.words,
        "forward_failed": row.is_forward,
        "address": row.address or None,
        "since": records.instant(row.since),
        "days_overdue": row.days_overdue,
        "next": row.next.words,
        "acknowledged_at": records.instant(row.acknowledged_at),
    }


def suppression_row(row: SuppressedAddress) -> records.Json:
    cause = row.cause
    return {
        "address": row.address,
        "spellings": list(row.spellings),
        "lists": list(row.lists),
        "reason": row_reason(row),
        "complaint": row.is_complaint,
        "since": records.instant(row.since),
        "added_by": row_adders(row) or None,
        "entries": [
            {
                "list": entry.source,
                "address": entry.address,
                "reason": entry.reason,
                "since": records.instant(entry.since),
                "added_by": entry.added_by or None,
                "ignored_by": entry.ignored_by or None,
                "ses_message_id": entry.ses_message_id or None,
            }
            for entry in row.entries
        ],
        "caused_by": None
        if cause is None
        else {
            "number": cause.document_number,
            "kind": cause.document_kind.value,
            "customer": cause.customer,
            "subject": cause.subject,
            "email_id": cause.email_id,
            "sent_at": records.instant(cause.sent_at),
            "named_by_ses": cause.is_named,
        },
    }
