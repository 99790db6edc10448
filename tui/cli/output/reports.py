"""What came of an import, of reading reports, and of bodies in quarantine, as text."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.backend import Backend
from core.model.errors import FailedImport, UsageError
from core.model.reports import ImportReport, IngestReport, QuarantinedBody, RetryReport
from core.rules.delivery.events import effect
from core.rules.export.tabular import as_line
from core.settings.schema import slow_pattern
from tui.cli.output import text
from tui.cli.output.text import out, say
from tui.format import records
from tui.format.text import cell, paragraphs
from tui.runtime.exits import DONE, FAILED

if TYPE_CHECKING:
    from core.model.reports import Parsed


def import_report(result: ImportReport | FailedImport, *, dry_run: bool) -> None:
    if isinstance(result, FailedImport):
        say(f"{cell(str(result.error.title), 600)} Nothing of it was kept.")
        for line in paragraphs(result.error.hint):
            say(f"  {line}")
        return
    would = " (dry run: nothing was changed)" if dry_run else ""
    also = f", {result.customers_created} customers created" if result.customers_created else ""
    say(
        f"{cell(result.file)}: {result.dialect} {result.kind}, {result.read} rows: "
        f"{result.created} created, {result.updated} updated, {result.unchanged} unchanged, "
        f"{len(result.rejected)} rejected{also}{would}"
    )
    for kept in result.kept_corrections:
        say(
            f"  {cell(kept.customer)}: the file still says {cell(kept.imported)}, which was"
            f" corrected here to {cell(kept.kept)}; that stays. Correct it in the accounts, too."
        )
    for row in result.rejected:
        say(f"  line {row.line}, {cell(row.field)}: {cell(row.reason)}")


def ingest_line(report: IngestReport) -> str:
    return (
        f"{report.read} bodies read: {report.applied} facts applied, {report.duplicate} duplicate, "
        f"{report.unmatched} unmatched; {report.quarantined} bodies quarantined, "
        f"{report.setup} set-up"
    )


def unsearched(count: int) -> None:
    """Say that the office's own pattern was too slow, and for how many subjects."""
    if count:
        error = slow_pattern(count)
        say(f"{error.title} {error.hint}")


def parsed_json(path: Path, parts: Sequence[Parsed]) -> list[records.Json]:
    """Return the contract of ``events parse``: one entry a body, one fact a recipient."""
    entries = []
    for index, part in enumerate(parts):
        facts = []
        for fact in part.facts:
            what = effect(fact)
            facts.append(
                {
                    "type": fact.type,
                    "subtype": fact.subtype or None,
                    "recipient": fact.recipient or None,
                    "at": records.instant(fact.at),
                    "message_id": fact.message_id or None,
                    "tag": fact.tag,
                    "status": what.word.value if what.word else None,
                    "diagnostic": fact.diagnostic or None,
                    "note": what.note,
                }
            )
        entries.append(
            {
                "file": str(path),
                "index": index,
                "envelope": part.envelope,
                "outcome": part.outcome.value,
                "reason": part.reason or None,
                "facts": facts,
            }
        )
    return entries


def parsed(entries: Sequence[records.Json]) -> None:
    for entry in entries:
        out(
            f"{cell(entry['file'])} [{entry['index']}] {entry['envelope']}: {entry['outcome']}"
            f"{' — ' + cell(entry['reason']) if entry['reason'] else ''}"
        )
        for fact in entry["facts"]:
            means = fact["status"] or fact["note"] or "nothing"
            out(
                f"  {cell(fact['type'])} {cell(fact['subtype'] or '')} {fact['at']}"
                f" {cell(fact['recipient'] or '')} → {means}"
            )


def quarantined(bodies: Sequence[QuarantinedBody]) -> None:
    if not bodies:
        say("Nothing is in quarantine.")
    for body in bodies:
        out(f"{body.id[:12]}  {records.instant(body.received_at)}  {cell(body.source)}")
        out(f"  {cell(body.reason)}")
        out(f"  {cell(body.raw, 160)}")


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
        quarantined(found)
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
                **records.plain(report.ingested),
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
        say(ingest_line(report.ingested))
        unsearched(report.ingested.unsearched)


def _export(backend: Backend, path: Path, *, as_json: bool) -> int:
    count = backend.quarantine.export(path)
    if as_json:
        _put({"file": str(path), "bodies": count})
    else:
        say(f"{count} bodies written to {cell(str(path), 200)}.")
    return DONE
