"""Exports of Invoice Ninja and FreshBooks, shaped like real ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from core.imports import CustomerRecord, ParsedFile
from core.model.enums import DocumentKind

Parse = Callable[[str | bytes], ParsedFile]

CLIENTS = """\
"Invoice Ninja v4.5.17 - December 19, 2020 11:28 pm","","","","","","",""
"","","","","","","",""
"CLIENTS","","","","","","",""
"Name","Balance","Paid to Date","Phone","First Name","Last Name","Email","Phone"
"""
INVOICES = """\
"Invoice Ninja v4.5.17 - December 19, 2020 11:28 pm",,,,,,,,,
,,,,,,,,,
INVOICES,,,,,,,,,
Client,Email,Invoice Number,Amount,Paid,Status,Invoice Date,Due Date,Item Product,Item Cost
"""
ITEM = "Krajcik,brook@example.org,0002,$26.67,$6.94,Partial,2020-02-19,2020-02-29,omnis,8.89\n"
FRESHBOOKS = "Client Name,Invoice #,Date Issued,Invoice Status,Item Name,Line Total,Currency\n"


# --------------------------------------------------------------------------- Invoice Ninja


def test_invoice_ninja_clients_are_customers_with_their_contact(parse: Parse) -> None:
    parsed = parse(
        CLIENTS + '"Krajcik","$-142.85","$205.15","","Terrill","Ondricka","b@c.example","1-5"\n'
    )
    assert (parsed.dialect, parsed.kind) == ("invoiceninja", "customers")
    assert parsed.customers == (
        CustomerRecord(5, "Krajcik", "b@c.example", "Terrill Ondricka", phone="1-5"),
    )


def test_the_companys_phone_comes_before_the_contacts(parse: Parse) -> None:
    assert parse(CLIENTS + "Krajcik,,,111,,,,222\n").customers[0].phone == "111"


def test_a_client_without_a_name_is_called_as_its_contact(parse: Parse) -> None:
    parsed = parse(CLIENTS + ",,,,Ann,Berg,a@b.example,\n,,,,,,c@d.example,\n,$1.00,,,,,,\n")
    assert [c.name for c in parsed.customers] == ["Ann Berg", "c@d.example"]
    assert [(r.line, r.field) for r in parsed.rejected] == [(7, "Name")]


def test_lines_of_one_number_are_one_invoice(parse: Parse) -> None:
    parsed = parse(INVOICES + ITEM + ITEM.replace("omnis,8.89", '"et\nal",17.78') + ITEM)
    [invoice] = parsed.documents
    assert (parsed.kind, parsed.read, parsed.rejected) == ("invoices", 3, ())
    assert (invoice.kind, invoice.number, invoice.line) == (DocumentKind.INVOICE, "0002", 5)
    assert (invoice.total, invoice.balance_due) == (Decimal("26.67"), Decimal("19.73"))
    assert (invoice.status, invoice.currency) == ("PARTIAL", "USD")
    assert (invoice.customer, invoice.customer_email) == ("Krajcik", "brook@example.org")
    assert invoice.due_on == date(2020, 2, 29)


def test_lines_of_one_number_that_disagree_keep_the_first(parse: Parse) -> None:
    parsed = parse(INVOICES + ITEM + ITEM.replace("2020-02-29", "2020-03-01"))
    assert parsed.documents[0].due_on == date(2020, 2, 29)
    assert [(r.line, r.field) for r in parsed.rejected] == [(6, "Due Date")]


def test_quotes_are_estimates(parse: Parse) -> None:
    parsed = parse(
        INVOICES.replace("Invoice Number", "Quote Number").replace("Invoice Date", "Quote Date")
        + ITEM
    )
    assert parsed.kind == "estimates"
    assert parsed.documents[0].kind is DocumentKind.ESTIMATE


def test_a_rejection_names_the_column_as_the_file_does(parse: Parse) -> None:
    parsed = parse(INVOICES + ITEM.replace("$6.94", "some"))
    assert [(r.line, r.field) for r in parsed.rejected] == [(5, "Paid")]
    assert not parsed.documents


def test_a_clients_bad_address_is_reported_once_and_costs_no_invoice(parse: Parse) -> None:
    bad = ITEM.replace("brook@example.org", "brook")
    parsed = parse(INVOICES + bad + bad.replace("0002", "0003"))
    assert [(d.number, d.customer_email) for d in parsed.documents] == [("0002", ""), ("0003", "")]
    assert [(r.line, r.field) for r in parsed.rejected] == [(5, "Email")]


def test_an_export_of_nothing_is_fine(parse: Parse) -> None:
    parsed = parse(INVOICES)
    assert (parsed.read, parsed.documents, parsed.rejected) == (0, (), ())


# --------------------------------------------------------------------------- FreshBooks


def test_freshbooks_clients_are_organisations_or_people(parse: Parse) -> None:
    parsed = parse(
        "Organization,First Name,Last Name,Email,Phone\n"
        "X-Men,Scott,Summer,s@x.example,987\n,Marge,Simpson,marge@s.example,\n"
    )
    assert parsed.customers == (
        CustomerRecord(2, "X-Men", "s@x.example", "Scott Summer", phone="987"),
        CustomerRecord(3, "Marge Simpson", "marge@s.example", "Marge Simpson"),
    )


def test_a_freshbooks_total_is_the_sum_of_its_lines(parse: Parse) -> None:
    parsed = parse(
        FRESHBOOKS
        + "X-Men,01,2021-01-28,sent,Paint,650.00,USD\n"
        + "Ann,02,2021-01-28,paid,Wash,10.00,CAD\n"
        + "X-Men,01,2021-01-28,sent,Freight,6750.50,USD\n"
    )
    assert [(d.number, d.total, d.balance_due, d.currency) for d in parsed.documents] == [
        ("01", Decimal("7400.50"), Decimal("7400.50"), "USD"),
        ("02", Decimal("10.00"), Decimal(0), "CAD"),
    ]


def test_a_total_with_a_missing_part_is_not_imported(parse: Parse) -> None:
    good = "X-Men,01,2021-01-28,sent,Paint,650.00,USD\n"
    for bad in (
        "X-Men,01,2021-01-28,sent,Freight,?,USD\n",
        "X-Men,01,2021\n",
        'X-Men,01,"x" y,,\n',
    ):
        parsed = parse(FRESHBOOKS + good + bad + good.replace("01", "02", 1))
        assert [d.number for d in parsed.documents] == ["02"]
        assert [r.line for r in parsed.rejected] == [2, 3]
        assert "total is in doubt" in parsed.rejected[0].reason


def test_a_total_whose_lines_disagree_is_not_imported(parse: Parse) -> None:
    parsed = parse(
        FRESHBOOKS
        + "X-Men,01,2021-01-28,sent,Paint,650.00,USD\nX-Men,01,2021-01-28,sent,Paint,1.00,EUR\n"
    )
    assert not parsed.documents
    assert [(r.line, r.field) for r in parsed.rejected] == [(3, "Currency")]
