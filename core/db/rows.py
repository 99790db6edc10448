"""Columns and rows as values, the same for every database and for both ways of reading.

Instants are whole microseconds since 1970 in UTC (0: never), money is whole ten-thousandths, dates
are ISO text. Integers sort, add up and compare exactly, which SQLite's floats do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from core.model.chasing import CallNeed, CallReason, Outcome
from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView, DocumentSummary
from core.model.documents import DocumentRow
from core.model.enums import (
    FLAGS,
    STATUSES,
    DisplayStatus,
    DocumentKind,
    EmailKind,
    Engagement,
    Role,
    Status,
)
from core.rules.search.text import storable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

V = TypeVar("V")
T = TypeVar("T", bound="DataclassInstance")

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


def chunks(items: Sequence[V], size: int = 500) -> Iterator[Sequence[V]]:
    """Cut ``items`` into pieces; by default what one IN clause may hold on every database."""
    return (items[start : start + size] for start in range(0, len(items), size))


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

#: How a value of each type is kept; a class with a field of another one cannot be read so.
_READ_AS: Final[dict[str, Callable[[Any], Any] | None]] = {
    **dict.fromkeys(("int", "str", "str | None"), None),
    **{kind.__name__: kind for kind in (DocumentKind, EmailKind, Engagement, Outcome, Status)},
    "bool": bool,
    "date | None": from_date,
    "datetime": known_instant,
    "datetime | None": from_instant,
}


def word_of(status: int) -> DisplayStatus:
    """Return the badge of a column of ``Status``."""
    return DisplayStatus[Status(status).name]


class Record(Generic[T]):
    """Values of a class, read from columns that its fields name: none of them can be shifted.

    ``named`` says what a field's column is called; ``""``: it has none, as have all behind it.
    """

    def __init__(
        self,
        made: type[T],
        table: str = "",
        named: Mapping[str, str] = MappingProxyType({}),
        reads: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
        *,
        begin: int = 0,
    ) -> None:
        prefix = table and f"{table}."
        columns = [named.get(each.name, prefix + each.name) for each in fields(made)]
        count = columns.index("") if "" in columns else len(columns)
        read = [reads.get(each.name) or _READ_AS[str(each.type)] for each in fields(made)[:count]]
        self.columns: Final = ", ".join(columns[:count])
        self._made: Final = made
        self._decoded: Final = [(place, each) for place, each in enumerate(read) if each]
        self._columns: Final = slice(begin, begin + count)

    def of(self, row: Sequence[Any]) -> T:
        """Read a row that has ``columns`` from its ``begin`` on, whatever follows."""
        values = list(row[self._columns])
        for place, read in self._decoded:
            values[place] = read(values[place])
        return self._made(*values)


STATE_COLUMNS: Final = tuple(each.name for each in fields(DeliveryState))
STATE_TIMES: Final = tuple(name for name in STATE_COLUMNS if name.endswith("_at"))
_OF_DELIVERIES: Final = (
    *("id", "email_id", "document_id", "role", "address", "replaces"),
    *(*STATE_COLUMNS, "ses_message_id", "error"),
)
#: Of ``deliveries x JOIN emails m``, and where each of them stands.
DELIVERY_COLUMNS: Final = f"{', '.join(f'x.{name}' for name in _OF_DELIVERIES)}, m.created_at"
DELIVERY_AT: Final = {name: at for at, name in enumerate((*_OF_DELIVERIES, "created_at"))}
#: Read the settled state from a row of ``DELIVERY_COLUMNS``.
state_of: Final = Record(DeliveryState, begin=DELIVERY_AT["status"]).of
_viewed: Final = itemgetter(
    *(DELIVERY_AT[name] for name in ("email_id", "created_at", "role", "address", "replaces"))
)
_EVENT: Final = Record(DeliveryEvent, "v", begin=2)
EVENT_COLUMNS: Final = f"v.delivery_id, v.counts, {_EVENT.columns}"
#: Read a fact from a row of ``EVENT_COLUMNS``.
fact_of: Final = _EVENT.of
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


def view_of(row: Sequence[Any], state: DeliveryState | None = None) -> DeliveryView:
    """Read what the roll-ups need from a row of ``DELIVERY_COLUMNS``; ``state`` is a newer one."""
    email_id, created_at, role, address, replaces = _viewed(row)
    known = state or state_of(row)
    return DeliveryView(email_id, known_instant(created_at), Role(role), address, replaces, known)
