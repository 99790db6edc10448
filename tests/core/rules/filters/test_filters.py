"""The line of the filter: what is read, what is refused, and that it can be written again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.documents import DocumentView
from core.rules.filters import completion, describe, read, write
from core.rules.filters.parser import LONGEST

READ_AS = [
    ("bounced", "bounced"),
    ("soft", "bounced soft"),
    ("soft-bounced", "bounced soft"),
    ("BOUNCED complained", "bounced or complained"),
    ("never-sent never_reached", "never sent or never reached"),
    ("-opened", "not opened"),
    ("-opened -clicked", "neither opened nor clicked"),
    ("needs-call late stuck", "needs a call or late or no word for a day"),
    ("balance>500", "balance over 500.00"),
    ("balance<=1,000.50", "balance at most 1,000.50"),
    ("balance > 500", "balance over 500.00"),
    ("balance:>500", "balance over 500.00"),
    ("total>=1000", "total at least 1,000.00"),
    ("total≥1000", "total at least 1,000.00"),
    ("balance<0", "balance under 0.00"),
    ("balance=-5.25", "balance exactly -5.25"),
    ("sends>2", "over 2 sends"),
    ("sends:1", "exactly 1 send"),
    ("-sends>2", "not over 2 sends"),
    ("sent<7d", "sent within 7 days"),
    ("sent>30d", "sent over 30 days ago"),
    ("sent<12h", "sent within 12 hours"),
    ("-sent<1w", "not sent within 1 week"),
    ("sent>=2026-11-01", "sent since 1 Nov 2026"),
    ("sent:2026-11", "sent in Nov 2026"),
    ("sent<2026", "sent before 2026"),
    ("sent:today", "sent today"),
    ("sent > yesterday", "sent after yesterday"),
    ("due<today", "due before today"),
    ("due<7d", "due in under 7 days"),
    ("due>=tomorrow", "due since tomorrow"),
    ("issued>3m", "issued over 3 months ago"),
    ("issued<=2026-11-30", "issued until 30 Nov 2026"),
    ("overdue", "overdue"),
    ("-overdue", "not overdue"),
    ("overdue>30d", "overdue over 30 days"),
    ("overdue<=2w", "overdue at most 2 weeks"),
    ("kind:invoice", "invoice"),
    ("kind:est", "estimate"),
    ("invoice", "invoice"),
    ("estimates", "estimate"),
    ("status:open", "status open"),
    ("status:open status:partial", "status open or partial"),
    ("to:@acme.com", "to @acme.com"),
    ("-to:@acme.com", "not to @acme.com"),
    ("to:anna@", "to anna@"),
    ('customer:"Krajcik DVM"', "customer “Krajcik DVM”"),
    ("customer:krajcik", "customer “krajcik”"),
    ("number:INV-00", "number “INV-00”"),
    ("by:anna", "sent by anna"),
    ("currency:eur", "in EUR"),
    ('"Late Night"', "“Late Night”"),
    ('-"late"', "not “late”"),
]


@pytest.mark.parametrize(("line", "said"), READ_AS)
def test_a_filter_is_read_as(line: str, said: str) -> None:
    found = read(line)
    assert found.problems == ()
    assert found.text == ""
    assert " · ".join(map(describe, found.conditions)) == said


@pytest.mark.parametrize(
    "line",
    [
        "ha", "bounc", "Re:invoice", "a<b", "<3", "5>4", "Smith:Jones", "x:y:z", "http://a.example",
        "INV-0042", "-0042", "-acme", "sentinel", "tomorrow", "due", "balance", "overdue-x",
        "customer<x", "status>open", "status", "K:ind", "ſent<7d", "ſends>2", "all", "to", "-",
        "—opened", "kınd:x", "7d", "1,000.50", "anna@acme.com", "a\"b", "late\"",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_a_plain_word(line: str) -> None:
    found = read(line)
    assert (found.text, found.conditions, found.problems) == (line, (), ())


def test_quotes_make_a_filter_a_word() -> None:
    assert read('"sent" "balance>500" "-opened"').text == "sent balance>500 -opened"
    assert read('"sent').text == "sent"


def test_words_and_filters_stand_beside_each_other() -> None:
    found = read("  acme bounced  inv balance>500 ")
    assert found.text == "acme inv"
    assert len(found.conditions) == 2


WRONG = [
    ("sent<7x", "7x is no time", "7d, 2w, 3m, or a date such as 2026-11-01", "sent<7d", False),
    ("sent<7", "7 is no time", "7d, 2w, 3m, or a date such as 2026-11-01", "sent<7d", True),
    ("sent<", "sent< lacks its value", "7d, 2w, 3m, or a date such as 2026-11-01", "sent<7d", True),
    ("due<12h", "12h is no time", "7d, 2w, 3m, or a date such as 2026-11-01", "due<7d", False),
    ("sent>2026-13", "2026-13 is no time", "7d, 2w, 3m, or a date such as 2026-11-01", "sent<7d",
     False),
    ("sent>2026-02-30", "2026-02-30 is no time", "7d, 2w, 3m, or a date such as 2026-11-01",
     "sent<7d", False),
    ("sent<99999y", "99999y is no time", "7d, 2w, 3m, or a date such as 2026-11-01", "sent<7d",
     False),
    ("sent:7d", "sent:7d says neither before nor after", "sent<7d or sent>7d", "sent<7d", False),
    ("overdue>today", "today is no time", "7d, 2w or 3m", "overdue>30d", True),
    ("overdue:30d", "30d is no time", "7d, 2w or 3m", "overdue>30d", False),
    ("balance>x", "x is no amount", "an amount such as 500 or 1,000.50", "balance>500", False),
    ("balance>1.000", "1.000 is no amount", "an amount such as 500 or 1,000.50", "balance>500",
     False),
    ("balance>1,00", "1,00 is no amount", "an amount such as 500 or 1,000.50", "balance>500", True),
    ("balance>", "balance> lacks its value", "an amount such as 500 or 1,000.50", "balance>500",
     True),
    ("balance>1e9", "1e9 is no amount", "an amount such as 500 or 1,000.50", "balance>500", False),
    ("sends>2.5", "2.5 is no number", "a whole number such as 2", "sends>2", False),
    ("kind:order", "order is no kind", "invoice or estimate", "kind:invoice", False),
    ("currency:euro", "euro is no currency", "three letters such as EUR", "currency:EUR", False),
    ("to:", "to: lacks its value", "an address, @domain, or name@", "to:@acme.com", True),
    ('customer:""', 'customer:"" lacks its value', "a part of the name",
     'customer:"Krajcik DVM"', True),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said", "expected", "example", "unfinished"), WRONG)
def test_a_known_field_with_a_bad_value_is_told(
    line: str, said: str, expected: str, example: str, unfinished: bool
) -> None:
    found = read(line)
    (problem,) = found.problems
    assert (problem.start, problem.end) == (0, len(line))
    assert (problem.said, problem.expected, problem.example) == (said, expected, example)
    assert problem.unfinished is unfinished
    assert (found.text, found.conditions) == ("", ())


@pytest.mark.parametrize("example", sorted({row[3] for row in WRONG}))
def test_every_example_is_right(example: str) -> None:
    assert read(example).problems == ()
    assert len(read(example).conditions) == 1


def test_the_rest_of_the_line_holds_beside_a_problem() -> None:
    line = "acme sent<7x bounced kind:order balance>5"
    found = read(line)
    assert [line[p.start : p.end] for p in found.problems] == ["sent<7x", "kind:order"]
    assert found.text == "acme"
    assert write("", found.conditions) == "bounced balance>5"


def test_what_is_followed_by_something_is_not_unfinished() -> None:
    assert not read("sent< ").problems[0].unfinished
    assert not read("balance> acme").problems[0].unfinished


def test_a_line_that_goes_on_forever_is_refused_from_where_it_is_too_long() -> None:
    found = read("a" * (LONGEST + 5))
    assert found.text == "a" * LONGEST
    assert [(p.start, p.end) for p in found.problems] == [(LONGEST, LONGEST + 5)]


# --------------------------------------------------------------------------- half typed


@pytest.mark.parametrize(
    ("line", "tail"),
    [
        ("acme boun", 5), ("acme bounced", None), ("boun ", None), ("b", 0), ("to:@ac", 0),
        ("x -to:@ac", 2), ("status:op", 0), ("acme", None), ("balance", 0), ("balance>5", None),
        ("", None), ("-ope", 0), ("xyz", None),
    ],
)  # fmt: skip
def test_what_may_be_half_typed_is_known(line: str, tail: int | None) -> None:
    assert read(line).tail == tail


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("boun", "bounced"), ("acme Bal", "acme Balance>"), ("-ope", "-opened"), ("b", ""),
        ("bounced", ""), ("acme", ""), ("bou ", ""), ("never", "never-sent"), ("to", "to:"),
        ("cust", "customer:"), ("", ""), ("sent", "sent<"),
    ],
)  # fmt: skip
def test_a_beginning_is_completed(line: str, whole: str) -> None:
    assert completion(line) == whole


def test_every_ready_made_filter_has_a_word() -> None:
    found = {chip for name in DocumentView for chip in _chips(name.value.replace("_", "-"))}
    assert found == set(DocumentView) - {DocumentView.ALL}


def _chips(word: str) -> tuple[DocumentView, ...]:
    return tuple(chip for c in read(word).conditions for chip in getattr(c, "chips", ()))


# --------------------------------------------------------------------------- properties

_PIECES = st.sampled_from(
    [
        "bounced", "soft", "late", "-", '"', " ", "balance", "sent", "due", "overdue", "<", ">",
        "=", ":", "<=", "7d", "2w", "today", "2026-11-01", "2026", "500", "1,000.50", ".", "to:",
        "@acme.com", "customer:", "acme", "invoice", "kind:", "status", "by:", "currency:EUR",
        "\t", "\x00", "ſ", "\u2028", "-\"", "\\", "[/b]", "é", "7x", "never-sent", "\ud800",
    ]
)  # fmt: skip
LINES = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map("".join))


@given(LINES)
def test_no_text_makes_it_fail_and_problems_lie_within(line: str) -> None:
    found = read(line)
    for problem in found.problems:
        assert 0 <= problem.start < problem.end <= len(line)
        assert problem.said
        assert problem.expected
    assert completion(line) == "" or completion(line).startswith(line)
    for condition in found.conditions:
        assert describe(condition)


@given(LINES)
def test_what_was_read_can_be_written_and_read_again(line: str) -> None:
    found = read(line)
    written = write(found.text, found.conditions)
    again = read(written)
    assert (again.text, again.conditions) == (found.text, found.conditions)
    assert again.problems == ()
    assert write(again.text, again.conditions) == written


@given(st.lists(st.sampled_from([line for line, _ in READ_AS]), max_size=6))
def test_filters_say_the_same_in_a_line_as_alone(lines: list[str]) -> None:
    whole = read(" ".join(lines))
    assert whole.problems == ()
    alone = {describe(c) for line in lines for c in read(line).conditions}
    told = " ".join(describe(c) for c in whole.conditions)
    for word in " ".join(alone).split():
        assert word in told or word == "not"


@given(st.decimals(-(10**11), 10**11, places=2))
def test_every_amount_is_read_back(value: Decimal) -> None:
    (condition,) = read(f"balance>{value:,}").conditions
    assert getattr(condition, "value", None) == value


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    (condition,) = read(f"sent<{day}").conditions
    assert write("", (condition,)) == f"sent<{day}"
