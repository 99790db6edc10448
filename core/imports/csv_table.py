"""Bytes into rows: encoding, physical lines, cells. Knows nothing of customers or documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: Longer cells are not text that a person wrote; most often a quotation mark was not closed.
LONGEST_CELL: Final = 1 << 20
#: Physical lines. A bound on what one open quotation mark costs to find out.
LONGEST_ROW: Final = 1000
DELIMITERS: Final = (",", ";", "\t")

_SAMPLE: Final = 1 << 16
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\f\x1a")
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NotTextError(ValueError):
    """Its text says what the bytes are instead."""


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    """The physical line where it starts, from 1."""
    cells: list[str]
    fault: str = ""
    """Why the cells cannot be trusted."""


def decode(data: bytes) -> tuple[str, str]:
    """Return the text without NULs, and the name of its encoding.

    Raises:
        NotTextError: nothing, a workbook, a picture or another binary file.
    """
    if data.startswith(_WORKBOOKS):
        raise NotTextError("it is a workbook; save the sheet as CSV")
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace").replace("\0", "").rstrip("\x1a")
    if not text.strip():
        raise NotTextError("it is empty")
    return text, encoding


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    sample = data[:_SAMPLE]
    if sample[1::2].count(0) * 5 > len(sample) and not sample[::2].count(0):
        return "utf-16-le"  # "Unicode text" of Windows programs that leave the mark out
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in sample)
    if controls * 20 > len(sample):
        raise NotTextError("it is not a text file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = error.end == len(data) and error.reason == "unexpected end of data"
        return "utf-8" if cut_off else "windows-1252"
    return "utf-8"


def split_lines(text: str) -> list[str]:
    """Return the physical lines with their ends, broken where editors break them."""
    return list(io.StringIO(text, newline=""))  # str.splitlines would also break at U+2028


def records(
    lines: Sequence[str], delimiter: str, start: int = 0, width: int = 0
) -> Iterator[Record]:
    """Yield the rows from ``lines[start]`` on; a broken one costs itself, not what follows.

    With a ``width``, a row over several lines that does not have it is broken, too: a stray
    quotation mark must not swallow the good rows up to the next one.
    """
    # Process-wide, and only ever raised: the default is too small for notes pasted from emails.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    while start < len(lines):
        feed = _Feed(lines, start)
        reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            for cells in reader:
                fault = _misfit(cells, width) if width else ""
                yield Record(feed.begin + 1, cells, fault)
                if fault and feed.at - feed.begin > 1:
                    break
                feed.begin = feed.at
            else:
                return
        except csv.Error as error:
            cells = _salvage(lines[feed.begin], delimiter)
            yield Record(feed.begin + 1, cells, _explain(error))
        start = feed.begin + 1


class _Feed:
    """The physical lines from one on; it runs dry inside a row that never seems to end."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self.begin = self.at = start
        """Index of the current row's first line, and of the next one to hand out."""
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= min(len(self._lines), self.begin + LONGEST_ROW):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


def _misfit(cells: Sequence[str], width: int) -> str:
    """Blank rows are no misfits, and empty cells beyond the header's do not count."""
    if len(cells) == width or not any(cell.strip() for cell in cells):
        return ""
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return ""
    why = (
        "a value with a separator in it needs quotation marks"
        if len(cells) > width
        else "the row ends too early"
    )
    return f"found {len(cells)} columns, expected the header's {width}; {why}"


def _salvage(line: str, delimiter: str) -> list[str]:
    """Return about what the broken line says: enough to tell which document it belongs to."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _explain(error: csv.Error) -> str:
    words = str(error)
    if "end of data" in words or "field limit" in words:
        return "found a quotation mark that is never closed, expected two of them around a value"
    return "found a quotation mark inside a quoted value, expected it doubled"
