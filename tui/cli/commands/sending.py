"""``send``, ``follow-up``, ``resend``: all go through the gate, the worst code wins; templates.

One is sent at once, several go into the outbox together and are worked off from there, at the
account's rate and by several threads.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce

from core.backend import Backend
from core.model.email import Composition, Decision, Draft, RecipientOutcome, SendOutcome
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.errors import DatabaseError, OuttrayError
from core.model.outbox import Approval, OutboxEntry
from tui.cli.commands.common import opened, put_json
from tui.cli.commands.outbox import work_off
from tui.cli.output import compose, text
from tui.cli.output.text import say
from tui.format import records
from tui.format.outbox import counted
from tui.format.text import cell
from tui.runtime.exits import ASKS, DONE, FAILED

_ON_THEIR_WAY = (DisplayStatus.QUEUED, DisplayStatus.SENDING)
type_of_results = list[SendOutcome | tuple[str, OuttrayError]]
Told = tuple[records.Json, int]


def send(options: Namespace) -> int:
    with opened() as backend:
        if options.preview or options.test_to is not None:
            told = [_try_out(backend, options, number) for number in options.numbers]
        else:
            backend.recover()
            act = _send_several if len(options.numbers) > 1 else _send_one
            told = [_told(result) for result in act(backend, options)]
    if options.json:
        put_json([answer for answer, _ in told])
    return reduce(worse, (code for _, code in told), DONE)


def _told(result: SendOutcome | tuple[str, OuttrayError]) -> Told:
    if isinstance(result, SendOutcome):
        text.outcome(result)
        return records.outcome(result), code_of(result)
    number, error = result
    say(f"{cell(number)}: {cell(str(error))}")
    return records.not_possible(number, error), FAILED


def _try_out(backend: Backend, options: Namespace, number: str) -> Told:
    """Show what would leave about one document, or send it to oneself; nothing is recorded."""
    try:
        draft = _draft(backend, options, number)
        if options.preview:
            seen = backend.composing.preview(draft)
            if not options.json:
                compose.print_preview(number, seen)
            return compose.preview(number, seen), DONE
        test = backend.composing.send_test(draft, options.test_to)
    except OuttrayError as error:
        return _told((number, error))
    compose.say_test(number, test)
    return compose.test(number, test), FAILED if test.stopped_by else DONE


def _send_one(backend: Backend, options: Namespace) -> type_of_results:
    (number,) = options.numbers
    try:
        draft = _draft(backend, options, number)
        outcome = backend.send(draft, confirmed=options.yes, again=options.again)
    except OuttrayError as error:
        return [(number, error)]
    if outcome.email_id is not None and any(r.status in _ON_THEIR_WAY for r in outcome.recipients):
        with _told_anyway():  # what became of the others is known, and must be told
            told = _work_off(backend, [outcome.email_id])
            outcome = replace(outcome, recipients=_recipients(told, outcome.recipients))
    return [outcome]


@contextmanager
def _told_anyway() -> Iterator[None]:
    """Say what the database lacks, and go on to tell what is known without it."""
    try:
        yield
    except DatabaseError as error:
        say(cell(str(error), 400))


def _send_several(backend: Backend, options: Namespace) -> type_of_results:
    asked: list[tuple[str, Approval | OuttrayError]] = []
    for number in options.numbers:
        try:
            draft = _draft(backend, options, number)
            asked.append((number, backend.outbox.approve(draft)))
        except OuttrayError as error:
            asked.append((number, error))
    approved = [each for _, each in asked if isinstance(each, Approval)]
    queued = backend.outbox.enqueue(approved, confirmed=options.yes, again=options.again)
    told: Sequence[OutboxEntry] = ()
    if queued.email_ids:
        with _told_anyway():
            _work_off(backend, queued.email_ids)
        told = backend.outbox.deliveries(queued.email_ids)
    overtaken = {each.document_id for each in queued.left_out if each.is_overtaken}
    results: type_of_results = []
    used: set[int] = set()
    for number, each in asked:
        if not isinstance(each, Approval):
            results.append((number, each))
            continue
        document_id, verdict = each.draft.document_id, each.verdict
        mine = [entry for entry in told if entry.document_id == document_id]
        if mine and document_id not in used:
            used.add(document_id)
            results.append(SendOutcome(number, mine[0].email_id, verdict, _recipients(mine)))
            continue
        if document_id in overtaken:  # what is there now is what the gate has to be asked about
            verdict = backend.check(each.draft)
        results.append(SendOutcome(number, None, verdict))
    return results


def _work_off(backend: Backend, email_ids: Sequence[int]) -> Sequence[OutboxEntry]:
    """Work the outbox until these are over; say what stays in it, and why."""
    outbox = backend.outbox

    def is_done() -> tuple[bool, int]:
        found = outbox.deliveries(email_ids)
        left = sum(entry.word in _ON_THEIR_WAY for entry in found)
        if show is not None:
            show("Sending", len(found) - left, len(found))
        return not left, len(found) - left

    show = text.progress()
    try:
        report = work_off(backend, is_done)
    except KeyboardInterrupt:
        say("Stopped. What was not sent yet stays in the outbox.")
        raise
    told = outbox.deliveries(email_ids)
    left = sum(entry.word in _ON_THEIR_WAY for entry in told)
    if left:
        say(
            f"{counted(left)} {'waits' if left == 1 else 'wait'} in the outbox, to go out when"
            f" Outtray runs next, or with outtray outbox work. {cell(report.words, 300)}".rstrip()
        )
    return told


def _recipients(
    entries: Sequence[OutboxEntry], known: Sequence[RecipientOutcome] = ()
) -> tuple[RecipientOutcome, ...]:
    """What the outbox says; ``known`` is what it could not be told."""
    unkept = {each.address: each for each in known if not each.is_recorded}
    return tuple(
        unkept[e.address]
        if e.address in unkept and e.word is DisplayStatus.SENDING
        else RecipientOutcome(e.address, e.word, e.ses_message_id, e.error)
        for e in entries
    )


def _draft(backend: Backend, options: Namespace, number: str) -> Draft:
    kind = DocumentKind(options.kind) if options.kind else None
    document = backend.documents.find(number, options.customer, kind)
    composition = backend.composing.compose(
        EmailKind(options.email_kind), document.id, getattr(options, "language", "")
    )
    return _edited(composition, options)


def _edited(composition: Composition, options: Namespace) -> Draft:
    from core.files.attachments import read_attachment

    draft = _worded(composition, options)
    draft = replace(
        draft,
        to=tuple(options.to) or draft.to,
        cc=tuple(options.cc) or draft.cc,
        bcc=tuple(options.bcc) or draft.bcc,
        reply_to=options.reply_to if options.reply_to is not None else draft.reply_to,
    )
    if getattr(options, "subject", None) is not None:
        draft = replace(draft, subject=options.subject)
    if getattr(options, "message", None) is not None:
        draft = replace(draft, body=options.message)
    files = tuple(read_attachment(path) for path in getattr(options, "attach", []))
    return replace(draft, attachments=draft.attachments + files)


def _worded(composition: Composition, options: Namespace) -> Draft:
    """The draft in the words that were asked for."""
    step = getattr(options, "step", None)
    if step is None and not getattr(options, "current", False):
        chosen = composition.versions[composition.chosen]
        if chosen.problem:
            say(f"{cell(composition.document.number)}: {cell(chosen.problem)} Built-in text used.")
        return composition.draft
    return compose.in_words_of(composition, compose.version(composition, step))


def code_of(outcome: SendOutcome) -> int:
    """The exit code that one document deserves."""
    if outcome.email_id is None:
        return ASKS if outcome.verdict.decision is Decision.ASK else FAILED
    good = all(
        r.status not in (DisplayStatus.FAILED, DisplayStatus.UNCONFIRMED, *_ON_THEIR_WAY)
        for r in outcome.recipients
    )
    return DONE if good else FAILED


def worse(one: int, other: int) -> int:
    """The code that decides where there are two."""
    order = (DONE, ASKS, FAILED)
    return max(one, other, key=order.index)


def list_templates(options: Namespace) -> int:
    _ = _listed(options)
    return DONE


def check(options: Namespace) -> int:
    return FAILED if _listed(options) else DONE


def preview(options: Namespace) -> int:
    kind = EmailKind.ORIGINAL if options.original else EmailKind.FOLLOW_UP
    with opened() as backend:
        which = DocumentKind(options.kind) if options.kind else None
        document = backend.documents.find(options.number, options.customer, which)
        made = backend.composing.compose(kind, document.id, options.language)
    fitting = made.versions[made.chosen]
    wanted = made.versions
    if options.step is not None:
        wanted = (compose.version(made, options.step),)
    if options.json:
        put_json([compose.step_text(each, fits=each is fitting) for each in wanted])
    else:
        for each in wanted:
            compose.print_text(each, fits=each is fitting)
    return DONE


def _listed(options: Namespace) -> int:
    """Print every file; return how many cannot be used."""
    with opened() as backend:
        reports = backend.composing.templates()
        folder = backend.settings.templates
    if options.json:
        put_json([compose.template(report) for report in reports])
    else:
        compose.print_reports(reports)
        if not reports:
            say(f"No templates in {cell(str(folder))}; the built-in texts are used.")
    return sum(bool(report.problem) for report in reports)
