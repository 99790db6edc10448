"""Amounts, days and addresses as people and programs write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.imports.values import TOO_MUCH, UnreadableError, addresses, currency, day, money, shown


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("1234.50", "1234.50", ""),
        ("$1,234.50", "1234.50", "USD"),
        ("$13.50 ", "13.50", "USD"),
        ("$-142.85", "-142.85", "USD"),
        ("-$5.00", "-5.00", "USD"),
        ("$5.00-", "-5.00", "USD"),
        ("(5.00)", "-5.00", ""),
        ("($5.00)", "-5.00", "USD"),
        ("€ 1.234,50", "1234.50", "EUR"),
        ("1.234,50 €", "1234.50", "EUR"),
        ("£0.10", "0.10", "GBP"),
        ("13,50", "13.50", ""),
        ("1,234", "1234", ""),
        ("1.234", "1.234", ""),
        ("0,125", "0.125", ""),
        ("1,234,567.89", "1234567.89", ""),
        ("1.234.567,89", "1234567.89", ""),
        ("12,34,567.89", "1234567.89", ""),
        ("1\N{NO-BREAK SPACE}234,50", "1234.50", ""),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("1200 JPY", "1200", "JPY"),
        ("$5.00 CAD", "5.00", "CAD"),
        ("C$5.00", "5.00", "CAD"),
        ("+7", "7", ""),
        (".5", "0.5", ""),
        ("1.2345", "1.2345", ""),
        ("10.00000000", "10.0000", ""),
    ],
)
def test_amounts_are_read_as_written(text: str, value: str, code: str) -> None:
    read = money(text)
    assert (read.value, read.currency) == (Decimal(value), code)


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "NaN", "Infinity", "-Infinity", "1e5", "0x1F", "1_000", "12abc", "$", "--5",
        "-(5)-", "(5", "5)", "1.2.3", "1,23,4", "1,234.567.890", "1.23456", ".", ",", "5 kr", "٣",
        "1" * 61,
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        money(text)


def test_the_reason_says_what_was_found_and_what_was_expected() -> None:
    with pytest.raises(UnreadableError, match=r"found 'abc', expected an amount such as 1234\.50"):
        money("abc")
    with pytest.raises(UnreadableError, match=r"found '1\.23456', expected 4 decimals at most"):
        money("1.23456")


def test_amounts_have_an_upper_bound() -> None:
    assert money(str(TOO_MUCH - 1)).value == TOO_MUCH - 1
    for text in (str(TOO_MUCH), f"-{TOO_MUCH}"):
        with pytest.raises(UnreadableError, match="below 10,000,000,000,000"):
            money(text)


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_an_amount_that_can_be_a_thousand_times_another_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="two ways"):
        money(text, comma_decimals=True)
    assert money("1.234,00", comma_decimals=True).value == 1234
    assert money("0,125", comma_decimals=True).value == Decimal("0.125")


def test_nothing_owed_has_no_sign() -> None:
    assert not money("$-0.00").value.is_signed()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.booleans())
def test_both_ways_of_writing_give_the_same_amount(value: Decimal, euro: bool) -> None:
    american = f"{value:,.2f}"
    european = american.translate(str.maketrans(",.", ".,"))
    assert money(american).value == money(european, euro).value == value


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_an_amount_or_refused(text: str, euro: bool) -> None:
    try:
        read = money(text, euro)
    except UnreadableError:
        return
    assert read.value.is_finite()
    assert abs(read.value) < TOO_MUCH


def test_currencies_are_three_letters_in_capitals() -> None:
    assert currency("eur") == "EUR"
    for text in ("Euro", "E1R", "€", "ÄÖÜ"):
        with pytest.raises(UnreadableError, match="three-letter"):
            currency(text)


# --------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-11-25", date(2019, 11, 25)),
        ("2019/11/25", date(2019, 11, 25)),
        ("10/20/2019", date(2019, 10, 20)),
        ("2/29/2020", date(2020, 2, 29)),
        ("25/12/2019", date(2019, 12, 25)),
        ("4/5/2019", date(2019, 4, 5)),
        ("25.11.2019", date(2019, 11, 25)),
        ("5.1.2019", date(2019, 1, 5)),
        ("25-11-2019", date(2019, 11, 25)),
        ("2021-01-01 00:00:00", date(2021, 1, 1)),
        ("2021-01-01T23:59:59.999Z", date(2021, 1, 1)),
        ("2021-01-01T23:59:59+02:00", date(2021, 1, 1)),
        ("10/20/2019 5:30 PM", date(2019, 10, 20)),
        ("", None),
        ("  ", None),
        ("0000-00-00", None),
    ],
)
def test_days_are_read_as_written(text: str, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2019-02-30", "13/13/2019", "1/2/19", "20191125", "0019-01-01", "2019-11-25x",
     "9999-01-01", "2019-11", "٢٠١٩-١١-٢٥"],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="found"):
        day(text)


def test_a_file_that_puts_the_day_first_is_read_so() -> None:
    assert day("4/5/2019", day_first=True) == date(2019, 5, 4)
    assert day("4/25/2019", day_first=True) == date(2019, 4, 25)


@given(st.text(max_size=30))
def test_text_without_digits_is_no_day(text: str) -> None:
    assume(text.strip() and not any(letter in "0123456789" for letter in text))
    with pytest.raises(UnreadableError) as refused:
        day(text)
    assert str(refused.value).isprintable()


# --------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" anna@example.com ", ("anna@example.com",)),
        ("Anna Berg <anna@example.com>", ("anna@example.com",)),
        ('"Berg, Anna" <anna@example.com>', ("anna@example.com",)),
        ("anna@example.com; ben@example.com", ("anna@example.com", "ben@example.com")),
        ("anna@example.com,Ben <ben@example.com>", ("anna@example.com", "ben@example.com")),
        ('"a@b.example" <a@b.example>', ("a@b.example",)),
        ("jürgen@exämple.de", ("jürgen@exämple.de",)),
    ],
)
def test_addresses_are_taken_out_of_their_wrapping(text: str, expected: tuple[str, ...]) -> None:
    assert addresses(text) == expected


@pytest.mark.parametrize(
    "text", ["none", "anna at example.com", "anna@", "@example.com", "anna berg@example.com",
             "a@b@c", "anna@example.com ben@example.com", "Anna <none>", "a@b.c; n/a", "<a@b.c"]
)  # fmt: skip
def test_half_an_address_is_none(text: str) -> None:
    with pytest.raises(UnreadableError, match="expected an address"):
        addresses(text)


def test_reasons_show_control_and_bidi_characters_escaped() -> None:
    quoted = shown("a\x1b]0;x\x07\N{RIGHT-TO-LEFT OVERRIDE}" + "b" * 100)
    assert quoted.isprintable()
    assert len(quoted) < 80
