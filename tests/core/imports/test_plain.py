"""Our own columns: what any program's data can be brought into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.imports import CustomerRecord, DocumentRecord, ParsedFile
from core.model.enums import DocumentKind
from core.model.reports import Rejection

Parse = Callable[[str | bytes], ParsedFile]

HEADER = "number,kind,customer,status,currency,total,balance_due,issued_on,due_on,pdf\n"
ROW = "INV-1,invoice,Acme,partial,eur,1350.00,849.10,2019-11-25,2019-12-25,/pdf/INV 1.pdf\n"


def test_a_document_row_becomes_a_document(parse: Parse) -> None:
    parsed = parse(HEADER + ROW)
    assert parsed.documents == (
        DocumentRecord(
            line=2,
            kind=DocumentKind.INVOICE,
            number="INV-1",
            customer="Acme",
            customer_email="",
            status="PARTIAL",
            currency="EUR",
            total=Decimal("1350.00"),
            balance_due=Decimal("849.10"),
            issued_on=date(2019, 11, 25),
            due_on=date(2019, 12, 25),
            pdf="/pdf/INV 1.pdf",
        ),
    )
    assert (parsed.dialect, parsed.kind, parsed.read) == ("plain", "documents", 1)
    assert not parsed.rejected


def test_a_customer_row_becomes_a_customer(parse: Parse) -> None:
    parsed = parse("id,name,email,contact\n7,Acme  Ltd,Anna <anna@acme.example>,Anna Berg\n")
    assert parsed.customers == (
        CustomerRecord(2, "Acme Ltd", "anna@acme.example", "Anna Berg", ref="7"),
    )
    assert (parsed.dialect, parsed.kind) == ("plain", "customers")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_recognised_from_the_header(parse: Parse, delimiter: str) -> None:
    plain = parse(HEADER + ROW)
    assert parse((HEADER + ROW).replace(",", delimiter)).documents == plain.documents


def test_columns_come_in_any_order_case_and_company(parse: Parse) -> None:
    parsed = parse('Remarks;EMAIL;Name\n"two\nlines";a@b.example;Zoë\n;c@d.example;Ann\n')
    assert [(c.line, c.name, c.email) for c in parsed.customers] == [
        (2, "Zoë", "a@b.example"),
        (4, "Ann", "c@d.example"),
    ]


def test_headings_may_be_written_with_blanks(parse: Parse) -> None:
    header = HEADER.replace("_", " ").title()
    assert parse(header + ROW).documents == parse(HEADER + ROW).documents


def test_a_preamble_is_skipped_and_lines_are_those_of_the_file(parse: Parse) -> None:
    assert parse("sep=,\nOur export\n\n" + HEADER + ROW).documents[0].line == 5


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Invoice", DocumentKind.INVOICE),
        ("ESTIMATE", DocumentKind.ESTIMATE),
        ("quote", DocumentKind.ESTIMATE),
        ("Offer", DocumentKind.ESTIMATE),
        ("proposal", DocumentKind.ESTIMATE),
    ],
)
def test_quotes_offers_and_proposals_are_estimates(
    parse: Parse, word: str, kind: DocumentKind
) -> None:
    assert parse(HEADER + ROW.replace("invoice", word)).documents[0].kind is kind


def test_an_empty_balance_is_nothing_when_paid_and_the_total_otherwise(parse: Parse) -> None:
    parsed = parse(
        HEADER
        + "1,invoice,Acme,Paid,USD,10,,,\n".replace("\n", ",\n")
        + "2,invoice,Acme,open,USD,10,,,,\n"
    )
    assert [d.balance_due for d in parsed.documents] == [0, 10]
    assert [d.issued_on for d in parsed.documents] == [None, None]


def test_the_amounts_sign_stands_in_for_an_empty_currency(parse: Parse) -> None:
    parsed = parse(HEADER + ROW.replace("eur,1350.00", ",€ 1350.00"))
    assert parsed.documents[0].currency == "EUR"


def test_a_dollar_sign_is_any_dollar(parse: Parse) -> None:
    [document] = parse(HEADER + ROW.replace("eur,1350.00", "cad,$1350.00")).documents
    assert (document.currency, document.total) == ("CAD", Decimal("1350.00"))


def test_in_a_file_of_semicolons_a_comma_may_be_a_decimal_point(parse: Parse) -> None:
    parsed = parse(
        HEADER.replace(",", ";")
        + "1;invoice;Acme;open;EUR;1.350,00;13,50;;;\n2;invoice;Acme;open;EUR;1.350;;;;\n"
    )
    assert [(d.total, d.balance_due) for d in parsed.documents] == [
        (Decimal(1350), Decimal("13.50"))
    ]
    assert [(r.line, r.field) for r in parsed.rejected] == [(3, "total")]


@pytest.mark.parametrize(
    ("before", "after", "field", "words"),
    [
        ("INV-1", "", "number", "expected a value"),
        ("Acme", "  ", "customer", "expected a value"),
        ("invoice", "receipt", "kind", "found 'receipt', expected one of invoice, estimate"),
        ("1350.00", "abc", "total", "found 'abc', expected an amount"),
        ("849.10", "NaN", "balance_due", "found 'NaN'"),
        ("1350.00", "£1350.00", "total", "found GBP, expected EUR"),
        ("eur", "", "currency", "three-letter code"),
        ("eur", "euro", "currency", "found 'euro'"),
        ("2019-11-25", "soon", "issued_on", "found 'soon', expected a date such as 2019-11-25"),
        ("2019-12-25", "2019-02-30", "due_on", "no day of the calendar"),
        ("INV-1", "9" * 301, "number", "found 301 characters"),
        (",/pdf/INV 1.pdf", "", "row", "found 9 columns, expected the header's 10"),
        ("Acme", "Acme, Inc", "row", "found 11 columns"),
        ("Acme", '"Acme', "row", "never closed"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_is_kept(
    parse: Parse, before: str, after: str, field: str, words: str
) -> None:
    bad = ROW.replace(before, after, 1)
    parsed = parse(HEADER + ROW.replace("INV-1", "A") + bad + ROW.replace("INV-1", "B"))
    assert [d.number for d in parsed.documents] == ["A", "B"]
    [rejection] = parsed.rejected
    assert (rejection.line, rejection.field) == (3, field)
    assert words in rejection.reason
    assert parsed.read == 3


def test_one_report_names_everything_wrong_with_a_row(parse: Parse) -> None:
    [rejection] = parse(HEADER + ROW.replace("1350.00", "x").replace("2019-11-25", "y")).rejected
    assert rejection.field == "total"
    assert "also issued_on: found 'y'" in rejection.reason


def test_dates_with_slashes_are_read_one_way_in_a_file(parse: Parse) -> None:
    days = ROW.replace("2019-11-25", "4/5/2019").replace("2019-12-25", "6/5/2019")
    telling = ROW.replace("INV-1", "2").replace("2019-11-25", "25/12/2019")
    assert parse(HEADER + days).documents[0].issued_on == date(2019, 4, 5)
    assert parse(HEADER + days + telling).documents[0].issued_on == date(2019, 5, 4)


def test_repeated_rows_are_one_document(parse: Parse) -> None:
    parsed = parse(HEADER + ROW + ROW)
    assert [d.line for d in parsed.documents] == [2]
    assert not parsed.rejected


def test_a_number_with_two_contents_keeps_the_first_and_reports_the_second(parse: Parse) -> None:
    parsed = parse(HEADER + ROW + ROW.replace("1350.00", "99.00"))
    assert [d.total for d in parsed.documents] == [Decimal("1350.00")]
    assert parsed.rejected == (
        Rejection(
            3,
            "total",
            "found '99.00', but the same document has '1350.00' in line 2; that was kept",
        ),
    )


def test_an_invoice_and_an_estimate_may_share_a_number(parse: Parse) -> None:
    assert len(parse(HEADER + ROW + ROW.replace("invoice", "estimate")).documents) == 2


# --------------------------------------------------------------------------- customers


def test_a_customer_with_an_unusable_address_is_kept_without_it(parse: Parse) -> None:
    parsed = parse("name,email\nAcme,none\n")
    assert [(c.name, c.email) for c in parsed.customers] == [("Acme", "")]
    [rejection] = parsed.rejected
    assert (rejection.line, rejection.field) == (2, "email")
    assert "kept without it" in rejection.reason


def test_of_several_addresses_the_first_is_kept_and_the_rest_reported(parse: Parse) -> None:
    parsed = parse('name,email\nAcme,"a@b.example, c@d.example"\n')
    assert parsed.customers[0].email == "a@b.example"
    assert "only a@b.example was kept" in parsed.rejected[0].reason


def test_a_customer_needs_a_name_but_no_address(parse: Parse) -> None:
    parsed = parse("name,email\n,a@b.example\nAcme,\n")
    assert [c.name for c in parsed.customers] == ["Acme"]
    assert parsed.rejected == (Rejection(2, "name", "found nothing, expected a value"),)


def test_two_customers_of_one_name_need_ids(parse: Parse) -> None:
    with_ids = parse("id,name,email\n1,Acme,a@b.example\n2,Acme,c@d.example\n")
    assert [c.ref for c in with_ids.customers] == ["1", "2"]
    without = parse("name,email\nAcme,a@b.example\nacme,c@d.example\n")
    assert [c.email for c in without.customers] == ["a@b.example"]
    assert without.rejected[0].line == 3


def test_foreign_text_stays_as_it_is_but_on_one_line(parse: Parse) -> None:
    parsed = parse('name,email\n"[/b] \x1b[2J\n=cmd|x \0",a@b.example\n')
    assert parsed.customers[0].name == "[/b] \x1b[2J =cmd|x"


def test_blank_rows_do_not_count(parse: Parse) -> None:
    parsed = parse("name,email\n\nAcme,a@b.example\n,\n  \n")
    assert (parsed.read, len(parsed.customers), parsed.rejected) == (1, 1, ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing_but_lines(parse: Parse, order: list[int]) -> None:
    rows = [ROW.replace("INV-1", f"INV-{n}").replace("1350.00", f"{n}.00") for n in range(6)]
    straight = parse(HEADER + "".join(rows)).documents
    mixed = parse(HEADER + "".join(rows[n] for n in order)).documents
    assert {replace(d, line=0) for d in straight} == {replace(d, line=0) for d in mixed}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_no_text_below_the_header_stops_an_import(parse: Parse, text: str) -> None:
    content = (HEADER + ROW + text).encode("utf-8", errors="replace")
    assert parse(content).documents[0].number == "INV-1"
