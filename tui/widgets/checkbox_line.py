"""A line that is ticked or not; told by a letter, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

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
