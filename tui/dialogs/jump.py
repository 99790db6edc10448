"""Letters over everything one can go to on a screen, and what they are put on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset, Size
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static, TextArea

from tui.widgets.chips import Chips
from tui.widgets.data_table.table import WindowTable
from tui.widgets.email_log import EmailLog

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget


_HIDDEN: Final = "-out"


class JumpScreen(ModalScreen[Callable[[], object] | None]):
    """Ends with what going there does, or with nothing at any other key."""

    AUTO_FOCUS = ""

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._typed = ""
        self._size_then: Size | None = None
        self._by_label = dict(zip(labels(len(targets)), targets, strict=False))

    def compose(self) -> ComposeResult:
        for label, target in self._by_label.items():
            mark = Static(label.upper(), markup=False, name=label)
            mark.styles.offset = target.at
            mark.styles.width = len(label)
            yield mark

    def on_key(self, event: events.Key) -> None:
        """Every key is ours: none may act on a screen whose labels one is reading."""
        event.stop()
        event.prevent_default()
        letter = (event.character or "").lower()
        typed = self._typed + letter
        if typed in self._by_label:
            self._leave(self._by_label[typed].go)
        elif letter and any(label.startswith(typed) for label in self._by_label):
            self._typed = typed
            for mark in self.query(Static):
                mark.set_class(not (mark.name or "").startswith(typed), _HIDDEN)
        else:
            self._leave(None)

    def on_click(self) -> None:
        self._leave(None)

    def on_resize(self, event: events.Resize) -> None:
        if self._size_then is not None and self._size_then != event.size:
            self._leave(None)  # everything is somewhere else now
        self._size_then = event.size

    def _leave(self, going: Callable[[], object] | None) -> None:
        if self.is_current:
            _ = self.dismiss(going)


def is_typing(app: App[Any]) -> bool:
    """Whether keys go into a text."""
    return isinstance(app.focused, Input | TextArea)


def jump(app: App[Any]) -> None:
    """Show the letters over the screen of ``app``; over themselves they go away."""
    screen = app.screen
    if isinstance(screen, JumpScreen):
        _ = screen.dismiss(None)
    elif type(screen).__module__.startswith("tui.") and (found := targets(screen)):
        _ = app.push_screen(JumpScreen(found), _go)


def _go(going: Callable[[], object] | None) -> None:
    if going is not None:
        going()


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
