"""The fields of the compose dialog and how they stand; what they mean is the dialog's business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Static, TextArea

from core.model.email import Composition, Draft
from core.model.errors import OuttrayError
from tui.commands.dispatch import key_of
from tui.dialogs.compose import view as view
from tui.dialogs.compose.actions import AttachmentList
from tui.dialogs.compose.advice import Advice, KeepAddress, VersionLine, changes_lines
from tui.dialogs.compose.recipients import Recipients
from tui.dialogs.compose.state import Fields, SendButton, balance, title
from tui.format.text import moment
from tui.runtime.context import AppContext
from tui.runtime.themes import settle
from tui.widgets.text_field import Field, harmless


class ComposeForm(Vertical):
    """Holds every widget by name: an answer may come while it is being taken down."""

    def __init__(
        self,
        composition: Composition,
        draft: Draft,
        shown: Fields,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(id="compose")
        self._composition = composition
        self._clock = clock
        known = composition.known
        self.to_row = Recipients("To", shown.to, known, clock)
        self.cc_row = Recipients("Cc", shown.cc, known, clock)
        self.bcc_row = Recipients("Bcc", shown.bcc, known, clock)
        self.reply_to = Field(
            shown.reply_to, name="reply-to", placeholder="empty: answers come to the sender"
        )
        self._reply_to_row = _labelled("Reply-To", self.reply_to)
        self.subject = Field(shown.subject, name="subject")
        self.message = MessageField(shown.body, name="message")
        self.keep = KeepAddress(composition.document.customer)
        self.advice = Advice(clock, self.keep)
        self.version_line = VersionLine()
        self.attachments = AttachmentList(draft.attachments)
        self.kept = Static("", id="kept", markup=False)
        self.send_button = Button(f"Send {key_of('compose.send')}", id="send", compact=True)
        self._reason = Static("", id="reason", markup=False)

    def compose(self) -> ComposeResult:
        document, now = self._composition.document, self._clock()
        with Horizontal(id="compose-title"):
            yield Static(
                title(self._composition.draft.kind, document), id="compose-name", markup=False
            )
            yield Static(balance(document, now.date()), id="compose-balance", markup=False)
        yield self.kept
        yield self.to_row
        yield self.advice
        yield self.cc_row
        yield self.bcc_row
        yield self._reply_to_row
        yield _labelled("Subject", self.subject)
        yield self.version_line
        yield Static(self._changes(now), id="changes", markup=False)
        yield Horizontal(Static("Message", classes="label"), self.message, id="message-field")
        yield Horizontal(Static("Attached", classes="label"), self.attachments, id="files")
        before = view.before(self._composition.history, now)
        yield _labelled("Before", Static(before, id="before", markup=False))
        with Vertical(id="foot"):
            with Horizontal(id="actions"):
                yield self.send_button
                yield Button(f"Close {key_of('compose.close')}", id="close", compact=True)
                yield self._reason
            yield Static(view.hints(), id="hints", markup=False)

    def on_mount(self) -> None:
        kept = view.kept(self._composition, self._clock())
        self.bcc_row.display = bool(self.bcc_row.field.value)
        self._reply_to_row.display = bool(self.reply_to.value)
        self.kept.update(kept)
        self.kept.display = bool(kept.plain)
        self.query_one("#changes").display = self._composition.changes is not None

    def _changes(self, now: datetime) -> Content:
        changes = self._composition.changes
        return changes_lines(changes, moment(changes.since, now) if changes else "")

    # ------------------------------------------------------------------ the fields

    def fields(self) -> Fields:
        """Return what stands in the fields."""
        return Fields(
            self.to_row.field.value,
            self.cc_row.field.value,
            self.subject.value,
            self.message.text,
            self.bcc_row.field.value,
            self.reply_to.value,
        )

    def show_bcc(self) -> None:
        """Begin to type somebody whom the others do not see."""
        self.bcc_row.display = True
        self.bcc_row.field.focus()

    def show_reply_to(self) -> None:
        """Begin to type another address for the answers."""
        self._reply_to_row.display = True
        self.reply_to.focus()

    def fill(self, shown: Fields) -> None:
        """Put other words into the fields."""
        self.to_row.field.value = shown.to
        self.cc_row.field.value = shown.cc
        self.bcc_row.field.value = shown.bcc
        self.bcc_row.display = self.bcc_row.display or bool(shown.bcc)
        self.reply_to.value = shown.reply_to
        self._reply_to_row.display = self._reply_to_row.display or bool(shown.reply_to)
        self.subject.value, self.message.text = shown.subject, shown.body

    def lock_all(self, is_locked: bool) -> None:
        """Take no more changes while the email is on its way."""
        rows = (self.to_row, self.cc_row, self.bcc_row)
        fields = (*(row.field for row in rows), self.reply_to, self.subject)
        for field in (*fields, self.version_line):
            field.disabled = is_locked
        self.message.read_only = self.attachments.is_locked = is_locked

    def show_button(self, button: SendButton, *, is_ready: bool, asks: bool) -> None:
        """Show what Send does now."""
        self.send_button.label = Content(button.label)
        self.send_button.disabled = button.is_off
        self.send_button.set_class(is_ready, "-ready")
        self.send_button.set_class(asks and not button.is_off, "-asks")
        self._reason.update(Content(button.reason))


def _labelled(label: str, field: Widget) -> Horizontal:
    return Horizontal(Static(label, classes="label"), field, classes="field")


class MessageField(TextArea):
    """Several lines; Tab goes on to the next field."""

    def __init__(self, text: str, *, name: str) -> None:
        super().__init__(harmless(text, lines=True), id=name, compact=True, tab_behavior="focus")

    def on_mount(self) -> None:
        settle(self)

    async def _on_paste(self, event: events.Paste) -> None:
        """Textual calls the method of every class in turn: the next one inserts the text."""
        event.text = harmless(event.text, lines=True)
        event.stop()  # the application would give it to the focused field once more

    def action_paste(self) -> None:
        """What was copied in here is no better than what comes from elsewhere."""
        self.post_message(events.Paste(self.app.clipboard))


class Autosave:
    """One write at a time; the newest wish wins, and a draft equal to ``pristine`` is none."""

    PAUSE = 0.8
    """Seconds without a key before the draft is kept."""

    def __init__(
        self,
        host: Widget,
        app_context: AppContext,
        pristine: Draft,
        failed: Callable[[OuttrayError], None],
        *,
        was_saved: bool,
    ) -> None:
        self._host = host
        self._app_context = app_context
        self._pristine = pristine
        self._failed = failed
        self._kept: Draft | None = pristine if not was_saved else None
        self._is_kept = was_saved
        self._wanted: Draft | None = None
        self._is_writing = False
        self._is_held = False
        self._is_over = False
        self._came_late: Draft | None = None
        self._timer: Timer | None = None

    def soon(self, draft: Callable[[], Draft]) -> None:
        """Keep what ``draft`` returns when nothing is typed for a moment."""
        self._stop_timer()
        self._timer = self._host.set_timer(self.PAUSE, lambda: self.now(draft()))

    def now(self, draft: Draft) -> None:
        """Keep ``draft``, or forget what was kept where nothing was changed."""
        self._stop_timer()
        if not self._is_held and draft != self._kept:
            self._wanted = draft
            self._write()

    def hold(self) -> None:
        """The email is on its way: sending it puts the draft away, and nothing may come after."""
        self._stop_timer()
        self._wanted = None
        self._is_held = True

    def sent(self) -> None:
        """The email left, and the draft with it; what was still being written is taken back."""
        self._is_over = True
        if self._came_late is not None:
            self._take_back(self._came_late)

    def again(self, draft: Draft) -> None:
        """Keep ``draft`` once more: the send that put it away reached nobody."""
        self._is_held, self._came_late = False, None
        self._kept, self._is_kept = None, False
        self.now(draft)

    def _write(self) -> None:
        draft = self._wanted
        if self._is_writing or draft is None:
            return
        self._wanted = None
        composing = self._app_context.backend.composing
        is_nothing = draft == self._pristine
        if is_nothing and not self._is_kept:
            self._kept = draft
            return
        self._is_writing = True
        self._app_context.background_calls.start(
            None,
            (lambda: composing.discard(draft)) if is_nothing else (lambda: composing.save(draft)),
            lambda _: self._written(draft, is_kept=not is_nothing),
            self._not_written,
        )

    def _written(self, draft: Draft, *, is_kept: bool) -> None:
        self._is_writing = False
        self._kept, self._is_kept = draft, is_kept
        if self._is_held and is_kept:
            self._came_late = draft
            if self._is_over:
                self._take_back(draft)
            return
        self._write()

    def _take_back(self, draft: Draft) -> None:
        composing = self._app_context.backend.composing
        self._app_context.background_calls.start(None, lambda: composing.discard(draft))

    def _not_written(self, error: OuttrayError) -> None:
        self._is_writing = False
        if not self._is_held:
            self._failed(error)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
