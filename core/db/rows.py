"""Columns and rows as values, the same for every database and for both ways of reading.

Instants are whole microseconds since 1970 in UTC (0: never), money is whole ten-thousandths, dates
are ISO text. Integers sort, add up and compare exactly, which SQLite's floats do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from core.model.chasing import CallNeed, CallReason
from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView, DocumentSummary
from core.model.documents import DocumentRow
from core.model.enums import FLAGS, STATUSES, DisplayStatus, DocumentKind, Engagement, Role, Status
from core.rules.search.text import storable

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PER_UNIT: Final = 10_000


def to_instant(at: datetime | None) -> int:
    return 0 if at is None else (at - _EPOCH) // _MICROSECOND


def from_instant(value: int) -> datetime | None:
    return None if not value else _EPOCH + timedelta(microseconds=value)


def known_instant(value: int) -> datetime:
    """Like ``from_instant`` for a column that always holds a time."""
    return _EPOCH + timedelta(microseconds=value)


def to_money(value: Decimal) -> int:
    """Raises ``ValueError`` when ``value`` has more than four decimals: nothing is rounded away."""
    scaled = value * _PER_UNIT
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more than four decimals")
    return int(scaled)


def from_money(value: int) -> Decimal:
    """At least two decimals, and as many more as are needed."""
    exact = Decimal(value) / _PER_UNIT
    return exact.quantize(Decimal("0.01")) if value % 100 == 0 else exact.normalize()


def to_date(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def from_date(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def digest(value: str) -> str:
    """A SHA-256 in hexadecimal that takes any text, broken surrogates included."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def part_of(text: str) -> str:
    """For what holds ``text``."""
    return f"%{_escape(text)}%"


def begins_with(text: str) -> str:
    """For what begins with ``text``."""
    return f"{_escape(text)}%"


def ends_with(text: str) -> str:
    """For what ends with ``text``."""
    return f"%{_escape(text)}"


def _escape(text: str) -> str:
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return text


class Codec(NamedTuple):
    """How a value is kept in its column; ``None``: as it is."""

    read: Callable[[Any], Any] | None
    write: Callable[[Any], Any] | None

    def column(self, value: Any) -> Any:
        return value if self.write is None else self.write(value)


_KINDS: Final = {kind.value: kind for kind in DocumentKind}
_VALUE: Final = attrgetter("value")
_WORDS: Final = {word.value: word for word in DisplayStatus}
_AS_IT_IS: Final = Codec(None, None)
_TEXT: Final = Codec(None, storable)
_FLAG: Final = Codec(bool, int)
_MONEY: Final = Codec(from_money, to_money)
_DAY: Final = Codec(from_date, to_date)
_INSTANT: Final = Codec(from_instant, to_instant)

#: What an import tells of a document that is known already, by the names of its columns, which are
#: those of ``DocumentRow`` and of what is imported. A new one needs a column and a migration too.
IMPORTED_FIELDS: Final = {
    "status": _TEXT,
    "currency": _AS_IT_IS,
    "total": _MONEY,
    "balance_due": _MONEY,
    "issued_on": _DAY,
    "due_on": _DAY,
    "pdf": _TEXT,
}
#: What follows from its deliveries, by the names of ``DocumentSummary``; see ``FLAGS`` as well.
SUMMARY_FIELDS: Final = {
    "word": Codec(_WORDS.__getitem__, _VALUE),
    "other_failed": _FLAG,
    "delivered": _AS_IT_IS,
    "recipients": _AS_IT_IS,
    "send_count": _AS_IT_IS,
    "last_sent_at": _INSTANT,
    "last_recipient": _AS_IT_IS,
    "last_email_id": _AS_IT_IS,
    "ever_delivered": _FLAG,
    "never_reached": _FLAG,
    "by_program": _FLAG,
    "is_forward": _FLAG,
}
_CALL_COLUMNS: Final = ("call_at", "call_reason", "call_emails", "call_since")
SUMMARY_COLUMNS: Final = (*SUMMARY_FIELDS, *FLAGS, *_CALL_COLUMNS)
_READ: Final = {
    "id": _AS_IT_IS,
    "customer_id": _AS_IT_IS,
    "customer": _AS_IT_IS,
    "kind": Codec(_KINDS.__getitem__, _VALUE),
    "number": _TEXT,
    **IMPORTED_FIELDS,
    **SUMMARY_FIELDS,
    **dict.fromkeys((*FLAGS, *_CALL_COLUMNS), _AS_IT_IS),
    "has_draft": _FLAG,
    "held_until": _INSTANT,
    "quiet_until": _INSTANT,
}
_ELSEWHERE: Final = {
    "customer": "c.name",
    "has_draft": "EXISTS (SELECT 1 FROM drafts w WHERE w.document_id = d.id)",
}
#: Of ``documents d JOIN customers c``, for ``document_of``.
DOCUMENT_COLUMNS: Final = ", ".join(_ELSEWHERE.get(name, f"d.{name}") for name in _READ)

