"""Which failure comes first, what is wrong, and which sends a correction repeats. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from core.model.attention import Failure, NextStep
from core.model.delivery import DeliveryView
from core.model.documents import DocumentRow
from core.model.email import Draft, Finding, Verdict, Weight
from core.model.enums import DisplayStatus, DocumentKind, EmailKind, address_key
from core.rules.chasing.call_reminders import needs_call
from core.rules.delivery.reasons import reason_of_complaint, reason_of_drop, reason_of_stop
from core.rules.delivery.status import FAILURES, worst
from core.rules.diagnosis import explain
from core.rules.gate.gate import is_settled

_BOUNCES: Final = (DisplayStatus.BOUNCED, DisplayStatus.SOFT_BOUNCED)
_CORRECT: Final = NextStep("attention.edit_address", "correct address")
_LATER: Final = NextStep("attention.resend", "resend later")
_CALL: Final = NextStep("attention.call", "call")
_NEXT: Final = {
    DisplayStatus.COMPLAINED: _CALL,
    DisplayStatus.DROPPED: NextStep("attention.edit_address", "other address"),
    DisplayStatus.FAILED: NextStep("attention.resend", "resend"),
    DisplayStatus.UNCONFIRMED: NextStep("outbox.settle", "settle it"),
    DisplayStatus.QUEUED: NextStep("outbox.why", "see why"),
}
_SAID: Final = {
    DisplayStatus.COMPLAINED: "they marked it as spam",
    DisplayStatus.DROPPED: "SES stopped it",
    DisplayStatus.FAILED: "SES refused it",
    DisplayStatus.UNCONFIRMED: "nobody knows whether it left",
    DisplayStatus.QUEUED: "it has waited in the outbox for more than a day",
}
_FORWARD: Final = "delivered, but a forward of it failed"


class Wrong(NamedTuple):
    """What a person must know of a document that needs attention."""

    word: DisplayStatus | None
    words: str
    address: str
    since: datetime | None
    next: NextStep
    is_forward: bool = False


def days_overdue(due_on: date | None, today: date) -> int:
    """Return how many days ago it was due; 0 where it is not yet, or no day is known."""
    return 0 if due_on is None else max(0, (today - due_on).days)


def score(kind: DocumentKind, balance_due: Decimal, days: int) -> Decimal:
    """Return the weight of a failure: open money times days overdue.

    Money is compared as it is written, whatever the currency: no rate of exchange is known here.
    What is not overdue weighs nothing and is ordered by its balance, after all that is.
    """
    if kind is not DocumentKind.INVOICE or balance_due <= 0:
        return Decimal(0)
    return balance_due * max(0, days)


def signs(failures: Iterable[Failure], row: DocumentRow, now: datetime) -> frozenset[str]:
    """Return everything that is wrong, so that it can be compared with what somebody saw.

    One sign a delivery and status, so that a soft bounce that turns hard is another one, and so is
    one of the address itself after one of a forward; and one for the need of a call, which a
    further silent email renews.
    """
    found = {
        f"{failure.delivery_id}:{failure.word}{':forward' if failure.is_forward else ''}"
        for failure in failures
    }
    need = row.summary.call
    if need is not None and needs_call(row, now):
        found.add(f"call:{need.reason}:{need.emails}")
    return frozenset(found)


def has_news(seen: Collection[str], now: Collection[str]) -> bool:
    """Whether anything is wrong now that was not acknowledged; that something is over is none."""
    return not set(now) <= set(seen)


def what_is_wrong(row: DocumentRow, failures: Iterable[Failure], now: datetime) -> Wrong:
    """Return the worst that is unresolved, since when, and the command that helps.

    Of several failures of one kind the newest speaks: an older one may have been made good.
    """
    summary = row.summary
    open_words = summary.unresolved & FAILURES
    word = worst(open_words) if open_words else None
    if word is None and summary.word is DisplayStatus.UNCONFIRMED:
        word = DisplayStatus.UNCONFIRMED
    failures = tuple(failures)
    if word is None and any(failure.word is DisplayStatus.QUEUED for failure in failures):
        word = DisplayStatus.QUEUED
    if word is None:
        need = summary.call
        return Wrong(None, needs_call(row, now), "", need.at if need else None, _CALL)
    mine = [failure for failure in failures if failure.word is word]
    newest = max(
        mine,
        # An address that does not take our email is worse than a forward that failed.
        key=lambda failure: (not failure.is_forward, failure.at, failure.delivery_id),
        default=None,
    )
    if newest is None:
        return Wrong(word, _SAID.get(word, ""), "", summary.last_sent_at, _NEXT.get(word, _CORRECT))
    words, step = _told(newest)
    return Wrong(word, words, newest.address, newest.at, step, newest.is_forward)


def _told(failure: Failure) -> tuple[str, NextStep]:
    if failure.is_forward:
        return _FORWARD, _CALL
    if failure.word is DisplayStatus.DROPPED:
        return reason_of_drop(failure.subtype).short, _NEXT[failure.word]
    if failure.word is DisplayStatus.COMPLAINED:
        return reason_of_complaint(failure.subtype).short, _NEXT[failure.word]
    if failure.word is DisplayStatus.FAILED and (stopped := reason_of_stop(failure.diagnostic)):
        return stopped.short, _NEXT[DisplayStatus.DROPPED]
    if failure.word not in _BOUNCES:
        return _SAID[failure.word], _NEXT[failure.word]
    found = explain(failure.diagnostic, failure.enhanced_status, failure.subtype)
    said = first_sentence(found.advice)
    if found.class_ == "address" and failure.word is DisplayStatus.BOUNCED:
        return said, _CORRECT
    return said, _LATER if found.next or failure.word is DisplayStatus.SOFT_BOUNCED else _CALL


def first_sentence(advice: str) -> str:
    """Return what happened, without what to do about it: ``the mailbox does not exist``."""
    said = advice.partition(". ")[0].rstrip(".")
    return said[:1].lower() + said[1:]


def open_failure(address: str, deliveries: Iterable[DeliveryView]) -> DeliveryView | None:
    """Return the newest failure of ``address`` that still needs somebody; ``None``: there is none.

    What went to it later, or to an address chosen in its place, and did not fail as well has mended
    it or still may: sending once more would mail them twice.
    """
    newest: DeliveryView | None = None
    standing_in = {address_key(address)}
    for delivery in sorted(deliveries, key=lambda d: (d.created_at, d.email_id)):
        replaces = delivery.replaces is not None and address_key(delivery.replaces) in standing_in
        if replaces:
            standing_in.add(address_key(delivery.address))
        elif address_key(delivery.address) not in standing_in:
            continue
        failed = delivery.state.word in FAILURES
        if address_key(delivery.address) == address_key(address):
            newest = delivery if failed else None
        elif not failed:
            newest = None
    return newest


def repaired(draft: Draft, old: str, new: str) -> Draft:
    """Return ``draft`` for ``new`` alone: whoever else it went to has it already."""
    return replace(draft, to=(new,), cc=(), bcc=(), replaces=old)


def verdict_on(draft: Draft, document: DocumentRow, verdict: Verdict) -> Verdict:
    """Return the gate's verdict and what else a person should know before many leave at once."""
    return Verdict((*verdict.findings, *_beside(draft, document)))


