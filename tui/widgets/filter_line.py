"""The search line of the documents: what is typed, and below it what it was understood as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from core.rules.filters import Line, Problem, completion, describe, read
from tui.commands.dispatch import CommandHost, bindings, key_of, with_keys
from tui.commands.registry import Command
from tui.format.text import cell, cut
from tui.widgets.text_field import Field


class _Wrong(Highlighter):
    """Underlines what says nothing."""

    def highlight(self, text: Text) -> None:
        for problem in read(text.plain).problems:
            if not problem.unfinished:
                text.stylize("underline", problem.start, problem.end)


class FilterField(CommandHost, Field):
    """Completes filters, and goes through the lines of before."""

    BINDINGS = bindings("line")

    class Left(Message):
        """The person goes on to what was found."""

    def __init__(self) -> None:
        super().__init__(name="search")
        self.highlighter = _Wrong()
        self.past: Sequence[str] = ()
        """Newest first."""
        self._at = -1
        """In ``past``; -1: the line is the person's own."""
        self._own = ""

    def watch_value(self, value: str) -> None:
        self._suggestion = completion(value)
        if not (0 <= self._at < len(self.past) and value == self.past[self._at]):
            self._at = -1  # typed on: it is theirs now

    @property
    def offered(self) -> str:
        """The whole line as it is completed in grey; empty: nothing is offered."""
        return self._suggestion if self.cursor_at_end else ""

    def take_offered(self) -> None:
        """Make the grey letters the person's."""
        self.value = self.offered
        self.cursor_position = len(self.value)

    def action_end(self, select: bool = False) -> None:
        if self.offered and not select:
            self.take_offered()
        else:
            super().action_end(select)

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual calls both
        if event.character == "?" and not self.value:
            event.stop()
            event.prevent_default()
            self.app.action_command("app.help")  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ commands

    def label_of(self, command: Command) -> str:
        """What the bottom line calls ``command``."""
        return "Complete" if command.id == "line.leave" and self.offered else command.label

    def command_leave(self) -> None:
        if self.offered:
            self.take_offered()
        else:
            self.post_message(self.Left())

    def command_older(self) -> None:
        if self._at < 0:
            self._own = self.value
        self._walk(1)

    def command_newer(self) -> None:
        if self._at < 0:
            self.post_message(self.Left())
        else:
            self._walk(-1)

    def _walk(self, step: int) -> None:
        """To the next line of ``past`` that is another one; before the newest is their own."""
        at = self._at + step
        while 0 <= at < len(self.past) and self.past[at] == self.value:
            at += step
        if at >= len(self.past):
            return
        self._at = max(at, -1)
        self.value = self._own if at < 0 else self.past[at]
        self.cursor_position = len(self.value)


class FilterLine(Vertical):
    """There while one types, and as long as it says something."""

    @dataclass
    class Meant(Message):
        """What the line says now."""

        value: str
        line: Line
        is_whole: bool
        """The person went on: nothing of it is half typed."""

    @dataclass
    class Left(Message):
        """The person goes on to what was found."""

        value: str

    def __init__(self) -> None:
        super().__init__(id="line")
        self.field = FilterField()
        self.told = FilterTold(self.field)
        self.display = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="line-field"):
            yield Static("/", id="line-slash", markup=False)
            yield self.field
        yield self.told

    def open(self) -> None:
        """Let the person type."""
        self._show(is_open=True)
        self.field.focus()

    def _show(self, *, is_open: bool) -> None:
        self.display = is_open
        self.screen.set_class(is_open, "-line-open")  # what offers to open it is in the way then

    def put(self, value: str) -> None:
        """Say ``value``, as if it had been typed and left."""
        self.field.value = value
        self._show(is_open=bool(value) or self.field.has_focus)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._mean(is_whole=not self.field.has_focus)

    @on(Input.Submitted)
    @on(FilterField.Left)
    def _left(self, event: Message) -> None:
        event.stop()
        self._mean(is_whole=True)
        self.post_message(self.Left(self.field.value))

    def on_descendant_focus(self) -> None:
        self.told.show(read(self.field.value), is_typing=True)

    def on_descendant_blur(self) -> None:
        self._show(is_open=bool(self.field.value.strip()))
        self._mean(is_whole=True)

    def _mean(self, *, is_whole: bool) -> None:
        line = read(self.field.value)
        self.told.show(line, is_typing=not is_whole)
        self.post_message(self.Meant(self.field.value, line, is_whole))


