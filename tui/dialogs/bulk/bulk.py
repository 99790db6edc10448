"""F or R on many: one summary by reason, one confirmation, then progress and the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from core.model.documents import DocumentRow
from core.model.enums import EmailKind
from core.model.errors import OuttrayError
from core.model.outbox import BulkItem, Enqueued, OutboxEntry, Progress
from tui.commands.command import Command
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.dialogs.bulk import result, state, view
from tui.dialogs.bulk.state import BulkChoice, Line
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.tables.export_file import free_name
from tui.widgets.error_toast import show_error
from tui.widgets.text_field import PathField


class Phase(Enum):
    """Where the conversation is."""

    JUDGING = auto()
    CHOOSING = auto()
    SENDING = auto()
    DONE = auto()


@dataclass
class Judging:
    """What the thread that judges and the screen tell each other."""

    done: int = 0
    is_stopped: bool = field(default=False)

    def tell(self, done: int) -> bool:
        self.done = done
        return not self.is_stopped


class BulkDialog(CommandHost, ModalScreen[bool]):
    """Ends with whether anything was put into the outbox; closing it stops nothing there."""

    BINDINGS = bindings("bulk")
    AUTO_FOCUS = "#bulk-list"
    LOOK_SECONDS = 0.25
    """How often one looks at how far it is."""

    def __init__(
        self, app_context: AppContext, kind: EmailKind, rows: Sequence[DocumentRow]
    ) -> None:
        super().__init__()
        self.app_context = app_context
        self.kind = kind
        self._rows = tuple(rows)
        self._bulk = app_context.backend.bulk(kind)
        self._judging = Judging()
        self._phase = Phase.JUDGING
        self._choice = BulkChoice((), frozenset())
        self._enqueued: Enqueued | None = None
        self._progress = Progress()
        self._entries: tuple[OutboxEntry, ...] = ()
        self._sure_to_cancel = False
        self.heading = Static(state.title(kind, len(rows)), id="bulk-title", markup=False)
        self.bar = ProgressBar(total=len(rows), show_eta=False, id="bulk-bar")
        self.told = Static("", id="bulk-told", markup=False)
        self.list = OptionList(id="bulk-list", compact=True, markup=False)
        self.path = PathField(name="path")
        self.path.display = False
        self.keys = Static("", id="bulk-keys", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(id="bulk"):
            yield self.heading
            yield self.bar
            yield self.told
            yield self.list
            yield self.path
            yield self.keys

    def on_mount(self) -> None:
        self._enter(Phase.JUDGING)
        self.set_interval(self.LOOK_SECONDS, self._look)
        self.app_context.background_calls.start(
            None,
            lambda: self._bulk.judge(self._rows, self._judging.tell),
            self._judged,
            self._failed,
        )

    def on_unmount(self) -> None:
        self._judging.is_stopped = True

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come; what waits in the outbox may wait for a person."""
        is_asked = self._phase is Phase.SENDING and self._enqueued is None
        return self._phase is Phase.JUDGING or is_asked

    # ------------------------------------------------------------------ the phases

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self.bar.display = phase in (Phase.JUDGING, Phase.SENDING)
        self._show()
        self.refresh_bindings()

    def _judged(self, items: tuple[BulkItem, ...]) -> None:
        if self.is_mounted:
            self._choice = BulkChoice.of(items)
            self._enter(Phase.CHOOSING)
            self._list(0)

    def _look(self) -> None:
        if self._phase is Phase.JUDGING:
            self.bar.update(progress=self._judging.done)
            self._show()
        elif self._phase is Phase.SENDING and self._enqueued is not None:
            enqueued, outbox = self._enqueued, self.app_context.backend.outbox

            def look() -> tuple[Progress, tuple[OutboxEntry, ...]]:
                entries = tuple(outbox.deliveries(enqueued.email_ids))
                return outbox.progress(enqueued.batch_id), entries

            self.app_context.background_calls.start("bulk.look", look, self._moved, self._failed)

    def _moved(self, answer: tuple[Progress, tuple[OutboxEntry, ...]]) -> None:
        if not self.is_mounted or self._phase is not Phase.SENDING:
            return
        self._progress, self._entries = answer
        self.bar.update(total=max(1, self._progress.total), progress=self._progress.done)
        if self._progress.total and self._progress.done >= self._progress.total:
            self._enter(Phase.DONE)
        else:
            self._show()
        self._list(self.list.highlighted or 0)

    def _failed(self, error: OuttrayError) -> None:
        if not self.is_mounted:
            return
        show_error(self, error)
        if self._phase is Phase.JUDGING:
            _ = self.dismiss(False)
        elif self._phase is Phase.CHOOSING:
            self._show()

    # ------------------------------------------------------------------ what it shows

    def _show(self) -> None:
        self.told.update(self._words())
        self.keys.update(view.keys(self, self._phase is Phase.CHOOSING))

    def _words(self) -> Content:
        if self._phase is Phase.JUDGING:
            return Content(f"Asking the gate: {self._judging.done:,} of {len(self._rows):,} …")
        if self._phase is Phase.CHOOSING:
            return Content(state.told(self._choice))
        if self._enqueued is None and self.app_context.board.is_looking:
            return Content("Checking the database; they are sent after that.")
        return view.progress(self._progress, self._phase is Phase.DONE)

    def show_database_look(self) -> None:
        """Say that the emails wait while the database is checked, or not any more."""
        self._show()

    def _list(self, highlighted: int) -> None:
        """Fill the list anew; the highlight stays where it was."""
        if self._phase is Phase.CHOOSING:
            prompts = [view.line(self._choice, line) for line in self._choice.lines()]
        else:
            prompts = [view.result(each) for each in self._results()]
        self.list.clear_options().add_options([Option(prompt) for prompt in prompts])
        if prompts:
            self.list.highlighted = min(highlighted, len(prompts) - 1)

    def _results(self) -> list[result.Result]:
        return result.results(self._choice, self._enqueued, self._entries)

    def _line(self) -> Line | None:
        lines = self._choice.lines()
        at = self.list.highlighted
        return lines[at] if at is not None and at < len(lines) else None

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        choosing = self._phase is Phase.CHOOSING
        if command_id in ("bulk.tick", "bulk.unfold") and not choosing:
            return "There is nothing to choose now."
        if command_id == "bulk.tick" and (line := self._line()) and not self._choice.can_tick(line):
            return "The gate refuses these; correct them one by one."
        if command_id == "bulk.send":
            if not choosing:
                return "It was sent." if self._phase is Phase.DONE else "It is under way."
            return "" if self._choice.ticked else "Nothing is ticked."
        if command_id == "bulk.cancel" and self._phase is not Phase.SENDING:
            return "Nothing waits that could be taken out."
        if command_id == "bulk.export" and self._phase is not Phase.DONE:
            return "There is no result yet."
        return ""

    def label_of(self, command: Command) -> str:
        if command.id == "bulk.send" and self._phase is Phase.CHOOSING:
            return f"Send {len(self._choice.ticked):,}"
        if command.id == "bulk.cancel" and self._sure_to_cancel:
            return "Yes, take out what waits"
        return command.label

    def command_tick(self) -> None:
        line = self._line()
        if line is not None:
            self._choose(self._choice.toggled(line), self.list.highlighted or 0)

    def command_unfold(self) -> None:
        line = self._line()
        if line is not None:
            choice = self._choice.unfolded(line)
            self._choose(choice, choice.lines().index(Line(line.group)))

    def _choose(self, choice: BulkChoice, highlighted: int) -> None:
        self._choice = choice
        self._show()
        self._list(highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        carry_out(self, "bulk.unfold")

    def command_send(self) -> None:
        ids = [item.document.id for item in self._choice.chosen()]
        self._enter(Phase.SENDING)
        self.bar.update(total=len(ids), progress=0)
        self.app_context.background_calls.start(
            None, lambda: self._bulk.send(ids), self._sent, self._not_sent
        )

    def _sent(self, enqueued: Enqueued) -> None:
        self._enqueued = enqueued
        if self.is_mounted and not enqueued.email_ids:
            self._enter(Phase.DONE)
            self._list(0)

    def _not_sent(self, error: OuttrayError) -> None:
        if self.is_mounted:
            self._enter(Phase.CHOOSING)
        self._failed(error)

    def command_cancel(self) -> None:
        if not self._sure_to_cancel or self._enqueued is None:
            self._sure_to_cancel = True
            self._show()
            return
        batch_id, outbox = self._enqueued.batch_id, self.app_context.backend.outbox
        self._sure_to_cancel = False
        self.app_context.background_calls.start(
            None, lambda: outbox.cancel_batch(batch_id), None, self._failed
        )

    def command_export(self) -> None:
        self.path.display = True
        name, now = self.kind.value.replace("_", "-"), self.app_context.clock()
        self.path.value = str(free_name(Path.home(), name, "csv", now))
        self.path.focus()

    @on(Input.Submitted)
    def _export(self) -> None:
        path, results = Path(self.path.value).expanduser(), self._results()
        self.app_context.background_calls.start(
            None, lambda: result.write(path, results), self._exported, self._failed
        )

    def _exported(self, path: Path) -> None:
        if self.is_mounted:
            self.path.display = False
            self.list.focus()
            self.notify(cell(str(path), 200), title="Written", markup=False)

    def command_close(self) -> None:
        if self.path.display:
            self.path.display = False
            self.list.focus()
            return
        if self._phase is Phase.SENDING:
            self.notify(f"It goes on; {key_of('app.outbox')} shows the outbox.", markup=False)
        _ = self.dismiss(self._enqueued is not None or self._phase is Phase.SENDING)
