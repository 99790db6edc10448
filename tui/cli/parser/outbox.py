"""The arguments of ``outtray outbox``; kept apart for the size of ``tui.cli.parser``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_outbox(commands: Commands) -> None:
    outbox = commands.add_parser(
        "outbox", help="what waits to be sent", description="What waits to be sent."
    )
    actions = outbox.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(actions, "list", "list what waits, is going, failed or is unconfirmed")
    work = _command(actions, "work", "send what waits; several programs may do so at once")
    how = work.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="what may go now (the default)")
    how.add_argument("--follow", action="store_true", help="until stopped")
    # How long others wait for a program that is gone; shorter for proofs that kill many.
    work.add_argument("--lease", type=float, default=60.0, help=argparse.SUPPRESS)
    # How long the brake's minute lasts; shorter for proofs of outages that last hours.
    work.add_argument("--minute", type=float, default=60.0, help=argparse.SUPPRESS)
    pause = _command(actions, "pause", "let no program send until it is resumed")
    pause.add_argument("--note", default="", metavar="TEXT", help="why, for the others")
    _command(actions, "resume", "let it go on, whatever held it")
    cancel = _command(actions, "cancel", "take out what only waits")
    cancel.add_argument("numbers", nargs="*", metavar="NUMBER")
    cancel.add_argument("--batch", default="", metavar="ID", help="all that waits of one batch")
    _add_which(cancel)
    settle = _command(
        actions, "settle", "say what became of emails of which nobody knows whether they were sent"
    )
    settle.add_argument("numbers", nargs="*", metavar="NUMBER")
    settle.add_argument(
        "--all", action="store_true", help="everything that is unconfirmed, or of these documents"
    )
    what = settle.add_mutually_exclusive_group(required=True)
    what.add_argument("--sent", action="store_true", help="it was sent")
    what.add_argument("--not-sent", action="store_true", help="it was not")
    settle.add_argument("--note", required=True, metavar="TEXT", help="how you know; it is kept")
    settle.add_argument("--to", default="", metavar="ADDRESS", help="which recipient of several")
    _add_which(settle)


def _command(actions: Commands, name: str, text: str) -> argparse.ArgumentParser:
    command = actions.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
    )
    command.set_defaults(action=f"outbox.{name}")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


def _add_which(command: argparse.ArgumentParser) -> None:
    command.add_argument("--customer", default="", metavar="NAME", help="whose document")
    command.add_argument("--kind", choices=["invoice", "estimate"])