HINT: Final = "words, or  bounced  balance>500  sent<7d  to:@acme.com   {line.older} earlier  ? all"
_MARK: Final = "▔"
_GAP: Final = 2
_FEWEST_WORDS: Final = 24
"""Cells without which what holds all the same is left away."""


class FilterTold(Widget):
    """One line; ``show`` says of what."""

    DEFAULT_CSS = "FilterTold { height: 1; }"

    def __init__(self, field: Field) -> None:
        super().__init__(id="line-told")
        self._field = field
        self._line = Line()
        self._is_typing = False
        self._left_out = ""

    def show(self, line: Line, *, is_typing: bool) -> None:
        """Tell of ``line``; while somebody types, what is unfinished is not yet wrong."""
        self._line, self._is_typing, self._left_out = line, is_typing, ""
        # on a low screen the rows are worth more than what one has read while typing
        is_low = self.screen.has_class("-low")
        self.display = is_typing or bool(line.problems or (line.conditions and not is_low))
        self.call_after_refresh(self.refresh)  # the field may scroll first

    def leave_out(self, word: str) -> None:
        """Tell that ``word`` finds nothing yet and does not narrow while it is half typed."""
        self._left_out = word
        self.refresh()

    def render(self) -> RenderResult:
        width = self.size.width
        problem = next(iter(self._line.problems), None)
        if problem is not None:
            return self._wrong(problem, width)
        if self._left_out:
            return Content.styled(cut(self._half_typed(), width), "$muted")
        if not self._field.value and self._is_typing:
            return Content.styled(cut(with_keys(HINT), width), "$muted")
        return Content.styled(cut(told(self._line), width), "$muted")

    def _half_typed(self) -> str:
        """What the rest of the line says, that its last word says nothing yet, what it may be."""
        value = self._field.value
        rest = told(read(value.removesuffix(self._left_out)))
        whole = completion(value).rpartition(" ")[2]
        parts = [
            rest,
            f"“{cell(self._left_out)}” finds nothing yet",
            whole and f"{key_of('line.leave')}: {whole}",
        ]
        return " · ".join(part for part in parts if part)

    def _wrong(self, problem: Problem, width: int) -> Content:
        text = cut(f"{cell(problem.said)}: {problem.expected}", width)
        scrolled = self._field.scroll_offset.x
        start = max(0, min(self._cells(problem.start) - scrolled, width - 1))
        end = max(start + 1, min(self._cells(problem.end) - scrolled, width))
        if problem.unfinished and self._is_typing:
            at = max(0, min(start, width - cell_len(text)))
            return Content.styled(" " * at + text, "$muted")
        mark, room = _MARK * (end - start), width - end - _GAP
        if cell_len(text) <= room:
            words = self._with_rest(text, room)
            return Content.assemble(" " * start, (mark, "$tone-deferred"), " " * _GAP, words)
        if cell_len(text) + _GAP <= start:
            before = text.ljust(len(text) + start - cell_len(text))
            return Content.styled(before + mark, "$tone-deferred")
        at = width - cell_len(text)  # the words matter more than the whole of the mark
        shown = " " * start + mark
        return Content.styled(shown[: max(at - 1, 0)].ljust(at) + text, "$tone-deferred")

    def _with_rest(self, text: str, room: int) -> Content:
        """What is wrong, and behind it, where there is room, what holds all the same."""
        shown = Content.styled(text, "$tone-deferred")
        rest = told(self._line)
        left = room - cell_len(text) - 3
        if not rest or left < _FEWEST_WORDS:
            return shown
        return Content.assemble(shown, (f" · {cut(rest, left)}", "$muted"))

    def _cells(self, position: int) -> int:
        return cell_len(self._field.value[:position])


def told(line: Line) -> str:
    """``“acme” · balance over 500.00``; empty for plain words alone."""
    if not line.conditions:
        return ""
    words = [f"“{cell(line.text)}”"] if line.text else []
    return " · ".join([*words, *(cell(describe(condition)) for condition in line.conditions)])