DELIVERY_COLUMNS: Final = (
    "x.id, x.email_id, x.document_id, x.role, x.address, x.replaces, x.status, x.engagement,"
    " x.by_person, x.sent_at, x.deferred_at, x.delivered_at, x.opened_at, x.clicked_at,"
    " x.bounced_at, x.complained_at, x.dropped_at, x.diagnostic, x.enhanced_status, x.subtype,"
    " x.is_forward, x.ses_message_id, x.error, m.created_at"
)
STATE_TIMES: Final = (
    "sent_at",
    "deferred_at",
    "delivered_at",
    "opened_at",
    "clicked_at",
    "bounced_at",
    "complained_at",
    "dropped_at",
)
EVENT_COLUMNS: Final = (
    "v.delivery_id, v.counts, v.type, v.at, v.message_id, v.recipient, v.subtype, v.tag,"
    " v.feedback_id, v.action, v.enhanced_status, v.diagnostic, v.user_agent, v.ip, v.link,"
    " v.isp"
)
# Where each value stands is worked out once: a page of rows is read by position, not by name.
_POSITIONS: Final = {name: position for position, name in enumerate(_READ)}
_DECODED: Final = [(_POSITIONS[name], each.read) for name, each in _READ.items() if each.read]
_flags_in: Final = itemgetter(*(_POSITIONS[flag] for flag in FLAGS))
_call_in: Final = itemgetter(*(_POSITIONS[name] for name in _CALL_COLUMNS))
_MADE: Final = ("unresolved", "call", "awaited", "summary")
"""Put together from several columns, in this order behind them; what is awaited is no column's."""
_AT: Final = _POSITIONS | {name: len(_POSITIONS) + place for place, name in enumerate(_MADE)}
_summary_in: Final = itemgetter(*(_AT[each.name] for each in fields(DocumentSummary)))
_summarised: Final = attrgetter(*SUMMARY_FIELDS)
_ENCODED: Final = [(name, each.write) for name, each in SUMMARY_FIELDS.items() if each.write]
_document_in: Final = itemgetter(*(_AT[each.name] for each in fields(DocumentRow)))


def document_of(row: Sequence[Any]) -> DocumentRow:
    """Read a document from a row of ``DOCUMENT_COLUMNS``."""
    values = list(row)
    for position, read in _DECODED:
        values[position] = read(values[position])
    values += (_unresolved(_flags_in(row)), _call_need(*_call_in(row)), None)
    values.append(DocumentSummary(*_summary_in(values)))
    return DocumentRow(*_document_in(values))


@lru_cache(maxsize=256)
def _unresolved(kept: tuple[int, ...]) -> frozenset[DisplayStatus]:
    bits = dict(zip(FLAGS, kept, strict=True))
    return frozenset(word for word, each in STATUSES.items() if bits.get(each.flag, 0) & each.bit)


def _call_need(at: int, why: str, emails: int, since: int) -> CallNeed | None:
    if not at:
        return None
    return CallNeed(CallReason(why), known_instant(at), emails, known_instant(since))


def document_columns(summary: DocumentSummary) -> dict[str, Any]:
    """Return the summary columns of a document, by name, in the order of ``SUMMARY_COLUMNS``."""
    columns = dict(zip(SUMMARY_FIELDS, _summarised(summary), strict=True))
    for name, write in _ENCODED:
        columns[name] = write(columns[name])
    columns.update(dict.fromkeys(FLAGS, 0))
    for word in summary.unresolved:
        columns[STATUSES[word].flag] |= STATUSES[word].bit
    call = summary.call
    columns |= {
        "call_at": to_instant(call.at) if call else 0,
        "call_reason": call.reason.value if call else "",
        "call_emails": call.emails if call else 0,
        "call_since": to_instant(call.since) if call else 0,
    }
    return columns


def state_of(row: Sequence[Any]) -> DeliveryState:
    """Read the settled state from a row of ``DELIVERY_COLUMNS``."""
    return DeliveryState(
        status=Status(row[6]),
        engagement=Engagement(row[7]),
        by_person=Engagement(row[8]),
        **{name: from_instant(value) for name, value in zip(STATE_TIMES, row[9:17], strict=True)},
        diagnostic=row[17],
        enhanced_status=row[18],
        subtype=row[19],
        is_forward=bool(row[20]),
    )


def view_of(row: Sequence[Any], state: DeliveryState | None = None) -> DeliveryView:
    """Read what the roll-ups need from a row of ``DELIVERY_COLUMNS``; ``state`` is a newer one."""
    known = state or state_of(row)
    return DeliveryView(row[1], known_instant(row[23]), Role(row[3]), row[4], row[5], known)


def fact_of(row: Sequence[Any]) -> DeliveryEvent:
    """Read a fact from a row of ``EVENT_COLUMNS``."""
    return DeliveryEvent(
        type=row[2],
        at=known_instant(row[3]),
        message_id=row[4],
        recipient=row[5],
        subtype=row[6],
        tag=row[7],
        feedback_id=row[8],
        action=row[9],
        enhanced_status=row[10],
        diagnostic=row[11],
        user_agent=row[12],
        ip=row[13],
        link=row[14],
        isp=row[15],
    )
