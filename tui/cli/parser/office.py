"""The arguments of the commands about the office: set-up, keys, page, overviews."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Final

from core.model.attention import AttentionChip
from tui.cli.parser.options import add_limit, command

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


_HIGHEST_PORT: Final = 65_535


def add_office(commands: Commands) -> None:
    """Add ``keys`` and ``setup``."""
    setup = command(
        commands, "setup", "programs.setup", "ask who one is, queue and database", json=False
    )
    setup.epilog = "Nothing is written over silently: comments and everything else stay."
    command(
        commands, "keys", "show.keys", "print the keys in force, and what is wrong with one's own"
    )


def add_serve(commands: Commands) -> argparse.ArgumentParser:
    """Add ``serve`` and return it."""
    serve = command(
        commands,
        "serve",
        "serve.serve",
        "open the UI in a browser: print its address and serve it until stopped",
        json=False,
    )
    serve.add_argument("--port", type=_port, default=0, metavar="N", help="default: any free port")
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen (default: 127.0.0.1, this computer alone; 0.0.0.0: for others, too)",
    )
    serve.add_argument(
        "--demo", action="store_true", help="the generated company, as outtray demo has it"
    )
    return serve


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 0 to {_HIGHEST_PORT}")
    return int(text)


_MOST_DAYS: Final = 366


def add_overviews(commands: Any) -> None:
    """Add ``attention`` and ``insights``."""
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
    add_limit(attention)
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
