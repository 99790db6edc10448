"""How every command is made, and the options that several of them have."""

from __future__ import annotations

import argparse
from typing import Any


def command(
    commands: Any, name: str, action: str, text: str, *, json: bool = True
) -> argparse.ArgumentParser:
    """Add a command that ``action`` carries out, ``module.function`` of ``tui.cli.commands``."""
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        allow_abbrev=False,  # --y must not mean --yes
    )
    made.set_defaults(action=action)
    if json:
        made.add_argument("--json", action="store_true", help="print one JSON document")
    return made


def actions_of(command: argparse.ArgumentParser) -> Any:
    """Let a command have commands of its own."""
    return command.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add_which(command: argparse.ArgumentParser) -> None:
    """Take what tells two documents of one number apart."""
    command.add_argument("--customer", default="", metavar="NAME", help="whose document")
    command.add_argument("--kind", choices=["invoice", "estimate"])


def add_limit(command: argparse.ArgumentParser, default: int = 50) -> None:
    command.add_argument("--limit", type=_count, default=default, metavar="N", help="0 = all")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; expected 0 (all) or more")
    return int(text)
