"""The arguments of ``outtray attention`` and ``outtray insights``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from core.model.attention import AttentionChip

NewCommand = Callable[..., argparse.ArgumentParser]
_MOST_DAYS: Final = 366


def add_overviews(commands: Any, command: NewCommand, count: Callable[[str], int]) -> None:
    """Add both; ``command`` is how ``cli`` makes one, ``count`` how it reads a number."""
    attention = command(
        commands, "attention", "overviews.attention", "list unresolved failures, the worst first"
    )
    attention.add_argument(
        "--only",
        choices=[chip.value for chip in AttentionChip],
        default="open",
        metavar="WORD",
        help="failures, calls, acknowledged (by you), snoozed; default: open",
    )
    attention.add_argument("--limit", type=count, default=50, metavar="N", help="0 = all")
    insights = command(
        commands, "insights", "overviews.insights", "show rates, causes, domains, times, follow-ups"
    )
    insights.add_argument(
        "--days", type=_days, default=30, metavar="N", help="today included; default: 30"
    )


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days, 1 to {_MOST_DAYS}")
    return int(text)
