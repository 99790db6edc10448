"""What becomes of the documents that ``bench.million`` makes: a few dozen stories, told by days.

Every story is settled once, with the rules of the program itself; all times in it are distances
from the document's beginning, so that it can be written down for a million documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from core.db.rows import STATE_TIMES, document_columns, to_instant
from core.db.writes.summaries import delivery_columns
from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView
from core.model.enums import DocumentKind, EmailKind, Role, Status
from core.rules.chasing.call_reminders import summarise
from core.rules.delivery.events import natural_key
from core.rules.delivery.settling import settle

_BEGINNING: Final = datetime(2020, 1, 6, 9, tzinfo=UTC)
_ZERO: Final = to_instant(_BEGINNING)
_PERSON: Final = "Mozilla/5.0 (X11; Linux x86_64) Thunderbird/128.4"
_PREFETCH: Final = "Mozilla/5.0"
_OK: Final = "smtp; 250 2.0.0 OK - gsmtp"

#: What is reported about one delivery: type, hours after it was sent, and what SES adds.
_Told = tuple[str, float, dict[str, str]]
_DELIVERED: Final[_Told] = ("Delivery", 0.002, {"diagnostic": _OK, "isp": "Google"})
_BOUNCED: Final[_Told] = (
    "Bounce",
    0.003,
    {
        "subtype": "Permanent/General",
        "enhanced_status": "5.1.1",
        "diagnostic": "smtp; 550 5.1.1 user unknown",
        "action": "failed",
    },
)
_FULL: Final[_Told] = (
    "Bounce",
    13.5,
    {
        "subtype": "Transient/MailboxFull",
        "enhanced_status": "4.2.2",
        "diagnostic": "smtp; 452 4.2.2 mailbox full",
        "action": "failed",
    },
)
_DROPPED: Final[_Told] = ("Bounce", 0.001, {"subtype": "Permanent/OnAccountSuppressionList"})
_OPENED: Final[_Told] = ("Open", 3.2, {"user_agent": _PERSON, "ip": "203.0.113.9"})
_FETCHED: Final[_Told] = ("Open", 0.0025, {"user_agent": _PREFETCH, "ip": "203.0.113.9"})
_CLICKED: Final[_Told] = (
    "Click",
    3.4,
    {"user_agent": _PERSON, "ip": "203.0.113.9", "link": "https://pay.example/i"},
)
_COMPLAINED: Final[_Told] = ("Complaint", 7.0, {"subtype": "abuse"})
_DELAYED: Final[_Told] = ("DeliveryDelay", 0.5, {"subtype": "General"})

FINE: Final = (_DELIVERED,)
READ: Final = (_DELIVERED, _OPENED)
PAID: Final = (_DELIVERED, _OPENED, _CLICKED)


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery; ``slot`` says which address of the customer it went to."""

    told: tuple[_Told, ...] = ()
    slot: int = 0
    role: Role = Role.TO
    replaces: int | None = None
    local: Status = Status.SENT


@dataclass(frozen=True, eq=False)
class Story:
    """Emails as (day after the first, deliveries); ``weight``: how often it happens."""

    weight: int
    emails: tuple[tuple[float, tuple[Sent, ...]], ...]


def _days(weight: int, *emails: tuple[float, Sequence[_Told]]) -> Story:
    return Story(weight, tuple((day, (Sent(tuple(told)),)) for day, told in emails))


STORIES: Final = (
    Story(1_300, ()),
    _days(1_200, (0, FINE)),
    _days(1_300, (0, READ)),
    _days(900, (0, PAID)),
    _days(250, (0, (_DELIVERED, _FETCHED))),
    _days(1_300, (0, FINE), (21, READ)),
    _days(1_100, (0, READ), (17, PAID)),
    _days(900, (0, FINE), (14, READ), (32, PAID)),
    _days(250, (0, FINE), (14, FINE), (30, FINE)),
    _days(500, (0, FINE), (14, FINE), (28, READ), (43, PAID)),
    Story(350, ((0, (Sent(READ), Sent(FINE, 1, Role.CC))),)),
    Story(60, ((0, (Sent(READ), Sent((_BOUNCED,), 1, Role.CC))),)),
    _days(130, (0, (_BOUNCED,))),
    _days(60, (0, (_BOUNCED,)), (5, (_DROPPED,))),
    _days(70, (0, FINE), (20, (_BOUNCED,))),
    Story(240, ((0, (Sent((_BOUNCED,)),)), (1.5, (Sent(READ, 1, replaces=0),)))),
    _days(40, (0, (_FULL,))),
    _days(60, (0, (_FULL,)), (3, READ)),
    _days(25, (0, (_DELIVERED, _COMPLAINED))),
    _days(35, (0, (_DROPPED,))),
    Story(20, ((0, (Sent(local=Status.FAILED),)),)),
    Story(10, ((0, (Sent(local=Status.UNCONFIRMED),)),)),
    _days(30, (0, (_DELAYED, ("Delivery", 6.0, {"diagnostic": _OK})))),
    _days(4, (0, ())),
    _days(2, (0, (_DELAYED,))),
)

