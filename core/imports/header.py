"""Which dialect a file is in, from its header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.imports.csv_table import DELIMITERS, records
from core.imports.dialects import DIALECTS, NOT_NEEDED, Dialect
from core.imports.values import squeeze

#: A header stands among the first rows; Invoice Ninja has three above it.
_DEEPEST: Final = 20
_WIDEST: Final = 300


class UnknownHeaderError(ValueError):
    """``title`` says what was found; ``hint`` what is known."""

    def __init__(self, title: str, hint: str) -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Header:
    dialect: Dialect
    delimiter: str
    next_line: int
    """Index of the first physical line below."""
    width: int
    positions: Mapping[str, int]
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    dialect: Dialect
    delimiter: str
    next_line: int
    cells: Sequence[str]
    columns: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, int, int]:
        """A whole header beats a part of one; of whole ones, the dialect that asks for most.

        The number of columns tells the likeliest header, and delimiter, of an unknown file.
        """
        asked = len(self.dialect.required)
        return 1 - len(self.missing) / asked, asked, len(self.columns)


def recognise(lines: Sequence[str]) -> Header:
    """Return the header and where the rows begin.

    Raises:
        UnknownHeaderError: no row is a header of any dialect.
    """
    best: _Candidate | None = None
    for delimiter in DELIMITERS:
        for candidate in _candidates(lines, delimiter):
            if best is None or candidate.rank > best.rank:
                best = candidate
    if best is None or best.missing:
        raise _unknown(best)
    fields = {**best.dialect.required, **best.dialect.optional}
    positions = {
        name: best.columns[_key(heading)]
        for name, heading in fields.items()
        if _key(heading) in best.columns
    }
    return Header(
        dialect=best.dialect,
        delimiter=best.delimiter,
        next_line=best.next_line,
        width=len(best.cells),
        positions=positions,
        headings={name: squeeze(best.cells[at]) for name, at in positions.items()},
    )


def _candidates(lines: Sequence[str], delimiter: str) -> list[_Candidate]:
    top = list(islice(records(lines, delimiter), _DEEPEST + 1))
    found: list[_Candidate] = []
    for record, following in zip(top, [*top[1:], None], strict=True):
        columns = _columns(record.cells)
        if not columns or (following is None and len(top) > _DEEPEST):
            continue
        next_line = following.line - 1 if following else len(lines)
        found.extend(
            _Candidate(
                dialect,
                delimiter,
                next_line,
                record.cells,
                columns,
                tuple(h for h in dialect.required.values() if _key(h) not in columns),
            )
            for dialect in DIALECTS
        )
    return found


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Return the position of each heading; the second of one name is ``name 2``."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(cells):
        key = _key(cell)
        if key in columns:
            columns.setdefault(f"{key} 2", position)
        elif key:
            columns[key] = position
    return columns


def _key(heading: str) -> str:
    return squeeze(heading.replace("_", " ")).casefold()


# --------------------------------------------------------------------------- words


def _unknown(best: _Candidate | None) -> UnknownHeaderError:
    known = "Outtray reads files with these columns:" + "".join(
        f"\n  {dialect.title}: {', '.join(dialect.required.values())}" for dialect in DIALECTS
    )
    if best is None:
        return UnknownHeaderError("it has no header", known)
    unneeded = NOT_NEEDED.get(frozenset(best.columns))
    found = ", ".join(squeeze(cell) for cell in best.cells if cell.strip())
    found = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in found
    )
    found = found if len(found) <= _WIDEST else found[: _WIDEST - 1] + "…"
    if len(best.missing) * 2 <= len(best.dialect.required) and not unneeded:
        missing = ", ".join(best.missing)
        title = f"it looks like {best.dialect.title}, but a column is missing: {missing}"
        return UnknownHeaderError(f"{title} (found: {found})", known)
    return UnknownHeaderError(f"its header is unknown: {found}", unneeded or known)
