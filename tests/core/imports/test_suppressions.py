"""Lists of addresses: whatever a file holds, every line is an entry or a named problem."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.suppressions import parse


@given(st.text(st.sampled_from("a@x,;\"'\n\t#=+ \x85é"), max_size=80))
def test_no_line_is_lost_and_nothing_breaks(text: str) -> None:
    found = parse(text)
    assert found.read == len(found.entries) + len(found.rejected)
    assert len(found.lines) == len(found.entries)
    last = text.count("\n") + text.count("\r") + 1
    assert all(1 <= line <= last for line in (*found.lines, *(r.line for r in found.rejected)))
    assert all(entry.address.strip() for entry in found.entries)


@given(st.lists(st.sampled_from(["a@x.example", "=b@x.example", "+c@x.example"]), min_size=1))
def test_what_an_export_wrote_is_read_as_it_was(addresses: list[str]) -> None:
    safe = [f"'{a}" if a[0] in "=+" else a for a in addresses]
    found = parse("address,reason\n" + "".join(f"{a},why\n" for a in safe))
    assert [entry.address for entry in found.entries] == addresses


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T14:00:00Z", datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("2026-11-20T14:00:00+02:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20 14:00", datetime(2026, 11, 20, 14, tzinfo=UTC)),
    ],
)
def test_times_as_they_are_written(written: str, at: datetime) -> None:
    (entry,) = parse(f"a@x.example,why,{written}\n").entries
    assert entry.since == at


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line() -> None:
    found = parse('address,reason\na@x.example,"oops\nb@x.example,why\n')
    assert [entry.address for entry in found.entries] == ["b@x.example"]
    assert found.rejected[0].line == 2


def test_the_columns_of_other_programs_are_found_by_their_names() -> None:
    found = parse("Reason,Email Address,LastUpdateTime,More\nBOUNCE,a@x.example,2026-01-02,x\n")
    (entry,) = found.entries
    assert (entry.address, entry.reason, entry.since) == (
        "a@x.example", "BOUNCE", datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip
