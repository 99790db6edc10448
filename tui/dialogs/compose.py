"""The compose dialog: everything filled in and editable, and the gate's verdict as one types."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from core.errors import OuttrayError
from core.model import Composition, Decision, Draft, SendOutcome, Verdict
from tui.commands import bindings, carry_out
from tui.desk import Desk
from tui.dialogs import compose_view as view
from tui.dialogs.keep_address import KeepAddress
from tui.dialogs.message_field import MessageField
from tui.dialogs.offers import Offer, offers, taken
from tui.dialogs.send_state import (
    Fields,
    Phase,
    balance,
    edited,
    failed_addresses,
    refusal,
    send_button,
    title,
)
from tui.registry import Command
from tui.text import cell
from tui.widgets.field import Field

MOST_LETTERS = 400_000
"""Of a message; more than any person writes."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What the dialog ends with: the draft as it stands, and what became of it, if it was sent."""

    draft: Draft
    outcome: SendOutcome | None
    is_address_kept: bool = False
    """Whether the corrected address is to be saved to the customer."""


class ComposeDialog(ModalScreen[Composed]):
    """Checks through the backend while one types; sends at most one email."""

    BINDINGS = bindings("compose")
    AUTO_FOCUS = "#to"
    PAUSE = 0.3
    """Seconds without a key before the address is checked."""

    def __init__(self, desk: Desk, composition: Composition, draft: Draft | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.composition = composition
        self.draft = draft or composition.draft
        self._shown = view.fields(self.draft, MOST_LETTERS)
        # held, not queried: an answer may come while the dialog is being taken down
        self.to = Field(self._shown.to, name="to")
        self.cc = Field(self._shown.cc, name="cc")
        self.subject = Field(self._shown.subject, name="subject")
        self.message = MessageField(self._shown.body, name="message")
        self.verdict_lines = Static("", id="verdict", markup=False)
        self.others = OptionList(id="others", compact=True)
        self.keep = KeepAddress(composition.document.customer)
        self.send_button = Button("Send ^S", id="send", compact=True)
        self.reason = Static("", id="reason", markup=False)
        self._failed = failed_addresses(composition.history)
        self._offers: list[Offer] = []
        self._phase = Phase.CHECKING
        self._verdict: Verdict | None = None
        self._problem: OuttrayError | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        now = self.desk.clock()
        document = self.composition.document
        attached = Static(view.attached(self.draft), id="attached", markup=False)
        before = Static(view.before(self.composition.history, now), id="before", markup=False)
        with Vertical(id="compose"):
            with Horizontal(id="compose-title"):
                yield Static(title(self.draft.kind, document), id="compose-name", markup=False)
                yield Static(balance(document, now.date()), id="compose-balance", markup=False)
            yield _labelled("To", self.to)
            with Vertical(id="advice"):
                yield self.verdict_lines
                yield self.others
                yield self.keep
            yield _labelled("Cc", self.cc)
            yield _labelled("Subject", self.subject)
            yield Horizontal(Static("Message", classes="label"), self.message, id="message-field")
            yield _labelled("Attached", attached)
            yield _labelled("Before", before)
            with Horizontal(id="actions"):
                yield self.send_button
                yield Button("Close Esc", id="close", compact=True)
                yield self.reason

    def on_mount(self) -> None:
        self._shown = self._fields()  # a field may show less than it was given
        self._offer()
        self._check()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come: a check that waits or runs, or the send."""
        return self._phase in (Phase.CHECKING, Phase.SENDING)

    # ------------------------------------------------------------------ the check

    def _check(self) -> None:
        draft = self._draft()
        self._enter(Phase.CHECKING)
        self.desk.jobs.start(
            "compose.check",
            lambda: self.desk.backend.check(draft),
            self._checked,
            self._not_checked,
        )

    def _checked(self, verdict: Verdict) -> None:
        if self.is_mounted:
            self._verdict = verdict
            self._enter(Phase.CHECKED)
            self._offer()

    def _not_checked(self, error: OuttrayError) -> None:
        if self.is_mounted:
            self._problem, self._verdict = error, None
            self._enter(Phase.UNCHECKED)

    def _draft(self) -> Draft:
        return edited(self.draft, self._shown, self._fields(), self._failed)

    def _fields(self) -> Fields:
        return Fields(self.to.value, self.cc.value, self.subject.value, self.message.text)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        button = send_button(phase, self._verdict)
        if button.is_off and self.send_button.has_focus:
            self.to.focus()  # a disabled button would swallow the next key
        self.send_button.label = Content(button.label)
        self.send_button.disabled = button.is_off
        allowed = self._verdict is not None and self._verdict.decision is Decision.ALLOW
        self.send_button.set_class(phase is Phase.CHECKED and allowed, "-ready")
        self.send_button.set_class(not button.is_off and not allowed, "-asks")
        self.reason.update(Content(button.reason))
        checking = phase is Phase.CHECKING
        self.verdict_lines.update(view.verdict_lines(self._verdict, self._problem, checking))
        for field in (self.to, self.cc, self.subject):
            field.disabled = phase is Phase.SENDING
        self.message.read_only = phase is Phase.SENDING

    # ------------------------------------------------------------------ other addresses

    def _offer(self) -> None:
        self.keep.follow(self._draft())
        self._offers = offers(self.composition.contacts, self._draft().to, self._verdict)
        now = self.desk.clock()
        options = [
            Option(view.offer(position, offer.contact, now))
            for position, offer in enumerate(self._offers, 1)
        ]
        self.others.clear_options().add_options(options)
        self.others.highlighted = 0 if options else None
        self.others.display = bool(options)

    @on(OptionList.OptionSelected, "#others")
    def _use_selected(self, event: OptionList.OptionSelected) -> None:
        self._use(event.option_index)

    def _use(self, index: int) -> None:
        if index < len(self._offers):
            self.to.value = cell(taken(self.to.value, self._offers[index]))
            self.to.focus()

    def command_save_address(self) -> None:
        self.keep.action_change()

    def command_use_1(self) -> None:
        self._use(0)

    def command_use_2(self) -> None:
        self._use(1)

    def command_use_3(self) -> None:
        self._use(2)

    # ------------------------------------------------------------------ editing

    @on(Input.Changed, "#to")
    @on(Input.Changed, "#cc")
    def _address_changed(self, event: Input.Changed) -> None:
        shown = self._shown.to if event.input.id == "to" else self._shown.cc
        if self._verdict is None and self._problem is None and event.value == shown:
            return  # the first value, which is being checked already
        self._problem = None
        self._enter(Phase.CHECKING)
        self.desk.jobs.drop("compose.check")
        self._offer()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(self.PAUSE, self._check)

    @on(Input.Changed, "#subject")
    @on(TextArea.Changed, "#message")
    def _content_changed(self) -> None:
        if self._phase is Phase.CONFIRMING:
            self._enter(Phase.CHECKED)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    # ------------------------------------------------------------------ sending

    @on(Button.Pressed, "#send")
    def _send_pressed(self) -> None:
        carry_out(self, "compose.send")

    def command_send(self) -> None:
        if self._phase is Phase.UNCHECKED:
            self._problem = None
            self._check()
            return
        asks = self._verdict is not None and self._verdict.decision is Decision.ASK
        if asks and self._phase is not Phase.CONFIRMING:
            self._enter(Phase.CONFIRMING)
            return
        draft = self._draft()
        self._problem = None
        self._enter(Phase.SENDING)
        self.desk.jobs.start(
            None,
            lambda: self.desk.backend.send(draft, asks),
            lambda outcome: self._answered(draft, outcome),
            self._not_sent,
        )

    def _answered(self, draft: Draft, outcome: SendOutcome) -> None:
        if outcome.email_id is None:
            self._verdict = outcome.verdict
            self._enter(Phase.CHECKED)
            return
        refused = refusal(outcome)
        if refused is not None:
            self._not_sent(refused)
        else:
            _ = self.dismiss(Composed(draft, outcome, self.keep.is_wanted))

    def _not_sent(self, error: OuttrayError) -> None:
        """The draft stays; the gate is asked again, because the failure may have changed facts."""
        self._problem = error
        self._check()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "compose.send":
            button = send_button(self._phase, self._verdict)
            return button.reason.removeprefix("off: ") if button.is_off else ""
        if command_id == "compose.close" and self._phase is Phase.SENDING:
            return "The email is on its way to SES; one moment."
        if command_id == "compose.save_address":
            return self.keep.why_not
        if command_id.startswith("compose.use_") and int(command_id[-1]) > len(self._offers):
            return "This customer has no such other address."
        return ""

    def label_of(self, command: Command) -> str:
        return command.label

    def action_command(self, command_id: str) -> None:
        carry_out(self, command_id)

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        carry_out(self, "compose.close")

    def command_close(self) -> None:
        _ = self.dismiss(Composed(self._draft(), None))


def _labelled(label: str, field: Widget) -> Horizontal:
    return Horizontal(Static(label, classes="label"), field, classes="field")
