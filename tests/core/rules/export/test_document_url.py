"""A document's page in the accounting system: numbers stay one part of the URL."""

from __future__ import annotations

import pytest

from core.model.enums import DocumentKind
from core.rules.export import document_url

TEMPLATE = "https://books.example/{kind}/{number}?from=outtray"


def test_kind_and_number_are_filled_in() -> None:
    assert document_url.problem(TEMPLATE) == ""
    url = document_url.url_of(TEMPLATE, DocumentKind.INVOICE, "INV-0042")
    assert url == "https://books.example/invoice/INV-0042?from=outtray"


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        ("2026/11 #7?", "2026%2F11%20%237%3F"),
        ("a&b=c", "a%26b%3Dc"),
        ("\x1b]8;;evil\x1b\\", "%1B%5D8%3B%3Bevil%1B%5C"),
        ("x\r\ny", "x%0D%0Ay"),
        ("\u202eGrüße", "%E2%80%AEGr%C3%BC%C3%9Fe"),
        ("\ud800", "%3F"),
        ("{kind}", "%7Bkind%7D"),
    ],
)
def test_a_hostile_number_stays_one_part_of_the_path(number: str, encoded: str) -> None:
    url = document_url.url_of(TEMPLATE, DocumentKind.ESTIMATE, number)
    assert url == f"https://books.example/estimate/{encoded}?from=outtray"
    assert url.isascii()
    assert url.isprintable()


@pytest.mark.parametrize("number", ["", " ", ".", "..", " .. ", "x" * 3000])
def test_some_numbers_have_no_page(number: str) -> None:
    assert document_url.url_of(TEMPLATE, DocumentKind.INVOICE, number) == ""


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("books.example/{number}", "must begin with https"),
        ("javascript:alert({number})", "must begin with https"),
        ("file:///srv/{number}", "must begin with https"),
        ("https:///{number}", "name the computer"),
        ("https://{number}.example/", "without a gap"),
        ("https://anna:secret@books.example/{number}", "user or a password"),
        ("https://books.example/{id}", "only {kind} and {number}"),
        ("https://books.example/{number", "only {kind} and {number}"),
        ("https://books.example/{number!r}", "only {kind} and {number}"),
        ("https://books.example/invoices", "{number} is missing"),
        ("https://books.example/\x1b{number}", "a blank or a letter"),
        ("https://books.example/ {number}", "a blank or a letter"),
        ("https://books.example:x/{number}", "no URL"),
    ],
)
def test_what_is_no_template_is_told_why(template: str, reason: str) -> None:
    assert reason in document_url.problem(template)
