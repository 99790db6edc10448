"""What preferences keep of lines and views: no doubles, no more than fits, and any text."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from core.model.documents import DocumentView
from tui.runtime.saved_state import (
    MOST_LINES,
    MOST_VIEWS,
    View,
    lines_of,
    views_of,
    with_line,
    with_view,
    without_view,
)


def test_a_line_comes_first_and_once() -> None:
    kept: str | None = None
    for line in ("a", "b", "  a ", "c", " "):
        kept = with_line(kept, line)
    assert lines_of(kept) == ("c", "a", "b")


def test_the_last_fifty_lines_are_kept() -> None:
    kept: str | None = None
    for n in range(80):
        kept = with_line(kept, f"line {n}")
    assert lines_of(kept) == tuple(f"line {n}" for n in range(79, 79 - MOST_LINES, -1))


def test_a_view_keeps_its_place_when_it_is_replaced_and_its_name_has_no_case() -> None:
    kept = with_view(with_view(None, View("A", "1")), View("B", "2", DocumentView.LATE))
    kept = with_view(kept, View("a", "3"))
    assert views_of(kept) == (View("a", "3"), View("B", "2", DocumentView.LATE))
    assert views_of(without_view(kept, " b ")) == (View("a", "3"),)
    assert without_view(without_view(kept, "b"), "A") == ""


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_whatever_is_kept_nothing_fails(kept: str) -> None:
    assert len(lines_of(with_line(kept, "x"))) <= MOST_LINES
    assert views_of(with_view(kept, View("x", "y")))[-1] == View("x", "y")
    assert len(views_of(kept)) <= MOST_VIEWS


@given(st.text(min_size=1).filter(str.strip), st.text(), st.sampled_from(DocumentView))
def test_any_view_comes_back(name: str, line: str, chip: DocumentView) -> None:
    assert views_of(with_view(None, View(name, line, chip))) == (View(name, line, chip),)
