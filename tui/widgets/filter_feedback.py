"""Below the search line: what was understood, or what was not, under the part that is meant."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from core.rules.filters import Line, Problem, completion, describe, read
from tui.commands.dispatch import key_of, with_keys
from tui.format.text import cell, cut
from tui.widgets.text_field import Field

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
