"""A file in, bodies out: nothing is lost and nothing takes its neighbours with it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aws.events.files import split_bodies

EVENTS = [
    {"eventType": "Send", "mail": {"destination": ["a@x.example", "b@x.example"], "tags": {}}},
    {"Type": "Notification", "Message": '{"eventType": "Open"}\n'},
    {"eventType": "Bounce", "bounce": {"bouncedRecipients": [{"emailAddress": "a"}, {}]}},
]


def read(text: str) -> list[object]:
    return [json.loads(body) for body in split_bodies(text)]


@pytest.mark.parametrize("indent", [None, 0, 1, 2, 4, "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_arrays_objects_and_objects_in_a_row_are_split(
    indent: int | str | None, newline: str
) -> None:
    written = [json.dumps(event, indent=indent).replace("\n", newline) for event in EVENTS]
    array = json.dumps(EVENTS, indent=indent).replace("\n", newline)
    assert read(array) == EVENTS
    assert split_bodies(written[0]) == [written[0]]
    assert split_bodies(newline.join(written)) == written
    assert split_bodies((newline * 3).join(written) + newline) == written
    assert split_bodies("".join(written)) == written
    assert split_bodies("\ufeff" + written[0]) == [written[0]]


@pytest.mark.parametrize(
    "bad",
    [
        '{"eventType": "Bounce", "mail": {',
        '{"eventType": "Bou',
        '{"eventType":',
        "{'eventType': 'Bounce'}",
        '{"a": 1}}',
        "hello",
        "2026-11-02 08:00 [warning] queue is empty",
        "[2026-11-02] queue is empty",
        '{"n": ' + "9" * 5000 + "}",
        "12 monkeys",
    ],
)
def test_a_bad_line_is_one_body_and_leaves_its_neighbours_alone(bad: str) -> None:
    good = [json.dumps(event) for event in EVENTS]
    for position in range(len(good) + 1):
        lines = [*good[:position], bad, *good[position:]]
        bodies = split_bodies("\n".join(lines))
        assert [body for body in bodies if body in good] == good
        assert "".join(bodies) == "".join(lines)
        if bad != '{"a": 1}}':
            assert bodies == lines


def test_a_broken_object_over_many_lines_is_one_body() -> None:
    broken = '{\n  "mail": oops,\n  "tags": {\n    "a": 1\n  }\n}'
    good = json.dumps(EVENTS[0], indent=2)
    assert split_bodies(f"{good}\n{broken}\n{good}") == [good, broken, good]


def test_a_broken_entry_of_an_array_is_one_body() -> None:
    text = '[\n  {"a": 1},\n  {\n    "b": oops\n  },\n  {"c": 3}\n]'
    first, broken, last = split_bodies(text)
    assert (json.loads(first), json.loads(last)) == ({"a": 1}, {"c": 3})
    assert "oops" in broken


def test_what_is_no_event_still_becomes_a_body() -> None:
    assert split_bodies('[{"a": 1}, null, {"b": 2}]') == ['{"a": 1}', "null", '{"b": 2}']
    assert split_bodies("Successfully validated SNS topic.") == [
        "Successfully validated SNS topic."
    ]
    assert split_bodies(" \n\n ") == []


@given(st.text(alphabet='{}[]",:\n a1\\', max_size=60))
def test_nothing_is_lost_and_nothing_raises(text: str) -> None:
    without = str.maketrans("", "", "[], \n")
    assert "".join(split_bodies(text)).translate(without) == text.translate(without)


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers(), max_size=4), max_size=5))
def test_what_was_written_is_read(values: list[dict[str, object]]) -> None:
    assert read("\n".join(json.dumps(value) for value in values)) == values
    assert read(json.dumps(values, indent=1)) == values


@pytest.mark.parametrize("line", ["{", '{"a', '{"a": "'])
def test_many_lines_that_are_never_finished_take_no_time_each(line: str) -> None:
    """An error of ``json`` counts the lines before it: that took minutes for a few megabytes."""
    text = f"{line}\n" * 200_000
    began = time.process_time()
    assert split_bodies(text) == [text.strip()]
    assert time.process_time() - began < 4


@given(st.integers(3_900, 4_200), st.sampled_from(["\n", "\r\n"]))
def test_an_object_over_several_lines_may_be_of_any_length(length: int, newline: str) -> None:
    event = {"p": "x" * length, "n": 12345678901234567890, "t": True, "u": "ሴ\U0001f600", "d": {}}
    written = json.dumps(event, indent=0).replace("\n", newline)
    assert split_bodies(newline.join([written] * 3)) == [written] * 3
