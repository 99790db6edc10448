"""Pure: rows to the text of a file, piece by piece: CSV, JSON or a Markdown table.

What comes in is harmless text, one line a cell; what is not is the business of whoever shows text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from core.model.reports import QuarantinedBody

#: The first letters of a formula, in half and full width.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
#: What JSON lets through as it is but a terminal obeys: DEL, C1 controls, bidi, lone surrogates.
_OBEYED: Final = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|~&#])")
#: Excel takes a file without it for the letters of its own country.
BYTE_ORDER_MARK: Final = "\ufeff"


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "md"


def formula_safe(text: str) -> str:
    """Return ``text``, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def readable(json: str) -> str:
    """Return the same JSON, with escapes for all that a terminal would obey."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


def header(titles: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return the names of all columns; a title that a key has already is told apart from it."""
    taken = {key.casefold() for key in keys}
    return [f"{t} (shown)" if t.casefold() in taken else t for t in titles] + list(keys)


def csv_pieces(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield CSV as Excel opens it: with a byte order mark, commas, and lines that end in CR LF.

    A plain negative number stays one; everything else that begins like a formula is quoted.
    """
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out)
    yield BYTE_ORDER_MARK
    for row in chain((names,), rows):
        writer.writerow([v if _NUMBER.fullmatch(v) else formula_safe(v) for v in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def json_pieces(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON array, a record a line."""
    import json

    start = "[\n"
    for record in records:
        yield start + readable(json.dumps(record, ensure_ascii=False))
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def markdown_pieces(
    titles: Sequence[str], right: Sequence[bool], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    """Yield a table; nothing in a cell ends it, or is more than text."""
    yield _line(titles)
    yield f"|{'|'.join('---:' if is_right else '---' for is_right in right)}|\n"
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    escaped = [_MARKDOWN.sub(r"\\\1", text) for text in cells]
    return f"| {' | '.join(escaped)} |\n"


def utc_text(at: datetime) -> str:
    """``2026-11-25T13:12:00Z``, for programs."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_line(body: QuarantinedBody) -> dict[str, str]:
    """Return what a line of the export holds."""
    return {
        "id": body.id,
        "received_at": utc_text(body.received_at),
        "source": body.source,
        "reason": body.reason,
        "raw": body.raw,
        **({"dismissed_by": body.dismissed_by, "note": body.note} if body.dismissed_at else {}),
    }