def _beside(draft: Draft, document: DocumentRow) -> Iterable[Finding]:
    if is_settled(document.status):
        yield Finding(
            Weight.ASK,
            "document_settled",
            f"{document.number} is {document.status}",
            "They may not need it any more.",
            "Tick it only if they asked for it.",
        )
    if draft.kind is not EmailKind.RESEND:
        yield Finding(
            Weight.ASK,
            "not_ours",
            "Another program sent this; its content is not here",
            "What would leave is our own original.",
            "Send it from there, or send our original with {documents.resend}.",
        )


def is_ticked(verdict: Verdict) -> bool:
    """Whether a document is offered for sending without a person having to tick it."""
    held_back = {"document_settled", "not_ours"}
    return not any(f.weight is Weight.REFUSE or f.code in held_back for f in verdict.findings)


def superseded(changes: Sequence[tuple[str, str]], current: Iterable[str]) -> Mapping[str, str]:
    """Return old address → the one in force, as keys, from changes in their order.

    An address that was taken back, or whose replacement is no longer a contact, is not superseded.
    """
    to: dict[str, str] = {}
    for old, new in changes:
        to.pop(new, None)
        to[old] = new
    known = set(current)
    found: dict[str, str] = {}
    for old in to:
        seen, at = {old}, old
        while at in to and to[at] not in seen:
            at = to[at]
            seen.add(at)
        if at != old and at in known:
            found[old] = at
    return found
