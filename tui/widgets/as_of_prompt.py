"""The line in the log that asks for a moment of the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from core.model.errors import UsageError
from tui.format.moments import EXAMPLES, parse_time
from tui.widgets.text_field import Field


class PastPrompt(Horizontal):
    """Hidden until ``ask``; tells the moment, or what is wrong with what was typed."""

    @dataclass
    class Answered(Message):
        """A moment was named; ``None`` is now."""

        at: datetime | None

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(id="past-prompt")
        self._clock = clock
        self._field = Field(placeholder=EXAMPLES, name="past-time")
        self._problem = Static("", id="past-problem", markup=False)
        self.display = False

    def compose(self) -> ComposeResult:
        yield Static("As of", id="past-label")
        yield self._field
        yield self._problem

    def ask(self) -> None:
        """Show it, empty, and let the person type."""
        self.display = True
        self._field.value = ""
        self._field.focus()

    @on(Input.Changed)
    def _forget_problem(self, event: Input.Changed) -> None:
        event.stop()
        self._problem.update("")

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            at = parse_time(event.value, self._clock()) if event.value.strip() else None
        except UsageError as error:
            self._problem.update(error.title)
            return
        self.post_message(self.Answered(at))
