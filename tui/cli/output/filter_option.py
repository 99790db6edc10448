"""The line of ``--filter``: all of it must be right, for nobody watches what a script lists."""

from __future__ import annotations

from rich.cells import cell_len

from core.model.errors import UsageError
from core.rules.filters import Line, read
from core.rules.filters.parser import LONGEST
from tui.cli.output.text import say
from tui.format.text import cell


def filter_of(text: str) -> Line:
    """Understand a line; what is wrong is marked on standard error.

    Raises:
        UsageError: a part of it says nothing.
    """
    shown = cell(text)
    if len(shown) > LONGEST:  # to repeat it would tell nobody where it is wrong
        raise UsageError(f"The filter is longer than {LONGEST:,} letters.", "Leave something out.")
    line = read(shown)
    if not line.problems:
        return line
    marks = ""
    for problem in line.problems:
        marks = marks.ljust(cell_len(shown[: problem.start]))
        marks += "^" * max(1, cell_len(shown[problem.start : problem.end]))
    examples = dict.fromkeys(problem.example for problem in line.problems if problem.example)
    first = line.problems[0]
    quoted = f'"{shown[first.start : first.end]}"'
    say(f"  {shown}")
    say(f"  {marks}")
    raise UsageError(
        "; ".join(f"{problem.said}: {problem.expected}" for problem in line.problems) + ".",
        f"For example: {', '.join(examples)}. Quotes make it a word: {quoted}.",
    )
