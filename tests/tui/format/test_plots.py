"""Bars, gauges and sparklines keep to their width and hide nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.format.insights import NOTHING, bar, gauge, merged, spark

WIDTH = st.integers(0, 120)
VALUES = st.lists(st.integers(0, 10**6), max_size=120)


@given(st.floats(0, 1e6), st.floats(0, 1e6), WIDTH)
def test_a_bar_never_leaves_its_width_and_something_is_always_seen(
    value: float, most: float, width: int
) -> None:
    drawn = bar(value, most, width)
    assert cell_len(drawn) <= width
    assert bool(drawn) == (value > 0 and most > 0 and width > 0)


@given(st.floats(0, 1), st.lists(st.floats(0, 1), max_size=3), st.integers(1, 120))
def test_a_gauge_is_exactly_as_wide_and_shows_where_a_limit_is(
    value: float, marks: list[float], width: int
) -> None:
    drawn = gauge(value, marks, 1, width)
    assert cell_len(drawn) == width
    assert bool(marks) == bool(set(drawn) & set("│┃"))


def test_a_limit_that_was_passed_is_still_seen() -> None:
    assert gauge(0.5, [0.25, 0.75], 1, 8) == "██┃█──│─"


@given(VALUES, WIDTH)
def test_neighbours_are_added_up_until_they_fit_and_none_is_lost(
    values: list[int], width: int
) -> None:
    sums, each = merged(values, width)
    assert len(sums) <= width
    if width:
        assert sum(sums) == sum(values)
        assert (each == 1) == (len(values) <= width)


@given(VALUES)
def test_a_sparkline_has_a_column_each_and_only_nothing_looks_like_nothing(
    values: list[int],
) -> None:
    drawn = spark(values)
    assert len(drawn) == len(values)
    assert [c == NOTHING for c in drawn] == [value == 0 for value in values]
    if any(values):
        assert drawn[values.index(max(values))] == "█"
