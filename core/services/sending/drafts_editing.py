"""What a person does while writing an email: drafts, previews, tests, attachments, templates."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from core.db.engine import Database
from core.db.writes import drafts
from core.files import attachments
from core.mail.templates import loader
from core.mail.templates.wording import Occasion, Office, values
from core.model.delivery import DocumentSummary
from core.model.documents import DocumentRow
from core.model.email import AttachedFile, Composition, Draft, Preview, TemplateReport, TestOutcome
from core.model.enums import DocumentKind, EmailKind
from core.model.errors import InputError
from core.model.ports import Clock
from core.rules.gate.document_rules import blocked_ending
from core.services.sending import drafts as drafting
from core.services.sending.dispatch import Dispatch

_MOST_PATHS: Final = 50


@dataclass(frozen=True)
class Composing:
    """Everything around a draft but the send itself."""

    database: Database
    dispatch: Callable[[], Dispatch]
    """Made when it is first needed: looking at a draft calls no AWS."""
    office: Office
    clock: Clock

    def compose(self, kind: EmailKind, document_id: int, language: str = "") -> Composition:
        """Return a draft with everything filled in, and the one that was left, if one was."""
        office = replace(self.office, language=language) if language else self.office
        reader = self.database.reader
        made = drafting.draft(reader, kind, document_id, office, self.clock())
        saved = drafts.find(reader, document_id, made.draft.kind, office.operator)
        others = drafts.of_others(reader, document_id, office.operator)
        return replace(made, saved=saved, drafts_of_others=others)

    def save(self, draft: Draft) -> datetime:
        """Keep ``draft`` for this operator until it is sent; return when that was."""
        at = self.clock()
        with self.database.transaction() as connection:
            drafts.save(connection, draft, self.office.operator, at)
        return at

    def discard(self, draft: Draft) -> None:
        """Forget what was kept for the document and kind of ``draft``."""
        with self.database.transaction() as connection:
            drafts.discard(connection, draft.document_id, draft.kind, self.office.operator)

    def preview(self, draft: Draft) -> Preview:
        """Return exactly what would leave; see ``Dispatch.preview``."""
        return self.dispatch().preview(draft)

    def send_test(self, draft: Draft, address: str) -> TestOutcome:
        """Send to ``address`` alone, marked as a test; see ``Dispatch.send_test``."""
        return self.dispatch().send_test(draft, address)

    def attach(self, path: str) -> AttachedFile:
        """Read a file to attach.

        Raises:
            InputError: it cannot be read, or SES would refuse the email because of it.
        """
        file = attachments.read_attachment(_typed(path))
        ending = blocked_ending(file.name)
        if ending:
            raise InputError(
                f"SES takes no {ending} files: {file.name}.",
                "It would refuse the whole email. Put it into a .zip, or send a link.",
            )
        return file

    def paths(self, typed: str) -> tuple[str, ...]:
        """Return what ``typed`` may become; folders end with a separator. No error, ever."""
        path = _typed(typed)
        folder, begun = (path, "") if typed.endswith(("/", os.sep)) else (path.parent, path.name)
        try:
            found = sorted(folder.iterdir(), key=lambda p: p.name.casefold())
        except (OSError, ValueError):
            return ()
        shown = typed[: len(typed) - len(begun)] if begun else typed
        return tuple(
            f"{shown}{p.name}{os.sep if p.is_dir() else ''}"
            for p in found
            if p.name.casefold().startswith(begun.casefold())
            and p.name.isprintable()
            and (begun.startswith(".") or not p.name.startswith("."))
        )[:_MOST_PATHS]

    def templates(self) -> tuple[TemplateReport, ...]:
        """Return every file of the templates folder, each tried on a made-up document."""
        return tuple(map(_report, loader.entries(self.office.templates)))


def _typed(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # ~nobody
        return Path(path)


def _report(entry: loader.TemplateEntry) -> TemplateReport:
    problem = entry.error
    if entry.template is not None:
        problem = loader.unknown_variable(entry.template)
        try:
            _ = problem or loader.fill_in(entry.template, _example(entry.template.name.kind))
        except loader.TemplateFileError as error:
            problem = error
    name = entry.name
    return TemplateReport(
        entry.file,
        kind=name.kind.value if name else "",
        email=name.email.value if name else "",
        step=name.step if name else 0,
        name=name.name if name else "",
        language=name.language if name else "",
        problem=f"{problem.reason}." if problem else "",
        line=problem.line if problem else 0,
    )


def _example(kind: DocumentKind) -> dict[str, object]:
    """The values of a document that is overdue; templates are tried on it."""
    document = DocumentRow(
        id=0,
        customer_id=0,
        customer="Krajcik & Sons",
        kind=kind,
        number="INV-0042" if kind is DocumentKind.INVOICE else "EST-0042",
        status="OPEN",
        currency="USD",
        total=Decimal("1350.00"),
        balance_due=Decimal("849.10"),
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
        pdf="",
        summary=DocumentSummary(),
    )
    today = datetime(2026, 12, 24, tzinfo=UTC).date()
    office = Office("anna", "Billing <billing@outtray.example>")
    return values(office, Occasion(document, (), (), today))
