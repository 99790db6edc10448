"""What the dialogs of chasing share: fields, one line that says what is wrong, save and close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.text_field import Field

R = TypeVar("R")


class ChaseDialog(CommandHost, ModalScreen[R], Generic[R]):
    """Ends with what was written, or with ``None``; what goes wrong is said in it, and it stays."""

    BINDINGS = bindings("chase")

    def __init__(self, app_context: AppContext, title: str) -> None:
        super().__init__()
        self.app_context = app_context
        self._title = title
        self.is_busy = False
        self._typed_in: Widget | None = None
        self.save_button = Button("Save ⏎", id="save", compact=True)
        self.problem = Static("", id="problem", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="chase"):
            yield Static(self._title, id="chase-title", markup=False)
            yield from self.compose_fields()
            yield self.problem
            with Horizontal(id="actions"):
                yield self.save_button
                yield from self.compose_actions()
                yield Button(f"Close {key_of('chase.close')}", id="close", compact=True)

    def compose_fields(self) -> ComposeResult:
        """The lines between the title and the buttons."""
        yield from ()

    def compose_actions(self) -> ComposeResult:
        """Further buttons."""
        yield from ()

    def save(self) -> None:
        """Read the fields and write; raises ``OuttrayError`` for what cannot be read."""
        raise NotImplementedError

    # ------------------------------------------------------------------ writing

    def write(self, call: Callable[[], R]) -> None:
        """Call the backend in a thread and close with its answer."""
        self._enter(busy=True)
        self.app_context.background_calls.start(None, call, self._written, self.show_problem)

    def _written(self, answer: R) -> None:
        if self.is_attached:
            _ = self.dismiss(answer)

    def show_problem(self, error: OuttrayError) -> None:
        if self.is_attached:
            self._enter(busy=False)
            self.problem.update(Content(cell(str(error), 600)))

    def _enter(self, *, busy: bool) -> None:
        self.is_busy = busy
        if busy:
            self._typed_in = self.focused  # a field that is disabled loses the focus
        self.problem.update("Writing …" if busy else "")
        for field in self.query(Field):
            field.disabled = busy
        self.save_button.disabled = busy
        if not busy and self._typed_in is not None:
            self._typed_in.focus()

    @on(Input.Changed)
    def _forget_problem(self) -> None:
        self.problem.update("")

    # ------------------------------------------------------------------ commands

    def why_not(self, _: str, /) -> str:
        """See ``Host``."""
        return "It is being written; one moment." if self.is_busy else ""

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save_wanted(self) -> None:
        carry_out(self, "chase.save")

    def command_save(self) -> None:
        try:
            self.save()
        except OuttrayError as error:
            self.show_problem(error)

    @on(Button.Pressed, "#close")
    def _close_wanted(self) -> None:
        carry_out(self, "chase.close")

    def command_close(self) -> None:
        _ = self.dismiss(None)


def labelled(label: str, field: Widget) -> Horizontal:
    """A line of the dialog."""
    return Horizontal(Static(label, classes="label"), field, classes="field")
