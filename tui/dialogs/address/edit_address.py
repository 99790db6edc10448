"""Edit address: what failed and why, better addresses with a key, a verdict as one types."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from core.model.corrections import AddressOrigin, Correctable, Proposal
from core.model.email import Decision, Verdict
from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.dialogs.address import view as view
from tui.dialogs.compose.state import Phase, SendButton
from tui.dialogs.compose.view import verdict_lines
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.widgets.choice_fields import Tick
from tui.widgets.text_field import Field


@dataclass(frozen=True, slots=True)
class Edited:
    """What the person decided; nothing was saved yet."""

    customer_id: int
    old: str
    new: str
    is_saved_to_customer: bool
    is_for_others: bool


class EditAddressDialog(CommandHost, ModalScreen[Edited | None]):
    """Checks while one types; changes nothing itself."""

    BINDINGS = bindings("edit")
    AUTO_FOCUS = "#new"
    PAUSE = 0.3
    """Seconds without a key before the address is checked."""

    def __init__(self, app_context: AppContext, found: Correctable) -> None:
        super().__init__()
        self.app_context = app_context
        self.found = found
        # held, not queried: an answer may come while the dialog is being taken down
        self.new = Field(cell(found.address), name="new")
        self.verdict_lines = Static("", id="verdict", markup=False)
        self.proposals = OptionList(id="others", compact=True)
        instead = f" in the place of {cell(found.address, 60)}" if found.address else ""
        self.to_customer = Tick(f"Save it to {cell(found.customer, 40)}{instead}", id="to-customer")
        self.to_others = Tick(view.others_label(found.others), id="to-others")
        self.save_button = Button(f"Save {key_of('edit.save')}", id="save", compact=True)
        self.reason = Static("", id="reason", markup=False)
        self._phase = Phase.CHECKING
        self._verdict: Verdict | None = None
        self._problem: OuttrayError | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        now = self.app_context.clock()
        failed = Static(view.failed_line(self.found, now), id="failed", markup=False)
        told = Static(view.reason_lines(self.found), id="told", markup=False)
        with Vertical(id="edit", classes="dialog"):
            yield Static(f"Edit address · {cell(self.found.customer, 60)}", id="edit-title",
                         markup=False)  # fmt: skip
            yield Horizontal(Static("Failed", classes="label"), failed, classes="field")
            yield told
            yield Horizontal(Static("New", classes="label"), self.new, classes="field")
            with Vertical(id="advice"):
                yield self.verdict_lines
                yield self.proposals
            yield self.to_customer
            yield self.to_others
            with Horizontal(id="actions"):
                yield self.save_button
                yield Button(f"Close {key_of('edit.close')}", id="close", compact=True)
                yield self.reason

    def on_mount(self) -> None:
        self.to_others.display = bool(self.found.others)
        self._propose()
        self.new.cursor_position = len(self.new.value)
        self._enter(Phase.CHECKED)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._phase is Phase.CHECKING and self._is_changed

    @property
    def _is_changed(self) -> bool:
        """Another address, or the same one spelt better."""
        typed = self.new.value.strip()
        return bool(typed) and typed != cell(self.found.address)

    # ------------------------------------------------------------------ the check

    @on(Input.Changed, "#new")
    def _address_changed(self) -> None:
        self._problem = self._verdict = None
        self.app_context.background_calls.drop("edit.check")
        if self._timer is not None:
            self._timer.stop()
        if not self._is_changed:
            self._enter(Phase.CHECKED)
            return
        self._enter(Phase.CHECKING)
        self._timer = self.set_timer(self.PAUSE, self._check)

    def _check(self) -> None:
        typed = self.new.value.strip()
        self._enter(Phase.CHECKING)
        self.app_context.background_calls.start(
            "edit.check",
            lambda: self.app_context.backend.correcting.check(typed),
            self._checked,
            self._not_checked,
        )

    def _checked(self, verdict: Verdict) -> None:
        if self.is_mounted:
            self._verdict = verdict
            self._propose()
            self._enter(Phase.CHECKED)

    def _not_checked(self, error: OuttrayError) -> None:
        if self.is_mounted:
            self._problem, self._verdict = error, None
            self._enter(Phase.UNCHECKED)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        button = self._button()
        if button.is_off and self.save_button.has_focus:
            self.new.focus()  # a disabled button would swallow the next key
        self.save_button.label = Content(button.label)
        self.save_button.disabled = button.is_off
        allowed = self._verdict is not None and self._verdict.decision is Decision.ALLOW
        self.save_button.set_class(not button.is_off and allowed, "-ready")
        self.save_button.set_class(not button.is_off and not allowed, "-asks")
        self.reason.update(Content(button.reason))
        checking = phase is Phase.CHECKING
        shown = self._is_changed or self._problem is not None
        lines = (
            verdict_lines(self._verdict, self._problem, checking, place="edit")
            if shown
            else Content("")
        )
        self.verdict_lines.update(lines)

    def _button(self) -> SendButton:
        return view.save_button(
            self._phase,
            self._verdict,
            is_changed=self._is_changed,
            proposals=len(self._offered()),
        )

    # ------------------------------------------------------------------ better addresses

    @on(OptionList.OptionSelected, "#others")
    def _use_selected(self, event: OptionList.OptionSelected) -> None:
        self._use(event.option_index)

    def _use(self, index: int) -> None:
        self.new.value = cell(self._offered()[index].address)
        self.new.cursor_position = len(self.new.value)
        self.new.focus()

    def _propose(self) -> None:
        now = self.app_context.clock()
        options = [
            Option(view.proposal_line(position, proposal, now))
            for position, proposal in enumerate(self._offered(), 1)
        ]
        self.proposals.clear_options().add_options(options)
        self.proposals.highlighted = 0 if options else None
        self.proposals.display = bool(options)

    def _offered(self) -> list[Proposal]:
        """What was meant by what is being typed, then what was proposed from the beginning."""
        findings = self._verdict.findings if self._verdict else ()
        meant = [Proposal(f.proposal, AddressOrigin.MEANT) for f in findings if f.proposal]
        return [*meant, *(p for p in self.found.proposals if p not in meant)]

    def command_use_1(self) -> None:
        self._use(0)

    def command_use_2(self) -> None:
        self._use(1)

    def command_use_3(self) -> None:
        self._use(2)

    # ------------------------------------------------------------------ saving

    @on(Input.Submitted, "#new")
    @on(Button.Pressed, "#save")
    def _save_pressed(self) -> None:
        carry_out(self, "edit.save")

    def command_save(self) -> None:
        if self._phase is Phase.UNCHECKED:
            self._problem = None
            self._check()
            return
        asks = self._verdict is not None and self._verdict.decision is Decision.ASK
        if asks and self._phase is not Phase.CONFIRMING:
            self._enter(Phase.CONFIRMING)
            return
        _ = self.dismiss(
            Edited(
                self.found.customer_id,
                self.found.address,
                self.new.value.strip(),
                self.to_customer.is_ticked,
                bool(self.found.others) and self.to_others.is_ticked,
            )
        )

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "edit.save":
            button = self._button()
            return button.reason.removeprefix("off: ") if button.is_off else ""
        if command_id.startswith("edit.use_") and int(command_id[-1]) > len(self._offered()):
            return "No such address is proposed."
        return ""

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        carry_out(self, "edit.close")

    def command_close(self) -> None:
        _ = self.dismiss(None)
