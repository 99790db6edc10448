"""When emails are not getting through and somebody should call: pure.

What follows from the emails is stored beside the document (``CallNeed``); whether it holds *now*
depends on the time, on the calls that were logged and on what was promised, and is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from core.model.chasing import CallNeed, CallReason
from core.model.delivery import DeliveryView
from core.model.enums import DisplayStatus, DocumentKind, Engagement
from core.rules.delivery.status import FAILURES, is_reached, summarise_document, summarise_email

if TYPE_CHECKING:
    from core.model.chasing import Hold
    from core.model.delivery import DocumentSummary
    from core.model.documents import DocumentRow

ENOUGH_EMAILS: Final = 3
#: So long a customer may be silent, from the first of these emails on.
OVER: Final = timedelta(days=14)
#: The newest email gets that much time to be read.
AFTER_THE_NEWEST: Final = timedelta(days=2)
#: So long an email may be without any word. SES gives up after 14 hours.
NO_WORD: Final = timedelta(days=3)

_NO_WORD: Final = {
    DisplayStatus.UNCONFIRMED: CallReason.UNCONFIRMED,
    DisplayStatus.SENT: CallReason.STUCK,
    DisplayStatus.DEFERRED: CallReason.STUCK,
}
_EMAIL = list[DeliveryView]


def summarise(
    deliveries: Iterable[DeliveryView], balance_due: Decimal, kind: DocumentKind
) -> DocumentSummary:
    """Return all that a document's row shows, the need of a call included."""
    known = list(deliveries)
    return replace(summarise_document(known, balance_due), call=call_need(known, balance_due, kind))


def call_need(
    deliveries: Iterable[DeliveryView], balance_due: Decimal, kind: DocumentKind
) -> CallNeed | None:
    """Return when and why the emails of an open invoice call for the phone; the earliest need."""
    if balance_due <= 0 or kind is not DocumentKind.INVOICE:
        return None
    emails = _emails(deliveries)
    left = [
        email for email in emails if any(d.state.word is not DisplayStatus.FAILED for d in email)
    ]
    if not left:
        return None
    needs = [*_unreached(emails, left), *_without_word(emails[-1]), *_silent(left)]
    return min(needs, key=lambda need: need.at, default=None)


def needs_call(row: DocumentRow, now: datetime, zone: tzinfo | None = None) -> str:
    """Return why somebody should call now, in words; empty: nobody needs to."""
    need = row.summary.call
    if need is None or need.at > now:
        return ""
    if is_ahead(row.held_until, now) or is_ahead(row.quiet_until, now):
        return ""
    return reason(need, now, zone)


def is_ahead(until: datetime | None, now: datetime) -> bool:
    """Whether a hold, or the quiet after a call, lasts; from the moment itself on it does not."""
    return until is not None and now < until


def newest(holds: Iterable[Hold]) -> list[Hold]:
    """Return the newest of ``holds``, newest first: one of the document's, one of the customer's.

    Only these count; each may be lifted or have passed.
    """
    found: dict[bool, Hold] = {}
    for hold in sorted(holds, key=lambda hold: hold.at, reverse=True):
        found.setdefault(hold.whole_customer, hold)
    return list(found.values())


def in_force(holds: Iterable[Hold], now: datetime) -> list[Hold]:
    """Return what holds chasing back now, newest first."""
    return [hold for hold in newest(holds) if is_ahead(hold.resumes_at, now)]


def reason(need: CallNeed, now: datetime, zone: tzinfo | None = None) -> str:
    """``4 emails since 27 Oct and no sign of life``."""
    since = need.since.astimezone(zone)
    year = "" if since.year == now.astimezone(zone).year else f" {since.year}"
    day = f"{since.day} {since:%b}{year}"
    match need.reason:
        case CallReason.UNREACHED if need.emails == 1:
            return f"the email of {day} failed; nobody was ever reached"
        case CallReason.UNREACHED:
            return f"all {need.emails} emails since {day} failed; nobody was ever reached"
        case CallReason.UNCONFIRMED:
            return f"nobody knows whether the email of {day} left"
        case CallReason.STUCK:
            return f"no word about the email of {day}"
        case _:
            return f"{need.emails} emails since {day} and no sign of life"


# --------------------------------------------------------------------------- the reasons


def _emails(deliveries: Iterable[DeliveryView]) -> list[_EMAIL]:
    found: dict[tuple[datetime, int], _EMAIL] = {}
    for delivery in deliveries:
        found.setdefault((delivery.created_at, delivery.email_id), []).append(delivery)
    return [found[key] for key in sorted(found)]


def _unreached(emails: Sequence[_EMAIL], left: Sequence[_EMAIL]) -> Iterator[CallNeed]:
    everything = [delivery for email in emails for delivery in email]
    failed = FAILURES - {
        DisplayStatus.COMPLAINED
    }  # a complaint reached somebody, and so does a forward
    if all(d.state.word in failed and not d.state.is_forward for d in everything):
        at = max(map(_failed_at, everything))
        yield CallNeed(CallReason.UNREACHED, at, len(left), left[0][0].created_at)


def _failed_at(delivery: DeliveryView) -> datetime:
    state = delivery.state
    times = [at for at in (state.bounced_at, state.dropped_at) if at]
    return max(times, default=delivery.created_at)


def _without_word(latest: _EMAIL) -> Iterator[CallNeed]:
    kind = _NO_WORD.get(summarise_email(latest).word)
    if kind is not None:
        at = latest[0].created_at
        yield CallNeed(kind, at + NO_WORD, 1, at)


def _silent(left: Sequence[_EMAIL]) -> Iterator[CallNeed]:
    signs = [at for email in left for delivery in email for at in _sign_of_life(delivery)]
    last = max(signs, default=None)
    silent = [email for email in left if last is None or email[0].created_at > last]
    if len(silent) >= ENOUGH_EMAILS and any(
        is_reached(delivery.state) for email in silent for delivery in email
    ):
        first, newest = silent[0][0].created_at, silent[-1][0].created_at
        at = max(first + OVER, newest + AFTER_THE_NEWEST)
        yield CallNeed(CallReason.SILENT, at, len(silent), first)


def _sign_of_life(delivery: DeliveryView) -> Iterator[datetime]:
    """When a person did something with the email: a program's opens are none."""
    state = delivery.state
    person = state.by_person
    times = (
        state.opened_at if person >= Engagement.OPENED else None,
        state.clicked_at if person >= Engagement.CLICKED else None,
        state.complained_at,
    )
    return (at for at in times if at is not None)
