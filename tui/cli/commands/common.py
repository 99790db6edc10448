"""What all commands share: the configured database, and JSON on standard output."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.cells import cell_len

from core.backend import Backend
from core.model.errors import DatabaseError, DatabaseVersionError, OuttrayError, UsageError
from core.rules.filters import Line, read
from core.rules.filters.parser import LONGEST
from core.settings import loading
from tui.cli.output import text
from tui.cli.output.stamped_lines import WARNING
from tui.cli.output.text import say
from tui.format.text import cell

_log: Final = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0


@contextmanager
def opened() -> Iterator[Backend]:
    """The configured database, created or brought up to date."""
    backend = Backend(loading.load(), tell=text.say)
    try:
        backend.open(text.upgrade_progress)
        yield backend
    finally:
        backend.close()


def open_when_it_answers(backend: Backend, is_told: Callable[[float], object]) -> bool:
    """Open the database for a program that stays; one that does not answer yet is waited for.

    ``is_told`` waits so many seconds, unless the program is told to stop meanwhile: then it says
    so, and nothing is opened. Raises ``DatabaseVersionError``: waiting does not help there.
    """
    pause = 0.0
    while True:
        try:
            backend.open(text.upgrade_progress)
        except DatabaseVersionError:
            raise
        except DatabaseError as error:
            pause = next_pause(pause)
            say_it_tries_again(error, pause)
            if is_told(pause):
                return False
        else:
            return True


def next_pause(pause: float) -> float:
    """Return the seconds after one more failure: 1, 2, 4 … 60."""
    return min(max(_FIRST_PAUSE, pause * 2), _LONGEST_PAUSE)


def say_it_tries_again(error: OuttrayError, pause: float) -> None:
    if pause <= _FIRST_PAUSE:  # once: what follows has the same cause
        _log.warning("It is tried again", exc_info=error)
    text.say(f"{cell(str(error))} Trying again in {pause:.0f} s.", WARNING)


def put_json(value: Any) -> None:
    sys.stdout.write(text.as_json(value, indent=2) + "\n")


def filter_of(text: str) -> Line:
    """Understand a line; what is wrong is marked on standard error.

    All of it must be right, for nobody watches what a script lists.

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
