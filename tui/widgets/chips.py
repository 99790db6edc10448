"""Ready-made filters in one line, each with its count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tui.format.badges import ChipItem
from tui.format.badges import style as style_of


class Chips(Widget):
    """One is chosen; ``step`` and clicks choose another."""

    DEFAULT_CSS = "Chips { height: 1; }"

    @dataclass
    class Picked(Message):
        """The person chose ``key``."""

        chips: Chips
        key: str

        @property
        def control(self) -> Chips:
            return self.chips

    def __init__(self, items: Sequence[ChipItem]) -> None:
        super().__init__()
        self._items: tuple[ChipItem, ...] = tuple(items)
        self._chosen = self._items[0].key
        self._places: list[tuple[int, int, str]] = []

    @property
    def chosen(self) -> str:
        return self._chosen

    @property
    def items(self) -> tuple[ChipItem, ...]:
        return self._items

    @property
    def starts(self) -> list[tuple[int, str]]:
        """Where each chip begins that is on screen, and its key."""
        width = self.content_size.width
        return [(start, key) for start, _, key in self._places if start < width]

    def show(self, items: Sequence[ChipItem], chosen: str) -> None:
        """Put other chips or counts there; says nothing to anybody."""
        if (self._items, self._chosen) != (tuple(items), chosen):
            self._items, self._chosen = tuple(items), chosen
            self.refresh(layout=True)

    def step(self, by: int) -> None:
        """Choose the chip ``by`` places further, around the ends."""
        keys = [item.key for item in self._items]
        at = keys.index(self._chosen) if self._chosen in keys else 0
        self.pick(keys[(at + by) % len(keys)])

    def pick(self, key: str) -> None:
        """Choose ``key`` as the person does."""
        self._chosen = key
        self.refresh()
        self.post_message(self.Picked(self, key))

    def get_content_width(self, *_: Size) -> int:
        return sum(cell_len(item.text()) + 3 for item in self._items)

    def render(self) -> RenderResult:
        gap, worded = _spacing(self._items, self._chosen, self.size.width)
        parts: list[str | tuple[str, str]] = []
        self._places = []
        at = 0
        for position, item in enumerate(self._items):
            is_chosen = item.key == self._chosen
            text = f" {item.text(short=position >= worded and not is_chosen)} "
            if is_chosen:
                style = "bold $chip-text on $chip"
            elif item.tone and item.count:
                style = style_of(item.tone)
            else:
                style = "$muted"
            parts += [(text, style), " " * gap]
            width = cell_len(text)
            self._places.append((at, at + width, item.key))
            at += width + gap
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        for start, end, key in self._places:
            if start <= event.x < end:
                self.pick(key)
                return


def _spacing(items: Sequence[ChipItem], chosen: str, width: int) -> tuple[int, int]:
    """Return the gap between chips, and how many of them keep their words, for ``width`` cells."""

    def total(gap: int, worded: int) -> int:
        texts = (
            item.text(short=position >= worded and item.key != chosen)
            for position, item in enumerate(items)
        )
        return sum(cell_len(text) + 2 + gap for text in texts) - gap

    if total(1, len(items)) <= width:
        return 1, len(items)
    for worded in range(len(items), -1, -1):
        if total(0, worded) <= width:
            return 0, worded
    return 0, 0
