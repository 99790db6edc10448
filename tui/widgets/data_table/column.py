"""Columns as data: title, width, alignment, priority on narrow screens, value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from core.model.documents import Amount
from tui.format.badges import Span
from tui.format.text import amount, money

if TYPE_CHECKING:
    from core.rules.search.ranking import Typed

T = TypeVar("T")
Cell = tuple[Span, ...]

#: Cells between two columns.
GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Context:
    """What a cell depends on beside its row."""

    now: datetime
    currency: str = ""
    """The currency that needs no sign; amounts in others carry theirs. Empty: none carries one."""
    typed: Typed | None = None
    """What the rows were searched for; the columns that it is found in mark it."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column; ``priority`` 0 stays on the narrowest screen, the highest leaves first."""

    id: str
    title: str
    width: int
    """The least width in cells."""
    value: Callable[[T, Context], Cell]
    ideal: int = 0
    """The width that is enough for nearly every row."""
    weight: int = 0
    """Its share of what is left when every column has its ideal width."""
    align: Literal["left", "right"] = "left"
    priority: int = 0
    sort: str = ""
    """The order of the backend that this column stands for; empty: it cannot be sorted by."""
    unsorted: str = "Only its own words could be sorted, and they say little in that order."
    """Why it cannot, for whoever tries."""
    hidden: bool = False
    """Shown only where a person wants it."""

    @property
    def wanted(self) -> int:
        return max(self.width, self.ideal)


#: Columns from this priority on are shown only where those before have their ideal width.
EXTRA: Final = 3


def fit(columns: Sequence[Column[T]], width: int) -> list[tuple[Column[T], int]]:
    """Return the columns that fit into ``width`` cells, in their order, each with its width."""
    shown = [column for column in columns if not column.hidden]
    while len(shown) > 1 and _needed(shown) > width:
        shown.remove(max(reversed(shown), key=lambda column: column.priority))
    widths = {column.id: column.width for column in shown}
    left = max(0, width - sum(widths.values()) - _gaps(shown))
    lacking = {column.id: column.wanted - column.width for column in shown}
    left -= _share(widths, lacking, min(left, sum(lacking.values())))
    _share(widths, {column.id: column.weight for column in shown}, left)
    return [(column, min(widths[column.id], max(width, 0))) for column in shown]


def _needed(columns: Sequence[Column[T]]) -> int:
    """The least width of ``columns``; that of the main ones is the ideal one beside extras."""
    if all(column.priority < EXTRA for column in columns):
        return sum(column.width for column in columns) + _gaps(columns)
    widths = (c.width if c.priority >= EXTRA else c.wanted for c in columns)
    return sum(widths) + _gaps(columns)


def _gaps(columns: Sequence[Column[T]]) -> int:
    return GAP * (len(columns) - 1)


def _share(widths: dict[str, int], shares: dict[str, int], amount: int) -> int:
    """Add ``amount`` to ``widths`` in proportion to ``shares``; return how much was added."""
    left, total = amount, sum(shares.values())
    for name, share in shares.items():
        if share:
            more = left * share // total
            widths[name] += more
            left, total = left - more, total - share
    return amount - left


# --------------------------------------------------------------------------- amounts


def figure_of(value: Decimal, currency: str, context: Context) -> str:
    foreign = context.currency and currency.upper() != context.currency.upper()
    return amount(Amount(value, currency)) if foreign else money(value, currency)


def money_of(value: Decimal, currency: str, context: Context) -> Span:
    rounded = f"≈{value:,.0f}" if value.is_finite() and abs(value.adjusted()) < 15 else "≈…"
    return Span(figure_of(value, currency, context), "ink--money" if value else "ink--dim", rounded)
