"""What SES's facts mean: pure functions, the same answer in any order, doubled or late.

Every roll-up is computed from *sets*: nothing in here may depend on
the order in which facts are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from core.machines import machine_marks
from core.model import (
    DeliveryState,
    DocumentSummary,
    Effect,
    EmailSummary,
    Engagement,
    Note,
    Role,
    Status,
    Word,
    address_key,
)
from core.model.words import BEST_TO_WORST

if TYPE_CHECKING:
    from core.model import (
        DeliveryView,
        Fact,
    )

#: Sub-types of bounces (and of complaints) that say *nothing was sent*: some list stopped it.
#: Source: the guide's notification-contents page; the last three are of 2026.
SUPPRESSED_SUBTYPES: Final = frozenset(
    {
        "Suppressed",
        "OnAccountSuppressionList",
        "OnTenantSuppressionList",
        "EmailValidationSuppressed",
        "UnsubscribedRecipient",
    }
)

#: A failed address, as far as a person is concerned.
FAILURES: Final = frozenset(
    {Word.BOUNCED, Word.SOFT_BOUNCED, Word.DROPPED, Word.COMPLAINED, Word.FAILED}
)
#: It got there, and nothing went wrong afterwards.
REACHED: Final = frozenset({Word.DELIVERED, Word.OPENED, Word.CLICKED})
#: SES never had it, and never will.
NEVER_LEFT: Final = frozenset({Word.FAILED, Word.CANCELLED})

_BADNESS: Final = {word: rank for rank, word in enumerate(BEST_TO_WORST)}

AUTOMATIC_REPLY: Final = "automatic reply (out of office): the email was delivered"


# --------------------------------------------------------------------------- one fact


def effect(fact: Fact) -> Effect:
    """Return what ``fact`` does to the delivery it belongs to."""
    if fact.reports_nobody:
        return Effect(note=f"{fact.type} that names nobody")
    match fact.type:
        case "Send":
            return Effect(Status.SENT)
        case "DeliveryDelay":
            return Effect(Status.DEFERRED)
        case "Delivery":
            return Effect(Status.DELIVERED)
        case "Bounce":
            return _bounce(fact)
        case "Complaint":
            return _complaint(fact)
        case "Reject" | "Rendering Failure":
            return Effect(Status.DROPPED)
        case "Open":
            return Effect(Status.DELIVERED, Engagement.OPENED)
        case "Click":
            return Effect(Status.DELIVERED, Engagement.CLICKED)
        case "Subscription":
            return Effect(note="changed their mailing-list preferences")
        case _:
            return Effect(note=f"an event of a kind not known yet: {fact.type}")


def _bounce(fact: Fact) -> Effect:
    bounce_type, _, subtype = fact.subtype.partition("/")
    if subtype in SUPPRESSED_SUBTYPES:
        return Effect(Status.DROPPED)
    if bounce_type == "Permanent":
        return Effect(Status.BOUNCED)
    explained = fact.action or fact.enhanced_status or fact.diagnostic
    if bounce_type == "Transient" and subtype == "General" and not explained:
        return Effect(note=AUTOMATIC_REPLY)
    return Effect(Status.SOFT_BOUNCED)


def _complaint(fact: Fact) -> Effect:
    if fact.subtype in SUPPRESSED_SUBTYPES:
        return Effect(Status.DROPPED)  # an echo of an older complaint; nobody complained again
    if fact.subtype == "not-spam":
        return Effect(note="told their provider that this is not spam")
    return Effect(Status.COMPLAINED)


def natural_key(fact: Fact) -> tuple[str, str, str, datetime, str]:
    """The same fact has the same key, by whatever envelope and however often it came."""
    if fact.type in ("Open", "Click"):
        discriminator = "|".join((fact.link, fact.ip, fact.user_agent))
    else:
        discriminator = fact.feedback_id or fact.subtype
    return (fact.message_id, fact.type, address_key(fact.recipient), fact.at, discriminator)


# --------------------------------------------------------------------------- one delivery

_TIME_OF_STATUS: Final = {
    Status.SENT: "sent_at",
    Status.DEFERRED: "deferred_at",
    Status.DELIVERED: "delivered_at",
    Status.SOFT_BOUNCED: "soft_bounced_at",
    Status.BOUNCED: "bounced_at",
    Status.COMPLAINED: "complained_at",
    Status.DROPPED: "dropped_at",
}
_TIME_OF_ENGAGEMENT: Final = {
    Engagement.OPENED: "opened_at",
    Engagement.CLICKED: "clicked_at",
}


def settle(
    local: Status, facts: Iterable[Fact], accepted_at: datetime | None = None
) -> DeliveryState:
    """Return the state of a delivery from what we did (``local``) and the facts about it.

    ``accepted_at`` is when SES took the message from us; it bounds ``sent_at`` like a Send event.
    With more facts ``status`` and ``engagement`` only go up; ``by_person`` may also go down.
    """
    told = list(facts)
    status, engagement = local, Engagement.NONE
    times: dict[str, datetime] = {} if accepted_at is None else {"sent_at": accepted_at}
    telling: dict[Status, Fact] = {}
    for fact in told:
        what = effect(fact)
        if what.status is None:
            continue
        status = max(status, what.status)
        engagement = max(engagement, what.engagement)
        if what.engagement is Engagement.NONE:
            name = _TIME_OF_STATUS[what.status]
            best = telling.get(what.status)
            if best is None or _later(fact, best):
                telling[what.status] = fact
        else:
            name = _TIME_OF_ENGAGEMENT[what.engagement]
        times[name] = min(times.get(name, fact.at), fact.at)
    soft_bounced_at = times.pop("soft_bounced_at", None)
    if soft_bounced_at is not None and status is Status.SOFT_BOUNCED:
        times["bounced_at"] = soft_bounced_at  # otherwise it is a note and no time of the status
    words = telling.get(status)
    return DeliveryState(
        status=status,
        engagement=engagement,
        by_person=_by_person(told, accepted_at) if engagement else Engagement.NONE,
        diagnostic=words.diagnostic if words else "",
        enhanced_status=words.enhanced_status if words else "",
        subtype=words.subtype if words else "",
        **times,
    )


def _by_person(facts: Sequence[Fact], accepted_at: datetime | None) -> Engagement:
    by_program = machine_marks(facts, accepted_at)
    engaged = (effect(fact).engagement for fact in facts if fact not in by_program)
    return max(engaged, default=Engagement.NONE)


def _later(one: Fact, other: Fact) -> bool:
    """A total order: two readings of one event must give the same answer in both orders."""
    return _telling(one) > _telling(other)


def _telling(fact: Fact) -> tuple[object, ...]:
    return (
        fact.at,
        bool(fact.diagnostic),
        natural_key(fact),
        fact.diagnostic,
        fact.enhanced_status,
        fact.subtype,
    )


def notes(state: DeliveryState, facts: Iterable[Fact]) -> tuple[Note, ...]:
    """Return what ``facts`` tell beside the status: replies, soft bounces of delivered mail."""
    found: set[Note] = set()
    for fact in facts:
        what = effect(fact)
        if what.note:
            found.add(Note(fact.at, what.note, fact.diagnostic))
        elif what.status is Status.SOFT_BOUNCED and state.status is not Status.SOFT_BOUNCED:
            found.add(Note(fact.at, "a temporary bounce, which does not count", fact.diagnostic))
    return tuple(sorted(found, key=lambda note: (note.at, note.text, note.diagnostic)))


# --------------------------------------------------------------------------- emails, documents


def worst(words: Iterable[Word]) -> Word:
    """Return the word a person must see first; ``NEVER_SENT`` for none."""
    return max(words, key=_BADNESS.__getitem__, default=Word.NEVER_SENT)


def summarise_email(deliveries: Sequence[DeliveryView]) -> EmailSummary:
    """Return the worst *To*, whether another recipient failed, and how many were reached."""
    to = [d for d in deliveries if d.role is Role.TO] or list(deliveries)
    others = [d for d in deliveries if d.role is not Role.TO]
    word = worst(d.state.word for d in to)
    return EmailSummary(
        word=word,
        other_failed=any(d.state.word in FAILURES for d in others),
        delivered=sum(d.state.word in REACHED for d in deliveries),
        recipients=sum(d.state.word is not Word.CANCELLED for d in deliveries),
        by_program=all(d.state.by_program for d in to if d.state.word is word) and bool(to),
    )


def summarise_document(deliveries: Iterable[DeliveryView], balance_due: Decimal) -> DocumentSummary:
    """Return what a document's row shows: its latest email, and what is still wrong.

    A delivery that was cancelled counts as never sent.
    """
    emails: dict[tuple[datetime, int], list[DeliveryView]] = {}
    for delivery in deliveries:
        if delivery.state.word is not Word.CANCELLED:
            emails.setdefault((delivery.created_at, delivery.email_id), []).append(delivery)
    if not emails:
        return DocumentSummary(never_reached=balance_due > 0)
    ordered = [emails[key] for key in sorted(emails)]
    latest = ordered[-1]
    summary = summarise_email(latest)
    left = [email for email in ordered if any(d.state.word is not Word.FAILED for d in email)]
    ever_delivered = any(
        d.state.word in REACHED or d.state.word is Word.COMPLAINED
        for email in ordered
        for d in email
    )
    return DocumentSummary(
        word=summary.word,
        other_failed=summary.other_failed,
        delivered=summary.delivered,
        recipients=summary.recipients,
        send_count=len(left),
        last_sent_at=_sent_at(left[-1]) if left else None,
        last_recipient=_first_recipient(latest),
        last_email_id=latest[0].email_id,
        unresolved=_unresolved(ordered),
        ever_delivered=ever_delivered,
        never_reached=balance_due > 0 and not ever_delivered,
        by_program=summary.by_program,
    )


def _sent_at(email: Sequence[DeliveryView]) -> datetime:
    return min((d.state.sent_at for d in email if d.state.sent_at), default=email[0].created_at)


def _first_recipient(email: Sequence[DeliveryView]) -> str:
    order = (Role.TO, Role.CC, Role.BCC)
    return min(
        email, key=lambda d: (order.index(d.role), address_key(d.address), d.address)
    ).address


def _unresolved(emails: Sequence[Sequence[DeliveryView]]) -> frozenset[Word]:
    """Failures of addresses with no later delivery to them, nor to whoever replaced them."""
    open_failures: set[Word] = set()
    for position, email in enumerate(emails):
        for delivery in email:
            if delivery.state.word in FAILURES and not _made_good(
                address_key(delivery.address), emails[position + 1 :]
            ):
                open_failures.add(delivery.state.word)
    return frozenset(open_failures)


def _made_good(address: str, later: Sequence[Sequence[DeliveryView]]) -> bool:
    standing_in = {address}
    for email in later:
        # A set of its own: while growing, it would depend on the order of the recipients.
        standing_in |= {
            address_key(d.address)
            for d in email
            if d.replaces is not None and address_key(d.replaces) in standing_in
        }
        if any(address_key(d.address) in standing_in and d.state.word in REACHED for d in email):
            return True
    return False


def with_balance(summary: DocumentSummary, balance_due: Decimal) -> DocumentSummary:
    """Return ``summary`` after the balance changed: an import can close a document."""
    return replace(summary, never_reached=balance_due > 0 and not summary.ever_delivered)
