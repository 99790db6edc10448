"""Fields that are ticked or chosen, not typed: told by letters and words, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.format.text import cell


def mark(is_ticked: bool, *, is_off: bool = False) -> str:
    """``[✓] ``, ``[ ] ``, or `` ✖  `` for what cannot be ticked."""
    return " ✖  " if is_off else "[✓] " if is_ticked else "[ ] "


class Tick(Widget, can_focus=True):
    """Space, Enter or a click change it. ``label`` may be foreign."""

    DEFAULT_CSS = "Tick { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"
    BINDINGS = [Binding("space,enter", "change", "Tick", show=False)]

    label: reactive[str] = reactive("")
    is_ticked: reactive[bool] = reactive(True)

    @dataclass
    class Changed(Message):
        """A person changed it."""

        tick: Tick

        @property
        def control(self) -> Tick:
            return self.tick

    def __init__(self, label: str, *, is_ticked: bool = True, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(Tick.label, label)
        self.set_reactive(Tick.is_ticked, is_ticked)

    def render(self) -> RenderResult:
        return Content.assemble((mark(self.is_ticked), "bold $accent"), cell(self.label, 200))

    def action_change(self) -> None:
        self.is_ticked = not self.is_ticked
        self.post_message(self.Changed(self))

    def on_click(self) -> None:
        self.action_change()


class ChoiceField(Widget, can_focus=True):
    """``● promise  ○ snooze  ○ dispute``."""

    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"
    BINDINGS = [
        Binding("left", "step(-1)", "Before", show=False),
        Binding("right,space", "step(1)", "Next", show=False),
    ]

    @dataclass
    class Changed(Message):
        """The person chose another word."""

        choice: ChoiceField
        key: str

        @property
        def control(self) -> ChoiceField:
            return self.choice

    def __init__(self, options: Sequence[tuple[str, str]], chosen: str, *, name: str) -> None:
        super().__init__(id=name)
        self._options = tuple(options)
        self.chosen = chosen

    def action_step(self, by: int) -> None:
        keys = [key for key, _ in self._options]
        self.pick(keys[(keys.index(self.chosen) + by) % len(keys)])

    def pick(self, key: str) -> None:
        """Choose ``key`` as the person does."""
        if key != self.chosen:
            self.chosen = key
            self.refresh()
            self.post_message(self.Changed(self, key))

    def render(self) -> RenderResult:
        parts: list[tuple[str, str] | str] = []
        for key, label in self._options:
            is_chosen = key == self.chosen
            style = "bold reverse" if is_chosen and self.has_focus else "bold" if is_chosen else ""
            parts += [(f"{'●' if is_chosen else '○'} {label}", style or "$muted"), "   "]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        at = 0
        for key, label in self._options:
            end = at + cell_len(label) + 2
            if at <= event.x < end:
                self.pick(key)
            at = end + 3
