"""``outtray import``, as a person or a cron job runs it."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, SHARED, Office

_NINJA = SHARED / "invoiceninja"
_CHINOOK = SHARED / "chinook"

SMALL_NINJA = """\
"Invoice Ninja v4","","","","","",""
"","","","","","",""
"INVOICES","","","","","",""
"Client","Email","Invoice Number","Amount","Paid","Status","Invoice Date"
"Björk & Co","b@example.org","0001","$1,350.00","$500.90","Partial","2026-01-05"
"Björk & Co","b@example.org","0001","$1,350.00","$500.90","Partial","2026-01-05"
"Åse Lie","","0002","$20.00","$0.00","Sent","2026-01-06"
"""


@pytest.fixture
def ninja() -> list[Path]:
    if not _NINJA.is_dir():
        pytest.skip("the Invoice Ninja exports are not beside the repository")
    return [_NINJA / name for name in ("clients.csv", "invoice.csv", "quotes.csv")]


def sums(office: Office) -> dict[str, Decimal]:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for document in office.json("documents", "--limit", "0"):
        for key in ("total", "balance_due"):
            totals[f"{document['kind']} {key}"] += Decimal(document[key])
    return dict(totals)


def changed(reports: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(report["created"], report["updated"]) for report in reports]


def test_two_plain_files_become_customers_and_documents(office: Office) -> None:
    reports = office.json(
        "import", office.write("d.csv", DOCUMENTS), office.write("c.csv", CUSTOMERS)
    )
    assert [(r["dialect"], r["kind"], r["created"]) for r in reports] == [
        ("plain", "documents", 8),
        ("plain", "customers", 6),
    ]
    assert all(r["customers_created"] == 0 for r in reports)  # customers are read first


def test_a_second_import_of_the_same_files_changes_nothing(office: Office) -> None:
    files = (office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    office.json("import", *files)
    before = office.json("documents", "--limit", "0")
    assert changed(office.json("import", *files)) == [(0, 0), (0, 0)]
    assert office.json("documents", "--limit", "0") == before


def test_a_corrected_amount_updates_its_document_only(office: Office) -> None:
    office.json("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    corrected = office.write("d.csv", DOCUMENTS.replace("200.20,50.00", "200.20,0.00"))
    assert changed(office.json("import", corrected)) == [(0, 1)]
    found = office.json("documents", "--search", "INV-2")
    assert [document["balance_due"] for document in found] == ["0.00"]


def test_a_dry_run_reports_and_keeps_nothing(office: Office) -> None:
    (report,) = office.json("import", office.write("c.csv", CUSTOMERS), "--dry-run")
    assert report["created"] == 6
    assert office.json("customers") == []


def test_a_bad_row_is_reported_with_its_line_and_the_others_are_kept(office: Office) -> None:
    broken = DOCUMENTS.replace("200.20,50.00", "two hundred,50.00")
    office.json("import", office.write("c.csv", CUSTOMERS))
    answer = office.ok("import", office.write("d.csv", broken), "--json")
    (report,) = answer.json
    assert report["created"] == 7
    assert [row["line"] for row in report["rejected"]] == [3]
    assert "two hundred" in report["rejected"][0]["reason"]
    assert "line 3" in answer.err


def test_a_file_that_cannot_be_read_fails_and_does_not_stop_the_others(office: Office) -> None:
    answer = office.run("import", "gone.csv", office.write("c.csv", CUSTOMERS), "--json")
    assert answer.code == 1
    failed, imported = answer.json
    assert failed["error"]
    assert imported["created"] == 6


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04workbook", b"a,b\n1,2\n", b"\x00\x01\x02"])
def test_a_file_of_another_kind_is_refused_in_words(office: Office, content: bytes) -> None:
    answer = office.run("import", office.write("other.csv", content))
    assert answer.code == 1
    assert "other.csv" in answer.err
    assert answer.out == ""


def test_a_small_invoice_ninja_export_is_recognised_by_its_header(office: Office) -> None:
    (report,) = office.json("import", office.write("export.csv", SMALL_NINJA))
    assert (report["dialect"], report["read"], report["created"]) == ("invoiceninja", 3, 2)
    assert report["customers_created"] == 2
    found = {d["number"]: d for d in office.json("documents")}
    assert found["0001"]["customer"] == "Björk & Co"
    assert found["0001"]["balance_due"] == "849.10"


# ------------------------------------------------------------------- what others exported


def test_invoice_ninjas_exports_give_400_invoices_and_102_estimates(
    office: Office, ninja: list[Path]
) -> None:
    clients, invoices, quotes = office.json("import", *ninja)
    assert (clients["read"], clients["created"]) == (20, 20)
    assert (invoices["read"], invoices["created"]) == (401, 400)
    assert (quotes["read"], quotes["created"]) == (102, 102)
    assert not any(report["rejected"] for report in (clients, invoices, quotes))
    kinds = Counter(d["kind"] for d in office.json("documents", "--limit", "0"))
    assert kinds == {"invoice": 400, "estimate": 102}

    before = sums(office)
    assert changed(office.json("import", *ninja)) == [(0, 0)] * 3
    assert sums(office) == before
    assert before["invoice total"] == _ninja_total(ninja[1], "Invoice Number")
    assert before["estimate total"] == _ninja_total(ninja[2], "Quote Number")


def _ninja_total(path: Path, number: str) -> Decimal:
    """What a person gets who adds up the column, each document once."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    start = next(i for i, row in enumerate(rows) if number in row)
    header = rows[start]
    amounts = {
        row[header.index(number)]: Decimal(row[header.index("Amount")].strip("$").replace(",", ""))
        for row in rows[start + 1 :]
        if any(row)
    }
    return sum(amounts.values(), Decimal())


