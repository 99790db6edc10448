"""The command line's words; each command names the function that carries it out.

``--json`` prints one JSON document to standard output; people's messages go to standard error.
"""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from core.model.documents import DocumentView
from tui.cli.parser import sending
from tui.cli.parser.office import add_office, add_overviews, add_serve
from tui.cli.parser.options import actions_of, add_limit, add_which, command
from tui.cli.parser.sending import add_chasing, add_outbox


def program_version() -> str:
    try:
        return version("outtray")
    except PackageNotFoundError:
        return "unknown"


# --------------------------------------------------------------------------- arguments

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    made = argparse.ArgumentParser(
        prog="outtray",
        description="What became of every invoice and estimate you emailed, and what to do next.",
        epilog="Without a command the terminal UI opens on the configured database.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"outtray {program_version()}")
    _add_no_mouse(made)
    made.set_defaults(action="programs.ui")
    commands = made.add_subparsers(title="commands", metavar="COMMAND")
    _add_demo(commands)
    _add_show(commands)
    sending.add_sending(commands)
    sending.add_templates(commands)
    sending.add_fix(commands)
    add_outbox(commands)
    add_chasing(commands)
    add_overviews(commands)
    _add_events(commands)
    sending.add_suppressions(commands)
    _add_maintenance(commands)
    add_office(commands)
    _add_verbose(made)
    return made


def _add_verbose(command: argparse.ArgumentParser) -> None:
    """Take ``--verbose`` before and after the words of a command; ``start`` reads it itself."""
    text = "show the log on standard error; with the UI, write more into its file"
    command.add_argument("--verbose", action="store_true", help=text)
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                _add_verbose(each)


def _add_demo(commands: Commands) -> None:
    demo = command(
        commands,
        "demo",
        "programs.demo",
        "open the UI on a generated company, with a local stand-in for AWS",
        json=False,
    )
    demo.add_argument("--fresh", action="store_true", help="generate the company anew")
    _add_no_mouse(demo)
    simulator = command(
        commands,
        "simulator",
        "programs.simulator",
        "serve the local stand-in for AWS until stopped",
    )
    simulator.add_argument("--port", type=int, default=0, help="default: any free port")
    simulator.add_argument(
        "--delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="time to delivery; other events follow in proportion (default: at once)",
    )
    simulator.add_argument("--exit-with-parent", action="store_true", help=argparse.SUPPRESS)
    serve = add_serve(commands)
    _add_no_mouse(serve)


def _add_no_mouse(command: argparse.ArgumentParser) -> None:
    # SUPPRESS: the default of a subcommand must not overwrite what was said before it
    text = "leave the mouse to the terminal: it selects and copies as in any other program"
    command.add_argument("--no-mouse", action="store_true", default=argparse.SUPPRESS, help=text)


def _add_show(commands: Commands) -> None:
    imported = command(commands, "import", "show.import_files", "import accounting exports (CSV)")
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE")
    imported.add_argument("--dry-run", action="store_true", help="report only; change nothing")

    customers = command(commands, "customers", "show.customers", "list customers")
    customers.add_argument("text", nargs="?", default="", help="part of name, address or number")
    add_limit(customers)

    documents = command(commands, "documents", "show.documents", "list invoices and estimates")
    documents.add_argument("--customer", default="", metavar="NAME", help="part of the name")
    documents.add_argument(
        "--delivery",
        type=_word,
        choices=[chip.value for chip in DocumentView],
        default="all",
        metavar="WORD",
        help="bounced, complained, dropped, deferred, failed, never_sent, stuck, late, "
        "needs_call, "
        "snoozed …; bounced means unresolved bounces",
    )
    documents.add_argument("--kind", choices=["invoice", "estimate"])
    documents.add_argument("--search", default="", metavar="TEXT")
    documents.add_argument(
        "--filter",
        default="",
        metavar="LINE",
        help="as in the search line of the UI: 'bounced balance>500 sent<7d to:@acme.com'",
    )
    add_limit(documents)
    documents.add_argument("--csv", action="store_true", help="print CSV, not with --json")

    log = command(
        commands, "log", "show.log", "show the emails of a document and what became of them"
    )
    log.add_argument("number", metavar="NUMBER")
    log.add_argument(
        "--as-of",
        metavar="TIME",
        help="as it was known then: 2h, 3d, 14:00, 2026-11-20, 2026-11-20T14:00+01:00",
    )
    add_which(log)

    explain = command(commands, "explain", "show.explain", "say what a server's diagnostic means")
    explain.add_argument("text", nargs="?", metavar="TEXT")
    explain.add_argument(
        "--stdin", action="store_true", help='one {"diagnostic": …} a line, one answer a line'
    )


def _add_events(commands: Commands) -> None:
    events = commands.add_parser("events", help="what SES reports", description="What SES reports.")
    actions = actions_of(events)
    pull = command(actions, "pull", "events.events_pull", "take events from the SQS queue")
    how = pull.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="until the queue is empty (the default)")
    how.add_argument("--follow", action="store_true", help="until stopped")
    load = command(actions, "load", "events.events_load", "store the events in files")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parse = command(actions, "parse", "events.events_parse", "show what is in files; store nothing")
    parse.add_argument("files", nargs="+", type=Path, metavar="FILE")
    quarantine = command(
        actions,
        "quarantine",
        "events.events_quarantine",
        "reports that could not be read: list, show, retry, export, dismiss",
    )
    quarantine.add_argument(
        "verb",
        nargs="?",
        default="list",
        choices=["list", "show", "retry", "export", "dismiss"],
        help="list (the default); show one whole; retry one or all; export all; dismiss one",
    )
    quarantine.add_argument(
        "what",
        nargs="?",
        default="",
        metavar="ID|FILE",
        help="the beginning of an id; of export: a file",
    )
    quarantine.add_argument("--note", default="", metavar="TEXT", help="why it is dismissed")
    unlinked = command(
        actions,
        "unlinked",
        "events.events_unlinked",
        "list other programs' emails that wait for a person",
    )
    unlinked.add_argument(
        "--all", action="store_true", help="also what points to nothing, or was dismissed"
    )
    add_limit(unlinked, 200)
    dismiss = command(
        actions,
        "dismiss",
        "events.events_dismiss",
        "say that another program's email is about no document",
    )
    dismiss.add_argument("message_id", metavar="MESSAGE_ID")
    dismiss.add_argument("--undo", action="store_true", help="take that back")
    link = command(
        actions, "link", "events.events_link", "link another program's email to a document"
    )
    link.add_argument("message_id", nargs="?", metavar="MESSAGE_ID")
    link.add_argument("number", nargs="?", metavar="NUMBER")
    add_which(link)
    link.add_argument("--again", action="store_true", help="look again at all that wait")


