"""What is asked of a running program: the keys, and what the screen holds when it was done.

A new action is one more line; a program that does not know its key is passed over with a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.ui.screen import Screen
from bench.ui.terminal import Claim

#: From the screen before the key to what must be true of the one after it.
Wanted = Callable[[Screen], Claim]


@dataclass(frozen=True, slots=True)
class Action:
    """One key that is timed; ``before`` and ``after`` are pressed around it, untimed."""

    name: str
    key: str
    wanted: Wanted
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    stock: str = ""
    """The key of the stock table that does it too, to be compared with."""


def cursor_moves(before: Screen) -> Claim:
    """The cursor stands on another row, and that row is there."""
    line = before.cursor_line
    return lambda screen: _is_row(screen.cursor_line) and screen.cursor_line != line


def rows_change(before: Screen) -> Claim:
    """Other rows than before, and none that is still on its way."""
    looks = _rows(before)
    return lambda screen: _rows(screen) != looks and _are_there(screen)


def echo(letters: str) -> Wanted:
    """What was typed stands in the search line."""
    return lambda _: lambda screen: any(letters in line for line in screen.lines[:6])


def _rows(screen: Screen) -> list[str]:
    return [line[2:] for line in screen.lines[7:-1]]


def _is_row(line: str) -> bool:
    return len(line.strip("▌ ✓").split()) > 1


def _are_there(screen: Screen) -> bool:
    return not any(line.strip("▌ ") == "…" for line in screen.lines[7:-1])


_TO_TOP: Final = ("home", "ctrl+home")

#: On any table, also the stock one.
MOVES: Final = (
    Action("down", "down", cursor_moves, stock="down"),
    Action("page down", "pagedown", rows_change, stock="pagedown"),
    Action("end", "end", rows_change, after=_TO_TOP, stock="ctrl+end"),
)

#: On the documents of everybody.
DOCUMENTS: Final = (
    Action("sort: next column", ">", rows_change),
    Action("sort: turn round", "!", rows_change),
    Action("filter: a chip", "b", rows_change),
    Action("filter: text", "7", rows_change, before=("/",), after=("escape",)),
)

#: On the customers, where one types from the start.
TYPED: Final = "z"
CUSTOMERS: Final = (
    Action("type-ahead: echo", TYPED, echo(TYPED), after=("escape",)),
    Action("type-ahead: rows", TYPED, rows_change, after=("escape",)),
)
