"""What the generated company emailed over the year, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from enum import StrEnum
from random import Random
from typing import Final

from core.demo.customers import Document, Mailbox, Temper
from core.model.enums import DocumentKind, EmailKind
from core.rules.delivery.external_email import DOCUMENT_TAG
from core.simulator.events import Delays, reports
from core.simulator.messages import read_headers
from core.simulator.outcomes import Behaviour, steps_for
from core.simulator.outcomes import MailboxBehaviour as Does
from core.simulator.state import Sent, SentMail

_OPERATORS: Final = ("anna", "anna", "ben", "mira")


class Fate(StrEnum):
    """What became of one email; the stand-in's behaviours tell most of them as events."""

    DELIVERED = "success"
    OPENED = "open"
    CLICKED = "click"
    BOUNCED = "bounce"
    SOFT_BOUNCED = "soft_bounce"
    DEFERRED = "delay"
    DELIVERED_LATE = "delay_then_deliver"
    AUTOMATIC_REPLY = "ooto"
    COMPLAINED = "complaint"
    DROPPED = "dropped"
    """The address was on SES's suppression list."""
    IN_FLIGHT = "in_flight"
    """SES took it; nothing more is known."""
    REFUSED = "refused"
    LOST_ANSWER = "lost_answer"


@dataclass(frozen=True, slots=True)
class PastEmail:
    document: Document
    kind: EmailKind
    at: datetime
    sent_by: str
    mailbox: Mailbox
    fate: Fate
    replaces: str | None = None
    copies: tuple[Mailbox, ...] = ()
    """Visible Cc, delivered and opened."""


@dataclass
class _Mood:
    """What has happened to a mailbox so far."""

    sent: int = 0
    is_suppressed: bool = False
    dies_at: datetime | None = None


@dataclass
class _Story:
    random: Random
    now: datetime
    moods: dict[str, _Mood] = field(default_factory=dict)


def history(random: Random, documents: list[Document], now: datetime) -> list[PastEmail]:
    """Return all emails, oldest first; what happened to an address earlier matters later."""
    story = _Story(random, now)
    planned = sorted(
        (plan for document in documents for plan in _plan(random, document, now)),
        key=lambda plan: plan[0],
    )
    emails: list[PastEmail] = []
    failed: dict[str, Mailbox] = {}
    for at, kind, document in planned:
        email = _email(story, at, kind, document, failed)
        if email is None:
            continue
        emails.append(email)
        if email.fate in (Fate.BOUNCED, Fate.DROPPED, Fate.COMPLAINED):
            failed[document.number] = email.mailbox
    return _with_today(story, emails, documents)


def _plan(
    random: Random, document: Document, now: datetime
) -> Iterator[tuple[datetime, EmailKind, Document]]:
    """When the office wrote about a document: once, then more often the longer it stays open."""
    if document.status == "DRAFT":
        return
    at = datetime.combine(document.issued_on, time(8), tzinfo=now.tzinfo)
    at += timedelta(minutes=random.randint(0, 540))
    kind = EmailKind.ORIGINAL
    rounds = 1 + random.choice((0, 1, 2, 2))
    if document.status in ("OVERDUE", "PARTIAL", "OPEN") and document.kind is DocumentKind.INVOICE:
        rounds += random.choice((1, 2, 3, 4))
    for _ in range(rounds):
        if at > now - timedelta(minutes=90):
            return
        yield at, kind, document
        at += timedelta(days=random.randint(5, 24), minutes=random.randint(-200, 200))
        kind = random.choice((EmailKind.FOLLOW_UP, EmailKind.FOLLOW_UP, EmailKind.RESEND))


def _email(
    story: _Story, at: datetime, kind: EmailKind, document: Document, failed: dict[str, Mailbox]
) -> PastEmail | None:
    """One email, or none where the office could not send: the gate stops most of what is dead."""
    random, customer = story.random, document.customer
    mailbox, replaces = customer.mailboxes[0], None
    before = failed.get(document.number)
    blocked = story.moods.get(mailbox.address, _Mood()).is_suppressed
    if (before or blocked) and len(customer.mailboxes) > 1 and random.random() < 0.6:
        mailbox, replaces = customer.mailboxes[1], before.address if before else None
        kind = EmailKind.RESEND if before else kind
    elif blocked and random.random() < 0.85:
        return None
    fate = _fate(story, mailbox, at)
    copies = customer.mailboxes[1:2] if replaces is None and random.random() < 0.06 else ()
    return PastEmail(document, kind, at, random.choice(_OPERATORS), mailbox, fate, replaces, copies)


