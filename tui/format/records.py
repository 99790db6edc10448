"""The JSON contract of the command line (docs/command-line.md): values to plain dictionaries.

Money is a decimal string, a time ISO 8601 in UTC; keys may be added, never taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.model.attention import AttentionRow
from core.model.enums import Engagement
from core.model.suppressions import SuppressedAddress
from core.rules.chasing.call_reminders import is_ahead, needs_call
from core.rules.export.tabular import utc_text
from core.rules.monitoring.delivery_latency import late_document, late_words
from tui.format.shell_commands import with_shell_commands
from tui.format.suppressions import row_adders, row_reason

if TYPE_CHECKING:
    from core.model.chasing import Call, Hold
    from core.model.delivery import DeliveryState, Note
    from core.model.documents import CustomerRow, DocumentRow, Late
    from core.model.email import Finding, SendOutcome
    from core.model.errors import OuttrayError
    from core.model.history import DocumentLog, EmailEntry, RecipientEntry
    from core.model.reports import ImportReport

Json = dict[str, Any]


def shaped(value: object, shape: str, **more: Any) -> Json:
    """Return what ``shape`` names of a value, and ``more``: ``status=state.word error? …``.

    A word is a key, and where it is found if it is named otherwise; ``?``: empty becomes ``null``.
    """
    found: Json = {}
    for word in shape.split():
        key, _, place = word.removesuffix("?").partition("=")
        part = plain(attrgetter(place or key)(value))
        found[key] = (part or None) if word.endswith("?") else part
    return found | more


def plain(value: Any) -> Any:
    """Return a value as JSON has it; one of ours by the names of all its fields.

    Raises:
        TypeError: JSON has nothing for it, so that a key never holds what a script cannot read.
    """
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    for kind, encode in _ENCODERS.items():
        if isinstance(value, kind):
            return encode(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def instant(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def decimal(value: Decimal) -> str:
    return f"{value:f}"


#: A time is a date as well, and so stands before it.
_ENCODERS: Final[dict[type, Callable[[Any], Any]]] = {
    Enum: lambda value: value.value,
    datetime: instant,
    date: day,
    Decimal: decimal,
    Path: str,
}


def customer(row: CustomerRow) -> Json:
    return shaped(
        row,
        "id name email=address? open_balance documents last_sent_at bounced complained dropped"
        " failed unconfirmed never_reached needs_call",
        snoozed_until=_held_until(row.held_until, datetime.now(UTC)),
    )


def _held_until(until: datetime | None, now: datetime) -> str | None:
    return day(until.astimezone().date()) if until and is_ahead(until, now) else None


def document(row: DocumentRow, as_of: datetime | None = None) -> Json:
    """A row as it stands at ``as_of``; ``None``: now."""
    then = as_of or datetime.now(UTC)
    late = late_document(row, then)
    return shaped(
        row,
        "number kind customer status currency total balance_due issued_on due_on"
        " send_count=summary.send_count last_sent_at=summary.last_sent_at"
        " last_recipient=summary.last_recipient? delivery=summary.word"
        " forward_failed=summary.is_forward never_reached=summary.never_reached"
        " ever_delivered=summary.ever_delivered recipients_delivered=summary.delivered"
        " recipients=summary.recipients other_recipient_failed=summary.other_failed pdf?",
        unresolved_failure=bool(row.summary.unresolved),
        unresolved=sorted(word.value for word in row.summary.unresolved),
        late=None if late is None else late_words(late).rstrip("."),
        needs_call=needs_call(row, then) or None,
        snoozed_until=_held_until(row.held_until, then),
    )


def log(found: DocumentLog) -> Json:
    return shaped(
        found,
        "as_of moments phone?",
        document=document(found.document, found.as_of),
        emails=[_email(each) for each in found.emails],
        calls=[call(each) for each in found.calls],
        snoozes=[hold(each) for each in found.holds],
    )


def call(made: Call) -> Json:
    return shaped(made, "at by contact? outcome note?")


def hold(entry: Hold) -> Json:
    """``until`` is the first day to chase again; ``null``: it was lifted."""
    return shaped(entry, "kind until note? by at whole_customer")


def _email(entry: EmailEntry) -> Json:
    times = [r.state.sent_at for r in entry.recipients if r.state.sent_at is not None]
    return shaped(
        entry,
        "id kind subject created_at sent_by delivery=summary.word body attachments",
        sent_at=instant(min(times, default=None)),
        recipients=[_recipient(recipient) for recipient in entry.recipients],
        notes=[_note(note) for note in entry.notes],
    )


def _recipient(entry: RecipientEntry) -> Json:
    return shaped(
        entry,
        "address role status=state.word forward_failed=state.is_forward stopped_by?"
        " ses_message_id? cause? advice? error? opens clicks",
        **shaped(
            entry.state,
            "sent_at deferred_at delivered_at opened_at clicked_at bounced_at complained_at"
            " dropped_at diagnostic? enhanced_status? subtype?",
        ),
        opened_by=_by_whom(entry.state, Engagement.OPENED),
        clicked_by=_by_whom(entry.state, Engagement.CLICKED),
        late=None if entry.late is None else _late(entry.late),
        notes=[_note(note) for note in entry.notes],
    )


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
    return shaped(note, "at text diagnostic?")


def outcome(sent: SendOutcome) -> Json:
    return shaped(
        sent,
        "number email_id verdict=verdict.decision",
        reasons=[finding(found) for found in sent.verdict.findings],
        recipients=[shaped(r, "address status ses_message_id? error?") for r in sent.recipients],
    )


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
    return shaped(
        found,
        "code title detail address? proposal?",
        weight=found.weight.name.lower(),
        next=with_shell_commands(found.next),
    )


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


def attention_row(row: AttentionRow) -> Json:
    return document(row.document) | shaped(
        row,
        "words forward_failed=is_forward address? since days_overdue next=next.words"
        " acknowledged_at",
        wrong="NEEDS_CALL" if row.word is None else row.word.value,
    )


def suppression_row(row: SuppressedAddress) -> Json:
    return shaped(
        row,
        "address spellings lists complaint=is_complaint since",
        reason=row_reason(row),
        added_by=row_adders(row) or None,
        entries=[
            shaped(
                entry,
                "list=source address reason since added_by? ignored_by? ses_message_id?",
            )
            for entry in row.entries
        ],
        caused_by=None
        if row.cause is None
        else shaped(
            row.cause,
            "number=document_number kind=document_kind customer subject email_id sent_at"
            " named_by_ses=is_named",
        ),
    )
