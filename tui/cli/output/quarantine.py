"""``outtray events quarantine``: what is done with reports that could not be read."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from core.backend import Backend
from core.model.errors import UsageError
from core.model.reports import RetryReport
from core.rules.export.quarantine import as_line
from tui.cli.output import reports, text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell, paragraphs
from tui.runtime.exit_codes import DONE, FAILED

_LONGEST_BODY = 300_000
"""Characters; SQS takes at most 256 KiB."""


_ABOUT_ONE = ("show", "dismiss", "export")


def run(options: Namespace, backend: Backend) -> int:
    """Do what the options ask for; listing is the default.

    Raises:
        UsageError: an id, a file or a note is missing, or not wanted.
    """
    _check(options)
    if options.verb == "show":
        return _show(backend, options.what, as_json=options.json)
    if options.verb == "retry":
        return _retry(backend, options.what, as_json=options.json)
    if options.verb == "export":
        return _export(backend, Path(options.what), as_json=options.json)
    if options.verb == "dismiss":
        return _dismiss(backend, options)
    found = backend.quarantine.waiting()
    if options.json:
        _put([as_line(body) for body in found])
    else:
        reports.quarantined(found)
    return DONE


def _check(options: Namespace) -> None:
    needs = "a FILE" if options.verb == "export" else "an ID"
    if options.verb in _ABOUT_ONE and not options.what:
        raise UsageError(f"{options.verb} needs {needs}.", "outtray events quarantine lists them.")
    if options.verb == "list" and options.what:
        raise UsageError("list takes no ID.", "outtray events quarantine show ID shows one.")
    if options.note and options.verb != "dismiss":
        raise UsageError("--note goes with dismiss.")


def _dismiss(backend: Backend, options: Namespace) -> int:
    body = backend.quarantine.dismiss(options.what, options.note)
    if options.json:
        _put(as_line(body))
    else:
        say(f"{body.id[:12]} dismissed: {cell(body.note, 200)}")
    return DONE


def _put(value: Any) -> None:
    sys.stdout.write(text.as_json(value, indent=2) + "\n")


def _show(backend: Backend, wanted: str, *, as_json: bool) -> int:
    body = backend.quarantine.find(wanted)
    if as_json:
        _put(as_line(body))
        return DONE
    lines = [
        f"{body.id}  {records.instant(body.received_at)}  {cell(body.source)}",
        f"  {cell(body.reason)}",
        "",
        *paragraphs(body.raw, _LONGEST_BODY),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def _retry(backend: Backend, wanted: str, *, as_json: bool) -> int:
    report = backend.quarantine.retry(wanted)
    if as_json:
        _put(
            {
                "released": report.released,
                "kept": len(report.kept),
                **records.ingest(report.ingested),
            }
        )
    else:
        _tell(report)
    return FAILED if wanted and report.kept else DONE


def _tell(report: RetryReport) -> None:
    for body in report.kept:
        say(f"{body.id[:12]} stays: {cell(body.reason, 200)}")
    if not report.released and not report.kept:
        say("Nothing is in quarantine.")
        return
    say(f"{report.released} released, {len(report.kept)} still cannot be read.")
    if report.released:
        say(reports.ingest_line(report.ingested))
        reports.unsearched(report.ingested.unsearched)


def _export(backend: Backend, path: Path, *, as_json: bool) -> int:
    count = backend.quarantine.export(path)
    if as_json:
        _put({"file": str(path), "bodies": count})
    else:
        say(f"{count} bodies written to {cell(str(path), 200)}.")
    return DONE