def _fate(story: _Story, mailbox: Mailbox, at: datetime) -> Fate:
    """What this mailbox does now, after all it went through."""
    random = story.random
    mood = story.moods.setdefault(mailbox.address, _Mood())
    mood.sent += 1
    if mood.is_suppressed:
        return Fate.DROPPED
    chance = random.random()
    match mailbox.temper:
        case Temper.DEAD:
            if mood.dies_at is None:
                mood.dies_at = story.now - timedelta(days=random.randint(6, 70))
            if at < mood.dies_at:
                return Fate.OPENED
            mood.is_suppressed = True
            return Fate.BOUNCED
        case Temper.ANNOYED:
            if mood.sent > 4 and at > story.now - timedelta(days=60):
                mood.is_suppressed = True
                return Fate.COMPLAINED
            return Fate.OPENED
        case Temper.FULL:
            return Fate.SOFT_BOUNCED if chance < 0.3 else Fate.DELIVERED
        case Temper.SLOW:
            return Fate.DELIVERED_LATE
        case Temper.AWAY:
            return Fate.AUTOMATIC_REPLY if chance < 0.3 else Fate.DELIVERED
        case Temper.OPENS:
            return Fate.OPENED if chance < 0.8 else Fate.DELIVERED
        case Temper.CLICKS:
            return Fate.CLICKED if chance < 0.55 else Fate.OPENED
        case _:
            return Fate.DELIVERED


def _with_today(
    story: _Story, emails: list[PastEmail], documents: list[Document]
) -> list[PastEmail]:
    """Add what is going on right now: in flight, late, deferred, refused, unanswered, stuck."""
    random, now = story.random, story.now
    open_ones = [
        d
        for d in documents
        if d.status in ("OPEN", "OVERDUE") and d.customer.mailboxes[0].temper is not Temper.DEAD
    ][-40:]
    recent: list[tuple[Fate, timedelta]] = [
        (Fate.IN_FLIGHT, timedelta(minutes=2)),
        (Fate.IN_FLIGHT, timedelta(minutes=7)),
        (Fate.DEFERRED, timedelta(minutes=50)),
        (Fate.DEFERRED, timedelta(hours=3)),
        (Fate.REFUSED, timedelta(hours=2)),
        (Fate.LOST_ANSWER, timedelta(minutes=31)),
        (Fate.IN_FLIGHT, timedelta(hours=2, minutes=40)),
        (Fate.IN_FLIGHT, timedelta(hours=27)),
        (Fate.IN_FLIGHT, timedelta(hours=52)),
    ]
    added = [
        PastEmail(
            document,
            EmailKind.FOLLOW_UP,
            now - age,
            random.choice(_OPERATORS),
            document.customer.mailboxes[0],
            fate,
        )
        for document, (fate, age) in zip(
            random.sample(open_ones, k=min(len(recent), len(open_ones))), recent, strict=False
        )
    ]
    return sorted([*emails, *added], key=lambda email: email.at)


PAYMENT_PAGE: Final = "Outtray Pay <pay@outtray.example>"
_PACE: Final = Delays.paced(4)


def external_bodies(emails: Sequence[PastEmail], origin: SentMail) -> Iterator[str]:
    """Yield SES's reports about two emails: one with a tag, one with the number in its subject."""
    first, second = _quiet_moments(emails)[:2]
    yield from _told(*first, f"We received your payment of {first[0].number}", origin, tagged=True)
    yield from _told(*second, f"Pay invoice {second[0].number} online", origin, tagged=False)


def _quiet_moments(emails: Sequence[PastEmail]) -> list[tuple[Document, str, datetime]]:
    """Invoices in part paid, and a time between two emails that arrived: no latest one changes."""
    last: dict[str, PastEmail] = {}
    found: dict[str, tuple[Document, str, datetime]] = {}
    for email in emails:
        document, before = email.document, last.get(email.document.number)
        arrived = email.fate in (Fate.OPENED, Fate.DELIVERED, Fate.CLICKED)
        if (
            before
            and arrived
            and document.kind is DocumentKind.INVOICE
            and document.status == "PARTIAL"
        ):
            at = before.at + timedelta(days=2, minutes=17)
            if before.mailbox is email.mailbox and at < email.at:
                found[document.number] = (document, email.mailbox.address, at)
        last[document.number] = email
    return list(found.values())


def _told(
    document: Document, address: str, at: datetime, subject: str, origin: SentMail, *, tagged: bool
) -> Iterator[str]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = PAYMENT_PAGE, address, subject
    message.set_content(f"{subject}\n")
    raw = message.as_bytes()
    sent = Sent(
        message_id=origin.new_id(at),
        at=at,
        source=PAYMENT_PAGE,
        source_arn=origin.arn("identity/outtray.example"),
        to=(address,),
        cc=(),
        bcc=(),
        tags=((DOCUMENT_TAG, document.number),) if tagged else (),
        configuration_set="outtray",
        operation="SendEmail",
        raw=raw,
        headers=read_headers(raw),
    )
    for report in reports(sent, steps_for(address, Behaviour(Does.SUCCESS)), origin, _PACE):
        yield report.text
