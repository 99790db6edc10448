"""Send again: every document that failed on the old address, ticked; one key sends them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from core.model.corrections import Waiting
from core.model.email import Decision, SendOutcome
from core.model.errors import OuttrayError
from core.rules.chasing.attention import is_ticked
from tui.commands.dispatch import CommandHost, bindings, carry_out, key_of
from tui.dialogs.address import view as view
from tui.format.text import cell
from tui.runtime.background import BackgroundCalls
from tui.runtime.context import AppContext


class Stage(Enum):
    CHOOSING = auto()
    SENDING = auto()
    STOPPING = auto()
    """Close was pressed while it sends."""
    DONE = auto()


class RequeueDialog(CommandHost, ModalScreen[int]):
    """Ends with how many were sent."""

    BINDINGS = bindings("requeue")
    AUTO_FOCUS = "#waiting"

    def __init__(
        self,
        app_context: AppContext,
        old: str,
        new: str,
        waiting: Sequence[Waiting],
        saved: str = "",
    ) -> None:
        super().__init__()
        self.app_context = app_context
        self.old, self.new = old, new
        self.saved = saved
        self.documents = view.in_order(waiting)
        self.ticked = {each.document.id for each in waiting if is_ticked(each.verdict)}
        # held, not queried: an answer may come while the dialog is being taken down
        self.list = OptionList(id="waiting", compact=True)
        self.progress = Static("", id="progress", markup=False)
        self.results = Static("", id="results", markup=False)
        self.send_button = Button("", id="send", compact=True)
        self.close_button = Button(f"Close {key_of('requeue.close')}", id="close", compact=True)
        self.reason = Static("", id="reason", markup=False)
        self._stage = Stage.CHOOSING
        self._lines: list[Content] = []
        self._sent = 0

    def compose(self) -> ComposeResult:
        count = len(self.documents)
        noun = "document" if count == 1 else "documents"
        with Vertical(id="requeue", classes="dialog"):
            yield Static(f"Send again · {count} {noun} failed on {cell(self.old, 60)}",
                         id="requeue-title", markup=False)  # fmt: skip
            if self.saved:
                yield Static(self.saved, id="requeue-saved", markup=False)
            yield Static(
                f"Each exactly as it was, to {cell(self.new, 60)} alone. Space ticks.",
                id="requeue-hint",
                markup=False,
            )
            yield self.list
            yield self.progress
            yield VerticalScroll(self.results, id="results-scroll")
            with Horizontal(id="actions"):
                yield self.send_button
                yield self.close_button
                yield self.reason

    def on_mount(self) -> None:
        self.list.add_options(
            Option(self._line(each), disabled=each.is_stopped) for each in self.documents
        )
        self.list.highlighted = 0
        self._show()

    # ------------------------------------------------------------------ choosing

    def _line(self, each: Waiting) -> Content:
        ticked = each.document.id in self.ticked
        return view.waiting_line(each, self.app_context.clock(), is_ticked=ticked)

    @property
    def _chosen(self) -> list[Waiting]:
        return [each for each in self.documents if each.document.id in self.ticked]

    @on(OptionList.OptionSelected, "#waiting")
    def _toggle(self, event: OptionList.OptionSelected) -> None:
        self.ticked ^= {self.documents[event.option_index].document.id}
        self._show()

    def key_space(self) -> None:
        if self.list.has_focus:
            self.list.action_select()

    def command_tick_all(self) -> None:
        possible = {each.document.id for each in self.documents if not each.is_stopped}
        self.ticked = set() if self.ticked >= possible else possible
        self._show()

    def _show(self) -> None:
        for index, each in enumerate(self.documents):
            self.list.replace_option_prompt_at_index(index, self._line(each))
        choosing = self._stage is Stage.CHOOSING
        asks = sum(each.verdict.decision is Decision.ASK for each in self._chosen)
        self.send_button.label = Content(f"Send {len(self._chosen)} again {key_of('requeue.send')}")
        self.send_button.disabled = bool(self.why_not("requeue.send"))
        self.send_button.set_class(choosing and not asks, "-ready")
        self.send_button.set_class(choosing and bool(asks), "-asks")
        self.send_button.display = self._stage is not Stage.DONE
        verb = "Stop" if self._stage is Stage.SENDING else "Close"
        closes = f"{verb} {key_of('requeue.close')}"
        self.close_button.label = Content("Stopping…" if self._stage is Stage.STOPPING else closes)
        self.list.display = choosing
        self.results.parent.display = not choosing  # type: ignore[union-attr]
        self.progress.display = not choosing
        self.reason.update(Content(self._words(asks)))

    def _words(self, asks: int) -> str:
        if self._stage is Stage.CHOOSING:
            stopped = sum(each.is_stopped for each in self.documents)
            parts = [
                f"{asks} with a question: sent anyway" if asks else "",
                f"{stopped} cannot be sent" if stopped else "",
                self.why_not("requeue.send"),
            ]
            return " · ".join(part for part in parts if part)
        return "" if self._stage is Stage.SENDING else "stops after this one"

    # ------------------------------------------------------------------ sending

    @on(Button.Pressed, "#send")
    def _send_pressed(self) -> None:
        carry_out(self, "requeue.send")

    def command_send(self) -> None:
        chosen = self._chosen
        self._stage = Stage.SENDING
        self._show()
        self.progress.update(view.progress(0, len(chosen), chosen[0].document.number))
        correcting = self.app_context.backend.correcting

        def send(each: Waiting) -> SendOutcome:
            confirmed = each.verdict.decision is Decision.ASK
            return correcting.resend(
                each.document.id, self.old, self.new, confirmed, each.verdict.may_double
            )

        send_one_after_another(
            self.app_context.background_calls, chosen, send, self._told, self._finished
        )

    def _told(self, each: Waiting, answer: SendOutcome | OuttrayError) -> bool:
        line, went = view.result_line(each.document.number, answer)
        self._lines.append(line)
        self._sent += went
        total = len(self._chosen)
        if self.is_mounted:
            done = len(self._lines)
            self.results.update(Content("\n").join(self._lines))
            self.progress.update(view.progress(done, total, each.document.number))
        return self.is_mounted and self._stage is Stage.SENDING

    def _finished(self) -> None:
        left = len(self._chosen) - len(self._lines)
        stopped = f"; stopped, {left} not tried" if left else ""
        self._stage = Stage.DONE
        if self.is_mounted:
            self._show()
            self.reason.update(Content(f"{self._sent} of {len(self._chosen)} sent{stopped}"))
            self.close_button.focus()

    # ------------------------------------------------------------------ commands

    def why_not(self, command_id: str) -> str:
        if command_id == "requeue.send":
            if self._stage is Stage.DONE:
                return "It was done."
            if self._stage is not Stage.CHOOSING:
                return "It is sending."
            return "" if self.ticked else "nothing is ticked"
        if command_id == "requeue.tick_all" and self._stage is not Stage.CHOOSING:
            return "It is sending, or done."
        if command_id == "requeue.close" and self._stage is Stage.STOPPING:
            return "It stops after the one that is on its way."
        return ""

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        carry_out(self, "requeue.close")

    def command_close(self) -> None:
        if self._stage is Stage.SENDING:
            self._stage = Stage.STOPPING
            self._show()
            return
        _ = self.dismiss(self._sent)


Told = Callable[[Waiting, SendOutcome | OuttrayError], bool]
"""Hears what became of one; false stops before the next."""


def send_one_after_another(
    background_calls: BackgroundCalls,
    documents: Sequence[Waiting],
    send: Callable[[Waiting], SendOutcome],
    told: Told,
    finished: Callable[[], object],
) -> None:
    """Call ``send`` in a thread for each; what fails does not stop the others."""
    if not documents:
        finished()
        return
    first, *others = documents

    def answered(answer: SendOutcome | OuttrayError) -> None:
        remaining = others if told(first, answer) else []
        send_one_after_another(background_calls, remaining, send, told, finished)

    background_calls.start(None, lambda: send(first), answered, answered)
