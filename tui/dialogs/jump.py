"""Letters over everything one can go to; the screen below stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.dialogs.jump_targets import Target, labels, targets

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
