"""One function a command: calls the backend, prints, returns the exit code."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from core import settings
from core.backend import Backend
from core.errors import FailedImport, OuttrayError, SettingsError, UsageError
from core.model import (
    Chip,
    Composition,
    CustomerFilter,
    Decision,
    DocumentFilter,
    EmailKind,
    IngestReport,
    Kind,
    SendOutcome,
    Word,
)
from tui import answers, prints
from tui.cli import ASKS, DONE, FAILED
from tui.past import parse_time
from tui.prints import say
from tui.text import cell

_LONGEST_POLL_SECONDS: Final = 20
_LONGEST_PAUSE_SECONDS: Final = 60.0


@contextmanager
def opened() -> Iterator[Backend]:
    """The configured database, created or brought up to date."""
    backend = Backend(settings.load())
    backend.open()
    try:
        yield backend
    finally:
        backend.close()


def put_json(value: Any) -> None:
    sys.stdout.write(prints.as_json(value, indent=2) + "\n")


# --------------------------------------------------------------------------- looking


def customers(options: Namespace) -> int:
    with opened() as backend:
        where = CustomerFilter(text=options.text)
        rows = backend.page_customers(where, limit=options.limit or None)
        total = backend.count_customers(where)
    if options.json:
        put_json([answers.customer(row) for row in rows])
    else:
        prints.customers(rows)
    _tell_rest(len(rows), total, "customers")
    return DONE


def documents(options: Namespace) -> int:
    if options.json and options.csv:
        raise UsageError("Either --json or --csv: there is one output.")
    where = DocumentFilter(
        customer=options.customer,
        text=options.search,
        kind=Kind(options.kind) if options.kind else None,
        chip=Chip(options.delivery),
    )
    with opened() as backend:
        rows = backend.page_documents(where, limit=options.limit or None)
        total = backend.count_documents(where)
    if options.json:
        put_json([answers.document(row) for row in rows])
    elif options.csv:
        prints.documents_csv(rows)
    else:
        prints.documents(rows)
    _tell_rest(len(rows), total, "documents")
    return DONE


def _tell_rest(shown: int, total: int, what: str) -> None:
    if not total:
        say(f"No {what} found.")
    elif total > shown:
        say(f"{shown} of {total} {what}; --limit 0 shows all.")


def log(options: Namespace) -> int:
    kind = Kind(options.kind) if options.kind else None
    as_of = parse_time(options.as_of, datetime.now(UTC)) if options.as_of is not None else None
    with opened() as backend:
        found = backend.find_document(options.number, options.customer, kind)
        history = backend.document_log(found.id, as_of)
    if options.json:
        put_json(answers.log(history))
    else:
        prints.log(history)
    return DONE


def explain(options: Namespace) -> int:
    if options.stdin == (options.text is not None):
        raise UsageError("Give the diagnostic's text, or --stdin.")
    from core.diagnosis import explain as diagnose

    if not options.stdin:
        found = prints.diagnosis_json(diagnose(options.text))
        if options.json:
            put_json(found)
        else:
            prints.diagnosis(found)
        return DONE
    failures = 0
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            diagnostic = str(given["diagnostic"] or "")
        except (ValueError, KeyError, TypeError, RecursionError):
            failures += 1
            answer = {"error": f'line {number}: expected {{"diagnostic": "…"}}'}
        else:
            answer = prints.diagnosis_json(diagnose(diagnostic))
        sys.stdout.write(prints.as_json(answer) + "\n")
        sys.stdout.flush()
    return FAILED if failures else DONE


# --------------------------------------------------------------------------- import


def import_files(options: Namespace) -> int:
    with opened() as backend:
        results = backend.import_files(
            options.files, dry_run=options.dry_run, progress=prints.progress()
        )
    if options.json:
        put_json(
            [
                answers.failed_import(r.file, r.error)
                if isinstance(r, FailedImport)
                else answers.imported(r)
                for r in results
            ]
        )
    for result in results:
        prints.import_report(result, dry_run=options.dry_run)
    return FAILED if any(isinstance(r, FailedImport) for r in results) else DONE


# --------------------------------------------------------------------------- sending


def send(options: Namespace) -> int:
    code = DONE
    results: list[answers.Json] = []
    with opened() as backend:
        backend.recover()
        for number in options.numbers:
            try:
                outcome = _send_one(backend, options, number)
            except OuttrayError as error:
                say(f"{cell(number)}: {cell(str(error))}")
                results.append(answers.not_possible(number, error))
                code = FAILED
                continue
            prints.outcome(outcome)
            results.append(answers.outcome(outcome))
            code = _worse(code, _code_of(outcome))
    if options.json:
        put_json(results)
    return code


def _send_one(backend: Backend, options: Namespace, number: str) -> SendOutcome:
    kind = Kind(options.kind) if options.kind else None
    document = backend.find_document(number, options.customer, kind)
    composition = backend.compose(EmailKind(options.email_kind), document.id)
    draft = _edited(composition, options)
    return backend.send(draft.draft, confirmed=options.yes)


def _edited(composition: Composition, options: Namespace) -> Composition:
    from core.drafting import read_attachment

    draft = composition.draft
    if options.to:
        draft = replace(draft, to=tuple(options.to))
    if options.cc:
        draft = replace(draft, cc=tuple(options.cc))
    if getattr(options, "subject", None) is not None:
        draft = replace(draft, subject=options.subject)
    if getattr(options, "message", None) is not None:
        draft = replace(draft, body=options.message)
    files = tuple(read_attachment(path) for path in getattr(options, "attach", []))
    return replace(composition, draft=replace(draft, attachments=draft.attachments + files))


def _code_of(outcome: SendOutcome) -> int:
    if outcome.email_id is None:
        return ASKS if outcome.verdict.decision is Decision.ASK else FAILED
    bad = (Word.FAILED, Word.UNCONFIRMED)
    return FAILED if any(r.status in bad for r in outcome.recipients) else DONE


def _worse(one: int, other: int) -> int:
    order = (DONE, ASKS, FAILED)
    return max(one, other, key=order.index)


# --------------------------------------------------------------------------- events


def events_pull(options: Namespace) -> int:
    with opened() as backend:
        if options.follow:
            return _follow(backend, as_json=options.json)
        total = IngestReport()
        while True:
            report = backend.pull(1)
            if not report.read:
                break
            total += report
    _put_ingest(total, as_json=options.json)
    return DONE


def _follow(backend: Backend, *, as_json: bool) -> int:
    """Until SIGTERM or Ctrl-C; what goes wrong is said, and tried again after a while."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pause = 1.0
    try:
        while True:
            try:
                report = backend.pull(_LONGEST_POLL_SECONDS)
            except SettingsError:
                raise  # waiting does not configure a queue
            except OuttrayError as error:
                say(f"{cell(str(error))} Trying again in {pause:.0f} s.")
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                continue
            pause = 1.0
            if report.read and as_json:
                sys.stdout.write(prints.as_json(answers.ingest(report)) + "\n")
                sys.stdout.flush()
            elif report.read:
                say(prints.ingest_line(report))
    except KeyboardInterrupt:
        return DONE


