"""``db``, ``doctor``, ``aws setup``, ``trouble``: commands that keep things in order."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.backend import Backend
from core.model.errors import NeedsConfirmationError, UsageError
from core.settings import loading
from tui.cli.commands.common import opened, put_json
from tui.cli.output.text import say
from tui.format.text import cell
from tui.runtime.exits import DONE, FAILED

if TYPE_CHECKING:
    from core.model.integrity import Findings, Holding, Restorable


def backup(options: Namespace) -> int:
    with _unopened() as backend:
        stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        target = options.file or Path(f"{backend.settings.database_label}.{stamp}")
        if os.path.lexists(target):
            raise UsageError(f"{target} exists already.", "Name another file; none is replaced.")
        made = backend.backup(target)
    if options.json:
        put_json({"file": str(made.path), "problems": list(made.findings.lines)})
    elif made.findings.lines:
        say("The database is damaged:")
        _say_findings(made.findings)
        say(f"A copy of it as it is was kept as {cell(str(made.path), 600)}.")
        say("outtray db restore FILE puts back an older copy.")
    else:
        say(f"Copied to {cell(str(made.path), 600)}; the copy was verified.")
    return FAILED if made.findings.lines else DONE


def restore(options: Namespace) -> int:
    file: Path = options.file

    def agree(what: Restorable) -> None:
        if not options.yes:
            _ask(file, what, may_ask=not options.json)

    with _unopened() as backend:
        done = backend.restore(file, agree)
    if options.json:
        put_json(
            {
                "file": str(file),
                "version": done.version,
                "documents": done.holding.documents,
                "emails": done.holding.emails,
                "unconfirmed": done.unconfirmed,
                "kept": str(done.kept.path) if done.kept else None,
                "problems": list(done.findings.lines),
            }
        )
        return DONE
    say(f"Restored from {cell(str(file), 600)}: {_words(done.holding)}.")
    _say_findings(done.findings)
    if done.kept:
        say(f"What was there before was kept as {cell(str(done.kept.path), 600)}.")
    if done.unconfirmed:
        say(
            f"{done.unconfirmed} waited to be sent when the copy was made. Whether they were sent "
            "since is not known, so they are unconfirmed and not sent again by themselves."
        )
    say("The outbox is paused: look at it, then outtray outbox resume.")
    return DONE


@contextmanager
def _unopened() -> Iterator[Backend]:
    """The configured database as it is: neither made nor brought up to date."""
    backend = Backend(loading.load())
    try:
        yield backend
    finally:
        backend.close()


def _ask(file: Path, what: Restorable, *, may_ask: bool) -> None:
    old = _words(what.replaced) if what.replaced else "nothing that can be read"
    question = f"In the database: {old}. In {file}: {_words(what.found)}."
    if may_ask and sys.stdin.isatty() and sys.stderr.isatty():
        say(cell(question, 600))
        sys.stderr.write("What is there is kept beside it. Replace it? Type yes: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() == "yes":
            return
        raise NeedsConfirmationError("Nothing was changed.")
    raise NeedsConfirmationError(question, "Answer with --yes to replace it; nothing was changed.")


def _words(holding: Holding) -> str:
    newest = f", the newest of {holding.newest_at:%d %b %Y, %H:%M} UTC" if holding.newest_at else ""
    return f"{holding.documents} documents, {holding.emails} emails{newest}"


def _say_findings(findings: Findings) -> None:
    for line in findings.lines:
        say(f"  {cell(line, 200)}")


def trouble(options: Namespace) -> int:
    from tui.cli.output.doctor import trouble as show

    with opened() as backend:
        return show(options, backend)


def doctor(options: Namespace) -> int:
    from tui.cli.output.doctor import run

    return run(options)


def aws_setup(options: Namespace) -> int:
    from tui.cli.output.doctor import setup

    backend = Backend(loading.load())  # never opened: this is about AWS, not about a database
    try:
        return setup(options, backend)
    finally:
        backend.close()


def db_upgrade(options: Namespace) -> int:
    with opened() as backend:
        label, version = backend.settings.database_label, backend.database_version()
    if options.json:
        put_json({"database": label, "version": version})
    else:
        say(f"{label} is up to date, at version {version}.")
    return DONE


def db_check(options: Namespace) -> int:
    from tui.cli.output import database_check

    told = None if options.json else database_check.progress()
    with opened() as backend:
        report = backend.mend(told) if options.mend else backend.check_summaries(told)
    if options.json:
        put_json(database_check.record(report))
    else:
        database_check.say_report(report, was_mended=options.mend)
    return DONE if report.is_clean else FAILED
