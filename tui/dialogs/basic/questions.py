"""Small questions: answers with keys, a few things to choose of, one line to type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from core.model.enums import DisplayStatus
from core.model.errors import OuttrayError
from tui.commands.dispatch import BY_ID, CommandHost, bindings, key_label, key_of, keys_of
from tui.format.badges import sign
from tui.format.text import cell
from tui.runtime.background import BackgroundCalls
from tui.widgets.text_field import Field, PathField

_WIDTH: Final = 300
"""No terminal is wider; the list itself cuts at its edge."""


class PickDialog(CommandHost, ModalScreen[int | None]):
    """Ends with the place of what was picked. 1 to 9 pick at once."""

    BINDINGS = bindings("pick")
    AUTO_FOCUS = "#pick-list"

    def __init__(self, title: str, lines: Sequence[tuple[str, str]], does: str) -> None:
        """``title`` is harmless already; ``does`` says what Enter does: ``copies``."""
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._does = does
        self.list = OptionList(id="pick-list", compact=True, markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield Static(self._title, id="pick-title", markup=False)
            yield self.list
            yield Static(self._hints(), id="pick-keys", markup=False)

    def on_mount(self) -> None:
        width = max(len(label) for label, _ in self._lines)
        self.list.add_options(
            [
                Content.assemble(
                    (f"{place if place < 10 else ' '} ", "bold $accent"),
                    (f"{label:{width}}  ", "$muted"),
                    cell(text, _WIDTH),
                )
                for place, (label, text) in enumerate(self._lines, 1)
            ]
        )
        self.list.highlighted = 0

    def _hints(self) -> Content:
        digits = f"1–{min(len(self._lines), 9)}" if len(self._lines) > 1 else "1"
        parts = (
            (f"⏎ {self._again()}".rstrip(), self._does),
            (digits, f"{self._does} at once"),
            (key_of("pick.close"), "closes"),
        )
        return Content.assemble(
            *(
                part
                for key, what in parts
                for part in ((f" {key} ", "bold $key-text on $key"), f" {what}   ")
            )
        )

    def _again(self) -> str:
        """Beside Enter, the key that opened the dialog, where it takes what is marked as well."""
        opened = "documents.copy" if self._does == "copies" else "documents.open_file"
        takes = [key_label(key) for key in keys_of(BY_ID["pick.take"]) if key != "enter"]
        return key_of(opened) if key_of(opened) in takes else next(iter(takes), "")

    def on_key(self, event: events.Key) -> None:
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._lines):
            event.stop()
            _ = self.dismiss(int(event.key) - 1)

    @on(OptionList.OptionSelected, "#pick-list")
    def _picked(self, event: OptionList.OptionSelected) -> None:
        _ = self.dismiss(event.option_index)

    def command_take(self) -> None:
        _ = self.dismiss(self.list.highlighted or 0)

    def command_close(self) -> None:
        _ = self.dismiss(None)


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


R = TypeVar("R")


class PromptDialog(CommandHost, ModalScreen[R | None], Generic[R]):
    """``do`` runs off the UI's thread with what was typed; its result ends the dialog."""

    BINDINGS = bindings("prompt")
    AUTO_FOCUS = "#answer"

    def __init__(
        self,
        background_calls: BackgroundCalls,
        question: str,
        do: Callable[[str], R],
        *,
        value: str = "",
        hint: str = "",
        complete: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__()
        self._background_calls = background_calls
        self._question = question
        self._do = do
        self._hint = hint
        self._complete = complete
        self._is_busy = False
        kind = PathField if complete is not None else Field
        self.answer = kind(value, name="answer")
        self._found = OptionList(id="answer-found", classes="suggestions", compact=True)
        self._found.can_focus = False
        self._found.display = False
        self._told = Static("", id="answer-told", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            yield Static(self._question, id="prompt-question", markup=False)
            yield self.answer
            yield self._found
            yield self._told

    def on_mount(self) -> None:
        self._told.update(Content.styled(self._hint, "$muted"))
        self.answer.cursor_position = len(self.answer.value)

    # ------------------------------------------------------------------ completion

    @on(Input.Changed, "#answer")
    def _changed(self, event: Input.Changed) -> None:
        complete, typed = self._complete, event.value
        if complete is None:
            return
        self._background_calls.start(
            "prompt.complete", lambda: complete(typed) if typed else (), self._offer
        )

    def _offer(self, found: tuple[str, ...]) -> None:
        if not self.is_mounted:
            return
        shown = found if found != (self.answer.value,) else ()
        self._paths = shown
        self._found.clear_options().add_options([Content(cell(path)) for path in shown])
        self._found.highlighted = 0 if shown else None
        self._found.display = bool(shown)

    _paths: tuple[str, ...] = ()

    def on_key(self, event: events.Key) -> None:
        if not self._paths or event.key not in ("tab", "up", "down"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "up":
            self._found.action_cursor_up()
        elif event.key == "down":
            self._found.action_cursor_down()
        else:
            self._take(self._found.highlighted or 0)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    def _take(self, index: int) -> None:
        self.answer.value = self._paths[index]
        self.answer.cursor_position = len(self.answer.value)

    # ------------------------------------------------------------------ the answer

    @on(Input.Submitted, "#answer")
    def _submitted(self) -> None:
        typed = self.answer.value.strip()
        if self._is_busy or not typed:
            return
        self._is_busy = True
        self._told.update(Content.styled("one moment…", "$muted"))
        self._background_calls.start(None, lambda: self._do(typed), self._done, self._failed)

    def _done(self, result: R) -> None:
        if self.is_mounted:
            _ = self.dismiss(result)

    def _failed(self, error: OuttrayError) -> None:
        if not self.is_mounted:
            return
        self._is_busy = False
        lines = [sign(cell(error.title, 200), DisplayStatus.FAILED)]
        if error.hint:
            lines.append(Content.styled(cell(error.hint, 200), "$muted"))
        self._told.update(Content("\n").join(lines))

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:  # noqa: ARG002 - see ``Host``
        return "One moment: it is under way." if self._is_busy else ""

    def command_close(self) -> None:
        _ = self.dismiss(None)
