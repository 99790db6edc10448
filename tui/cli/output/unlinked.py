"""``outtray events unlinked|link``: emails of other programs and the documents they are about."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from core.backend import Backend
from core.model.enums import DocumentKind
from core.model.errors import UsageError
from core.model.reports import LinkedByHand
from core.rules.delivery.external_email import Relinked, Unlinked
from tui.cli.output import reports, text
from tui.cli.output.text import say
from tui.format import records
from tui.format.text import cell
from tui.runtime.exits import DONE


def unlinked(options: Namespace, backend: Backend) -> int:
    """List what waits for a person."""
    limit = options.limit or None
    found = backend.linking.page(everything=options.all, limit=limit)
    if options.json:
        _put([_mail(each) for each in found])
    elif not found:
        say("Nothing waits to be linked.")
    else:
        for each in found:
            _print(each)
        say("Link one with: outtray events link MESSAGE_ID NUMBER")
    if limit is not None and len(found) == limit:
        say(f"The newest {limit}; --limit 0 shows all.")
    return DONE


def dismiss(options: Namespace, backend: Backend) -> int:
    """Say that an email is about no document, or take that back."""
    act = backend.linking.restore if options.undo else backend.linking.dismiss
    mail = act(options.message_id)
    if options.json:
        _put({"message_id": mail.message_id, "dismissed": not options.undo})
    else:
        what = cell(mail.subject, 70) or "The email"
        say(f"{what}: {'waits again' if options.undo else 'about no document'}.")
    return DONE


def link(options: Namespace, backend: Backend) -> int:
    """Link one email by hand, or look at all of them again."""
    if options.again != (options.message_id is None) or options.again != (options.number is None):
        raise UsageError(
            "Say which email and which document, or --again.",
            "outtray events link MESSAGE_ID NUMBER; outtray events unlinked lists the ids.",
        )
    if options.again:
        return _again(options, backend.linking.again())
    kind = DocumentKind(options.kind) if options.kind else None
    return _linked(
        options, backend.linking.link(options.message_id, options.number, options.customer, kind)
    )


def _again(options: Namespace, done: Relinked) -> int:
    if options.json:
        _put(records.plain(done))
    else:
        say(f"{done.linked} of {done.examined} emails linked, {done.applied} facts applied.")
        reports.unsearched(done.unsearched)
    return DONE


def _linked(options: Namespace, done: LinkedByHand) -> int:
    if options.json:
        shape = "number=document.number kind=document.kind customer=document.customer"
        told = {"message_id": options.message_id}
        _put(records.shaped(done, f"{shape} email_id applied", **told))
    else:
        number, customer = cell(done.document.number), cell(done.document.customer)
        say(f"Linked to {number} of {customer}; {done.applied} facts applied.")
    return DONE


def _put(value: Any) -> None:
    sys.stdout.write(text.as_json(value, indent=2) + "\n")


def _mail(found: Unlinked) -> records.Json:
    return records.shaped(
        found.mail,
        "message_id subject from=source at",
        to=[addressee.address for addressee in found.mail.addressees],
        candidates=[records.shaped(each, "number kind customer") for each in found.candidates],
        **records.shaped(found, "dismissed_by? dismissed_at"),
    )


def _print(found: Unlinked) -> None:
    mail = found.mail
    to = cell(", ".join(addressee.address for addressee in mail.addressees), 80)
    lines = [
        cell(mail.message_id),
        f"  {records.instant(mail.at)}  {cell(mail.subject, 70) or '(no subject)'}",
        f"  from {cell(mail.source, 60)}  to {to}",
        *(f"  maybe {cell(d.number)} of {cell(d.customer, 60)}" for d in found.candidates),
    ]
    if found.dismissed_at is not None:
        when = records.instant(found.dismissed_at)
        lines.append(f"  about no document, said {cell(found.dismissed_by, 60)} {when}")
    sys.stdout.write("\n".join(lines) + "\n")
