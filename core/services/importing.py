"""Accounting exports into the database, one transaction a file: nothing is half-imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.db.engine import Database
from core.db.writes import external_email
from core.db.writes.imported_records import (
    Catalogue,
    Change,
    CustomerEntry,
    DocumentEntry,
    put_documents,
)
from core.imports import CustomerRecord, DocumentRecord, ParsedFile, read
from core.model.errors import FailedImport, OuttrayError
from core.model.reports import ImportReport

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.rules.delivery.external_email import NumberSearch

__all__ = ["FailedImport", "Progress", "import_files"]

Progress = Callable[[str, int, int], None]
"""(what is being done, done, all); called now and then."""

_PLAIN: Final = "plain"
"""The dialect whose documents may name a customer by id."""


def import_files(
    database: Database,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    search: NumberSearch | None = None,
) -> list[ImportReport | FailedImport]:
    """Import files, customers before documents; the answers are in the order of ``paths``.

    Bad rows are reported and left out, everything else is kept. A file that cannot be read does
    not stop the others. Emails of other programs that waited for one of the documents are linked;
    ``search`` finds numbers (``core.rules.delivery.external_email.mentions``).
    """
    tell = progress or (lambda *_: None)
    answers: dict[int, ImportReport | FailedImport] = {}
    parsed: dict[int, ParsedFile] = {}
    for position, path in enumerate(paths):
        try:
            parsed[position] = _read(path, tell)
        except OuttrayError as error:
            answers[position] = FailedImport(str(path), error)
    in_order = sorted(parsed, key=lambda p: (parsed[p].kind != "customers", p))
    if dry_run:  # one transaction, so that documents find the customers of the file before
        with database.transaction(commit=False) as connection:
            for position in in_order:
                answers[position] = _store(connection, paths[position], parsed[position], tell)
    else:
        for position in in_order:
            with database.transaction() as connection:
                answers[position] = _store(connection, paths[position], parsed[position], tell)
        if in_order:
            external_email.relink(database, search)
    return [answers[position] for position in range(len(paths))]


def _read(path: Path, tell: Progress) -> ParsedFile:
    return read(path, lambda done, total: tell(f"reading {path.name}", done, total))


def _store(connection: Connection, path: Path, parsed: ParsedFile, tell: Progress) -> ImportReport:
    counts = dict.fromkeys(Change, 0)
    catalogue = Catalogue(connection)
    for record in parsed.customers:
        counts[catalogue.put_customer(_customer(record))] += 1
    told = catalogue.customers_created
    documents = put_documents(
        connection,
        catalogue,
        [_document(r, path, parsed.dialect, catalogue) for r in parsed.documents],
        lambda done, total: tell(f"writing {path.name}", done, total),
    )
    for change, count in documents.items():
        counts[change] += count
    created = catalogue.customers_created - told
    return ImportReport(
        file=str(path),
        dialect=parsed.dialect,
        kind=parsed.kind,
        read=parsed.read,
        created=counts[Change.CREATED],
        updated=counts[Change.UPDATED],
        unchanged=counts[Change.UNCHANGED],
        rejected=parsed.rejected,
        customers_created=created,
        kept_corrections=tuple(catalogue.kept_corrections),
    )


def _customer(record: CustomerRecord) -> CustomerEntry:
    return CustomerEntry(record.name, record.email, record.contact, record.ref, record.phone)


def _document(
    record: DocumentRecord, path: Path, dialect: str, catalogue: Catalogue
) -> DocumentEntry:
    by_id = dialect == _PLAIN and catalogue.has_ref(record.customer)
    return DocumentEntry(
        customer=CustomerEntry(
            record.customer, record.customer_email, ref=record.customer if by_id else ""
        ),
        kind=record.kind,
        number=record.number,
        status=record.status,
        currency=record.currency,
        total=record.total,
        balance_due=record.balance_due,
        issued_on=record.issued_on,
        due_on=record.due_on,
        pdf=_pdf(record.pdf, path),
    )


def _pdf(pdf: str, path: Path) -> str:
    """A file beside the export becomes a whole path; anything else stays as it is written."""
    if pdf and "://" not in pdf:
        beside = path.resolve().parent / pdf
        if beside.is_file():
            return str(beside)
    return pdf
