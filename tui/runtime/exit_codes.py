"""What the program's exit codes mean (docs/command-line.md)."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
"""Refused or failed."""
WRONG_USAGE: Final = 2
ASKS: Final = 3
"""The gate asks, and ``--yes`` was not given."""


class ToldToEndError(KeyboardInterrupt):
    """Somebody ends the program, or closed its terminal: it ends as with Ctrl+C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
