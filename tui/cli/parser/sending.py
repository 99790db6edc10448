"""The arguments of emails, outbox, suppressions and chasing; ``tui.cli.parser`` has others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.cli.parser.options import actions_of, add_limit, add_which, command

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_TEXTS: Final = {
    "send": "send the original of documents",
    "follow-up": "follow up on documents",
    "resend": "send documents again, as they were",
}


def add_sending(commands: Commands) -> None:
    """Add ``send``, ``follow-up`` and ``resend``."""
    for name, text in _TEXTS.items():
        made = command(commands, name, "sending.send", text)
        made.set_defaults(email_kind={"send": "original"}.get(name, name.replace("-", "_")))
        made.add_argument("numbers", nargs="+", metavar="NUMBER")
        for option in ("--to", "--cc", "--bcc"):
            made.add_argument(option, action="append", default=[], metavar="ADDRESS")
        made.add_argument("--reply-to", metavar="ADDRESS", help="where answers go")
        made.add_argument("--attach", action="append", default=[], type=Path, metavar="FILE")
        if name != "resend":
            made.add_argument("--subject", metavar="TEXT")
            made.add_argument("--message", metavar="TEXT", help="Markdown is understood")
            _add_language(made)
        if name == "follow-up":
            _add_step(made)
        if name == "resend":
            made.add_argument(
                "--current",
                action="store_true",
                help="the document as it is now: its PDF and the text of an original",
            )
        made.add_argument("--yes", action="store_true", help="answer what the gate asks")
        _add_again(made)
        instead = made.add_mutually_exclusive_group()
        instead.add_argument(
            "--preview", action="store_true", help="show what would leave; send nothing"
        )
        instead.add_argument(
            "--test-to",
            metavar="ADDRESS",
            help="send to this address alone, marked [test]; nothing is recorded",
        )
        add_which(made)


def _add_again(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--again",
        action="store_true",
        help="with --yes: also where an earlier email about it waits, or may have left",
    )


def add_fix(commands: Commands) -> None:
    """Add ``fix``."""
    fix = command(
        commands, "fix", "chasing.fix", "correct an address, and send again what failed on it"
    )
    fix.add_argument("old", metavar="OLD", help="the address that failed")
    fix.add_argument("new", metavar="NEW", help="the one that takes its place")
    fix.add_argument("--customer", default="", metavar="NAME", help="only of these customers")
    fix.add_argument("--resend", action="store_true", help="send again what failed there")
    fix.add_argument("--yes", action="store_true", help="answer what the gate asks")
    _add_again(fix)


def add_templates(commands: Commands) -> None:
    """Add ``templates list``, ``check`` and ``preview``."""
    templates = commands.add_parser(
        "templates", help="the office's own texts", description="The office's own texts."
    )
    actions = actions_of(templates)
    command(actions, "list", "sending.list_templates", "list the files of the templates folder")
    command(actions, "check", "sending.check", "try every template; exit 1 where one is broken")
    preview = command(actions, "preview", "sending.preview", "show the texts for a document")
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


def add_outbox(commands: Commands) -> None:
    outbox = commands.add_parser(
        "outbox", help="what waits to be sent", description="What waits to be sent."
    )
    actions = actions_of(outbox)
    command(actions, "list", "outbox.list", "list what waits, is going, failed or is unconfirmed")
    work = command(
        actions, "work", "outbox.work", "send what waits; several programs may do so at once"
    )
    how = work.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="what may go now (the default)")
    how.add_argument("--follow", action="store_true", help="until stopped")
    # How long others wait for a program that is gone; shorter for proofs that kill many.
    work.add_argument("--lease", type=float, default=60.0, help=argparse.SUPPRESS)
    # How long the brake's minute lasts; shorter for proofs of outages that last hours.
    work.add_argument("--minute", type=float, default=60.0, help=argparse.SUPPRESS)
    pause = command(actions, "pause", "outbox.pause", "let no program send until it is resumed")
    pause.add_argument("--note", default="", metavar="TEXT", help="why, for the others")
    command(actions, "resume", "outbox.resume", "let it go on, whatever held it")
    cancel = command(actions, "cancel", "outbox.cancel", "take out what only waits")
    cancel.add_argument("numbers", nargs="*", metavar="NUMBER")
    cancel.add_argument("--batch", default="", metavar="ID", help="all that waits of one batch")
    add_which(cancel)
    settle = command(
        actions,
        "settle",
        "outbox.settle",
        "say what became of emails of which nobody knows whether they were sent",
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
    add_which(settle)


def add_suppressions(commands: Any) -> None:
    """Add ``suppressions`` and its commands."""
    text = "the suppression lists: SES's and our own, as one"
    lists = commands.add_parser(
        "suppressions", help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False
    )
    actions = actions_of(lists)

    listing = command(actions, "list", "suppressions.list_all", "list what is on either list")
    listing.add_argument("text", nargs="?", default="", metavar="TEXT", help="part of an address")
    listing.add_argument(
        "--only",
        choices=["all", "bounces", "complaints", "ours", "ses"],
        default="all",
        help="default: all",
    )
    add_limit(listing)

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


def add_chasing(commands: Any) -> None:
    """Add ``snooze``, ``call`` and ``export evidence``."""
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
    add_which(snooze)

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
    add_which(call)

    export = commands.add_parser(
        "export", help="evidence as files", description="Evidence as files."
    )
    actions = actions_of(export)
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
    add_which(evidence)
