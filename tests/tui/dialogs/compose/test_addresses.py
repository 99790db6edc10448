"""Several addresses in one line, as people type them and as other programs copy them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.dialogs.compose.addresses import addresses


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ann@x.example, bob@x.example", ("ann@x.example", "bob@x.example")),
        ("Ann Lee <ann@x.example>", ("ann@x.example",)),
        ('"Lee, Ann" <ann@x.example>; bob@x.example', ("ann@x.example", "bob@x.example")),
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("ann@x <", ("ann@x", "<")),
        ("", ()),
    ],
)
def test_addresses_of_a_line(typed: str, found: tuple[str, ...]) -> None:
    assert addresses(typed) == found


@given(st.text(alphabet='a@<>",; \n'))
def test_any_line_is_read(typed: str) -> None:
    assert all(part.strip() == part and part for part in addresses(typed))


def test_a_stranger_s_long_text_is_read_at_once() -> None:
    """At the square of its length this would take hours; the suite would stand still."""
    for piece in ("a b ", "<", '"', "<a ", ' "', " "):
        addresses(piece * 500_000)
