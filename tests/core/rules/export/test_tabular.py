"""Rows to text: CSV that Excel opens and that runs nothing, JSON, Markdown."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from core.rules.export.tabular import (
    csv_pieces,
    formula_safe,
    header,
    json_pieces,
    markdown_pieces,
    readable,
)


def test_csv_begins_with_the_mark_that_excel_needs_and_ends_lines_as_it_does() -> None:
    text = "".join(csv_pieces(["Name", "Total"], [['Café, "Zénith"', "1.50"]]))
    assert text == '\ufeffName,Total\r\n"Café, ""Zénith""",1.50\r\n'


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1", "-$5.00", "-", "\tx"])
def test_a_formula_becomes_text(start: str) -> None:
    (row,) = csv.reader(io.StringIO("".join(csv_pieces([start], []))[1:]))
    assert row == [f"'{start}"]


@pytest.mark.parametrize("number", ["-5.00", "-12", "0", "849.10"])
def test_a_negative_number_stays_one(number: str) -> None:
    assert "".join(csv_pieces([number], [])) == f"\ufeff{number}\r\n"
    assert formula_safe("-5.00") == "'-5.00"  # where it is not known to be a number


def test_titles_that_are_keys_too_are_told_apart() -> None:
    assert header(["Number", "Last sent"], ["number", "total"]) == [
        "Number (shown)", "Last sent", "number", "total",
    ]  # fmt: skip


def test_json_is_an_array_with_nothing_that_a_terminal_obeys() -> None:
    records: list[dict[str, Any]] = [{"name": "Grüße \x9b\u202e\ud800\x1b[2J"}, {"name": None}]
    text = "".join(json_pieces(records))
    assert json.loads(text) == records
    assert "Grüße" in text
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert json.loads("".join(json_pieces([]))) == []
    assert readable('"a"') == '"a"'


def test_a_markdown_cell_is_never_more_than_text() -> None:
    rows = [["a|b", "[x](javascript:y)"], ["<img src=x>", "`*_~#\\"]]
    assert "".join(markdown_pieces(["Name", "Total"], [False, True], rows)) == (
        "| Name | Total |\n|---|---:|\n"
        "| a\\|b | \\[x\\](javascript:y) |\n"
        "| \\<img src=x\\> | \\`\\*\\_\\~\\#\\\\ |\n"
    )
