"""The arguments of the commands that write emails; ``tui.cli.parser`` has the others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Add = Callable[[Commands, str, str, str], argparse.ArgumentParser]
    Which = Callable[[argparse.ArgumentParser], None]

_TEXTS: Final = {
    "send": "send the original of documents",
    "follow-up": "follow up on documents",
    "resend": "send documents again, as they were",
}


def add_sending(commands: Commands, add: Add, add_which: Which) -> None:
    """Add ``send``, ``follow-up`` and ``resend``."""
    for name, text in _TEXTS.items():
        command = add(commands, name, "sending.send", text)
        command.set_defaults(email_kind={"send": "original"}.get(name, name.replace("-", "_")))
        command.add_argument("numbers", nargs="+", metavar="NUMBER")
        for option in ("--to", "--cc", "--bcc"):
            command.add_argument(option, action="append", default=[], metavar="ADDRESS")
        command.add_argument("--reply-to", metavar="ADDRESS", help="where answers go")
        command.add_argument("--attach", action="append", default=[], type=Path, metavar="FILE")
        if name != "resend":
            command.add_argument("--subject", metavar="TEXT")
            command.add_argument("--message", metavar="TEXT", help="Markdown is understood")
            _add_language(command)
        if name == "follow-up":
            _add_step(command)
        if name == "resend":
            command.add_argument(
                "--current",
                action="store_true",
                help="the document as it is now: its PDF and the text of an original",
            )
        command.add_argument("--yes", action="store_true", help="answer what the gate asks")
        _add_again(command)
        instead = command.add_mutually_exclusive_group()
        instead.add_argument(
            "--preview", action="store_true", help="show what would leave; send nothing"
        )
        instead.add_argument(
            "--test-to",
            metavar="ADDRESS",
            help="send to this address alone, marked [test]; nothing is recorded",
        )
        add_which(command)


def _add_again(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--again",
        action="store_true",
        help="with --yes: also where an earlier email about it waits, or may have left",
    )


def add_fix(commands: Commands, add: Add) -> None:
    """Add ``fix``."""
    fix = add(
        commands, "fix", "correcting.fix", "correct an address, and send again what failed on it"
    )
    fix.add_argument("old", metavar="OLD", help="the address that failed")
    fix.add_argument("new", metavar="NEW", help="the one that takes its place")
    fix.add_argument("--customer", default="", metavar="NAME", help="only of these customers")
    fix.add_argument("--resend", action="store_true", help="send again what failed there")
    fix.add_argument("--yes", action="store_true", help="answer what the gate asks")
    _add_again(fix)


def add_templates(commands: Commands, add: Add, add_which: Which) -> None:
    """Add ``templates list``, ``check`` and ``preview``."""
    templates = commands.add_parser(
        "templates", help="the office's own texts", description="The office's own texts."
    )
    actions = templates.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add(actions, "list", "templates.list_templates", "list the files of the templates folder")
    add(actions, "check", "templates.check", "try every template; exit 1 where one is broken")
    preview = add(actions, "preview", "templates.preview", "show the texts for a document")
    preview.add_argument("number", metavar="NUMBER")
    preview.add_argument("--original", action="store_true", help="of the original; else follow-ups")
    _add_step(preview)
    _add_language(preview)
    add_which(preview)


def _add_step(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--step",
        type=_step,
        metavar="N",
        help="1 friendly, 2 firm, 3 final …; default: what fits by age and earlier follow-ups",
    )


def _add_language(command: argparse.ArgumentParser) -> None:
    command.add_argument("--language", default="", metavar="XX", help="of the templates: en, de …")


def _step(text: str) -> int:
    if text not in "123456789" or len(text) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no step; expected 1 to 9")
    return int(text)
