"""``outtray suppressions``: both lists as one."""

from __future__ import annotations

import csv
import io
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.files import protected_files
from core.model.email import Decision, Weight
from core.model.errors import InputError, UsageError
from core.model.suppressions import (
    ListPhase,
    ListState,
    SuppressedAddress,
    SuppressionChange,
    SuppressionChip,
    SuppressionFilter,
)
from core.rules.gate.suppression_list import GLOBAL_LIST
from tui.cli.commands.common import opened, put_json
from tui.cli.output import text as prints
from tui.cli.output.text import say
from tui.format import records
from tui.format.records import suppression_row
from tui.format.shell_commands import with_shell_commands
from tui.format.suppressions import (
    cause_words,
    change_words,
    row_adders,
    row_list,
    row_reason,
    state_words,
)
from tui.format.text import cell, moment
from tui.runtime.exits import ASKS, DONE, FAILED

_AGAIN: Final = "run the command again to retry"
_COLUMNS: Final = ("address", "reason", "since", "list", "added_by", "document", "subject")


def list_all(options: Namespace) -> int:
    where = SuppressionFilter(options.text, SuppressionChip(options.only))
    with opened() as backend:
        state = backend.suppressions.refresh()
        rows = backend.suppressions.page(where, 0, options.limit or None)
        total = backend.suppressions.count(where)
    if options.json:
        put_json([suppression_row(row) for row in rows])
    elif rows:
        _table(rows)
    if not total:
        say("No address found.")
    elif total > len(rows):
        say(f"{len(rows)} of {total} addresses; --limit 0 shows all.")
    return _code_of(state)


def _table(rows: Sequence[SuppressedAddress]) -> None:
    now = datetime.now(UTC)
    prints.table(
        ("Address", "List", "Reason", "Since", "Caused by", "Added by"),
        [
            (
                cell(" ".join(row.spellings), 60),
                row_list(row),
                cell(row_reason(row), 50),
                moment(row.since, now) if row.since else "",
                cell(cause_words(row.cause), 60),
                cell(row_adders(row), 30),
            )
            for row in rows
        ],
    )


def _code_of(state: ListState) -> int:
    """What is shown without SES's list is less than was asked for."""
    if state.phase is ListPhase.READY and not state.is_cut:
        return DONE
    say(state_words(state, datetime.now(UTC))[0])
    return FAILED


def check(options: Namespace) -> int:
    with opened() as backend:
        verdict = backend.suppressions.check(options.address)
    if options.json:
        put_json(
            {
                "address": options.address,
                "verdict": verdict.decision.value,
                "reasons": [records.finding(found) for found in verdict.findings],
            }
        )
    for found in verdict.findings:
        weight = {Weight.REFUSE: "refused", Weight.ASK: "asks", Weight.NOTE: "note"}[found.weight]
        say(f"{weight}: {cell(found.title)}")
        for line in filter(None, (found.detail, with_shell_commands(found.next))):
            say(f"  {cell(line)}")
    if not verdict.findings:
        say(f"Nothing speaks against {cell(options.address)}.")
    return {Decision.ALLOW: DONE, Decision.ASK: ASKS, Decision.REFUSE: FAILED}[verdict.decision]


def add(options: Namespace) -> int:
    with opened() as backend:
        change = backend.suppressions.changes.add(
            options.address, options.reason, ses_reason=(options.ses or "").upper()
        )
    return _tell(change, as_json=options.json)


def remove(options: Namespace) -> int:
    with opened() as backend:
        change = backend.suppressions.changes.remove(
            options.address, options.reason, typed=options.yes_complaint
        )
    code = _tell(change, as_json=options.json)
    if code == DONE:
        say(GLOBAL_LIST)
    return code


def _tell(change: SuppressionChange, *, as_json: bool) -> int:
    if as_json:
        parts = [records.shaped(each, "list address outcome detail?") for each in change.parts]
        put_json(records.shaped(change, "address action done=is_done", parts=parts))
    say(f"{cell(change.address)}: {change_words(change, _AGAIN)}")
    return DONE if change.is_done else FAILED


def import_file(options: Namespace) -> int:
    with opened() as backend:
        report = backend.suppressions.changes.import_file(
            options.file, options.reason, dry_run=options.dry_run
        )
    if options.json:
        put_json(records.imported(report))
    verb = "would be added" if options.dry_run else "added to our own list"
    say(f"{cell(report.file)}: {report.created} {verb}, {report.unchanged} there already.")
    for rejected in report.rejected:
        field = f"{rejected.field}: " if rejected.field else ""
        say(f"{cell(report.file)}, line {rejected.line}: {field}{cell(rejected.reason)}; left out")
    nothing_good = report.rejected and not report.created and not report.unchanged
    return FAILED if nothing_good else DONE


def export(options: Namespace) -> int:
    path: Path | None = options.file
    with opened() as backend:
        state = backend.suppressions.refresh()
        rows = backend.suppressions.page(SuppressionFilter())
    text = _as_json(rows) if options.json else _as_csv(rows)
    if path is None:
        sys.stdout.write(text)
    else:
        _write(path, text)
        say(f"{len(rows)} addresses written to {cell(str(path), 200)}.")
    return _code_of(state)


def _as_json(rows: Sequence[SuppressedAddress]) -> str:
    return prints.as_json([suppression_row(row) for row in rows], indent=2) + "\n"


def _as_csv(rows: Sequence[SuppressedAddress]) -> str:
    """One line an entry; text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        for entry in row.entries:
            values = (
                entry.address,
                entry.reason,
                records.instant(entry.since),
                entry.source,
                entry.added_by,
                row.cause.document_number if row.cause else "",
                row.cause.subject if row.cause else "",
            )
            writer.writerow([prints.harmless(value) for value in values])
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    protected_files.refuse(path)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists already.", "Name another file; none is replaced."
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