def test_the_payments_of_invoice_ninja_are_refused_with_the_reason(
    office: Office, ninja: list[Path]
) -> None:
    answer = office.run("import", ninja[0].with_name("payments.csv"), "--json")
    assert answer.code == 1
    assert "Import the invoices instead" in answer.json[0]["error"]


def test_another_programs_tables_come_in_through_the_plain_columns(office: Office) -> None:
    """Chinook's tables, brought into the plain columns as docs/import.md shows."""
    if not _CHINOOK.is_dir():
        pytest.skip("the Chinook tables are not beside the repository")
    people = list(_rows(_CHINOOK / "customers.csv"))
    customers = [
        {
            "id": row["CustomerId"],
            "name": row["Company"] or f"{row['FirstName']} {row['LastName']}",
            "email": row["Email"],
            "contact": f"{row['FirstName']} {row['LastName']}",
        }
        for row in people
    ]
    documents = [
        {
            "number": row["InvoiceId"],
            "kind": "invoice",
            "customer": row["CustomerId"],
            "status": "SENT",
            "currency": "USD",
            "total": row["Total"],
            "balance_due": "",
            "issued_on": row["InvoiceDate"],
            "due_on": "",
        }
        for row in _rows(_CHINOOK / "invoices.csv")
    ]
    reports = office.json(
        "import", _plain(office, "c.csv", customers), _plain(office, "d.csv", documents)
    )
    assert [report["created"] for report in reports] == [59, 412]
    assert [report["rejected"] for report in reports] == [[], []]
    names = {c["name"] for c in office.json("customers", "--limit", "0")}
    assert names == {c["name"] for c in customers}
    assert "Leonie Köhler" in names
    imported = office.json("documents", "--limit", "0")
    expected = sum(Decimal(row["total"]) for row in documents)
    assert sum(Decimal(d["total"]) for d in imported) == expected


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plain(office: Office, name: str, rows: list[dict[str, str]]) -> Path:
    path = office.folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_file_of_strangers_is_told_line_by_line_what_is_expected(office: Office) -> None:
    answer = office.run("import", office.write("x.csv", "Number,Customer\n1,A\n"))
    assert answer.code == 1
    first, second, *columns = answer.err.splitlines()
    assert "x.csv cannot be imported: its header is unknown: Number, Customer." in first
    assert second.strip() == "Outtray reads files with these columns:"
    assert "plain customers: name, email" in columns[0]
    assert "\N{RETURN SYMBOL}" not in answer.err
