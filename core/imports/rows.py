"""One row by field: cells as values, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from core.imports.values import Money, UnreadableError, addresses, currency, day, money, squeeze

#: Longer names and numbers are misplaced notes.
LONGEST_TEXT: Final = 300
ROW: Final = "row"
"""The ``field`` of a rejection that concerns no single column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file keeps each field, and how it writes values."""

    positions: Mapping[str, int]
    headings: Mapping[str, str]
    """By field, as the file spells them."""
    day_first: bool = False
    comma_decimals: bool = False

    def heading(self, field: str) -> str:
        return self.headings.get(field, field)


class Row:
    """Reads fields. A value that cannot be read is noted in ``problems`` and stands in as nothing.

    So one pass finds everything that is wrong with a row; a row with problems must not be used.
    """

    def __init__(self, line: int, cells: Sequence[str], layout: Layout) -> None:
        self.line = line
        self.problems: list[tuple[str, str]] = []
        """Heading and reason."""
        self.remarks: list[tuple[str, str]] = []
        """The same, about parts that can be left out of a row that is kept."""
        self._cells = cells
        self._layout = layout

    def raw(self, field: str) -> str:
        """Return the cell, trimmed; empty where the file has no such column."""
        position = self._layout.positions.get(field, -1)
        return self._cells[position].strip() if 0 <= position < len(self._cells) else ""

    def problem(self, field: str, reason: str) -> None:
        self.problems.append((self._layout.heading(field), reason))

    def text(self, field: str, required: bool = False) -> str:
        """Return a name, number or the like on one line."""
        text = squeeze(self.raw(field))
        if required and not text:
            self.problem(field, "found nothing, expected a value")
        elif len(text) > LONGEST_TEXT:
            self.problem(field, f"found {len(text)} characters, expected {LONGEST_TEXT} at most")
        return text

    def amount(self, field: str, if_empty: Decimal | None = None) -> Money:
        """Return an amount; ``if_empty`` stands for an empty cell, which is a problem without."""
        raw = self.raw(field)
        if not raw and if_empty is not None:
            return Money(if_empty, "")
        try:
            return money(raw, self._layout.comma_decimals)
        except UnreadableError as error:
            self.problem(field, str(error))
        return Money(Decimal(0), "")

    def currency(self, beside: Money, amount_field: str, default: str = "") -> str:
        """Return the currency: the column's, or that ``beside`` the amount, or ``default``."""
        raw = self.raw("currency")
        if not raw:
            if not beside.currency and not default:
                self.problem("currency", "found nothing, expected a three-letter code such as USD")
            return beside.currency or default
        try:
            code = currency(raw)
        except UnreadableError as error:
            self.problem("currency", str(error))
            return ""
        if beside.currency and beside.is_certain and beside.currency != code:
            self.problem(
                amount_field, f"found {beside.currency}, expected {code} as the currency says"
            )
        return code

    def day(self, field: str) -> date | None:
        try:
            return day(self.raw(field), self._layout.day_first)
        except UnreadableError as error:
            self.problem(field, str(error))
        return None

    def address(self, field: str, keeps: str) -> str:
        """Return the first address; what cannot be used is remarked, since ``keeps`` is kept."""
        try:
            found = addresses(self.raw(field))
        except UnreadableError as error:
            self.remarks.append(
                (self._layout.heading(field), f"{error}; the {keeps} was kept without it")
            )
            return ""
        if len(found) > 1:
            self.remarks.append(
                (
                    self._layout.heading(field),
                    f"found {len(found)} addresses, expected one; only {found[0]} was kept",
                )
            )
        return found[0] if found else ""
