"""``send``, ``follow-up``, ``resend``: one document after the other, the worst exit code wins."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from core.backend import Backend
from core.errors import OuttrayError
from core.model import Composition, Decision, EmailKind, Kind, SendOutcome, Word
from tui import answers, prints
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
                outcome = _send_one(backend, options, number)
            except OuttrayError as error:
                say(f"{cell(number)}: {cell(str(error))}")
                results.append(answers.not_possible(number, error))
                code = FAILED
                continue
            prints.outcome(outcome)
            results.append(answers.outcome(outcome))
            code = worse(code, code_of(outcome))
    if options.json:
        put_json(results)
    return code


def _send_one(backend: Backend, options: Namespace, number: str) -> SendOutcome:
    kind = Kind(options.kind) if options.kind else None
    document = backend.find_document(number, options.customer, kind)
    composition = backend.compose(EmailKind(options.email_kind), document.id)
    draft = _edited(composition, options)
    return backend.send(draft.draft, confirmed=options.yes)


def _edited(composition: Composition, options: Namespace) -> Composition:
    from core.drafting import read_attachment

    draft = composition.draft
    if options.to:
        draft = replace(draft, to=tuple(options.to))
    if options.cc:
        draft = replace(draft, cc=tuple(options.cc))
    if getattr(options, "subject", None) is not None:
        draft = replace(draft, subject=options.subject)
    if getattr(options, "message", None) is not None:
        draft = replace(draft, body=options.message)
    files = tuple(read_attachment(path) for path in getattr(options, "attach", []))
    return replace(composition, draft=replace(draft, attachments=draft.attachments + files))


def code_of(outcome: SendOutcome) -> int:
    """The exit code that one document deserves."""
    if outcome.email_id is None:
        return ASKS if outcome.verdict.decision is Decision.ASK else FAILED
    bad = (Word.FAILED, Word.UNCONFIRMED)
    return FAILED if any(r.status in bad for r in outcome.recipients) else DONE


def worse(one: int, other: int) -> int:
    """The code that decides where there are two."""
    order = (DONE, ASKS, FAILED)
    return max(one, other, key=order.index)
