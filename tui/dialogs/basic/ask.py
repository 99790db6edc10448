"""One question with a few answers, each with its key; one may need a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.commands.dispatch import key_label
from tui.widgets.text_field import Field


@dataclass(frozen=True, slots=True)
class AskOption:
    """One answer."""

    value: str
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class AskAnswer:
    value: str
    note: str = ""


class AskDialog(ModalScreen[AskAnswer | None]):
    """Esc answers nothing. With ``note`` a text is typed first; Enter goes on to the answers."""

    BINDINGS = [Binding("escape", "leave", "Close")]

    def __init__(
        self, title: str, text: str, choices: Sequence[AskOption], *, note: str = ""
    ) -> None:
        """``title`` and ``text`` are harmless already; ``note`` asks for one, and says for what."""
        super().__init__()
        self._title, self._text, self._choices = title, text, tuple(choices)
        self._note = note
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(Content.styled(self._title, "bold"), id="ask-title")
            yield Static(Content(self._text), id="ask-text")
            if self._note:
                yield Field(placeholder=self._note, name="ask-note", max_length=400)
            yield Static(self._offer(), id="ask-choices")

    def _offer(self) -> Content:
        if self._note and not self._typed:
            return Content.styled("⏎ goes on · Esc closes", "$muted")
        parts: list[Content | str | tuple[str, str]] = []
        for choice in self._choices:
            parts += [
                (f" {key_label(choice.key)} ", "bold $key-text on $key"),
                f" {choice.label}   ",
            ]
        return Content.assemble(*parts, (" Esc ", "bold $key-text on $key"), " Close")

    def on_key(self, event: events.Key) -> None:
        if self._note and not self._typed:
            return
        for choice in self._choices:
            if event.key.lower() == choice.key:
                event.stop()
                _ = self.dismiss(AskAnswer(choice.value, self._typed))

    @on(Input.Submitted, "#ask-note")
    def _noted(self, event: Input.Submitted) -> None:
        self._typed = event.value.strip()
        if self._typed:
            event.input.disabled = True
            self.set_focus(None)
            self.query_one("#ask-choices", Static).update(self._offer())

    def action_leave(self) -> None:
        _ = self.dismiss(None)
