"""One question, one line, and what is done with the answer; a failure is told in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from core.model.enums import DisplayStatus
from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings
from tui.format.content import sign
from tui.format.text import cell
from tui.runtime.background import BackgroundCalls
from tui.widgets.text_field import Field, PathField

R = TypeVar("R")


class PromptDialog(CommandHost, ModalScreen[R | None], Generic[R]):
    """``do`` runs off the UI's thread with what was typed; its result ends the dialog."""

    BINDINGS = bindings("prompt")
    AUTO_FOCUS = "#answer"

    def __init__(
        self,
        jobs: BackgroundCalls,
        question: str,
        do: Callable[[str], R],
        *,
        value: str = "",
        hint: str = "",
        complete: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        super().__init__()
        self._jobs = jobs
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
        self._jobs.start("prompt.complete", lambda: complete(typed) if typed else (), self._offer)

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
        self._jobs.start(None, lambda: self._do(typed), self._done, self._failed)

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
