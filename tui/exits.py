"""What the program's exit codes mean (docs/command-line.md)."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
"""Refused or failed."""
WRONG_USAGE: Final = 2
ASKS: Final = 3
"""The gate asks, and ``--yes`` was not given."""
