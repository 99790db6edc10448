"""Days as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import UsageError
from core.rules.chasing.dates import FURTHEST, parse_day

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 dec", "2026-12-05"),
        ("Dec 5", "2026-12-05"),
        ("5. December 2027", "2027-12-05"),
        ("1 Jan", "2027-01-01"),
        ("25 nov", "2027-11-25"),
        ("friday", "2026-11-27"),
        ("wed", "2026-12-02"),
        ("next monday", "2026-11-30"),
        ("tomorrow", "2026-11-26"),
        ("+2w", "2026-12-09"),
        ("in 10 days", "2026-12-05"),
        ("1 month", "2026-12-25"),
        ("5.12.", "2026-12-05"),
        ("2026-12-05", "2026-12-05"),
        ("29 feb", "2028-02-29"),
        ("end of month", "2026-11-30"),
    ],
)
def test_a_day_is_read_as_it_is_said(text: str, day: str) -> None:
    assert parse_day(text, TODAY).isoformat() == day


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31 nov", "12/5", "2026-11-25", "2026-13-01", "5 foo", "+0d", "9999w", "٥ dec"],
)
def test_what_is_no_day_to_come_is_said_in_words(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_day(text, TODAY)
    assert error.value.hint


@given(st.text(max_size=30), st.dates(date(2000, 2, 29), date(2100, 1, 1)))
def test_whatever_is_typed_is_a_day_to_come_or_refused(text: str, today: date) -> None:
    try:
        day = parse_day(text, today)
    except UsageError:
        return
    assert today < day <= today + FURTHEST


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 1000))
def test_a_day_written_out_means_itself(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert parse_day(day.isoformat(), today) == day
    assert parse_day(f"{day.day} {day:%B} {day.year}", today) == day
    assert parse_day(f"+{ahead}d", today) == day