#: The stories that new documents are still in the middle of.
ON_THE_WAY: Final = (_days(6, (0, ())), _days(3, (0, (_DELAYED,))), _days(8, (0, FINE)))


@dataclass(frozen=True, slots=True)
class Row:
    """A row without what differs from document to document; ``times`` name its columns of time."""

    values: dict[str, Any]
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryTold:
    slot: int
    replaces: int | None
    row: Row
    events: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class EmailTold:
    after: int
    """Microseconds."""
    kind: str
    deliveries: tuple[DeliveryTold, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A story of an open or a paid document of a kind, ready to be written down."""

    document: Row
    emails: tuple[EmailTold, ...]
    latest: int | None
    """Which of ``emails`` the summary is about."""
    recipient: int | None
    """The slot of ``last_recipient``."""
    lasts: int
    """Microseconds, until everything of it is over."""


def _slot(number: int) -> str:
    return f"slot{number}@example.org"


def _row(values: dict[str, Any], names: Sequence[str]) -> Row:
    """Make times that are set distances; those that are not stay 0."""
    times = tuple(name for name in names if values[name])
    return Row({k: v - _ZERO if k in times else v for k, v in values.items()}, times)


@cache
def told(story: Story, kind: DocumentKind, is_open: bool) -> Told:
    """Settle a story with the program's own rules."""
    views: list[DeliveryView] = []
    emails: list[EmailTold] = []
    last = 0
    for number, (day, sent) in enumerate(story.emails):
        at = _BEGINNING + timedelta(days=day)
        deliveries = []
        for each in sent:
            delivery, state, view = _delivery(number, at, each)
            deliveries.append(delivery)
            views.append(view)
            last = max(last, *(to_instant(getattr(state, name)) - _ZERO for name in STATE_TIMES), 0)
        after = to_instant(at) - _ZERO
        email_kind = EmailKind.FOLLOW_UP if number else EmailKind.ORIGINAL
        emails.append(EmailTold(after, email_kind.value, tuple(deliveries)))
        last = max(last, after)
    summary = summarise(views, Decimal(1 if is_open else 0), kind)
    recipient, latest = summary.last_recipient, summary.last_email_id
    columns = document_columns(summary)
    return Told(
        _row(columns, ("last_sent_at", "call_at", "call_since")),
        tuple(emails),
        None if latest is None else latest - 1,
        next((n for n in range(3) if _slot(n) == recipient), None),
        last,
    )


def _delivery(
    number: int, at: datetime, sent: Sent
) -> tuple[DeliveryTold, DeliveryState, DeliveryView]:
    accepted = at if sent.local is Status.SENT else None
    facts = [
        DeliveryEvent(kind, at + timedelta(hours=hours), "", _slot(sent.slot), **more)
        for kind, hours, more in sent.told
    ]
    state = settle(sent.local, facts, accepted)
    replaces = None if sent.replaces is None else _slot(sent.replaces)
    view = DeliveryView(number + 1, at, sent.role, _slot(sent.slot), replaces, state)
    values = {
        "role": sent.role.value,
        "local_status": int(sent.local),
        "claimed_at": to_instant(at),
        "accepted_at": to_instant(accepted),
        "region": "eu-west-1" if accepted else "",
        "error": "" if accepted else "SES did not take it: Throttling",
        **delivery_columns(state),
    }
    row = _row(values, ("claimed_at", "accepted_at", *STATE_TIMES))
    return (
        DeliveryTold(sent.slot, sent.replaces, row, tuple(map(_event, facts))),
        state,
        view,
    )


def _event(fact: DeliveryEvent) -> Row:
    values = {
        "at": to_instant(fact.at),
        "received_at": to_instant(fact.at + timedelta(seconds=2)),
        "type": fact.type,
        "discriminator": natural_key(fact)[4],
        "counts": 1,
        "subtype": fact.subtype,
        "action": fact.action,
        "enhanced_status": fact.enhanced_status,
        "diagnostic": fact.diagnostic,
        "user_agent": fact.user_agent,
        "ip": fact.ip,
        "link": fact.link,
        "isp": fact.isp,
    }
    return _row(values, ("at", "received_at"))
