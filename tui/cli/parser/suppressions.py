"""The words of ``outtray suppressions``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., argparse.ArgumentParser]


def add(commands: Any, command: Command, count: Callable[[str], int]) -> None:
    """Add the commands; ``command`` makes one as all others are made."""
    text = "the suppression lists: SES's and our own, as one"
    lists = commands.add_parser(
        "suppressions", help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
    )
    actions = lists.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = command(actions, "list", "suppressions.list_all", "list what is on either list")
    listing.add_argument("text", nargs="?", default="", metavar="TEXT", help="part of an address")
    listing.add_argument(
        "--only",
        choices=["all", "bounces", "complaints", "ours", "ses"],
        default="all",
        help="default: all",
    )
    listing.add_argument("--limit", type=count, default=50, metavar="N", help="0 = all")

    check = command(actions, "check", "suppressions.check", "say what the gate says of an address")
    check.add_argument("address", metavar="ADDRESS")

    added = command(actions, "add", "suppressions.add", "put an address on our own list")
    added.add_argument("address", metavar="ADDRESS")
    _add_reason(added)
    added.add_argument(
        "--ses",
        nargs="?",
        const="bounce",
        choices=["bounce", "complaint"],
        help="on SES's list instead, as a bounce unless told",
    )

    removed = command(actions, "remove", "suppressions.remove", "take an address off both lists")
    removed.add_argument("address", metavar="ADDRESS")
    _add_reason(removed)
    removed.add_argument(
        "--yes-complaint",
        default="",
        metavar="ADDRESS",
        help="the address once more, where they marked our email as spam",
    )

    imported = command(
        actions, "import", "suppressions.import_file", "put the addresses of a file on our own list"
    )
    imported.add_argument("file", type=Path, metavar="FILE")
    imported.add_argument("--reason", default="", metavar="TEXT", help="for lines without one")
    imported.add_argument("--dry-run", action="store_true", help="report only; change nothing")

    exported = command(actions, "export", "suppressions.export", "write both lists as CSV or JSON")
    exported.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: print")


def _add_reason(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept")
