"""``send``, ``follow-up``, ``resend``: one document after the other, the worst exit code wins."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from core.backend import Backend
from core.errors import OuttrayError
from core.model import Composition, Decision, Draft, EmailKind, Kind, SendOutcome, Word
from tui import answers, composing, prints
from tui.actions.common import opened, put_json
from tui.exits import ASKS, DONE, FAILED
from tui.prints import say
from tui.text import cell


def send(options: Namespace) -> int:
    code = DONE
    results: list[answers.Json] = []
    with opened() as backend:
        backend.recover()
        for number in options.numbers:
            try:
                answer, this_code = _do_one(backend, options, number)
            except OuttrayError as error:
                say(f"{cell(number)}: {cell(str(error))}")
                answer, this_code = answers.not_possible(number, error), FAILED
            results.append(answer)
            code = _worse(code, this_code)
    if options.json:
        put_json(results)
    return code


def _do_one(backend: Backend, options: Namespace, number: str) -> tuple[answers.Json, int]:
    """Send one document, or show it, or send it to oneself."""
    draft = _draft(backend, options, number)
    if options.preview:
        seen = backend.composing.preview(draft)
        if not options.json:
            composing.print_preview(number, seen)
        return composing.preview(number, seen), DONE
    if options.test_to is not None:
        test = backend.composing.send_test(draft, options.test_to)
        composing.say_test(number, test)
        return composing.test(number, test), FAILED if test.stopped_by else DONE
    outcome = backend.send(draft, confirmed=options.yes)
    prints.outcome(outcome)
    return answers.outcome(outcome), _code_of(outcome)


def _draft(backend: Backend, options: Namespace, number: str) -> Draft:
    kind = Kind(options.kind) if options.kind else None
    document = backend.find_document(number, options.customer, kind)
    composition = backend.composing.compose(
        EmailKind(options.email_kind), document.id, getattr(options, "language", "")
    )
    return _edited(composition, options)


def _edited(composition: Composition, options: Namespace) -> Draft:
    from core.drafting import read_attachment

    draft = _worded(composition, options)
    draft = replace(
        draft,
        to=tuple(options.to) or draft.to,
        cc=tuple(options.cc) or draft.cc,
        bcc=tuple(options.bcc) or draft.bcc,
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
    return composing.in_words_of(composition, composing.version(composition, step))


def _code_of(outcome: SendOutcome) -> int:
    if outcome.email_id is None:
        return ASKS if outcome.verdict.decision is Decision.ASK else FAILED
    bad = (Word.FAILED, Word.UNCONFIRMED)
    return FAILED if any(r.status in bad for r in outcome.recipients) else DONE


def _worse(one: int, other: int) -> int:
    order = (DONE, ASKS, FAILED)
    return max(one, other, key=order.index)