def events_load(options: Namespace) -> int:
    total, code = IngestReport(), DONE
    with opened() as backend:
        for path in options.files:
            try:
                total += backend.load_events(path)
            except OuttrayError as error:
                say(cell(str(error)))
                code = FAILED
    _put_ingest(total, as_json=options.json)
    return code


def _put_ingest(report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        put_json(answers.ingest(report))
    else:
        say(prints.ingest_line(report))


def events_parse(options: Namespace) -> int:
    from core import ingest

    entries: list[answers.Json] = []
    code = DONE
    for path in options.files:
        try:
            entries.extend(prints.parsed_json(path, ingest.parse_file(path)))
        except OuttrayError as error:
            say(cell(str(error)))
            code = FAILED
    if options.json:
        put_json(entries)
    else:
        prints.parsed(entries)
    return code


def events_quarantine(options: Namespace) -> int:
    from tui import quarantine

    with opened() as backend:
        return quarantine.run(options, backend)


def events_unlinked(options: Namespace) -> int:
    from tui import external

    with opened() as backend:
        return external.unlinked(options, backend)


def events_link(options: Namespace) -> int:
    from tui import external

    with opened() as backend:
        return external.link(options, backend)


# --------------------------------------------------------------------------- upkeep


def trouble(options: Namespace) -> int:
    from tui import trouble as lookout

    with opened() as backend:
        return lookout.run(options, backend)


def doctor(options: Namespace) -> int:
    from tui import doctor as examination

    return examination.run(options)


def db_upgrade(options: Namespace) -> int:
    with opened() as backend:
        label = backend.settings.database_label
    if options.json:
        put_json({"database": label, "version": "current"})
    else:
        say(f"{label} is up to date.")
    return DONE


def db_check(options: Namespace) -> int:
    with opened() as backend:
        report = backend.check_summaries()
    if options.json:
        put_json(
            {
                "deliveries": report.deliveries,
                "documents": report.documents,
                "customers": report.customers,
                "differences": [
                    {
                        "table": d.table,
                        "id": d.id,
                        "column": d.column,
                        "stored": d.stored,
                        "computed": d.computed,
                    }
                    for d in report.differences
                ],
            }
        )
    else:
        prints.check_report(report)
    return FAILED if report.differences else DONE


def db_backup(options: Namespace) -> int:
    from datetime import datetime
    from pathlib import Path

    with opened() as backend:
        stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        target = options.file or Path(f"{backend.settings.database_label}.{stamp}")
        if target.exists():
            raise UsageError(f"{target} exists already.", "Name another file; none is replaced.")
        written = backend.backup(target)
    if options.json:
        put_json({"file": str(written)})
    else:
        say(f"Copied to {written}.")
    return DONE


# --------------------------------------------------------------------------- programs


def simulator(options: Namespace) -> int:
    from core.simulator import Delays
    from core.simulator import run as serve

    delays = Delays.paced(options.delay) if options.delay else Delays()
    return serve(
        options.port,
        options.json,
        delays=delays,
        exit_with_parent=options.exit_with_parent,
    )


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # Textual draws on standard error
        raise UsageError(
            "The terminal UI needs a terminal for its input and its standard error.",
            "In scripts use the commands: outtray --help lists them.",
        )


def ui(_options: Namespace) -> int:
    _need_terminal()
    from tui.app import run

    chosen = settings.load()
    backend = Backend(chosen)
    backend.open()
    run(backend)
    return DONE


def demo(options: Namespace) -> int:
    from core.demo import company
    from core.simulator import require_extra

    require_extra()
    _need_terminal()
    from tui.app import run

    with company(fresh=options.fresh, tell=say) as chosen:
        backend = Backend(chosen)
        backend.open()
        run(backend)
    return DONE
