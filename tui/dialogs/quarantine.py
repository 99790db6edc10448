"""Bodies that could not be read: a list, the one under the cursor whole, and read again."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from core.model.errors import OuttrayError
from core.model.reports import QuarantinedBody, RetryReport
from tui.commands.dispatch import CommandHost, bindings, key_of
from tui.dialogs.basic.questions import PromptDialog
from tui.format.text import cell, moment, paragraphs
from tui.runtime.context import AppContext

_MOST_LETTERS = 20_000
_MOST_LISTED = 500


class QuarantineDialog(CommandHost, ModalScreen[None]):
    """The arrows choose a body; Tab goes to its text, which scrolls."""

    BINDINGS = bindings("quarantine")
    AUTO_FOCUS = "#quarantine-list"

    def __init__(self, app_context: AppContext, bodies: Sequence[QuarantinedBody]) -> None:
        super().__init__()
        self.app_context = app_context
        self._bodies = tuple(bodies)
        self._is_busy = False
        self._title = Static("", id="quarantine-title", markup=False)
        self.list = OptionList(id="quarantine-list", compact=True)
        self._text = Static("", id="quarantine-text", markup=False)
        self._told = Static("", id="quarantine-told", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="quarantine", classes="dialog"):
            yield self._title
            yield self.list
            with VerticalScroll(id="quarantine-body"):
                yield self._text
            yield self._told

    def on_mount(self) -> None:
        self._tell("")
        self._fill(self._bodies)

    def _fill(self, bodies: Sequence[QuarantinedBody]) -> None:
        self._bodies = tuple(bodies)
        now = self.app_context.clock()
        count = len(self._bodies)
        what = "1 report" if count == 1 else f"{count:,} reports"
        more = f"; the newest {_MOST_LISTED} are listed" if count > _MOST_LISTED else ""
        self._title.update(f"{what} could not be read{more}" if count else "Nothing is left")
        self.list.clear_options()
        self.list.add_options(
            [
                Content.assemble(
                    (f"{moment(body.received_at, now):<16}", "$muted"),
                    f"{cell(body.id, 12)}  {cell(body.reason, 300)}",
                )
                for body in self._bodies[:_MOST_LISTED]
            ]
        )
        if self._bodies:
            self.list.highlighted = 0
        else:
            self._text.update("")

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        body = self.body
        if body is None:
            return
        lines = [
            Content.styled(f"{cell(body.reason, 600)}  ({cell(body.source, 60)})", "bold"),
            *map(Content, paragraphs(body.raw, _MOST_LETTERS)),
        ]
        self._text.update(Content("\n").join(lines))

    @property
    def body(self) -> QuarantinedBody | None:
        """The one under the cursor."""
        at = self.list.highlighted
        return None if at is None or at >= len(self._bodies) else self._bodies[at]

    def _tell(self, words: str) -> None:
        keys = (
            f"{key_of('quarantine.retry')} reads this one again   "
            f"{key_of('quarantine.retry_all')} all   "
            f"{key_of('quarantine.dismiss')} dismisses it   {key_of('quarantine.close')} closes"
        )
        self._told.update(Content.assemble(words, "\n" if words else "", (keys, "$muted")))

    # ------------------------------------------------------------------ reading again

    def command_retry(self) -> None:
        body = self.body
        if body is not None:
            self._retry(body.id)

    def command_retry_all(self) -> None:
        self._retry("")

    def _retry(self, wanted: str) -> None:
        backend = self.app_context.backend
        self._is_busy = True
        self._tell("Reading again …")

        def again() -> tuple[RetryReport, tuple[QuarantinedBody, ...]]:
            return backend.quarantine.retry(wanted), backend.quarantine.waiting()

        self.app_context.background_calls.start(None, again, self._read, self._not_read)

    def _read(self, answer: tuple[RetryReport, tuple[QuarantinedBody, ...]]) -> None:
        report, bodies = answer
        self._is_busy = False
        if not self.is_mounted:
            return
        stays = f"; {len(report.kept)} still cannot be read" if report.kept else ""
        told = f"{report.released} read now, {report.ingested.applied} new facts{stays}."
        self._tell(told)
        self._fill(bodies)

    def _not_read(self, error: OuttrayError) -> None:
        self._is_busy = False
        if self.is_mounted:
            self._tell(cell(str(error), 400))

    # ------------------------------------------------------------------ putting aside

    def command_dismiss(self) -> None:
        body, backend = self.body, self.app_context.backend
        if body is None:
            return

        def dismiss(note: str) -> tuple[QuarantinedBody, ...]:
            backend.quarantine.dismiss(body.id, note)
            return backend.quarantine.waiting()

        prompt = PromptDialog(
            self.app_context.background_calls,
            "Why does nobody need this report?",
            dismiss,
            hint="It is kept, and listed no more. Enter dismisses it, "
            f"{key_of('prompt.close')} goes back.",
        )
        _ = self.app.push_screen(prompt, self._dismissed)

    def _dismissed(self, left: tuple[QuarantinedBody, ...] | None) -> None:
        if left is not None and self.is_mounted:
            self._tell("Dismissed.")
            self._fill(left)

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "quarantine.close":
            return ""
        if self._is_busy:
            return "One moment: they are being read."
        return "" if self._bodies else "Nothing is left that could not be read."

    def command_close(self) -> None:
        _ = self.dismiss(None)
