"""The compose dialog: everything filled in and editable, and the gate's verdict as one types."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Button, Input, OptionList, TextArea

from core.model.email import Composition, Decision, Draft, SendOutcome, Verdict
from core.model.errors import OuttrayError
from tui.commands.dispatch import CommandHost, bindings, carry_out
from tui.dialogs.compose import actions
from tui.dialogs.compose import view as view
from tui.dialogs.compose.actions import AttachmentList
from tui.dialogs.compose.advice import VersionLine
from tui.dialogs.compose.compose_form import Autosave, ComposeForm
from tui.dialogs.compose.recipients import offers, taken
from tui.dialogs.compose.state import (
    Composed,
    Phase,
    checks_anew,
    edited,
    failed_addresses,
    recipients,
    refusal,
    send_button,
    untouched,
    why_off,
)
from tui.dialogs.compose.view import Wording
from tui.format.text import cell
from tui.runtime.context import AppContext


class ComposeDialog(CommandHost, ModalScreen[Composed]):
    """Checks through the backend while one types; sends at most one email."""

    BINDINGS = bindings("compose")
    AUTO_FOCUS = "#to"
    PAUSE = 0.3
    """Seconds without a key before the address is checked."""

    def __init__(self, app_context: AppContext, composition: Composition) -> None:
        super().__init__()
        self.app_context = app_context
        self.composition = composition
        saved = composition.saved
        self.draft = saved.draft if saved else composition.draft
        self._shown = view.fields(self.draft)
        self._checked_draft = self.draft
        self._failed = failed_addresses(composition.history)
        self._phase = Phase.CHECKING
        self._verdict: Verdict | None = None
        self._problem: OuttrayError | None = None
        self._timer: Timer | None = None
        self.wording = Wording.of(composition.versions, composition.chosen, self.draft)
        self._pristine = untouched(composition.draft, self._failed)
        self.autosave = Autosave(
            self, app_context, self._pristine, actions.not_kept(self), was_saved=saved is not None
        )
        # held, not queried: an answer may come while the dialog is being taken down
        self.form = form = ComposeForm(composition, self.draft, self._shown, app_context.clock)
        self.to, self.cc, self.bcc = form.to_row.field, form.cc_row.field, form.bcc_row.field
        self.subject, self.message, self.keep = form.subject, form.message, form.keep
        self.attachments, self.send_button = form.attachments, form.send_button

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self._shown = self.form.fields()  # a field may show less than it was given
        self.form.version_line.show(self.wording.versions, self.wording.at)
        self._offer()
        self._check()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come: a check that waits or runs, or the send."""
        return self._phase in (Phase.CHECKING, Phase.SENDING)

    # ------------------------------------------------------------------ the check

    def _check(self) -> None:
        self._checked_draft = draft = self.current_draft()
        self._enter(Phase.CHECKING)
        self.app_context.background_calls.start(
            "compose.check",
            lambda: self.app_context.backend.check(draft),
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

    def _check_soon(self) -> None:
        self._problem = None
        self._enter(Phase.CHECKING)
        self.app_context.background_calls.drop("compose.check")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(self.PAUSE, self._check)

    def current_draft(self) -> Draft:
        """Return the email as it stands in the fields."""
        draft = edited(self.draft, self._shown, self.form.fields(), self._failed)
        return replace(draft, attachments=self.attachments.files)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        is_looking = self.app_context.board.is_looking
        button = send_button(phase, self._verdict, is_database_checked=is_looking)
        if button.is_off and self.send_button.has_focus:
            self.to.focus()  # a disabled button would swallow the next key
        allowed = self._verdict is not None and self._verdict.decision is Decision.ALLOW
        self.form.show_button(button, is_ready=phase is Phase.CHECKED and allowed, asks=not allowed)
        self.form.advice.say(
            view.verdict_lines(
                self._verdict,
                self._problem,
                phase is Phase.CHECKING,
                several=len(recipients(self.current_draft())) > 1,
            )
        )
        self.form.lock_all(phase is Phase.SENDING)

    def show_database_look(self) -> None:
        """Say that the send waits while the database is checked, or not any more."""
        if self._phase is Phase.SENDING:
            self._enter(self._phase)

    # ------------------------------------------------------------------ other addresses

    def _offer(self) -> None:
        draft = self.current_draft()
        self.keep.follow(draft)
        self.form.advice.offer(offers(self.composition.contacts, draft.to, self._verdict))

    @on(OptionList.OptionSelected, "#others")
    def _use_selected(self, event: OptionList.OptionSelected) -> None:
        self._use(event.option_index)

    def _use(self, index: int) -> None:
        if index < len(self.form.advice.offers):
            self.to.value = cell(taken(self.to.value, self.form.advice.offers[index]))
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
    @on(Input.Changed, "#bcc")
    def _address_changed(self, event: Input.Changed) -> None:
        shown = getattr(self._shown, event.input.id or "to")
        if self._verdict is None and self._problem is None and event.value == shown:
            return  # the first value, which is being checked already
        self._check_soon()
        self._offer()
        self.autosave.soon(self.current_draft)

    @on(Input.Changed, "#subject")
    @on(Input.Changed, "#reply-to")
    @on(TextArea.Changed, "#message")
    def _content_changed(self) -> None:
        draft = self.current_draft()
        self.autosave.soon(self.current_draft)
        if checks_anew(self._checked_draft, draft):
            self._check_soon()
        elif self._phase is Phase.CONFIRMING:
            self._enter(Phase.CHECKED)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(VersionLine.Stepped)
    def _step_version(self, event: VersionLine.Stepped) -> None:
        self.wording, draft = self.wording.step(event.by, self.current_draft())
        self.show_draft(draft)

    def show_draft(self, draft: Draft) -> None:
        """Show another text, or other files, in place of what is in the fields."""
        self.draft = draft
        self.form.fill(view.fields(draft))
        self._shown = self.form.fields()
        self.attachments.show(draft.attachments)
        self.form.version_line.show(self.wording.versions, self.wording.at)
        self.files_changed()

    @on(AttachmentList.Removed)
    def files_changed(self) -> None:
        self._check_soon()
        self.autosave.soon(self.current_draft)

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
        draft = self.current_draft()
        again = self._verdict is not None and self._verdict.may_double  # and was confirmed
        self._problem = None
        self.autosave.hold()
        self._enter(Phase.SENDING)
        self.app_context.background_calls.start(
            None,
            lambda: self.app_context.backend.send(draft, asks, again),
            lambda outcome: self._answered(draft, outcome),
            self._not_sent,
        )

    def _answered(self, draft: Draft, outcome: SendOutcome) -> None:
        if outcome.email_id is None:
            self._verdict = outcome.verdict
            self.autosave.again(draft)
            self._enter(Phase.CHECKED)
            return
        refused = refusal(outcome)
        if refused is not None:
            self._not_sent(refused)
        else:
            self.autosave.sent()
            _ = self.dismiss(Composed(draft, outcome, is_address_kept=self.keep.is_wanted))

    def _not_sent(self, error: OuttrayError) -> None:
        """The draft stays; the gate is asked again, because the failure may have changed facts."""
        self._problem = error
        self.autosave.again(self.current_draft())
        self._check()

    def command_preview(self) -> None:
        actions.preview(self)

    @on(AttachmentList.AddWanted)
    def command_attach(self) -> None:
        actions.attach(self)

    def command_editor(self) -> None:
        actions.edit(self)

    def command_test(self) -> None:
        actions.test(self)

    def command_help(self) -> None:
        actions.show_help(self)

    def command_version(self) -> None:
        self.form.version_line.command_next()

    def command_bcc(self) -> None:
        self.form.show_bcc()

    def command_reply_to(self) -> None:
        self.form.show_reply_to()

    def command_anew(self) -> None:
        self.form.kept.display = False
        chosen = self.composition
        self.wording = Wording.of(chosen.versions, chosen.chosen, chosen.draft)
        self.show_draft(chosen.draft)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "compose.save_address" and self._phase is not Phase.SENDING:
            return self.keep.why_not
        return why_off(
            command_id,
            self._phase,
            self._verdict,
            offers=len(self.form.advice.offers),
            texts=len(self.wording.versions),
            is_changed=self.current_draft() != self._pristine,
        )

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        carry_out(self, "compose.close")

    def command_close(self) -> None:
        draft = self.current_draft()
        self.autosave.now(draft)
        _ = self.dismiss(Composed(draft, None, is_changed=draft != self._pristine))
