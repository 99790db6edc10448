"""``snooze``, ``call``, ``export evidence``, ``fix``: chasing beside the emails."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from core.backend import Backend
from core.model.chase_state import CallEntry, ChaseState, Scope
from core.model.chasing import HoldKind, Outcome
from core.model.corrections import Corrected, Waiting
from core.model.documents import DocumentRow
from core.model.email import Decision, SendOutcome, Verdict
from core.model.enums import DocumentKind
from core.model.errors import NotFoundError, UsageError
from core.rules.chasing.attention import is_ticked
from core.rules.chasing.dates import parse_day
from tui.cli.commands.common import opened, put_json
from tui.cli.commands.sending import code_of, worse
from tui.cli.output import compose, text
from tui.cli.output.text import say
from tui.format import chasing, records
from tui.format.moments import parse_time
from tui.format.text import cell
from tui.runtime.exits import ASKS, DONE, FAILED


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
        put_json({"number": row.number, **records.plain(written)})
    else:
        nothing = "" if written.emails else " Nothing was sent about it."
        say(f"{cell(row.number)}: {written.files} files in {cell(str(written.path))}.{nothing}")
    return DONE


def fix(options: Namespace) -> int:
    with opened() as backend:
        correcting = backend.correcting
        found = correcting.customers_with(options.old, options.customer)
        if not found:
            raise NotFoundError(
                f"No customer{' like that' if options.customer else ''} has {options.old!r}, and"
                " nothing failed there.",
                "outtray customers TEXT finds a customer by a part of the address.",
            )
        verdict = correcting.check(options.new)
        compose.tell_verdict(options.new, verdict)
        code = _code_of(verdict, yes=options.yes)
        if code != DONE:
            say("Nothing was changed." + (" Answer with --yes." if code == ASKS else ""))
            _put(options, verdict, None, (), ())
            return code
        customer_ids = [customer_id for customer_id, _ in found]
        saved = correcting.save(options.old, options.new, customer_ids)
        compose.tell_saved(saved)
        waiting = correcting.waiting(options.old, saved.new, customer_ids)
        sent: list[SendOutcome] = []
        if options.resend:
            code, sent = _resend(backend, options, saved, waiting)
        else:
            compose.tell_waiting(waiting)
    _put(options, verdict, saved, waiting, sent)
    return code


def _resend(
    backend: Backend, options: Namespace, saved: Corrected, waiting: Sequence[Waiting]
) -> tuple[int, list[SendOutcome]]:
    """One after the other; what is settled, or not ours, waits for a person's own send."""
    backend.recover()
    code, sent = DONE, []
    for each in waiting:
        if not is_ticked(each.verdict):
            outcome = SendOutcome(each.document.number, None, each.verdict)
        else:
            outcome = backend.correcting.resend(
                each.document.id,
                options.old,
                saved.new,
                confirmed=options.yes,
                again=options.again,
            )
        text.outcome(outcome)
        sent.append(outcome)
        code = worse(code, code_of(outcome))
    if not waiting:
        say("Nothing that failed there waits.")
    return code, sent


def _code_of(verdict: Verdict, *, yes: bool) -> int:
    if verdict.decision is Decision.REFUSE:
        return FAILED
    return ASKS if verdict.decision is Decision.ASK and not yes else DONE


def _put(
    options: Namespace,
    verdict: Verdict,
    saved: Corrected | None,
    waiting: Sequence[Waiting],
    sent: Sequence[SendOutcome],
) -> None:
    if options.json:
        new = saved.new if saved else options.new
        answer: records.Json = compose.as_json(options.old, new, verdict, saved, waiting, sent)
        put_json(answer)
