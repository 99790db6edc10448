"""What came of an import, of reading reports, and of bodies that could not be read, as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.model.errors import FailedImport
from core.model.reports import ImportReport, IngestReport, QuarantinedBody
from core.rules.delivery.events import effect
from core.settings.schema import slow_pattern
from tui.cli.output.text import _out, say
from tui.format import records
from tui.format.text import cell, paragraphs

if TYPE_CHECKING:
    from core.model.parsed_events import Parsed


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
        _out(
            f"{cell(entry['file'])} [{entry['index']}] {entry['envelope']}: {entry['outcome']}"
            f"{' — ' + cell(entry['reason']) if entry['reason'] else ''}"
        )
        for fact in entry["facts"]:
            means = fact["status"] or fact["note"] or "nothing"
            _out(
                f"  {cell(fact['type'])} {cell(fact['subtype'] or '')} {fact['at']}"
                f" {cell(fact['recipient'] or '')} → {means}"
            )


def quarantined(bodies: Sequence[QuarantinedBody]) -> None:
    if not bodies:
        say("Nothing is in quarantine.")
    for body in bodies:
        _out(f"{body.id[:12]}  {records.instant(body.received_at)}  {cell(body.source)}")
        _out(f"  {cell(body.reason)}")
        _out(f"  {cell(body.raw, 160)}")
