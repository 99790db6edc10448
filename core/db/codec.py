"""How values are kept in columns, the same for every database and for both ways of reading.

Instants are whole microseconds since 1970 in UTC (0: never), money is whole ten-thousandths, dates
are ISO text. Integers sort, add up and compare exactly, which SQLite's floats do not.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from core.rules.search.normalize import search_key as search_key
from core.rules.search.normalize import storable as storable

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
