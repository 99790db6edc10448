"""Leaving while something waits to be sent: nothing is lost, and one may wait for it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.format.outbox import counted
from tui.format.text import cell


class LeaveDialog(ModalScreen[bool]):
    """True: leave now (or everything has gone meanwhile); false: stay."""

    BINDINGS = [
        Binding("enter", "wait", "Wait"),
        Binding("q,Q,ctrl+q", "leave", "Leave", priority=True),
        Binding("escape", "stay", "Stay"),
    ]

    def __init__(self, waiting: int, words: str = "") -> None:
        super().__init__()
        self._waiting, self._words = waiting, words
        self._waits = False
        self._title = Static("", id="ask-title")
        self._text = Static("", id="ask-text", markup=False)
        self._keys = Static("", id="ask-choices")

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield self._title
            yield self._text
            yield self._keys

    def on_mount(self) -> None:
        self._show()

    def show_waiting(self, waiting: int, words: str) -> None:
        """Say what waits by now; whoever waits for it leaves with the last."""
        self._waiting, self._words = waiting, words
        if self._waits and not waiting:
            _ = self.dismiss(True)
        else:
            self._show()

    def _show(self) -> None:
        wait = "waits" if self._waiting == 1 else "wait"
        self._title.update(Content.styled(f"{counted(self._waiting)} {wait} to be sent", "bold"))
        why = f"\n{cell(self._words, 300)}" if self._words else ""
        when = "once that is over, when" if self._words else "when"
        self._text.update(
            f"They stay queued and go out {when} Outtray runs next, here or on another computer"
            f" with this database. Nothing is lost.{why}"
        )
        parts: list[Content | str | tuple[str, str]] = []
        keys = [("⏎", "Wait for them"), ("Q", "Leave now"), ("Esc", "Stay")]
        if self._words:
            keys = keys[1:]  # nothing goes at the moment
        elif self._waits:
            parts.append(("Outtray leaves with the last of them.  ", "$accent"))
            keys = keys[1:]
        for key, label in keys:
            parts += [(f" {key} ", "bold $key-text on $key"), f" {label}   "]
        self._keys.update(Content.assemble(*parts))

    def action_wait(self) -> None:
        self._waits = True
        self.show_waiting(self._waiting, self._words)

    def action_leave(self) -> None:
        _ = self.dismiss(True)

    def action_stay(self) -> None:
        _ = self.dismiss(False)
