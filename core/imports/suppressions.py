"""Lists of addresses: CSV with or without a header, or one address a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from core.files import protected_files
from core.imports.csv_table import DELIMITERS, NotTextError, Record, decode, records, split_lines
from core.model.errors import InputError
from core.model.reports import Rejection
from core.model.suppressions import Suppression

_COLUMNS: Final = {
    "address": ("address", "email", "emailaddress", "recipient"),
    "reason": ("reason",),
    "since": ("since", "date", "lastupdatetime", "added"),
}
_PLAIN: Final = {"address": 0, "reason": 1, "since": 2}
_MOST_BYTES: Final = 64 << 20
_NEXT: Final = "Expected one address a line, or CSV with the columns address, reason and since."


@dataclass(frozen=True, slots=True)
class ParsedList:
    """``lines[i]`` is where ``entries[i]`` stands in the file."""

    read: int
    entries: tuple[Suppression, ...]
    lines: tuple[int, ...]
    rejected: tuple[Rejection, ...]


def read(path: Path) -> ParsedList:
    """Read a file; a line that cannot be used is reported and costs itself.

    Raises:
        InputError: the file cannot be read at all.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is larger than 64 MB.", "Cut it into several files.")
        text, _ = decode(protected_files.read_bytes(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", _NEXT) from error
    except NotTextError as error:
        raise InputError(f"{path} cannot be read: {error}.", _NEXT) from error
    return parse(text)


def parse(text: str) -> ParsedList:
    lines = split_lines(text)
    first = next((line for line in lines if _says_something(line)), "")
    delimiter = max(DELIMITERS, key=first.count)
    found = [r for r in records(lines, delimiter) if _says_something("".join(r.cells))]
    columns = _header(found[0].cells) if found else None
    rows = found[1:] if columns else found
    entries: list[Suppression] = []
    at: list[int] = []
    rejected: list[Rejection] = []
    for row in rows:
        made = _entry(row, columns or _PLAIN)
        if isinstance(made, Rejection):
            rejected.append(made)
        else:
            entries.append(made)
            at.append(row.line)
    return ParsedList(len(rows), tuple(entries), tuple(at), tuple(rejected))


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _header(cells: Sequence[str]) -> dict[str, int] | None:
    titles = ["".join(c for c in cell.casefold() if c.isalpha()) for cell in cells]
    found = {
        name: titles.index(title)
        for name, known in _COLUMNS.items()
        for title in known
        if title in titles
    }
    return found if "address" in found else None


def _entry(row: Record, columns: dict[str, int]) -> Suppression | Rejection:
    if row.fault:
        return Rejection(row.line, "", row.fault)
    values = {
        name: _unquoted(row.cells[place]) if place < len(row.cells) else ""
        for name, place in columns.items()
    }
    since: datetime | None = None
    if values.get("since"):
        try:
            since = _instant(values["since"])
        except ValueError:
            reason = f"found {values['since'][:40]!r}, expected a date such as 2026-11-20"
            return Rejection(row.line, "since", reason)
    if not values["address"]:
        return Rejection(row.line, "address", "it is empty")
    return Suppression(values["address"], values.get("reason", ""), since, "own")


def _unquoted(cell: str) -> str:
    """Undo what keeps a spreadsheet from running a text that our own export wrote."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _instant(text: str) -> datetime:
    """A day is its beginning; a time without a zone is UTC."""
    try:
        at = datetime.combine(date.fromisoformat(text), time.min)
    except ValueError:
        at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
