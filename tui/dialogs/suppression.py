"""The two dialogs that change the suppression lists: release an address, add one."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Static

from core.model.enums import DisplayStatus, address_key
from core.model.errors import NeedsConfirmationError, OuttrayError
from core.model.suppressions import SuppressedAddress, SuppressionChange
from core.rules.gate.suppression_list import GLOBAL_LIST
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.commands.registry import Command
from tui.format.badges import sign
from tui.format.suppressions import cause_words, change_words, entry_words
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.text_field import Field


class ListDialog(CommandHost, ModalScreen[SuppressionChange | None]):
    """Asks, does it in a thread, and stays open until it is done or the person gives up."""

    BINDINGS = bindings("reason")
    VERB = ""

    def __init__(self, app_context: AppContext) -> None:
        super().__init__()
        self.app_context = app_context
        self.reason = Field(placeholder="why; it is kept with your name", name="list-reason")
        self.said = Static("", id="list-said", markup=False)
        self.button = Button(f"{self.VERB} {key_of('reason.apply')}", id="list-apply", compact=True)
        self._is_busy = False
        self._change: SuppressionChange | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="list-dialog"):
            yield from self.compose_fields()
            yield self.said
            with Horizontal(id="actions"):
                yield self.button
                yield Button(f"Close {key_of('reason.close')}", id="close", compact=True)

    def compose_fields(self) -> Iterator[Widget]:
        """What is asked."""
        yield from ()

    def missing(self) -> str:
        """Return what is still to be filled in, in words; empty: nothing."""
        return "" if self.reason.value.strip() else "Say why first."

    def change(self) -> SuppressionChange:
        """Do it; called in a thread, with what ``prepare`` kept."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Keep what is in the fields for the thread."""

    # ------------------------------------------------------------------ doing it

    def command_apply(self) -> None:
        self.prepare()
        self._is_busy = True
        self.button.disabled = True
        self.said.update(Content.styled("◌ one moment: it is read back to be sure…", "$muted"))
        self.app_context.background_calls.start(None, self.change, self._done, self._failed)

    def _done(self, change: SuppressionChange) -> None:
        self._change = change
        if change.is_done:
            _ = self.dismiss(change)
        else:
            self._say(change_words(change, "press again to retry"))

    def _failed(self, error: OuttrayError) -> None:
        self._say(f"{cell(error.title, 200)} {cell(error.hint, 200)}")

    def _say(self, text: str) -> None:
        if self.is_mounted:
            self._is_busy = False
            self.button.disabled = False
            self.said.update(Content.styled(text, "$tone-deferred"))

    @on(Button.Pressed, "#list-apply")
    def _apply_pressed(self) -> None:
        carry_out(self, "reason.apply")

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        carry_out(self, "reason.close")

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if self._is_busy:
            return "SES is being asked; one moment."
        return self.missing() if command_id == "reason.apply" else ""

    def label_of(self, command: Command) -> str:
        return self.VERB if command.id == "reason.apply" else command.label

    def command_close(self) -> None:
        """Close; a change that was done in part has changed something all the same."""
        _ = self.dismiss(self._change)


class ReleaseDialog(ListDialog):
    """Takes one address off both lists; a complaint wants the address typed."""

    VERB = "Release"
    AUTO_FOCUS = "#list-reason"

    def __init__(self, app_context: AppContext, row: SuppressedAddress) -> None:
        super().__init__(app_context)
        self.row = row
        self.typed = Field(placeholder="the address once more", name="list-typed")
        self._given = ("", "")

    def compose_fields(self) -> Iterator[Widget]:
        now = self.app_context.clock()
        yield Static(f"Release {cell(self.row.address)}", id="list-title", markup=False)
        for entry in self.row.entries:
            where = "SES's list" if entry.source == "ses" else "our own list"
            yield _told(f"on {where}: {entry_words(entry, now)}")
        if self.row.cause is not None:
            yield _told(f"caused by {cause_words(self.row.cause)}")
        if self.row.is_complaint:
            words = "They marked our email as spam. Release it only if they ask for our emails."
            yield Static(sign(words, DisplayStatus.COMPLAINED), classes="told", markup=False)
        yield _told(GLOBAL_LIST)
        yield _labelled("Reason", self.reason)
        if self.row.is_complaint:
            yield _labelled("Type it", self.typed)

    def missing(self) -> str:
        if problem := super().missing():
            return problem
        if self.row.is_complaint and address_key(self.typed.value) != self.row.key:
            return f"Type {cell(self.row.address, 60)} to confirm: they complained."
        return ""

    def prepare(self) -> None:
        self._given = (self.reason.value, self.typed.value)

    def change(self) -> SuppressionChange:
        reason, typed = self._given
        return self.app_context.backend.suppressions.changes.remove(
            self.row.address, reason, typed=typed
        )

    def _failed(self, error: OuttrayError) -> None:
        if isinstance(error, NeedsConfirmationError) and not self.row.is_complaint:
            # They complained since the list was read: ask for what is needed now.
            _ = self.mount(_labelled("Type it", self.typed), before=self.said)
        super()._failed(error)


class AddDialog(ListDialog):
    """Puts an address on our own list, or on SES's."""

    VERB = "Add"
    AUTO_FOCUS = "#list-address"

    def __init__(self, app_context: AppContext) -> None:
        super().__init__(app_context)
        self.address = Field(placeholder="name@example.com", name="list-address")
        self.ses = Checkbox("on SES's list instead: stops every program", compact=True)
        self._given = ("", "", "")

    def compose_fields(self) -> Iterator[Widget]:
        yield Static("Put an address on our own list", id="list-title", markup=False)
        yield _told("Nothing is sent to it from Outtray until somebody releases it.")
        yield _labelled("Address", self.address)
        yield _labelled("Reason", self.reason)
        yield _labelled("", self.ses)

    def missing(self) -> str:
        return super().missing() if self.address.value.strip() else "Type an address first."

    def prepare(self) -> None:
        ses_reason = "BOUNCE" if self.ses.value else ""
        self._given = (self.address.value, self.reason.value, ses_reason)

    def change(self) -> SuppressionChange:
        address, reason, ses_reason = self._given
        return self.app_context.backend.suppressions.changes.add(
            address, reason, ses_reason=ses_reason
        )


def _told(text: str) -> Static:
    return Static(Content.styled(text, "$muted"), classes="told", markup=False)


def _labelled(label: str, field: Widget) -> Horizontal:
    return Horizontal(Static(label, classes="label"), field, classes="field")
