"""What the books say is kept: created, updated or left alone, and never half of a file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import history
from core.db.writes.imported_records import Catalogue, Change, CustomerEntry, put_documents
from core.model.documents import CustomerFilter, DocumentFilter
from core.model.reports import ImportReport
from core.services.importing import FailedImport, import_files
from core.services.integrity_check import check
from tests.core.db.books import START, document, entry, fact, put, sent, settled, tell

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "invoiceninja"
HEADER = "number,customer,customer_email,kind,status,currency,total,balance_due,issued_on,due_on\n"
CUSTOMERS = "id,name,email\nC1,Krajcik,ann@customer.example\nC2,Åkesson,bjorn@customer.example\n"


def invoices(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


FIRST = "INV-1,Krajcik,,invoice,OPEN,USD,100.00,40.00,2026-11-01,2026-12-01"
SECOND = "INV-2,Åkesson,,invoice,PAID,EUR,55.5,0,2026-11-02,2026-12-02"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def imported(database: Database, *paths: Path, dry_run: bool = False) -> list[ImportReport]:
    answers = import_files(database, paths, dry_run=dry_run)
    assert all(isinstance(answer, ImportReport) for answer in answers), answers
    return [answer for answer in answers if isinstance(answer, ImportReport)]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def names(database: Database) -> list[str]:
    return [row.name for row in documents.page_customers(database.reader, CustomerFilter())]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the repository")
def test_the_real_export_is_read_whole_and_is_unchanged_the_second_time(
    database: Database,
) -> None:
    paths = [REAL / name for name in ("invoice.csv", "quotes.csv", "clients.csv")]
    invoices, quotes, clients = imported(database, *paths)
    assert (invoices.created, quotes.created) == (400, 102)
    assert documents.count_customers(database.reader, CustomerFilter()) == 31
    assert clients.created + invoices.customers_created + quotes.customers_created == 31
    balances = [
        amount.value
        for row in documents.page_customers(database.reader, CustomerFilter())
        for amount in row.open_balance
    ]
    assert sum(balances) == Decimal("6174.66")
    rows = documents.page_documents(database.reader, DocumentFilter())
    assert sum(row.total for row in rows) == Decimal("14950.95")
    before = settled(database)
    for report in imported(database, *paths):
        assert (report.created, report.updated, report.customers_created) == (0, 0, 0)
    assert settled(database) == before
    assert check(database).differences == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_customers_come_before_documents_whatever_the_order(
    database: Database, tmp_path: Path, order: Sequence[int]
) -> None:
    files = [
        write(tmp_path, "clients.csv", CUSTOMERS),
        write(tmp_path, "invoices.csv", invoices(FIRST, SECOND)),
    ]
    reports = imported(database, *(files[i] for i in order))
    assert [report.file for report in reports] == [str(files[i]) for i in order]
    assert [report.customers_created for report in reports if report.kind != "customers"] == [0]
    assert sorted(names(database)) == ["Krajcik", "Åkesson"]


def test_a_row_that_changed_is_updated_and_the_others_are_not(
    database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path, "invoices.csv", invoices(FIRST, SECOND))
    assert [counts(report) for report in imported(database, path)] == [(2, 0, 0)]
    write(tmp_path, "invoices.csv", invoices(FIRST.replace("40.00", "12.34"), SECOND))
    assert [counts(report) for report in imported(database, path)] == [(0, 1, 1)]
    assert document(database, "INV-1").balance_due == Decimal("12.34")


def test_a_balance_that_is_paid_closes_what_never_reached_anyone_and_can_open_it_again(
    database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path, "invoices.csv", invoices(FIRST))
    imported(database, path)
    assert document(database, "INV-1").summary.never_reached
    for balance, expected in (("0", False), ("1.00", True)):
        write(tmp_path, "invoices.csv", invoices(FIRST.replace("40.00", balance)))
        imported(database, path)
        assert document(database, "INV-1").summary.never_reached is expected
    written = sent(database, document(database, "INV-1"))
    tell(database, fact("Delivery", written.message_ids[0]))
    imported(database, write(tmp_path, "invoices.csv", invoices(FIRST)))
    summary = document(database, "INV-1").summary
    assert (summary.never_reached, summary.send_count) == (False, 1)
    assert check(database).differences == ()


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(
    database: Database, tmp_path: Path
) -> None:
    files = [
        write(tmp_path, "invoices.csv", invoices(FIRST, SECOND)),
        write(tmp_path, "clients.csv", CUSTOMERS),
    ]
    tried = imported(database, *files, dry_run=True)
    assert documents.count_documents(database.reader, DocumentFilter()) == 0
    assert names(database) == []
    assert tried == imported(database, *files)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    database: Database, tmp_path: Path
) -> None:
    good = write(tmp_path, "invoices.csv", invoices(FIRST))
    bad, kept = import_files(database, [tmp_path / "missing.csv", good])
    assert isinstance(bad, FailedImport)
    assert isinstance(kept, ImportReport)
    assert kept.created == 1


def test_a_bad_row_is_told_by_line_and_the_rest_is_kept(database: Database, tmp_path: Path) -> None:
    bad = SECOND.replace("55.5", "a lot")
    (report,) = imported(database, write(tmp_path, "invoices.csv", invoices(FIRST, bad)))
    assert counts(report) == (1, 0, 0)
    assert [rejection.line for rejection in report.rejected] == [3]


def test_progress_is_told_to_the_end(database: Database, tmp_path: Path) -> None:
    rows = [FIRST.replace("INV-1", f"INV-{i}") for i in range(1200)]
    told: list[tuple[str, int, int]] = []
    path = write(tmp_path, "invoices.csv", invoices(*rows))
    import_files(database, [path], progress=lambda *step: told.append(step))
    writing = [step[1:] for step in told if step[0].startswith("writing")]
    assert writing == [(1000, 1200), (1200, 1200)]


# --------------------------------------------------------------------------- who is who


def catalogue_of(database: Database, *entries: CustomerEntry) -> list[Change]:
    with database.transaction() as connection:
        catalogue = Catalogue(connection)
        return [catalogue.put_customer(each) for each in entries]


def find(database: Database, wanted: CustomerEntry) -> str:
    """Return the first address of the customer that a document with this entry belongs to."""
    with database.transaction() as connection:
        customer_id = Catalogue(connection).customer_id(wanted)
    return history.contacts(database.reader, customer_id)[0].address


def test_an_id_of_the_books_is_the_customer_however_it_is_called(database: Database) -> None:
    catalogue_of(database, CustomerEntry("Old Name", "ann@x.example", ref="C1"))
    assert catalogue_of(database, CustomerEntry("New Name", ref="C1")) == [Change.UPDATED]
    assert names(database) == ["New Name"]
    assert find(database, CustomerEntry("Whatever", ref="C1")) == "ann@x.example"
    (row,) = documents.page_customers(database.reader, CustomerFilter(text="new name"))
    assert row.name == "New Name"


def test_two_ids_are_two_customers_however_alike(database: Database) -> None:
    catalogue_of(
        database,
        CustomerEntry("John Smith", "one@x.example", ref="C1"),
        CustomerEntry("John Smith", "two@x.example", ref="C2"),
    )
    assert names(database) == ["John Smith", "John Smith"]
    assert find(database, CustomerEntry("john  SMITH", "Two@X.example")) == "two@x.example"
    assert find(database, CustomerEntry("John Smith", "one@x.example")) == "one@x.example"


def test_a_customer_is_found_by_name_without_case_and_blanks(database: Database) -> None:
    catalogue_of(database, CustomerEntry("Krajcik & Sons", "ann@x.example"))
    assert find(database, CustomerEntry("  KRAJCIK &  sons ")) == "ann@x.example"
    assert catalogue_of(database, CustomerEntry("Krajcik & Sons", "ann@x.example", ref="C9")) == [
        Change.UPDATED  # now it has its id
    ]
    assert len(names(database)) == 1


def test_a_new_primary_address_keeps_the_old_one_as_a_contact(database: Database) -> None:
    old, new = "old@x.example", "new@x.example"
    catalogue_of(database, CustomerEntry("K", old), CustomerEntry("K", new, contact="Ann"))
    customer_id = documents.page_customers(database.reader, CustomerFilter())[0].id
    contacts = history.contacts(database.reader, customer_id)
    assert [(c.address, c.primary) for c in contacts] == [(new, True), (old, False)]
    assert catalogue_of(database, CustomerEntry("K", new.upper())) == [Change.UNCHANGED]
    assert documents.count_customers(database.reader, CustomerFilter(text="old@x")) == 1


def test_one_number_may_be_an_invoice_and_an_estimate_and_of_several_customers(
    database: Database,
) -> None:
    with database.transaction() as connection:
        counted = put_documents(
            connection,
            Catalogue(connection),
            [
                entry("7", "A", "a@x.example"),
                entry("7", "B", "b@x.example"),
                entry("7", "A", "a@x.example"),
            ],
        )
    assert (counted[Change.CREATED], counted[Change.UNCHANGED]) == (2, 1)


@pytest.mark.parametrize(
    "number", ["INV/2026 001", "№ 7 – ä", "'; DROP TABLE documents;--", "\x00"]
)
def test_a_number_is_kept_as_it_is_written(database: Database, number: str) -> None:
    with database.transaction() as connection:
        put_documents(connection, Catalogue(connection), [entry(number)])
    (row,) = documents.page_documents(database.reader, DocumentFilter(number=number))
    assert row.number == number.replace("\x00", "\\u0000")


def test_an_import_does_not_touch_what_was_sent(database: Database) -> None:
    (row,) = put(database, entry())
    sent(database, row, at=START)
    before = settled(database)["emails"], settled(database)["deliveries"]
    put(database, entry(status="PAID", balance_due=Decimal(0)))
    assert (settled(database)["emails"], settled(database)["deliveries"]) == before
    assert document(database).summary.send_count == 1