def _add_maintenance(commands: Commands) -> None:
    command(
        commands,
        "trouble",
        "database.trouble",
        "say which providers turn us away, and our own rates",
    )
    command(commands, "doctor", "database.doctor", "say which leg of sending and feed is broken")
    aws = commands.add_parser("aws", help="the account in AWS", description="The account in AWS.")
    setup = command(
        actions_of(aws),
        "setup",
        "database.aws_setup",
        "print, or create, the configuration set, topic, queue, dead-letter queue and policies",
    )
    setup.add_argument("--apply", action="store_true", help="create what is missing")
    setup.add_argument(
        "--name", default="outtray-events", metavar="NAME", help="of topic, queue and destination"
    )
    database = commands.add_parser("db", help="the database", description="The database.")
    actions = actions_of(database)
    command(actions, "upgrade", "database.db_upgrade", "create the database or bring it up to date")
    check = command(
        actions,
        "check",
        "database.db_check",
        "look for damage in every table; exit 1 where some is",
    )
    check.add_argument(
        "--mend", action="store_true", help="put right what can be worked out, after a copy"
    )
    backup = command(
        actions,
        "backup",
        "database.backup",
        "copy the SQLite database while it is in use, and verify the copy",
    )
    backup.add_argument("file", type=Path, nargs="?", metavar="FILE")
    restore = command(
        actions,
        "restore",
        "database.restore",
        "put a copy back into the SQLite database, keeping what was there",
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--yes", action="store_true", help="replace without asking")


def _word(text: str) -> str:
    """A status as people and our own output write it: ``NEVER_SENT``, ``never-sent``."""
    return text.lower().replace("-", "_")
