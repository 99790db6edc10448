"""What the command line says about drafts, previews, tests, templates and corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.model.corrections import Corrected, Waiting
from core.model.email import (
    Composition,
    Draft,
    Preview,
    SendOutcome,
    TemplateReport,
    TestOutcome,
    Verdict,
    Version,
    Weight,
)
from core.model.errors import NotFoundError
from core.rules.chasing.attention import is_ticked
from tui.cli.output import text
from tui.cli.output.text import out, say
from tui.format import records
from tui.format.email import leaves
from tui.format.records import Json
from tui.format.shell_commands import with_shell_commands
from tui.format.text import cell, paragraphs, size


def version(composition: Composition, step: int | None) -> Version:
    """Return the text of a step; without one, the last: a resend's current document.

    Raises:
        NotFoundError: there is no such step.
    """
    versions = composition.versions
    if step is None:
        return versions[-1]
    found = next((v for v in versions if v.step == step), None)
    if found is None:
        known = ", ".join(f"{v.step} {v.name}" for v in versions if v.step) or "none"
        raise NotFoundError(f"There is no step {step}.", f"There are: {known}.")
    return found


def in_words_of(composition: Composition, chosen: Version) -> Draft:
    return replace(
        composition.draft,
        subject=chosen.subject,
        body=chosen.body,
        attachments=chosen.attachments,
        reply_to=chosen.reply_to or composition.draft.reply_to,
    )


# --------------------------------------------------------------------------- JSON


def preview(number: str, seen: Preview) -> Json:
    return records.shaped(
        seen,
        "text html_text attachments=files size",
        number=number,
        headers=[{"name": name, "value": value} for name, value in seen.headers],
        recipients=[{"address": a, "role": role.value} for role, a in seen.recipients],
    )


def test(number: str, outcome: TestOutcome) -> Json:
    shape = "test_to=address subject ses_message_id? error=stopped_by?"
    return records.shaped(outcome, shape, number=number)


def template(report: TemplateReport) -> Json:
    return records.shaped(report, "file kind? email? step? name? language? line? problem?")


def step_text(chosen: Version, *, fits: bool) -> Json:
    return records.shaped(
        chosen, "step? name file=source? subject message=body problem?", fits=fits
    )


# --------------------------------------------------------------------------- text


def print_preview(number: str, seen: Preview) -> None:
    """Print the message as it would leave."""
    out(f"{cell(number)}: {leaves(seen)}")
    for name, value in seen.headers:
        out(f"{name}: {cell(value)}")
    out()
    for line in paragraphs(seen.text):
        out(line)
    out()
    out("and as HTML:" if seen.html_text else "no HTML part")
    for line in paragraphs(seen.html_text):
        out(f"  {line}")
    for file in seen.files:
        out(f"attached: {cell(file.name)} {size(file.size)} sha256 {file.sha256[:12]}")


def say_test(number: str, outcome: TestOutcome) -> None:
    what = cell(outcome.address)
    if outcome.stopped_by:
        say(f"{cell(number)}: no test was sent to {what}: {cell(outcome.stopped_by)}")
    else:
        say(f"{cell(number)}: test sent to {what}; it is not recorded in the document's history.")


def print_reports(reports: Sequence[TemplateReport]) -> None:
    """Print one line a file."""
    for report in reports:
        place = f"line {report.line}: " if report.line else ""
        what = f"✖ {place}{cell(report.problem)}" if report.problem else "ok"
        step = f"step {report.step} {report.name}" if report.step else report.name
        out(f"{cell(report.file):44} {step:18} {report.language:6} {what}".rstrip())


def print_text(chosen: Version, *, fits: bool) -> None:
    """Print subject and message of a text."""
    name = f"step {chosen.step} {chosen.name}" if chosen.step else chosen.name
    out(f"── {cell(name)} · {cell(chosen.source) or 'built in'}{' · fits now' if fits else ''}")
    if chosen.problem:
        out(f"✖ {cell(chosen.problem)} The built-in text is used.")
    out(f"Subject: {cell(chosen.subject)}")
    out()
    for line in paragraphs(chosen.body):
        out(line)
    out()


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
    return records.shaped(
        each,
        "number=document.number customer=document.customer status=word failed_at"
        " verdict=verdict.decision",
        reasons=[records.finding(found) for found in each.verdict.findings],
        offered=is_ticked(each.verdict),
    )


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
