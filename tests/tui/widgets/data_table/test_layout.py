"""What a person makes of a table's columns: kept, read again, and never wider than the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.tables.customers import CUSTOMER_COLUMNS
from tui.tables.documents import ALL_DOCUMENT_COLUMNS, DOCUMENT_COLUMNS
from tui.widgets.data_table.column import (
    GAP,
    Column,
    Layout,
    arranged,
    fit,
    from_json,
    moved,
    resized,
    to_json,
    toggled,
)

TABLES = (DOCUMENT_COLUMNS, ALL_DOCUMENT_COLUMNS, CUSTOMER_COLUMNS)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Sequence[Column[Any]], Layout]:
    columns: Sequence[Column[Any]] = draw(st.sampled_from(TABLES))
    layout = Layout()
    names = st.sampled_from([column.id for column in columns])
    for kind in draw(st.lists(st.sampled_from(("toggle", "move", "resize")), max_size=12)):
        name = draw(names)
        if kind == "toggle":
            layout = toggled(columns, layout, name)
        elif kind == "move":
            layout = moved(columns, layout, name, draw(st.integers(-20, 20)))
        else:
            layout = resized(layout, name, draw(st.integers(-5, 400)))
    return columns, layout


@settings(max_examples=200, deadline=None)
@given(changes(), st.integers(20, 300))
def test_no_arrangement_overflows_any_width(
    arrangement: tuple[Sequence[Column[Any]], Layout], width: int
) -> None:
    columns, layout = arrangement
    fitted = fit(arranged(columns, layout), width)
    assert fitted
    assert sum(wide for _, wide in fitted) + GAP * (len(fitted) - 1) <= width
    assert all(wide > 0 for _, wide in fitted)


@settings(max_examples=100, deadline=None)
@given(changes())
def test_what_is_kept_is_read_again(arrangement: tuple[Sequence[Column[Any]], Layout]) -> None:
    _, layout = arrangement
    assert from_json(to_json(layout)) == layout


@pytest.mark.parametrize(
    "kept", [None, "", "{", "[]", "7", '{"order": 7}', '{"order": [], "shown": [], "widths": 3}']
)
def test_what_cannot_be_read_is_as_if_nothing_were_kept(kept: str | None) -> None:
    assert from_json(kept) == Layout()


def test_the_last_column_cannot_be_hidden() -> None:
    layout = Layout()
    for column in CUSTOMER_COLUMNS:
        if not column.hidden:
            layout = toggled(CUSTOMER_COLUMNS, layout, column.id)
    assert len(arranged(CUSTOMER_COLUMNS, layout)) == 1


def test_a_column_that_came_later_stands_where_the_table_has_it() -> None:
    old = [column for column in DOCUMENT_COLUMNS if column.id != "status"]
    layout = moved(old, Layout(), "delivery", -20)
    shown = [column.id for column in arranged(DOCUMENT_COLUMNS, layout)]
    assert (shown[0], shown[2]) == ("delivery", "status")
    gone = Layout(("gone", *layout.order), layout.shown | {"gone"}, (("gone", 9),))
    assert "gone" not in [column.id for column in arranged(DOCUMENT_COLUMNS, gone)]


def test_every_column_sorts_or_says_why_not() -> None:
    for columns in TABLES:
        assert all(column.sort or column.unsorted.endswith(".") for column in columns)
