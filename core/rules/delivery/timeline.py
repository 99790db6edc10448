"""Everything that happened about a document, as one plain sequence: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.model.chasing import Call, Hold, HoldKind
from core.model.delivery import DeliveryEvent
from core.model.enums import EmailKind, Status
from core.model.history import DocumentLog, EmailEntry

MACHINE_CAVEAT: Final = (
    "An open or a click is what SES reports. A program may have caused it (a mail service fetching"
    " images, a scanner following links), and programs that load no images never report one."
)
BYTES_CAVEAT: Final = (
    "The .eml files hold the exact bytes that were handed to SES. SES puts its own Message-ID,"
    " Date and DKIM signature on the wire."
)
NOT_OURS: Final = "another program sent this through the same account; its bytes are not ours"
NOT_KEPT: Final = "the bytes of this email are not kept"

_KINDS: Final = {
    EmailKind.ORIGINAL: "Original",
    EmailKind.FOLLOW_UP: "Follow-up",
    EmailKind.RESEND: "Resend",
    EmailKind.EXTERNAL: "Email of another program",
}
_HOLDS: Final = {
    HoldKind.PROMISE: "promised not to chase before",
    HoldKind.SNOOZE: "put off chasing until",
    HoldKind.DISPUTE: "noted a dispute, not to chase before",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A fact of SES about one of the emails."""

    email_id: int
    address: str
    """The recipient it counts for."""
    counts: bool
    """False: it names none of several recipients."""
    fact: DeliveryEvent
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened."""

    at: datetime
    title: str
    lines: tuple[str, ...] = ()


def timeline(
    log: DocumentLog, reports: Iterable[Report], files: dict[int, tuple[str, ...]]
) -> tuple[TimelineEntry, ...]:
    """Return it oldest first; ``files`` names what lies beside it for each email."""
    numbers = {email.id: n for n, email in enumerate(oldest_first(log), 1)}
    by_email = {email.id: email for email in log.emails}
    entries = [
        *(_email(email, numbers[email.id], files.get(email.id, ())) for email in log.emails),
        *(_report(each, numbers[each.email_id], by_email[each.email_id]) for each in reports),
        *map(_call, log.calls),
        *map(_hold, log.holds),
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.title, entry.lines)))


def oldest_first(log: DocumentLog) -> Sequence[EmailEntry]:
    """Return the emails as they are numbered."""
    return tuple(reversed(log.emails))


def _email(email: EmailEntry, number: int, files: tuple[str, ...]) -> TimelineEntry:
    lines = [f"Subject: {email.subject}"]
    for recipient in email.recipients:
        known = f", SES message id {recipient.ses_message_id}" if recipient.ses_message_id else ""
        lines.append(f"{recipient.role.value.capitalize()}: {recipient.address}{known}")
        if recipient.error:
            lines.append(f"Not accepted, or not known: {recipient.error}")
    lines += [
        f"Attached: {file.name} ({file.size} bytes, SHA-256 {file.sha256})"
        for file in email.attachments
    ]
    lines += [f"Note: {note.text} {note.diagnostic}".rstrip() for note in email.notes]
    if files:
        lines.append(f"Files: {', '.join(files)}")
    else:
        lines.append(NOT_OURS if email.kind is EmailKind.EXTERNAL else NOT_KEPT)
    who = f" by {email.sent_by}" if email.sent_by else ""
    return TimelineEntry(
        email.created_at, f"Email {number}: {_KINDS[email.kind]} sent{who}", tuple(lines)
    )


def _report(report: Report, number: int, email: EmailEntry) -> TimelineEntry:
    fact = report.fact
    lines = []
    if fact.subtype:
        lines.append(f"Kind: {fact.subtype}")
    if fact.enhanced_status:
        lines.append(f"Status code: {fact.enhanced_status}")
    if fact.diagnostic:
        lines.append(f"The server's words: {fact.diagnostic}")
    if fact.link:
        lines.append(f"Link: {fact.link}")
    if fact.user_agent:
        lines.append(f"Program: {fact.user_agent}")
    lines += _doubts(report, email)
    if not report.counts:
        lines.append("It names none of the recipients; it changes no status.")
    lines.append(f"Reported by SES; received here {report.received_at:%Y-%m-%d %H:%M:%S} UTC")
    about = fact.recipient or report.address
    return TimelineEntry(fact.at, f"Email {number}: {fact.type} for {about}", tuple(lines))


def _doubts(report: Report, email: EmailEntry) -> Iterator[str]:
    for recipient in email.recipients:
        if recipient.address == report.address:
            doubts = {"Open": recipient.open_doubt, "Click": recipient.click_doubt}
            doubt = doubts.get(report.fact.type, "")
            if doubt:
                yield f"Maybe a program: {doubt}"


def _call(call: Call) -> TimelineEntry:
    who = f" with {call.contact}" if call.contact else ""
    lines = [f"Outcome: {call.outcome.value.replace('_', ' ')}"]
    if call.note:
        lines.append(f"Note: {call.note}")
    lines.append(f"Written down {call.logged_at:%Y-%m-%d %H:%M:%S} UTC")
    return TimelineEntry(call.at, f"Phone call by {call.by}{who}", tuple(lines))


def _hold(hold: Hold) -> TimelineEntry:
    what = (
        f"{hold.by} lifted the {hold.kind.value}"
        if hold.until is None
        else f"{hold.by} {_HOLDS[hold.kind]} {hold.until.isoformat()}"
    )
    lines = [f"Note: {hold.note}"] if hold.note else []
    if hold.whole_customer:
        lines.append("For the whole customer")
    return TimelineEntry(hold.at, what, tuple(lines))


_WITHOUT_TIME = (Status.FAILED, Status.UNCONFIRMED, Status.CANCELLED)


def local_then(
    local: Status, claimed_at: datetime | None, accepted_at: datetime | None, as_of: datetime
) -> Status:
    """Return what we had done about a delivery by ``as_of``, from what we have done by now.

    Every fact has two times: when it happened and when we received it. Known is what we had
    received. An approximation: steps that failed have no time of their own and count from when
    the delivery was taken for sending; SES answers, or is given up, within a minute of that.
    """
    if accepted_at is not None and accepted_at <= as_of:
        return local
    if claimed_at is None or claimed_at > as_of:
        return Status.QUEUED
    return local if accepted_at is None and local in _WITHOUT_TIME else min(local, Status.SENDING)


def moments_of(times: Iterable[datetime]) -> tuple[datetime, ...]:
    """Return the moments to step through, oldest first; those of one second are one, its last."""
    latest: dict[datetime, datetime] = {}
    for at in times:
        second = at.replace(microsecond=0)
        latest[second] = max(latest.get(second, at), at)
    return tuple(sorted(latest.values()))
