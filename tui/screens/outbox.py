"""The outbox: what waits, what is going, what did not go, and what one may do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.model.email import Composition
from core.model.enums import DisplayStatus
from core.model.feed import FeedStatus
from core.model.outbox import OutboxEntry, OutboxOverview
from tui.commands.dispatch import bindings, key_of
from tui.commands.registry import Command
from tui.dialogs.basic.questions import AskAnswer, AskDialog, AskOption
from tui.format import outbox as words
from tui.format.text import cell, clock_time
from tui.runtime.context import AppContext
from tui.screens.base_table_screen import HandyScreen
from tui.tables.outbox import OUTBOX_COLUMNS, OutboxSource
from tui.widgets.data_table.table import WindowTable

if TYPE_CHECKING:
    from tui.tables.copy_items import Item

_MOST_BATCHES = 3
_NOTHING = "Nothing waits to be sent, and nothing failed that was not sent again."


class OutboxScreen(HandyScreen):
    """How far everything is, and the deliveries that are not done with."""

    BINDINGS = bindings("outbox")
    AUTO_FOCUS = "#outbox"

    class AgainWanted(Message):
        """Write this email again."""

        def __init__(self, composition: Composition) -> None:
            super().__init__()
            self.composition = composition

    def __init__(self, app_context: AppContext, feed: FeedStatus) -> None:
        super().__init__(app_context, feed)
        self._overview = OutboxOverview(words.NOTHING)
        self._rate = 0.0
        # held, not queried: an answer may come while the screen is being taken down
        self._progress = Static("", id="outbox-progress", markup=False)
        self._hold = Static("", id="outbox-hold", markup=False)
        self._batches = Static("", id="outbox-batches", markup=False)
        self._table: WindowTable[OutboxEntry] = WindowTable(
            OUTBOX_COLUMNS,
            app_context.background_calls,
            empty=_NOTHING,
            clock=app_context.clock,
            id="outbox",
        )

    def crumbs(self) -> tuple[str, ...]:
        return ("Outbox",)

    def compose_place(self) -> ComposeResult:
        with Vertical(id="outbox-head"):
            yield self._progress
            yield self._hold
            yield self._batches
        yield self._table

    def on_mount(self) -> None:
        self._source = OutboxSource(self.app_context.backend)
        self._table.load(self._source)
        self._read()

    # ------------------------------------------------------------------ reading

    def _read(self) -> None:
        outbox = self.app_context.backend.outbox
        self.read("overview", lambda: (outbox.overview(), outbox.per_second), self._show)

    def _show(self, answer: tuple[OutboxOverview, float]) -> None:
        self._overview, self._rate = answer
        self._paint()
        self.refresh_bindings()

    def _paint(self) -> None:
        progress = self._overview.progress
        is_narrow = self.size.width < 100
        width = 10 if is_narrow else min(40, self.size.width // 4)
        unit = "/s" if is_narrow else " a second"
        self._progress.update(
            Content.assemble(
                (words.bar(progress, width), "$accent"),
                f"  {progress.done:,} of {progress.total:,}   {words.progress_line(progress)}",
                (f"   {self._rate:.1f}{unit}", "$muted"),
            )
        )
        held = words.holds_line(self._overview) or self.app_context.board.why_waiting
        self._hold.update(Content.styled(f"‖ {cell(held, 300)}", "$text-warning") if held else "")
        self._hold.display = bool(held)
        self._paint_batches(width)

    def _paint_batches(self, width: int) -> None:
        """A line a batch; a single one is told by the line above, but for who and when."""
        lines = [
            Content.assemble(
                (words.bar(batch.progress, width), "$muted"),
                f"  {batch.progress.done:,} of {batch.progress.total:,}"
                f"   queued {clock_time(batch.queued_at)} by {cell(batch.queued_by, 16)}",
                (f"   batch {batch.batch_id}", "$muted"),
            )
            for batch in self._overview.batches[:_MOST_BATCHES]
        ]
        more = len(self._overview.batches) - _MOST_BATCHES
        if more > 0:
            lines.append(Content.styled(f"and {words.counted(more, 'more batch')}", "$muted"))
        self._batches.update(Content("\n").join(lines))
        self._batches.display = bool(lines)

    def on_resize(self) -> None:
        self._paint()

    def show_again(self) -> None:
        self._table.reload()
        self._read()

    @on(WindowTable.Highlighted, "#outbox")
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(WindowTable.Chosen, "#outbox")
    def _chosen(self) -> None:
        self.command_why()

    # ------------------------------------------------------------------ commands

    @property
    def _is_paused(self) -> bool:
        return bool(self._overview.holds)

    def label_of(self, command: Command) -> str:
        return "Resume" if command.id == "outbox.pause" and self._is_paused else command.label

    def why_not(self, command_id: str) -> str:
        """Only what waits can be cancelled, what failed tried again, what is unknown settled."""
        row = self._table.cursor_row
        if command_id == "outbox.pause":
            return ""
        if row is None:
            return "There is no email here."
        needed = {
            "outbox.cancel": (DisplayStatus.QUEUED, "Only what waits can be cancelled."),
            "outbox.again": (DisplayStatus.FAILED, "Only what failed can be tried again."),
            "outbox.settle": (
                DisplayStatus.UNCONFIRMED,
                "Only what is unconfirmed can be settled.",
            ),
        }
        word, reason = needed.get(command_id, (row.word, ""))
        return "" if row.word is word else reason

    def enter_command(self) -> str | None:
        return "outbox.why"

    def copyable(self) -> tuple[str, Sequence[Item]]:
        from tui.tables import copy_items  # not for the first paint

        row = self._table.cursor_row
        if row is None:
            return "", ()
        return cell(row.number, 60), (*copy_items.of_outbox(row), *self.whole_row(self._table, row))

    def command_why(self) -> None:
        row = self._table.cursor_row
        if row is None:
            return
        text = words.why(row, self.app_context.clock()) or words.MEANING[row.word]
        title = f"{cell(row.number, 30)} to {cell(row.address, 60)}"
        self.notify(text, title=title, timeout=15, markup=False)

    def command_pause(self) -> None:
        outbox = self.app_context.backend.outbox
        if self._is_paused:
            self._do(outbox.resume, "The outbox goes on.")
        else:
            self._do(
                outbox.pause,
                f"Paused for every program on this database; {key_of('outbox.pause')} resumes.",
            )

    def command_cancel(self) -> None:
        row = self._row
        choices = [AskOption("one", "y", "Cancel this one")]
        batch = next((b for b in self._overview.batches if b.batch_id == row.batch_id), None)
        if batch is not None and batch.progress.waiting > 1:
            label = f"Cancel all {batch.progress.waiting:,} that wait of its batch"
            choices.append(AskOption("batch", "b", label))
        outbox = self.app_context.backend.outbox

        def answered(answer: AskAnswer | None) -> None:
            if answer is not None and answer.value == "one":
                self._do(lambda: outbox.cancel([row.delivery_id]), "Cancelled; nobody gets it.")
            elif answer is not None:
                self._do(lambda: outbox.cancel_batch(row.batch_id), "Cancelled; nobody gets them.")

        title = f"Take {cell(row.number, 30)} to {cell(row.address, 60)} out of the outbox?"
        text = "It counts as never sent; the record stays in the document's log."
        _ = self.app.push_screen(AskDialog(title, text, choices), answered)

    def command_again(self) -> None:
        row, outbox = self._row, self.app_context.backend.outbox
        self.read(
            "again",
            lambda: outbox.again(row.delivery_id),
            lambda composition: self.post_message(self.AgainWanted(composition)),
        )

    def command_settle(self) -> None:
        row, outbox = self._row, self.app_context.backend.outbox

        def answered(answer: AskAnswer | None) -> None:
            if answer is not None:
                what, _, which = answer.value.partition(" ")
                ids = others if which else [row.delivery_id]
                self._do(
                    lambda: outbox.settle_all(ids, was_sent=what == "sent", note=answer.note),
                    f"{words.counted(len(ids))} settled. A report of SES would still win.",
                )

        title = f"Was {cell(row.number, 30)} sent to {cell(row.address, 60)}?"
        choices = [
            AskOption("sent", "s", "It was sent"),
            AskOption("not_sent", "n", "It was not sent"),
        ]
        others = self._unconfirmed()
        if len(others) > 1:
            choices += [
                AskOption("sent all", "a", f"All {len(others):,} were sent"),
                AskOption("not_sent all", "o", f"None of the {len(others):,} was sent"),
            ]
        dialog = AskDialog(
            title, cell(row.error, 300), choices, note="How do you know? It is kept."
        )
        _ = self.app.push_screen(dialog, answered)

    def _unconfirmed(self) -> list[int]:
        """Everything that nobody knows of, as the table shows it."""
        return [e.delivery_id for e in self._source.entries if e.word is DisplayStatus.UNCONFIRMED]

    @property
    def _row(self) -> OutboxEntry:
        """The row that the command is about; ``why_not`` has seen that there is one."""
        row = self._table.cursor_row
        assert row is not None  # noqa: S101 (for the type checker)
        return row

    def _do(self, call: Callable[[], object], done: str) -> None:
        """Change something, say so, and look again."""

        def answered(_: object) -> None:
            self.notify(done, markup=False)
            if self.is_mounted:
                self.show_again()

        self.app_context.background_calls.start(None, call, answered, self.report)
