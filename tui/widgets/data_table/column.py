"""Columns as data, and how a person has arranged them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
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


NARROWEST: Final = 4
WIDEST: Final = 80


@dataclass(frozen=True, slots=True)
class Layout:
    """What differs from the table's own arrangement; ids that it does not have are passed over."""

    order: tuple[str, ...] = ()
    """All columns known when it was arranged; newer ones stand where the table has them."""
    shown: frozenset[str] = frozenset()
    """Those of ``order`` that are to be seen."""
    widths: tuple[tuple[str, int], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return self == Layout()


def ordered(columns: Sequence[Column[T]], layout: Layout) -> list[Column[T]]:
    """Return all columns in the order chosen."""
    known = {column.id: column for column in columns}
    found = [known[name] for name in layout.order if name in known]
    for place, column in enumerate(columns):
        if column.id not in layout.order:
            found.insert(min(place, len(found)), column)
    return found


def is_shown(column: Column[T], layout: Layout) -> bool:
    return column.id in layout.shown if column.id in layout.order else not column.hidden


def arranged(columns: Sequence[Column[T]], layout: Layout) -> tuple[Column[T], ...]:
    """Return the columns to be seen, in their order, as wide as they were made; at least one."""
    widths = dict(layout.widths)
    chosen = [column for column in ordered(columns, layout) if is_shown(column, layout)]
    return tuple(_made(column, widths.get(column.id)) for column in chosen or columns[:1])


def _made(column: Column[T], width: int | None) -> Column[T]:
    """A width that was chosen is kept while there is room, and is not grown beyond."""
    if width is None:
        return replace(column, hidden=False)
    width = max(NARROWEST, min(width, WIDEST))
    return replace(column, width=min(column.width, width), ideal=width, weight=0, hidden=False)


def _whole(columns: Sequence[Column[T]], layout: Layout) -> Layout:
    every = ordered(columns, layout)
    shown = frozenset(column.id for column in every if is_shown(column, layout))
    return replace(layout, order=tuple(column.id for column in every), shown=shown)


def toggled(columns: Sequence[Column[T]], layout: Layout, name: str) -> Layout:
    """Show or hide a column; the last one stays."""
    layout = _whole(columns, layout)
    shown = layout.shown ^ {name}
    return replace(layout, shown=shown) if shown else layout


def moved(columns: Sequence[Column[T]], layout: Layout, name: str, by: int) -> Layout:
    """Move a column to the left (negative) or right among all of them."""
    layout = _whole(columns, layout)
    order = list(layout.order)
    place = order.index(name)
    order.insert(max(0, min(place + by, len(order) - 1)), order.pop(place))
    return replace(layout, order=tuple(order))


def resized(layout: Layout, name: str, width: int) -> Layout:
    """Make a column so many cells wide."""
    widths = dict(layout.widths) | {name: max(NARROWEST, min(width, WIDEST))}
    return replace(layout, widths=tuple(sorted(widths.items())))


def to_json(layout: Layout) -> str:
    """Return what is kept; empty where nothing differs."""
    if layout.is_empty:
        return ""
    import json

    return json.dumps(
        {
            "order": layout.order,
            "shown": sorted(layout.shown),
            "widths": dict(layout.widths),
        }
    )


def from_json(text: str | None) -> Layout:
    """Read what was kept; what cannot be read is as if nothing were kept."""
    if not text:
        return Layout()
    import json

    try:
        kept = json.loads(text)
        order = tuple(str(name) for name in kept["order"])
        shown = frozenset(str(name) for name in kept["shown"])
        widths = tuple(sorted((str(name), int(n)) for name, n in kept["widths"].items()))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return Layout()
    return Layout(tuple(dict.fromkeys(order)), shown, widths)
