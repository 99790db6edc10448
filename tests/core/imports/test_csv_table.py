"""Bytes into rows: encodings, physical lines, and how little one broken row costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.csv_table import (
    LONGEST_CELL,
    LONGEST_ROW,
    NotTextError,
    Record,
    decode,
    records,
    split_lines,
)

TEXT = "name,email\nMüller & Söhne,a@b.c\n"


def rows(text: str, width: int = 0, delimiter: str = ",") -> list[Record]:
    return list(records(split_lines(text), delimiter, width=width))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode().replace(b"name", b"na\0me") + b"\x1a", "utf-8"),
    ],
)
def test_the_encoding_is_recognised(data: bytes, encoding: str) -> None:
    assert decode(data) == (TEXT, encoding)


def test_a_file_cut_off_inside_a_letter_keeps_its_encoding() -> None:
    text, encoding = decode("Müller,Mü".encode()[:-1])
    assert encoding == "utf-8"
    assert text.startswith("Müller,M")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04" + bytes(50), "workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "workbook"),
        (bytes(range(256)) * 4, "not a text file"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(NotTextError, match=reason):
        decode(data)


def test_lines_are_counted_as_a_text_editor_does() -> None:
    text = 'a,b\r\n"two\r\nlines",1\n\n"three\n\nlines",\u20282\nlast,3'
    assert [(r.line, r.cells) for r in rows(text) if r.cells] == [
        (1, ["a", "b"]),
        (2, ["two\r\nlines", "1"]),
        (5, ["three\n\nlines", "\u20282"]),
        (8, ["last", "3"]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert [r.line for r in rows(end.join(["a", "b", "c"]))] == [1, 2, 3]


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    found = rows('a,b\n"broken,1\ngood,2\nalso,3\n', width=2)
    assert [(r.line, bool(r.fault)) for r in found] == [
        (1, False),
        (2, True),
        (3, False),
        (4, False),
    ]
    assert "never closed" in found[1].fault
    assert found[3].cells == ["also", "3"]


def test_a_stray_quotation_mark_does_not_swallow_rows_up_to_the_next() -> None:
    found = rows('a,b\n"broken,1\ngood,2\nx,"\nlast,3\n', width=2)
    assert [r.cells for r in found if not r.fault] == [["a", "b"], ["good", "2"], ["last", "3"]]


def test_a_quotation_mark_inside_a_value_is_reported_not_guessed() -> None:
    [broken, good] = rows('"Bob "Bobby" Smith",1\nok,2\n')
    assert "doubled" in broken.fault
    assert good.cells == ["ok", "2"]


def test_width_is_the_headers_but_empty_cells_beyond_do_not_count() -> None:
    short, fitting, long = rows("1\n1,2,,\n1,2,3\n", width=2)
    assert "found 1 columns, expected the header's 2" in short.fault
    assert not fitting.fault
    assert "quotation marks" in long.fault


def test_notes_of_a_whole_email_thread_fit_in_a_cell() -> None:
    [record] = rows(f'"{"x" * 500_000}",1\n')
    assert not record.fault


def test_a_row_over_many_lines_is_read_and_one_without_end_is_reported() -> None:
    notes = "note\n" * (LONGEST_ROW - 2)
    long, after = rows(f'"{notes}",1\nok,2\n', width=2)
    assert (long.fault, after.line, after.cells) == ("", LONGEST_ROW, ["ok", "2"])
    found = rows(f'"{notes}\n\n",1\nok,2\n', width=2)
    assert "never closed" in found[0].fault
    assert found[-1].cells == ["ok", "2"]


def test_a_cell_without_end_is_reported_with_its_line() -> None:
    found = rows(f'a,b\n"{"x" * (LONGEST_CELL + 1)}",1\nc,d\n', width=2)
    assert [(r.line, bool(r.fault)) for r in found] == [(1, False), (2, True), (3, False)]


@given(st.text(alphabet='a,";\n\r\t x', max_size=60), st.sampled_from([0, 1, 2]))
def test_any_text_gives_rows_on_rising_lines(text: str, width: int) -> None:
    found = [r.line for r in rows(text, width)]
    assert found == sorted(set(found))
    assert len(found) <= len(split_lines(text))


@given(st.lists(st.tuples(*[st.text(alphabet='ab,"\n', max_size=5)] * 2), max_size=8))
def test_well_formed_rows_survive_whatever_is_in_them(table: list[tuple[str, str]]) -> None:
    text = "".join(
        ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) + "\n" for r in table
    )
    assert [tuple(r.cells) for r in rows(text, width=2)] == table
