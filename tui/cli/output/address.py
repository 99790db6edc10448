"""Pure: what the command ``fix`` answers, as JSON and in words."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.corrections import Corrected, Waiting
from core.model.email import SendOutcome, Verdict, Weight
from core.rules.chasing.corrections import is_ticked
from tui.cli.output import text
from tui.cli.output.text import say
from tui.format import records
from tui.format.shell_commands import with_shell_commands
from tui.format.text import cell


def as_json(
    old: str,
    new: str,
    verdict: Verdict,
    saved: Corrected | None,
    waiting: Sequence[Waiting],
    sent: Sequence[SendOutcome],
) -> records.Json:
    """Return everything that was found and done; ``saved`` of ``None``: nothing was changed."""
    return {
        "old": old,
        "new": new,
        "verdict": verdict.decision.value,
        "reasons": [records.finding(found) for found in verdict.findings],
        "saved": saved is not None,
        "customers": list(saved.customers) if saved else [],
        "waiting": [_waiting(each) for each in waiting],
        "sent": [records.outcome(outcome) for outcome in sent],
    }


def _waiting(each: Waiting) -> records.Json:
    return {
        "number": each.document.number,
        "customer": each.document.customer,
        "status": each.word.value,
        "failed_at": records.instant(each.failed_at),
        "verdict": each.verdict.decision.value,
        "reasons": [records.finding(found) for found in each.verdict.findings],
        "offered": is_ticked(each.verdict),
    }


def tell_verdict(new: str, verdict: Verdict) -> None:
    """Say what speaks against the new address."""
    for finding in verdict.findings:
        sign = {Weight.NOTE: "note", Weight.ASK: "asks", Weight.REFUSE: "refused"}[finding.weight]
        say(f"{cell(new)}: {sign}: {cell(finding.title)}")
        for line in (finding.detail, with_shell_commands(finding.next)):
            if line:
                say(f"    {cell(line)}")


def tell_saved(saved: Corrected) -> None:
    names = ", ".join(cell(name, 60) for name in saved.customers)
    said = f"saved for {names}" if names else "no customer had to be changed"
    say(f"{cell(saved.old)} → {cell(saved.new)}: {said}.")


def tell_waiting(waiting: Sequence[Waiting]) -> None:
    """List what failed on the old address and waits for a person."""
    for each in waiting:
        document = each.document
        reasons = "; ".join(cell(f.title) for f in each.verdict.findings if f.weight > Weight.NOTE)
        say(
            f"  {cell(document.number)} of {cell(document.customer, 60)} {text.status(each.word)}"
            + (f" ({reasons})" if reasons else "")
        )
    count = len(waiting)
    if count:
        noun = "document" if count == 1 else "documents"
        say(f"{count} {noun} failed there and can be sent again: --resend does it.")
