"""The log of a document with what every line means and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.db.engine import Reader
from core.db.lists import documents
from core.db.reads import chasing, history
from core.model.documents import DocumentFilter, DocumentRow, Late
from core.model.enums import FORWARD_FAILED, STATUSES, DisplayStatus, DocumentKind
from core.model.errors import NotFoundError, UsageError
from core.model.history import DocumentLog, RecipientEntry
from core.rules.chasing.call_reminders import summarise
from core.rules.delivery.reasons import reason_of
from core.rules.delivery.status import FAILURES
from core.rules.delivery.timeline import moments_of
from core.rules.diagnosis import explain

Lateness = Callable[[RecipientEntry, datetime | None], Late | None]
"""What makes a delivery late, now or at that time."""

#: What stops an email is a list, but for these.
_CAUSES = {"virus": "virusdetected", "rendering": "contenterror"}
_EXPLAINED = FAILURES | {DisplayStatus.DEFERRED}


def document_log(
    reader: Reader,
    document_id: int,
    as_of: datetime | None = None,
    late: Lateness = lambda *_: None,
) -> DocumentLog:
    """Return every email of a document, newest first, as it was known at ``as_of``.

    Only what had been received by then counts, whenever it happened. What an import says of the
    document (status, total, balance) has no history and is today's.

    Raises:
        NotFoundError: the document is gone.
    """
    document = documents.document(reader, document_id)
    if document is None:
        raise NotFoundError("That document is no longer in the database.")
    known = history.correspondence(reader, document_id, as_of)
    chase = chasing.chase_of(reader, document_id, document.customer_id, as_of)
    if as_of is not None:
        summary = summarise(known.deliveries, document.balance_due, document.kind)
        document = replace(
            document,
            summary=summary,
            held_until=chase.held_until,
            quiet_until=chase.quiet_until,
        )
    about = chasing.customer(reader, document.customer_id)
    return DocumentLog(
        document,
        tuple(
            replace(
                email,
                recipients=tuple(
                    replace(explained(entry), late=late(entry, as_of)) for entry in email.recipients
                ),
            )
            for email in known.emails
        ),
        moments_of((*history.moments(reader, document_id), *chasing.moments(reader, document_id))),
        as_of,
        chase.calls,
        chase.holds,
        about[1] if about else "",
    )


def explained(entry: RecipientEntry) -> RecipientEntry:
    """Return the entry with cause and advice; the advice is for the status, then the cause."""
    word = entry.state.word
    advice = STATUSES[word].advice
    reason = reason_of(entry.state, entry.error)
    if reason is not None:
        cause = (
            "feedback"
            if word is DisplayStatus.COMPLAINED
            else _CAUSES.get(reason.name, "suppressed")
        )
        stopped_by = "" if word is DisplayStatus.COMPLAINED else reason.name
        return replace(entry, cause=cause, advice=reason.advice, stopped_by=stopped_by)
    if entry.state.is_forward:
        advice = FORWARD_FAILED
    if word not in _EXPLAINED or not (entry.state.diagnostic or entry.state.subtype):
        return replace(entry, advice=advice)
    found = explain(entry.state.diagnostic, entry.state.enhanced_status, entry.state.subtype)
    is_theirs = entry.state.is_forward  # the cause is that of an address we did not write to
    said = advice if is_theirs else found.advice or advice
    return replace(entry, cause=found.cause, advice=said)


def find_document(
    reader: Reader, number: str, customer: str = "", kind: DocumentKind | None = None
) -> DocumentRow:
    """Return the one document with this number.

    Raises:
        NotFoundError: none has it, or several do and ``customer`` does not tell them apart.
        UsageError: ``number`` is empty, which a filter would take for *any*.
    """
    if not number.strip():
        raise UsageError("A document's number is missing.", "It must not be empty.")
    where = DocumentFilter(number=number, customer=customer, kind=kind)
    found = documents.page_documents(reader, where, limit=20)
    if not found:
        whose = f" of a customer like {customer!r}" if customer else ""
        raise NotFoundError(
            f"There is no document {number!r}{whose}.",
            "outtray documents --search TEXT finds it by a part of its number.",
        )
    if len(found) > 1:
        names = ", ".join(f"{row.kind.value} of {row.customer}" for row in found)
        raise NotFoundError(
            f"{len(found)} documents have the number {number!r}: {names}.",
            "Say which with --customer NAME or --kind invoice|estimate.",
        )
    return found[0]
