"""``outtray outbox``: look at what waits, send it, pause, cancel, settle."""

from __future__ import annotations

import builtins
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from core.backend import Backend
from core.model.documents import DocumentRow
from core.model.enums import DisplayStatus, DocumentKind
from core.model.errors import DatabaseError, NotFoundError, UsageError
from core.model.outbox import OutboxEntry, WorkReport
from core.settings import loading
from tui.cli.commands.common import (
    next_pause,
    open_when_it_answers,
    opened,
    put_json,
    say_it_tries_again,
)
from tui.cli.output import stamped_lines
from tui.cli.output import text as prints
from tui.cli.output.stamped_lines import INFO, WARNING
from tui.cli.output.text import say
from tui.format import outbox as words
from tui.format.text import cell, moment
from tui.runtime.exits import DONE, FAILED

_LOOKS_EVERY: Final = 0.5
"""Seconds between two looks for what others put in."""
_PATIENCE: Final = 10.0
"""Seconds without any progress after which a command leaves the rest in the outbox."""


def list(options: Namespace) -> int:  # noqa: A001 - it is the command's name
    with opened() as backend:
        outbox = backend.outbox
        overview, entries = outbox.overview(), outbox.entries()
    if options.json:
        put_json(words.overview_json(overview, entries))
        return DONE
    if overview.holds:
        say(words.holds_line(overview))
    say(words.progress_line(overview.progress).capitalize() + ".")
    if entries:
        _print(entries)
    return DONE


def _print(entries: Sequence[OutboxEntry]) -> None:
    now = datetime.now(UTC)
    prints.table(
        ("Number", "To", "Status", "Queued", "By", "Batch", "Why"),
        [
            (
                cell(e.number, 20),
                cell(e.address, 40),
                e.word.value,
                moment(e.queued_at, now),
                cell(e.sent_by, 12),
                e.batch_id,
                words.why(e, now),
            )
            for e in entries
        ],
    )


def work(options: Namespace) -> int:
    configured = replace(
        loading.load(),
        lease=timedelta(seconds=max(options.lease, 0.5)),
        minute=timedelta(seconds=max(options.minute, 0.01)),
    )
    backend = Backend(configured, tell=say)
    try:
        if options.follow:
            return _follow(backend, as_json=options.json)
        backend.open(prints.upgrade_progress)
        report = backend.outbox.work()
    finally:
        backend.close()
    if options.json:
        put_json(words.report_json(report))
    else:
        say(words.report_line(report))
    return FAILED if report.failed or report.unconfirmed or report.waiting else DONE


def _follow(backend: Backend, *, as_json: bool) -> int:
    """Until SIGTERM or Ctrl-C: what is being called is answered and recorded first."""
    outbox = backend.outbox
    stamped_lines.begin()

    def stop(*_: object) -> None:
        outbox.stop()
        backend.leave()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    if not open_when_it_answers(backend, outbox.wait):
        return DONE
    pause, told = 0.0, ""
    while not outbox.wait(pause):
        try:
            report = outbox.work()
        except DatabaseError as error:
            pause = next_pause(pause)
            say_it_tries_again(error, pause)
            continue
        pause = _LOOKS_EVERY
        did = report.sent or report.failed or report.unconfirmed
        if as_json and did:
            sys.stdout.write(prints.as_json(words.report_json(report)) + "\n")
            sys.stdout.flush()
        elif did or (report.words and report.words != told):
            is_bad = report.failed or report.unconfirmed or report.words
            say(words.report_line(report), WARNING if is_bad else INFO)
        told = report.words
    return DONE


def pause(options: Namespace) -> int:
    with opened() as backend:
        backend.outbox.pause(options.note)
        overview = backend.outbox.overview()
    return _told(options, overview.progress.waiting, words.holds_line(overview), "waiting")


