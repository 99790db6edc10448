"""A person's own keys: followed, or reported."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding, BindingsMap

from core.settings.toml_file import KeyLine
from tui.commands.dispatch import BY_ID, bindings, key_label
from tui.commands.keymap import resolve, resolve_lines
from tui.commands.registry import COMMANDS


def said(table: dict[str, str]) -> list[str]:
    return [str(each) for each in resolve(table).problems]


def test_an_empty_table_keeps_every_key() -> None:
    resolution = resolve({})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("f", "F")


def test_a_command_gets_the_keys_it_is_given() -> None:
    resolution = resolve({"documents.follow_up": "ctrl+e, ctrl+w"})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("ctrl+e", "ctrl+w")


def test_an_unknown_command_is_reported() -> None:
    assert said({"xyzzy": "w"}) == ["xyzzy: there is no such command."]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("documents.folow_up", "documents.follow_up"), ("follow_up", "documents.follow_up")],
)
def test_the_command_that_was_probably_meant_is_named(written: str, meant: str) -> None:
    (problem,) = said({written: "v"})
    assert problem.endswith(f"Did you mean {meant}?")


def test_a_key_that_belongs_to_another_command_of_the_place_is_reported() -> None:
    resolution = resolve({"documents.follow_up": "r"})
    assert [str(each) for each in resolution.problems] == [
        "documents.follow_up: r belongs to documents.resend."
    ]
    assert resolution.keys["documents.follow_up"] == ("f", "F")


def test_two_commands_can_swap_their_keys() -> None:
    resolution = resolve({"documents.follow_up": "r", "documents.resend": "f"})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("r", "R")
    assert resolution.keys["documents.resend"] == ("f", "F")


def test_the_same_key_may_serve_in_two_places() -> None:
    assert resolve({"customers.attention": "f"}).problems == ()


def test_a_key_that_cannot_be_pressed_is_reported() -> None:
    for written in ("ctrl+", "", "banana", "ctrl+shift+"):
        assert len(resolve({"documents.follow_up": written}).problems) == 1


@given(st.dictionaries(st.sampled_from(sorted(BY_ID)), st.text(max_size=12), max_size=5))
def test_no_table_leaves_a_command_out_of_reach_or_two_on_one_key(table: dict[str, str]) -> None:
    keys = resolve(table).keys
    assert all(keys[command.id] for command in COMMANDS)
    for place in {command.place for command in COMMANDS}:
        of_place = [key for c in COMMANDS if c.place == place for key in keys[c.id]]
        assert len(of_place) == len(set(of_place))


@pytest.mark.parametrize(
    ("command", "written", "why"),
    [
        ("documents.follow_up", "j", "moves the cursor of the table"),
        ("app.outbox", "enter", "moves the cursor of the table"),
        ("documents.follow_up", "ctrl+c", "copies what is selected"),
        ("compose.send", "s", "typed into the text"),
        ("edit.close", "space", "typed into the text"),
        ("app.palette", "p", "typed into the text"),
    ],
)
def test_a_key_that_somebody_else_takes_first_is_reported(
    command: str, written: str, why: str
) -> None:
    (problem,) = said({command: written})
    assert why in problem


def test_a_letter_keeps_to_its_case_where_the_other_one_is_anothers() -> None:
    found = resolve({"documents.follow_up": "h", "documents.bounced": "H"})
    assert found.problems == ()
    assert found.keys["documents.follow_up"] == ("h",)
    assert found.keys["documents.bounced"] == ("H",)


def test_signs_are_written_as_they_are_typed() -> None:
    assert resolve({"documents.follow_up": "+, ="}).keys["documents.follow_up"] == (
        "plus",
        "equals_sign",
    )


@pytest.mark.parametrize("sign", list("?/[]*+-.:;<>!=#@|_"))
def test_a_sign_is_shown_as_it_was_written_and_typed_where_one_types(sign: str) -> None:
    (key,) = resolve({"quarantine.retry": sign}).keys["quarantine.retry"]
    assert key_label(key) == sign
    assert "typed into the text" in said({"compose.send": sign})[0]


def test_a_line_that_is_no_text_is_reported_and_the_rest_is_followed() -> None:
    found = resolve_lines(
        [KeyLine("documents.resend", "7", 2, is_text=False), KeyLine("documents.follow_up", "h", 3)]
    )
    assert [str(each) for each in found.problems] == [
        "documents.resend: 7 is not a text in quotes."
    ]
    assert found.keys["documents.follow_up"] == ("h", "H")


@given(
    st.dictionaries(
        st.sampled_from(sorted(BY_ID)), st.sampled_from(["v", "f,g", "r", "ctrl+w", "f9", "b"]),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_textual_binds_just_the_keys_that_are_in_force(table: dict[str, str]) -> None:
    keys = resolve(table).keys
    for place in {command.place for command in COMMANDS}:
        found = BindingsMap(bindings(place))
        found.apply_keymap({each: ",".join(mine) for each, mine in keys.items()})
        bound: dict[str, set[str]] = {}
        for key, several in found.key_to_bindings.items():
            for binding in several:
                assert isinstance(binding, Binding)
                bound.setdefault(binding.id or "", set()).add(key)
        assert bound == {c.id: set(keys[c.id]) for c in COMMANDS if c.place == place}


def test_every_command_has_a_key_without_control_or_function_keys() -> None:
    """Terminals, multiplexers and editors around them take those for themselves."""
    stolen = re.compile(r"ctrl\+.*|f\d+")
    assert not [c.id for c in COMMANDS if all(stolen.fullmatch(key) for key in c.keys)]


def test_the_registry_itself_has_no_clash() -> None:
    table = {command.id: ",".join(command.keys) for command in COMMANDS}
    assert resolve(table).problems == ()


def test_no_two_lines_of_the_table_have_one_id() -> None:
    assert list(BY_ID) == [command.id for command in COMMANDS]


def test_keys_are_written_for_people() -> None:
    assert [key_label(key) for key in ("ctrl+s", "f", "question_mark", "alt+1", "f5")] == [
        "^S", "F", "?", "Alt+1", "F5",
    ]  # fmt: skip
