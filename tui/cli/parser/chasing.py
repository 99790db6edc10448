"""The arguments of the commands around chasing; ``tui.cli.parser`` has all others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

NewCommand = Callable[..., argparse.ArgumentParser]


def add_chasing(commands: Any, command: NewCommand) -> None:
    """``snooze``, ``call`` and ``export evidence``; ``command`` is how ``cli`` makes one."""
    snooze = command(
        commands, "snooze", "chasing.snooze", "put off chasing a document or a customer"
    )
    snooze.add_argument("number", nargs="?", metavar="NUMBER", help="left out: the whole customer")
    what = snooze.add_mutually_exclusive_group()
    what.add_argument("--until", metavar="DATE", help="5 dec, friday, tomorrow, +2w, 2026-12-05")
    what.add_argument("--lift", action="store_true", help="chase again")
    why = snooze.add_mutually_exclusive_group()
    why.add_argument("--promise", action="store_true", help="somebody gave their word")
    why.add_argument("--dispute", action="store_true", help="they do not agree with the bill")
    snooze.add_argument("--note", default="", metavar="TEXT")
    _add_which(snooze)

    call = command(commands, "call", "chasing.call", "log a phone call about a document")
    call.add_argument("number", metavar="NUMBER")
    call.add_argument("--note", required=True, metavar="TEXT")
    call.add_argument(
        "--outcome",
        type=lambda text: text.lower().replace("-", "_"),
        choices=["reached", "no_answer", "promised", "disputed"],
        default="reached",
        metavar="WORD",
        help="reached (the default), no_answer, promised, disputed",
    )
    call.add_argument("--contact", default="", metavar="NAME", help="who was spoken to")
    call.add_argument("--at", metavar="TIME", help="when: 2h, 14:00, 2026-11-20 14:00; default now")
    call.add_argument(
        "--until", metavar="DATE", help="promised or disputed: do not chase before that day"
    )
    _add_which(call)

    export = commands.add_parser(
        "export", help="evidence as files", description="Evidence as files."
    )
    actions = export.add_subparsers(title="commands", metavar="COMMAND", required=True)
    evidence = command(
        actions,
        "evidence",
        "chasing.evidence",
        "write everything about a document's emails into a folder or a zip file",
    )
    evidence.add_argument("number", metavar="NUMBER")
    evidence.add_argument(
        "--to", type=Path, metavar="PATH", help="a folder, or FILE.zip; nothing is replaced"
    )
    _add_which(evidence)


def _add_which(command: argparse.ArgumentParser) -> None:
    command.add_argument("--customer", default="", metavar="NAME", help="whose document")
    command.add_argument("--kind", choices=["invoice", "estimate"])
