"""What deliveries add up to on an email and on a document: pure, the same in any order.

Every roll-up is computed from *sets*: nothing in here may depend on the order in which deliveries
are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from core.model.delivery import DeliveryState, DocumentSummary, EmailSummary
from core.model.enums import STATUSES, DisplayStatus, Role, address_key, having

if TYPE_CHECKING:
    from core.model.delivery import DeliveryView

#: A failed address, as far as a person is concerned.
FAILURES: Final = having("failed")
#: It got there, and nothing went wrong afterwards.
REACHED: Final = having("reached")
#: SES never had it, and never will.
NEVER_LEFT: Final = frozenset({DisplayStatus.FAILED, DisplayStatus.CANCELLED})


def worst(words: Iterable[DisplayStatus]) -> DisplayStatus:
    """Return the word a person must see first; ``NEVER_SENT`` for none."""
    return max(words, key=lambda word: STATUSES[word].rank, default=DisplayStatus.NEVER_SENT)


def is_reached(state: DeliveryState) -> bool:
    """Whether the address itself has the email; a forward of it may have failed."""
    return state.word in REACHED or state.is_forward


def summarise_email(deliveries: Sequence[DeliveryView]) -> EmailSummary:
    """Return the worst *To*, whether another recipient failed, and how many were reached."""
    to = [d for d in deliveries if d.role is Role.TO] or list(deliveries)
    others = [d for d in deliveries if d.role is not Role.TO]
    word = worst(d.state.word for d in to)
    return EmailSummary(
        word=word,
        other_failed=any(d.state.word in FAILURES for d in others),
        delivered=sum(d.state.word in REACHED for d in deliveries),
        recipients=sum(d.state.word is not DisplayStatus.CANCELLED for d in deliveries),
        by_program=all(d.state.by_program for d in to if d.state.word is word) and bool(to),
        is_forward=all(d.state.is_forward for d in to if d.state.word is word) and bool(to),
    )


def summarise_document(deliveries: Iterable[DeliveryView], balance_due: Decimal) -> DocumentSummary:
    """Return what a document's row shows: its latest email, and what is still wrong.

    A delivery that was cancelled counts as never sent.
    """
    emails: dict[tuple[datetime, int], list[DeliveryView]] = {}
    for delivery in deliveries:
        if delivery.state.word is not DisplayStatus.CANCELLED:
            emails.setdefault((delivery.created_at, delivery.email_id), []).append(delivery)
    if not emails:
        return DocumentSummary(never_reached=balance_due > 0)
    ordered = [emails[key] for key in sorted(emails)]
    latest = ordered[-1]
    summary = summarise_email(latest)
    left = [
        email for email in ordered if any(d.state.word is not DisplayStatus.FAILED for d in email)
    ]
    ever_delivered = any(
        is_reached(d.state) or d.state.word is DisplayStatus.COMPLAINED
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
        is_forward=summary.is_forward,
    )


def _sent_at(email: Sequence[DeliveryView]) -> datetime:
    return min((d.state.sent_at for d in email if d.state.sent_at), default=email[0].created_at)


def _first_recipient(email: Sequence[DeliveryView]) -> str:
    order = (Role.TO, Role.CC, Role.BCC)
    return min(
        email, key=lambda d: (order.index(d.role), address_key(d.address), d.address)
    ).address


def _unresolved(emails: Sequence[Sequence[DeliveryView]]) -> frozenset[DisplayStatus]:
    """Failures of addresses with no later delivery to them, nor to whoever replaced them."""
    open_failures: set[DisplayStatus] = set()
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
        if any(address_key(d.address) in standing_in and is_reached(d.state) for d in email):
            return True
    return False


def with_balance(summary: DocumentSummary, balance_due: Decimal) -> DocumentSummary:
    """Return ``summary`` after the balance changed: an import can close a document."""
    return replace(summary, never_reached=balance_due > 0 and not summary.ever_delivered)
