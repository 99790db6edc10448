"""``snooze``, ``call`` and ``export evidence``: what goes with chasing beside the emails."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from core.backend import Backend
from core.model.chase_state import CallEntry, ChaseState, Scope
from core.model.chasing import HoldKind, Outcome
from core.model.documents import DocumentRow
from core.model.enums import DocumentKind
from core.model.errors import UsageError
from core.rules.chasing.dates import parse_day
from tui.cli.commands.common import opened, put_json
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import chasing, records
from tui.format.moments import parse_time
from tui.format.text import cell
from tui.runtime.exit_codes import DONE


def snooze(options: Namespace) -> int:
    if options.number is None and not options.customer.strip():
        raise UsageError("Say which document, or which --customer.", "outtray snooze --help")
    if (options.promise or options.dispute or options.note) and not (
        options.until is not None or options.lift
    ):
        raise UsageError("Until when?", "--until DATE: 5 dec, friday, +2w; or --lift.")
    with opened() as backend:
        row = None if options.number is None else _document(backend, options)
        scope = Scope.of(row) if row else backend.chasing.find_customer(options.customer)
        standing = _carry_out(backend, scope, options)
    if options.json:
        put_json(_standing_json(row, standing))
    else:
        _tell(row, standing)
    return DONE


def _carry_out(backend: Backend, scope: Scope, options: Namespace) -> ChaseState:
    if options.lift:
        return backend.chasing.lift(scope, options.note)
    if options.until is None:
        return backend.chasing.standing(scope)
    kind = HoldKind.SNOOZE
    if options.promise or options.dispute:
        kind = HoldKind.PROMISE if options.promise else HoldKind.DISPUTE
    until = parse_day(options.until, datetime.now().astimezone().date())
    return backend.chasing.hold(scope, kind, until, options.note)


def _document(backend: Backend, options: Namespace) -> DocumentRow:
    kind = DocumentKind(options.kind) if options.kind else None
    return backend.documents.find(options.number, options.customer, kind)


def _standing_json(row: DocumentRow | None, standing: ChaseState) -> records.Json:
    return {
        "number": row.number if row else None,
        "customer": standing.name,
        "phone": standing.phone or None,
        "in_force": [records.hold(hold) for hold in standing.in_force],
        "history": [records.hold(hold) for hold in standing.holds],
    }


def _tell(row: DocumentRow | None, standing: ChaseState) -> None:
    now = datetime.now(UTC)
    about = cell(row.number if row else standing.name)
    for hold in standing.in_force:
        say(f"{about}: {chasing.hold_words(hold, now)}")
    if not standing.in_force:
        say(f"{about}: nothing holds back chasing.")
    for line in chasing.hold_history(standing.holds, now):
        print(line)


def call(options: Namespace) -> int:
    now = datetime.now(UTC)
    entry = CallEntry(
        outcome=Outcome(options.outcome),
        note=options.note,
        contact=options.contact,
        at=parse_time(options.at, now) if options.at is not None else None,
        hold_until=parse_day(options.until, now.astimezone().date())
        if options.until is not None
        else None,
    )
    with opened() as backend:
        row = _document(backend, options)
        made = backend.chasing.log_call(row.id, entry)
    if options.json:
        put_json(
            {
                "number": row.number,
                **records.call(made),
                "snoozed_until": records.day(entry.hold_until),
            }
        )
    else:
        say(f"{cell(row.number)}: {chasing.call_line(made, now)}")
    return DONE


def evidence(options: Namespace) -> int:
    with opened() as backend:
        row = _document(backend, options)
        written = backend.export_evidence(row.id, options.to, text.progress())
    if options.json:
        put_json(
            {
                "number": row.number,
                "path": str(written.path),
                "files": written.files,
                "emails": written.emails,
                "bytes": written.bytes,
            }
        )
    else:
        nothing = "" if written.emails else " Nothing was sent about it."
        say(f"{cell(row.number)}: {written.files} files in {cell(str(written.path))}.{nothing}")
    return DONE
