"""Where one can jump to on a screen, and the letters that take one there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.geometry import Offset
from textual.widgets import OptionList

from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable
from tui.widgets.email_log import EmailLog

if TYPE_CHECKING:
    from typing import Any

    from textual.screen import Screen
    from textual.widget import Widget

#: Those under the fingers first.
_LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm"


@dataclass(frozen=True, slots=True)
class Target:
    """A place on the screen, and what going there does."""

    at: Offset
    go: Callable[[], object]


def labels(count: int) -> list[str]:
    """Return as many labels of one or two letters; none is the beginning of another."""
    letters = len(_LETTERS)
    pairs = 0  # letters that begin a pair, and stand for nothing alone
    while letters - pairs + pairs * letters < count and pairs < letters:
        pairs += 1
    alone = list(_LETTERS[: letters - pairs])
    first = _LETTERS[letters - pairs :]
    return [*alone, *(one + other for one in first for other in _LETTERS)][:count]


def targets(screen: Screen[Any]) -> list[Target]:
    """Return where one can go: the rows of the list first, then all that takes the focus."""
    rows = {widget: list(_rows(widget)) for widget in _lists(screen)}
    found = [target for some in rows.values() for target in some]
    found += [target for chips in screen.query(Chips) for target in _chips(chips)]
    for widget in screen.focus_chain:
        if not rows.get(widget) and _is_visible(screen, widget):
            found.append(Target(widget.region.offset, widget.focus))
    taken: set[Offset] = set()
    apart = []
    for target in found:
        if target.at not in taken:
            taken.add(target.at)
            apart.append(target)
    return apart


def _lists(screen: Screen[Any]) -> Iterator[Widget]:
    """Yield what has rows, the one under focus first."""
    kinds = (WindowTable, EmailLog, OptionList)
    every = [w for w in screen.query("*") if isinstance(w, kinds) and _is_visible(screen, w)]
    yield from sorted(every, key=lambda widget: not widget.has_focus)


def _rows(widget: Widget) -> Iterator[Target]:
    if isinstance(widget, WindowTable):
        top = widget.scroll_offset.y
        area = widget.content_region
        last = min(widget.row_count, top + area.height - 1)
        for index in range(top, last):
            yield Target(Offset(area.x, area.y + 1 + index - top), partial(_to_row, widget, index))
    elif isinstance(widget, EmailLog):
        for place, item in enumerate(widget.items):
            head = item.region
            if head.height and widget.content_region.contains_point(head.offset):
                yield Target(head.offset, partial(_to_email, widget, place))
    elif isinstance(widget, OptionList) and widget.can_focus:
        yield from _options(widget)


def _options(widget: OptionList) -> Iterator[Target]:
    """Yield the options on screen; those of this program are of one line each."""
    area, top = widget.content_region, widget.scroll_offset.y
    if widget.virtual_size.height != widget.option_count:
        return
    for index in range(top, min(widget.option_count, top + area.height)):
        if not widget.get_option_at_index(index).disabled:
            at = Offset(area.x, area.y + index - top)
            yield Target(at, partial(_to_option, widget, index))


def _chips(chips: Chips) -> Iterator[Target]:
    for start, key in chips.starts:
        at = chips.content_region.offset + Offset(start, 0)
        yield Target(at, partial(chips.pick, key))


def _to_row(table: WindowTable[Any], index: int) -> None:
    table.focus()
    table.move_to(index)


def _to_email(log: EmailLog, place: int) -> None:
    log.focus()
    log.move_to(place)


def _to_option(options: OptionList, index: int) -> None:
    options.focus()
    options.highlighted = index


def _is_visible(screen: Screen[Any], widget: Widget) -> bool:
    return bool(widget.display and widget.region.area) and screen.region.contains_point(
        widget.region.offset
    )
