"""Plots of block characters: bars, sparklines, a gauge with marks. Pure; no colours, no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_LEVELS: Final = "▁▂▃▄▅▆▇█"
NOTHING: Final = "·"


def bar(value: float, most: float, width: int) -> str:
    """Return a bar of at most ``width`` cells; what is there at all is seen."""
    if value <= 0 or most <= 0 or width <= 0:
        return ""
    eighths = max(1, round(min(1.0, value / most) * width * 8))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def gauge(value: float, marks: Sequence[float], most: float, width: int) -> str:
    """Return a bar of exactly ``width`` cells on a line, with a stroke where each mark is."""
    if width <= 0:
        return ""
    filled = bar(value, most, width)
    cells = list(filled + "─" * (width - len(filled)))
    for mark in marks:
        at = min(width - 1, round(mark / most * width))
        cells[at] = "┃" if at < len(filled) else "│"
    return "".join(cells)


def merged(values: Sequence[int], width: int) -> tuple[list[int], int]:
    """Add neighbours up until they fit into ``width`` cells; return how many became one.

    The last ones stay whole: where it does not divide, the first sum is of fewer.
    """
    if width <= 0 or not values:
        return [], 1
    each = -(-len(values) // width)
    first = len(values) % each
    sums = [sum(values[:first])] if first else []
    return sums + [sum(values[at : at + each]) for at in range(first, len(values), each)], each


def spark(values: Sequence[int]) -> str:
    """Return a line of columns, one cell each; 0 is a dot, and what is there at all is seen."""
    most = max(values, default=0)
    return "".join(_LEVELS[min(7, value * 8 // most)] if value > 0 else NOTHING for value in values)
