"""The texts of a new email: the office's templates where there are some, else those built in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from core.mail.mime import default_body, default_subject, one_line
from core.mail.templates import loader
from core.model.documents import DocumentRow
from core.model.email import Version
from core.model.enums import DocumentKind, EmailKind
from core.model.history import Contact, EmailEntry
from core.rules.chasing import reminder_steps
from core.rules.delivery.addresses import parse_mailbox

#: Currencies without minor units. Source: ISO 4217, list one.
_NO_CENTS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes, in which language, and where the office's templates lie."""

    operator: str = ""
    sender: str = ""
    language: str = "en"
    templates: Path | None = None
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an email is written about, and what was written before."""

    document: DocumentRow
    contacts: Sequence[Contact]
    emails: Sequence[EmailEntry]
    today: date


def versions(
    office: Office, kind: EmailKind, occasion: Occasion, *, attached: bool
) -> tuple[tuple[Version, ...], int]:
    """Return the texts to choose from, never none and never an empty one, and which fits now.

    A template that is broken is named, and what is built in stands in for it.
    """
    document = occasion.document
    every = loader.entries(office.templates)
    found = loader.fitting(every, document.kind, kind, office.language)
    if not found:
        stray = next((entry.error for entry in every if entry.error), None)
        built_in = _built_in(kind, document, attached=attached)
        first = replace(built_in[0], problem="" if stray is None else str(stray))
        return (first, *built_in[1:]), 0
    given = values(office, occasion)
    made = tuple(_version(entry, given, kind, document, attached=attached) for entry in found)
    known = [
        entry.template.step
        if entry.template
        else reminder_steps.ReminderStep(
            entry.name.step, entry.name.name, 0, max(0, entry.name.step - 1)
        )
        for entry in found
        if entry.name
    ]
    age = reminder_steps.age(document.due_on, occasion.emails, occasion.today)
    return made, reminder_steps.choose(known, age, reminder_steps.follow_ups(occasion.emails))


def values(office: Office, occasion: Occasion) -> dict[str, object]:
    """Return what a template may use: one line each, dates as dates, no date as empty text."""
    document, contacts = occasion.document, occasion.contacts
    name, address = parse_mailbox(one_line(office.sender))
    primary = next((c.name for c in contacts if c.primary), contacts[0].name if contacts else "")
    last = max((email.created_at for email in occasion.emails), default=None)
    late = (occasion.today - document.due_on).days if document.due_on else 0
    return {
        "number": one_line(document.number),
        "kind": document.kind.value,
        "customer": one_line(document.customer),
        "contact": one_line(primary),
        "total": _money(document.total, document.currency),
        "balance": _money(document.balance_due, document.currency),
        "currency": one_line(document.currency),
        "issued_on": document.issued_on or "",
        "due_on": document.due_on or "",
        "days_overdue": max(0, late),
        "last_sent_on": last.date() if last else "",
        "sends": len(occasion.emails),
        "operator": one_line(office.operator),
        "sender": one_line(name or address),
    }


def _version(
    entry: loader.TemplateEntry,
    given: Mapping[str, object],
    kind: EmailKind,
    document: DocumentRow,
    *,
    attached: bool,
) -> Version:
    step, name = (entry.name.step, entry.name.name) if entry.name else (0, "")
    try:
        if entry.template is None:
            raise entry.error or loader.TemplateFileError(entry.file, 0, "it cannot be read")
        subject, body = loader.fill_in(entry.template, given)
    except loader.TemplateFileError as error:
        instead = _built_in(kind, document, attached=attached)
        seed = next((v for v in instead if v.name == name), instead[0])
        return replace(seed, name=name, step=step, problem=str(error))
    reply_to = entry.template.reply_to
    return Version(name, subject, body, source=entry.file, step=step, reply_to=reply_to)


def _built_in(kind: EmailKind, document: DocumentRow, *, attached: bool) -> tuple[Version, ...]:
    """The texts that the program brings along. Only the first is ever chosen by itself."""
    subject = default_subject(kind, document)
    body = default_body(kind, document, attached=attached)
    if kind is not EmailKind.FOLLOW_UP:
        return (Version("original", subject, body),)
    what = f"{document.kind.value} {one_line(document.number)}"
    is_invoice = document.kind is DocumentKind.INVOICE
    firm = f"Hi, we have not heard from you about {what}. " + (
        "Please let us know when we can expect it to be settled, or what keeps you from it."
        if is_invoice
        else "Please let us know whether we may go ahead, or what you would like changed."
    )
    final = f"Hi, this is our last reminder about {what}. " + (
        "Please settle it within seven days, or call us so that we find a way together."
        if is_invoice
        else "If we do not hear from you within seven days, we will close it."
    )
    return (
        Version("friendly", subject, body, step=1),
        Version("firm", f"Reminder: {what}", firm, step=2),
        Version("final", f"Final reminder: {what}", final, step=3),
    )


def _money(value: Decimal, currency: str) -> str:
    return f"{value:,.0f}" if currency.upper() in _NO_CENTS.split() else f"{value:,.2f}"
