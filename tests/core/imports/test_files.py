"""Files as a whole: what cannot be imported, how far one has come, and the real exports."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from core.imports import ParsedFile, read
from core.model.errors import InputError

Parse = Callable[[str | bytes], ParsedFile]

DOCUMENTS = [
    "number", "kind", "customer", "status", "currency", "total", "balance_due",
    "issued_on", "due_on",
]  # fmt: skip
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b'\n""\n', "it has no header"),
        (bytes(range(256)) * 9, "not a text file"),
        (b"PK\x03\x04\x14\x00", "save the sheet as CSV"),
        (b"name\x1b[2J,total,and,more\n", "header is unknown: name\N{REPLACEMENT CHARACTER}[2J"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused_in_words(
    parse: Parse, content: bytes, words: str
) -> None:
    with pytest.raises(InputError) as refused:
        parse(content)
    assert words in refused.value.title
    assert "export.csv" in refused.value.title


def test_an_unknown_header_is_shown_beside_the_known_ones(parse: Parse) -> None:
    with pytest.raises(InputError) as refused:
        parse("Kunde;Rechnungsnummer;Betrag\nAcme;1;5,00\n")
    assert "Kunde, Rechnungsnummer, Betrag" in refused.value.title
    assert "plain customers: name, email" in refused.value.hint
    assert "Invoice Ninja quotes: Client, Quote Number, Amount" in refused.value.hint


@pytest.mark.parametrize("missing", ["number", "customer", "total", "due_on"])
def test_a_missing_column_is_named(parse: Parse, missing: str) -> None:
    names = [name for name in DOCUMENTS if name != missing]
    with pytest.raises(InputError, match=f"plain documents, but a column is missing: {missing}"):
        parse(",".join(names) + "\n")


def test_a_missing_column_of_customers_is_named(parse: Parse) -> None:
    with pytest.raises(InputError, match="plain customers, but a column is missing: email"):
        parse("id,name,contact\n1,Acme,Ann\n")


def test_payments_are_told_where_they_already_are(parse: Parse) -> None:
    with pytest.raises(InputError, match="Import the invoices instead"):
        parse("Payments,,,\nClient,Invoice Number,Amount,Date\nAcme,1,$5.00,10/20/2019\n")


def test_a_folder_and_a_missing_file_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is a folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "nothing.csv")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("name,email\n")
    path.chmod(0)
    with pytest.raises(InputError, match="not allowed"):
        read(path)


def test_progress_rises_to_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("name,email\n" + "".join(f"C{n},c{n}@example.com\n" for n in range(5000)))
    steps: list[tuple[int, int]] = []
    parsed = read(path, lambda done, total: steps.append((done, total)))
    size = path.stat().st_size
    assert len(parsed.customers) == 5000
    assert len(steps) >= 5
    assert steps == sorted(steps)
    assert steps[-1] == (size, size)


def test_progress_can_end_the_reading(tmp_path: Path) -> None:
    class Cancelled(Exception):  # noqa: N818
        pass

    def stop(done: int, total: int) -> None:
        raise Cancelled

    path = tmp_path / "long.csv"
    path.write_text("name,email\nAcme,a@b.example\n")
    with pytest.raises(Cancelled):
        read(path, stop)


# --------------------------------------------------------------------------- real exports


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real exports are not beside this repository ({name})")
    return path


def test_the_real_invoice_ninja_invoices() -> None:
    parsed = read(real("invoiceninja/invoice.csv"))
    assert (parsed.dialect, parsed.kind, parsed.read) == ("invoiceninja", "invoices", 401)
    assert len(parsed.documents) == 400
    assert sum(d.total for d in parsed.documents) == Decimal("11860.87")
    assert sum(d.balance_due for d in parsed.documents) == Decimal("6174.66")
    assert not parsed.rejected


def test_the_real_invoice_ninja_quotes_name_customers_that_clients_lacks() -> None:
    parsed = read(real("invoiceninja/quotes.csv"))
    clients = {c.name for c in read(real("invoiceninja/clients.csv")).customers}
    assert (parsed.kind, len(parsed.documents), parsed.rejected) == ("estimates", 102, ())
    assert sum(d.total for d in parsed.documents) == Decimal("3090.08")
    assert parsed.documents[0].number == "0002"
    assert len(clients) == 20
    assert len({d.customer for d in parsed.documents} - clients) == 11


def test_the_real_invoice_ninja_payments_are_not_needed() -> None:
    with pytest.raises(InputError, match="Import the invoices instead"):
        read(real("invoiceninja/payments.csv"))


def test_the_real_freshbooks_exports() -> None:
    clients = read(real("freshbooks/freshbooks_clients.csv"))
    invoices = read(real("freshbooks/freshbooks_invoices.csv"))
    assert [c.name for c in clients.customers] == ["Marge Simpson", "X-Men"]
    assert [(d.customer, d.number, d.total) for d in invoices.documents] == [
        ("X-Men", "0000001", Decimal("7890.00"))
    ]


def test_a_real_database_mapped_to_the_plain_columns(parse: Parse) -> None:
    with real("chinook/customers.csv").open(encoding="utf-8", newline="") as source:
        people = [
            [r["CustomerId"], r["Company"] or f"{r['FirstName']} {r['LastName']}", r["Email"],
             f"{r['FirstName']} {r['LastName']}"]
            for r in csv.DictReader(source)
        ]  # fmt: skip
    with real("chinook/invoices.csv").open(encoding="utf-8", newline="") as source:
        sales = [
            [r["InvoiceId"], "invoice", r["CustomerId"], "OPEN", "USD", r["Total"], "",
             r["InvoiceDate"], ""]
            for r in csv.DictReader(source)
        ]  # fmt: skip
    customers = parse(_csv(["id", "name", "email", "contact"], people)).customers
    documents = parse(_csv(DOCUMENTS, sales)).documents
    assert (len(customers), len(documents)) == (59, 412)
    assert customers[0].contact == "Luís Gonçalves"
    assert {d.customer for d in documents} == {c.ref for c in customers}
    assert sum(d.balance_due for d in documents) == Decimal("2328.60")


def _csv(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()
