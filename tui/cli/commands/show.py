"""Commands that show: customers, documents, the log, a diagnostic, keys; and the import."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.model.enums import DocumentKind
from core.model.errors import FailedImport, UsageError
from core.settings import loading
from tui.cli.commands.common import filter_of, opened, put_json
from tui.cli.output import reports, text
from tui.cli.output.text import say
from tui.commands.command import IN_SENTENCE
from tui.commands.dispatch import key_label
from tui.commands.keymap import Resolution, resolve_lines
from tui.commands.registry import COMMANDS, Command
from tui.format import records
from tui.format.moments import parse_time
from tui.format.text import cell
from tui.runtime.exits import DONE, FAILED


def customers(options: Namespace) -> int:
    with opened() as backend:
        where = CustomerFilter(text=options.text)
        rows = backend.customers.page(where, limit=options.limit or None)
        total = backend.customers.count(where)
    if options.json:
        put_json([records.customer(row) for row in rows])
    else:
        text.customers(rows)
    _tell_rest(len(rows), total, "customers")
    return DONE


def documents(options: Namespace) -> int:
    if options.json and options.csv:
        raise UsageError("Either --json or --csv: there is one output.")
    line = filter_of(options.filter)
    where = DocumentFilter(
        customer=options.customer,
        text=f"{options.search} {line.text}".strip(),
        conditions=line.conditions,
        kind=DocumentKind(options.kind) if options.kind else None,
        chip=DocumentView(options.delivery),
    )
    with opened() as backend:
        rows = backend.documents.page(where, limit=options.limit or None)
        total = backend.documents.count(where)
    if options.json:
        put_json([records.document(row) for row in rows])
    elif options.csv:
        text.documents_csv(rows)
    else:
        text.documents(rows)
    _tell_rest(len(rows), total, "documents")
    return DONE


def _tell_rest(shown: int, total: int, what: str) -> None:
    if not total:
        say(f"No {what} found.")
    elif total > shown:
        say(f"{shown} of {total} {what}; --limit 0 shows all.")


def log(options: Namespace) -> int:
    kind = DocumentKind(options.kind) if options.kind else None
    as_of = parse_time(options.as_of, datetime.now(UTC)) if options.as_of is not None else None
    with opened() as backend:
        found = backend.documents.find(options.number, options.customer, kind)
        history = backend.documents.log(found.id, as_of)
    if options.json:
        put_json(records.log(history))
    else:
        text.log(history)
    return DONE


def explain(options: Namespace) -> int:
    if options.stdin == (options.text is not None):
        raise UsageError("Give the diagnostic's text, or --stdin.")
    from core.rules.diagnosis import explain as diagnose

    if not options.stdin:
        found = text.diagnosis_json(diagnose(options.text))
        if options.json:
            put_json(found)
        else:
            text.diagnosis(found)
        return DONE
    failures = 0
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            diagnostic = _diagnostic(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            failures += 1
            answer = {"error": f'line {number}: expected {{"diagnostic": "…"}}'}
        else:
            answer = text.diagnosis_json(diagnose(diagnostic))
        sys.stdout.write(text.as_json(answer) + "\n")
        sys.stdout.flush()
    return FAILED if failures else DONE


def _diagnostic(given: Any) -> str:
    """Return the text in one line of input; ``null`` is none. Raises on anything else."""
    diagnostic = given["diagnostic"]
    if diagnostic is not None and not isinstance(diagnostic, str):
        raise TypeError(type(diagnostic))
    return diagnostic or ""


def import_files(options: Namespace) -> int:
    with opened() as backend:
        results = backend.import_files(
            options.files, dry_run=options.dry_run, progress=text.progress()
        )
    if options.json:
        put_json(
            [
                records.failed_import(r.file, r.error)
                if isinstance(r, FailedImport)
                else records.imported(r)
                for r in results
            ]
        )
    for result in results:
        reports.import_report(result, dry_run=options.dry_run)
    return FAILED if any(isinstance(r, FailedImport) for r in results) else DONE


def keys(options: Namespace) -> int:
    """Print the table; fail where a line of it cannot be followed."""
    chosen = loading.load()
    found = resolve_lines(chosen.keys)
    lines = {line.command: line.line for line in chosen.keys}
    file = str(chosen.source or "")
    if options.json:
        put_json(
            {
                "file": file or None,
                "keys": [
                    {
                        "command": command.id,
                        "keys": list(found.keys[command.id]),
                        "default": list(command.keys),
                        "help": _help(command, found),
                    }
                    for command in COMMANDS
                ],
                "problems": [
                    {
                        "command": each.command,
                        "line": lines.get(each.command),
                        "problem": each.words,
                    }
                    for each in found.problems
                ],
            }
        )
    else:
        _print(found)
    for each in found.problems:
        say(f"{cell(file)}, line {lines.get(each.command)}: {cell(str(each), 300)}")
    return FAILED if found.problems else DONE


def _help(command: Command, found: Resolution) -> str:
    return IN_SENTENCE.sub(lambda named: key_label(found.keys[named[1]][0]), command.help)


def _print(found: Resolution) -> None:
    text.table(
        ("Command", "Keys", "", "What it does"),
        [
            (
                command.id,
                " ".join(dict.fromkeys(map(key_label, found.keys[command.id]))),
                "" if found.keys[command.id] == command.keys else "yours",
                _help(command, found),
            )
            for command in COMMANDS
        ],
    )
