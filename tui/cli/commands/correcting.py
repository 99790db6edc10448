"""``outtray fix``: correct an address, and send again what failed on it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from core.backend import Backend
from core.model.corrections import Corrected, Waiting
from core.model.email import Decision, SendOutcome, Verdict
from core.model.errors import NotFoundError
from core.rules.chasing.corrections import is_ticked
from tui.cli.commands.common import opened, put_json
from tui.cli.commands.sending import code_of, worse
from tui.cli.output import address, text
from tui.cli.output.text import say
from tui.format import records
from tui.runtime.exit_codes import ASKS, DONE, FAILED


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
        address.tell_verdict(options.new, verdict)
        code = _code_of(verdict, yes=options.yes)
        if code != DONE:
            say("Nothing was changed." + (" Answer with --yes." if code == ASKS else ""))
            _put(options, verdict, None, (), ())
            return code
        customer_ids = [customer_id for customer_id, _ in found]
        saved = correcting.save(options.old, options.new, customer_ids)
        address.tell_saved(saved)
        waiting = correcting.waiting(options.old, saved.new, customer_ids)
        sent: list[SendOutcome] = []
        if options.resend:
            code, sent = _resend(backend, options, saved, waiting)
        else:
            address.tell_waiting(waiting)
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
        answer: records.Json = address.as_json(options.old, new, verdict, saved, waiting, sent)
        put_json(answer)
