"""How a person has arranged a table's columns: pure, and kept as JSON between two days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from tui.widgets.data_table.column import Column

T = TypeVar("T")

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