def resume(options: Namespace) -> int:
    with opened() as backend:
        lifted = backend.outbox.resume()
        waiting = backend.outbox.waiting()
    what = "It goes on" if lifted else "Nothing held it back"
    text = f"{what}; {words.counted(waiting)} in the outbox."
    return _told(options, waiting, text, "waiting")


def cancel(options: Namespace) -> int:
    if bool(options.numbers) == bool(options.batch):
        raise UsageError("Name the documents, or a --batch.", "outtray outbox list shows them.")
    with opened() as backend:
        outbox = backend.outbox
        if options.batch:
            count = outbox.cancel_batch(options.batch)
        else:
            documents = [_document(backend, options, each) for each in options.numbers]
            chosen = {document.id for document in documents}
            count = outbox.cancel(
                [
                    entry.delivery_id
                    for entry in outbox.entries()
                    if entry.document_id in chosen and entry.word is DisplayStatus.QUEUED
                ]
            )
    text = f"{words.counted(count)} cancelled; nobody gets them."
    _told(options, count, text if count else "Nothing of that waits.", "cancelled")
    return DONE if count else FAILED


def settle(options: Namespace) -> int:
    if not options.numbers and not options.all:
        raise UsageError("Name the documents, or say --all.", "outtray outbox list shows them.")
    with opened() as backend:
        found = _unconfirmed(backend, options)
        outbox, ids = backend.outbox, [entry.delivery_id for entry in found]
        count = outbox.settle_all(ids, was_sent=options.sent, note=options.note)
        email_ids = sorted({entry.email_id for entry in found})
        settled = [e for e in outbox.deliveries(email_ids) if e.delivery_id in set(ids)]
    if options.json:
        put_json([words.entry_json(entry) for entry in settled])
    else:
        what = "sent" if options.sent else "not sent"
        say(f"{words.counted(count)} settled as {what}. A report of SES would still win.")
    return DONE if count == len(found) else FAILED


def _unconfirmed(backend: Backend, options: Namespace) -> Sequence[OutboxEntry]:
    """Return what is to be settled; without ``--all`` one a document."""
    found: builtins.list[OutboxEntry] = []
    for number in options.numbers:
        document = _document(backend, options, number)
        mine = _to(backend.outbox.unsettled(document.id), options.to)
        if not mine:
            raise NotFoundError(
                f"{number} has no unconfirmed email.", "outtray outbox list shows them."
            )
        if len(mine) > 1 and not (options.to or options.all):
            raise UsageError(
                f"{number} has several: {', '.join(e.address for e in mine)}.",
                "Say which with --to ADDRESS, or --all.",
            )
        found += mine
    if not options.numbers:
        entries = _to(backend.outbox.entries(), options.to)
        found += [entry for entry in entries if entry.word is DisplayStatus.UNCONFIRMED]
    if not found:
        raise NotFoundError("Nothing is unconfirmed.", "outtray outbox list shows what is open.")
    return found


def _to(entries: Sequence[OutboxEntry], address: str) -> Sequence[OutboxEntry]:
    return [e for e in entries if not address or e.address.casefold() == address.casefold()]


def _document(backend: Backend, options: Namespace, number: str) -> DocumentRow:
    kind = DocumentKind(options.kind) if options.kind else None
    return backend.documents.find(number, options.customer, kind)


def _told(options: Namespace, count: int, text: str, name: str) -> int:
    if options.json:
        put_json({name: count, "words": text})
    else:
        say(text)
    return DONE


def work_off(backend: Backend, is_done: Callable[[], tuple[bool, int]]) -> WorkReport:
    """Work until ``is_done`` (which also counts what is over), or while it gets on at all.

    What does not go now stays in the outbox; an interruption leaves it there too.
    """
    outbox = backend.outbox
    total, over_before, since = WorkReport(), -1, time.monotonic()
    while True:
        total += outbox.work()
        done, over = is_done()
        if over > over_before:
            over_before, since = over, time.monotonic()
        if done or outbox.overview().holds or time.monotonic() - since > _PATIENCE:
            return total
        if outbox.wait(_LOOKS_EVERY):
            return total
