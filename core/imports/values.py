"""Cells into values: amounts, days, addresses, currency codes. Pure.

Whatever cannot be read raises ``UnreadableError`` with what was found and what was expected.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

#: Amounts from here on are typing errors, not invoices.
TOO_MUCH: Final = Decimal(10) ** 13
DECIMALS: Final = 4

_SIGNS: Final = {
    "$": "USD",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
}

_MONEY: Final = re.compile(
    r"(?P<open>\()?\s*+(?P<minus1>[-−+])?\s*+(?P<before>[^\d\s.,'’()+−-]{1,4})?\s*+(?P<minus2>[-−])?\s*+"
    r"(?P<digits>[0-9.,]|[0-9.,][0-9.,'’ ]*[0-9.,])"
    r"\s*+(?P<after>[^\d\s.,'’()+−-]{1,4})?\s*+(?P<minus3>[-−])?\s*+(?P<close>\))?"
)
_ONE_SEPARATOR: Final = re.compile(r"(?P<whole>[0-9]*)(?:(?P<separator>[.,])(?P<part>[0-9]*))?")
_GROUPED: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[.,'’ ])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<part>[0-9]+))?"
)
_GROUPED_IN_INDIA: Final = re.compile(
    r"(?P<whole>[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?:\.(?P<part>[0-9]+))?"
)

_TIME: Final = (
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _TIME)
_SLASHES: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})" + _TIME)
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([.-])([0-9]{1,2})\2([0-9]{4})" + _TIME)

_BARE_ADDRESS: Final = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\"]+")
_NAMED_ADDRESS: Final = re.compile(r"(?:\"[^\"]*\"\s*+|[^<>,;\"]*+)<([^<>]*+)>")

_EXPECTED_MONEY: Final = "expected an amount such as 1234.50"


class UnreadableError(ValueError):
    """Its text says what was found and what was expected."""


class Money(NamedTuple):
    value: Decimal
    currency: str
    """What the sign or code beside the digits says; empty without one."""
    is_certain: bool = True
    """``$`` alone is the sign of a dozen currencies."""


def shown(text: str, limit: int = 40) -> str:
    """Return ``text`` shortened and quoted; control and bidi characters come out escaped."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def squeeze(text: str) -> str:
    """Return ``text`` on one line: every run of white space becomes one blank."""
    return " ".join(text.split())


# --------------------------------------------------------------------------- money


@lru_cache(maxsize=4096)
def money(text: str, comma_decimals: bool = False) -> Money:
    """Return the amount that ``text`` writes, in the American or the European way.

    ``comma_decimals``: the file separates its cells by semicolons, so its commas may be decimal
    points; then ``1.234`` and ``1,234`` are refused, since a guess may be wrong by a thousand.
    """
    found = _MONEY.fullmatch(squeeze(text)) if len(text) <= 60 else None
    if found is None or bool(found["open"]) != bool(found["close"]):
        raise UnreadableError(f"found {shown(text)}, {_EXPECTED_MONEY}")
    minuses = [m for m in (found["minus1"], found["minus2"], found["minus3"]) if m]
    if len(minuses) > 1:
        raise UnreadableError(f"found {shown(text)}, expected one minus sign at most")
    value = _number(text, found["digits"], comma_decimals)
    if (minuses and minuses[0] != "+") or found["open"]:
        value = -value
    sign = found["after"] or found["before"] or ""
    return Money(value, _currency_of(text, sign), is_certain=sign != "$")


def _number(text: str, digits: str, comma_decimals: bool) -> Decimal:
    one = _ONE_SEPARATOR.fullmatch(digits)
    many = _GROUPED.fullmatch(digits) or _GROUPED_IN_INDIA.fullmatch(digits)
    if one and many and (comma_decimals or one["separator"] == ","):
        if comma_decimals:
            raise UnreadableError(
                f"found {shown(text)}, which can be read in two ways; write all decimals (1234.00)"
            )
        one = None  # 1,234: the American way
    match = one or many
    if match is None or digits in (".", ","):
        raise UnreadableError(f"found {shown(text)}, {_EXPECTED_MONEY}")
    whole = re.sub(r"[^0-9]", "", match["whole"]) or "0"
    part = (match["part"] or "").rstrip("0")
    if len(part) > DECIMALS:
        raise UnreadableError(f"found {shown(text)}, expected {DECIMALS} decimals at most")
    value = Decimal(f"{whole}.{(match['part'] or '')[:DECIMALS]}")
    if value >= TOO_MUCH:
        raise UnreadableError(f"found {shown(text)}, expected an amount below {TOO_MUCH:,}")
    return value


def _currency_of(text: str, sign: str) -> str:
    if not sign or sign in _SIGNS:
        return _SIGNS.get(sign, "")
    if re.fullmatch(r"[A-Z]{3}", sign):
        return sign
    raise UnreadableError(f"found {shown(text)}, {_EXPECTED_MONEY} or €1234.50")


def currency(text: str) -> str:
    """Return a currency code in capitals."""
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise UnreadableError(f"found {shown(text)}, expected a three-letter code such as USD")
    return text.upper()


# --------------------------------------------------------------------------- days


@lru_cache(maxsize=4096)
def day(text: str, day_first: bool = False) -> date | None:
    """Return the day that ``text`` writes, without its time; ``None`` for nothing.

    ``day_first`` settles ``4/5/2019`` where neither number can be the month's or the day's alone.
    """
    text = squeeze(text)
    if not text or text.startswith("0000-00-00"):  # what MySQL writes for no date
        return None
    year, month, day_of_month = _parts(text, day_first)
    try:
        found = date(year, month, day_of_month)
    except ValueError:
        raise UnreadableError(f"found {shown(text)}, which is no day of the calendar") from None
    if not 1900 <= found.year < 2200:
        raise UnreadableError(f"found {shown(text)}, expected a year from 1900 to 2199")
    return found


def _parts(text: str, day_first: bool) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[4]), int(match[3]), int(match[1])
    if match := _SLASHES.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first > 12 or (day_first and second <= 12):
            return year, second, first
        return year, first, second
    raise UnreadableError(f"found {shown(text)}, expected a date such as 2019-11-25")


def day_comes_first(text: str) -> bool | None:
    """Return which way round a date with slashes is written, or ``None`` if it does not show."""
    match = _SLASHES.fullmatch(squeeze(text)) if "/" in text else None
    if match is None or (int(match[1]) > 12) == (int(match[2]) > 12):
        return None
    return int(match[1]) > 12


# --------------------------------------------------------------------------- addresses


def addresses(text: str) -> tuple[str, ...]:
    """Return the bare addresses of a cell: ``a@b.c``, ``Name <a@b.c>``, several by comma or ``;``.

    Nothing is cut out of the middle of a word: half an address may be somebody else's.
    """
    text = squeeze(text)
    if not text:
        return ()
    named = _NAMED_ADDRESS.fullmatch(text)
    parts = [named[1]] if named else re.split("[,;]", text.strip(",; "))
    found = tuple(
        (m[1] if (m := _NAMED_ADDRESS.fullmatch(part.strip())) else part).strip() for part in parts
    )
    if not all(_BARE_ADDRESS.fullmatch(part) for part in found):
        raise UnreadableError(f"found {shown(text)}, expected an address such as name@example.com")
    return found
