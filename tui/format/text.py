"""The only door for foreign text: what comes out can be shown, in one line of known width.

Names, subjects and diagnostics are written by strangers. They can carry escape sequences, bidi
overrides, invisible characters and line breaks; none of these leaves this module.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, split_graphemes

if TYPE_CHECKING:
    from core.model.documents import Amount

ELLIPSIS: Final = "…"
LINE_BREAK: Final = "⏎"
_EDGES: Final = " " + LINE_BREAK
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_BREAKS: Final = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
#: Letters and marks that show nothing, and those whose effect on the width of their neighbour is
#: another one in every terminal: variation selectors, skin tones.
_LEFT_OUT: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))))
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
#: No script stacks more marks on one letter; hostile text stacks hundreds.
_MOST_MARKS: Final = 6


def cell(text: str, width: int | None = None) -> str:
    """Return ``text`` as one harmless line, cut to ``width`` cells with ``…``."""
    if not (text.isascii() and text.isprintable()):
        text = _clean(text)
    text = text.strip(_EDGES)
    return text if width is None else cut(text, width)


def csv_cell(text: str) -> str:
    """Return harmless text for CSV; what would be run as a formula gets an apostrophe."""
    from core.rules.export.tabular import formula_safe  # not for the first paint

    return formula_safe(cell(text))


def cut(text: str, width: int) -> str:
    """Return harmless ``text``, shortened with ``…`` where it is wider than ``width`` cells."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    if text.isascii():
        return text[: width - 1].rstrip() + ELLIPSIS
    end = used = 0
    for _, stop, cells in split_graphemes(text)[0]:
        if used + cells > width - 1:
            break
        end, used = stop, used + cells
    return text[:end].rstrip() + ELLIPSIS


def paragraphs(text: str, limit: int = 10_000) -> list[str]:
    """Return the harmless lines of a message body, at most ``limit`` characters of them."""
    shown = text[:limit]
    lines = [_clean(line).rstrip() for line in _split_lines(shown)]
    while lines and not lines[-1]:
        lines.pop()
    if len(text) > limit:
        lines.append(ELLIPSIS)
    return lines


def _split_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").translate(_TO_NEWLINE).expandtabs(4).split("\n")


_TO_NEWLINE: Final = {ord(character): "\n" for character in _BREAKS}


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    out: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        shown = _harmless(character, category)
        if marks > _MOST_MARKS or (shown == LINE_BREAK and out and out[-1] == LINE_BREAK):
            continue
        out.append(shown)
    return "".join(out)


def _harmless(character: str, category: str) -> str:
    """Return what stands for ``character``: itself, something visible, or nothing.

    Joiners go with the other format characters: terminals disagree on the width of joined emoji,
    so their parts are shown.
    """
    if character in _LEFT_OUT:
        return ""
    match category:
        case "Cc" | "Zl" | "Zp":
            return _control(character)
        case "Cf":  # bidi overrides and isolates, zero-width characters, tags
            return ""
        case "Cs" | "Co" | "Cn":
            return REPLACEMENT
        case "Zs":
            return " "
        case _:
            return character


def _control(character: str) -> str:
    code = ord(character)
    if character in _BREAKS:
        return LINE_BREAK
    if character == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)  # ␛ and its kind: harmless, and one sees that something was there
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else REPLACEMENT


# --------------------------------------------------------------------------- times

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def ago(at: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """``3 s ago``, ``2 h ago``, ``yesterday``, ``3 d ago``, ``12 Oct``; empty for ``None``.

    Days change at midnight of ``zone``, by default the computer's own.
    """
    if at is None:
        return ""
    seconds = (now - at).total_seconds()
    if -60 < seconds < 2:  # clocks differ a little between computers
        return "now"
    if 0 < seconds < 60:
        return f"{seconds:.0f} s ago"
    if 0 < seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    days = (now.astimezone(zone).date() - at.astimezone(zone).date()).days
    if seconds > 0 and (days == 0 or seconds < timedelta(hours=6).total_seconds()):
        return f"{seconds // 3600:.0f} h ago"
    if days == 1:
        return "yesterday"
    return f"{days} d ago" if 1 < days < 7 else _day(at, now, zone)


def moment(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """``today 14:02``, ``19 Nov 09:30``, ``19 Nov 2025 09:30``; in ``zone``, or the computer's."""
    same_day = at.astimezone(zone).date() == now.astimezone(zone).date()
    return f"{'today' if same_day else _day(at, now, zone)} {clock_time(at, zone=zone)}"


def clock_time(at: datetime, seconds: bool = False, zone: tzinfo | None = None) -> str:
    """``14:02`` or ``14:02:11``; in ``zone``, or the computer's."""
    return at.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def _day(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    day, today = at.astimezone(zone), now.astimezone(zone)
    short = (
        f"{day.day} {_MONTHS.split()[day.month - 1]}"  # strftime would follow the locale's width
    )
    return short if day.year == today.year else f"{short} {day.year}"


# --------------------------------------------------------------------------- amounts

#: Minor units other than two. Source: ISO 4217, list one.
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS: Final = dict.fromkeys(_NO_DIGITS.split(), 0) | dict.fromkeys(_THREE_DIGITS.split(), 3)
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
#: More is a typing error or an attack; ``1e999999`` would be a megabyte of zeros.
_MOST_DIGITS: Final = 30


def money(value: Decimal, currency: str = "") -> str:
    """``1,350.00``, with the digits of the currency."""
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return f"{value:.3g}" if value.is_finite() and value else str(value)[:_MOST_DIGITS]
    return f"{value:,.{_DIGITS.get(currency.upper(), 2)}f}"


def amount(what: Amount) -> str:
    """``$3,220.51``, ``€1,200.00``, ``CHF 5.00``, ``-$5.00``."""
    figure = money(abs(what.value), what.currency)
    currency = cell(what.currency, 8).upper()
    sign = _SIGNS.get(currency) or (f"{currency} " if currency else "")
    return f"{'-' if what.value < 0 else ''}{sign}{figure}"


def amounts(several: tuple[Amount, ...]) -> str:
    """``$3,220.51 + €12.00``; ``0.00`` for none."""
    return " + ".join(amount(one) for one in several) or "0.00"


def size(count: int) -> str:
    """``812 B``, ``12 kB``, ``1.4 MB``."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"
