"""Values keep their worth in columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db import rows
from core.rules.search.text import search_key, storable

_FIRST = datetime(1, 1, 2)  # noqa: DTZ001 (hypothesis adds the zone)
_LAST = datetime(9999, 12, 30)  # noqa: DTZ001


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13
    )
)
def test_money_comes_back_exactly(value: Decimal) -> None:
    assert rows.from_money(rows.to_money(value)) == value


@pytest.mark.parametrize(
    ("value", "shown"), [("0", "0.00"), ("1350", "1350.00"), ("0.125", "0.125"), ("-5.1", "-5.10")]
)
def test_money_has_two_decimals_and_as_many_more_as_it_needs(value: str, shown: str) -> None:
    assert str(rows.from_money(rows.to_money(Decimal(value)))) == shown


def test_money_is_never_rounded_away() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        rows.to_money(Decimal("0.00001"))


@given(
    st.datetimes(min_value=_FIRST, max_value=_LAST),
    st.integers(-14, 14),
)
def test_a_time_comes_back_in_utc_to_the_microsecond(naive: datetime, hours: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    if at != datetime(1970, 1, 1, tzinfo=UTC):
        assert rows.from_instant(rows.to_instant(at)) == at


def test_a_time_without_a_zone_is_no_time() -> None:
    with pytest.raises(TypeError):
        rows.to_instant(_FIRST)


@given(st.text())
def test_a_search_key_is_one_line_that_any_database_takes_and_final(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert "\x00" not in key
    assert " ".join(key.split()) == key
    key.encode("utf-8")


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FFF)))
def test_case_does_not_matter_to_a_search(text: str) -> None:
    assert search_key(text.casefold()) == search_key(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [("Åkesson", "akesson"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Acme™", "acmetm")],
)
def test_accents_and_case_are_left_out_of_a_search_key(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text(alphabet=st.characters(categories=["L", "Cs", "Cc"])))
def test_text_that_no_column_takes_becomes_text_that_every_column_takes(text: str) -> None:
    kept = storable(text)
    kept.encode("utf-8")
    assert "\x00" not in kept
