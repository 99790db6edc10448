"""A person's own keys: followed, or reported."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.commands import BY_ID, key_label
from tui.keymap import resolve
from tui.registry import COMMANDS


def test_an_empty_table_keeps_every_key() -> None:
    resolution = resolve({})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("f", "F")


def test_a_command_gets_the_keys_it_is_given() -> None:
    resolution = resolve({"documents.follow_up": "ctrl+e, ctrl+w"})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("ctrl+e", "ctrl+w")


def test_an_unknown_command_is_reported() -> None:
    assert resolve({"documents.fly": "w"}).problems == ("documents.fly: there is no such command.",)


def test_a_key_that_belongs_to_another_command_of_the_place_is_reported() -> None:
    resolution = resolve({"documents.follow_up": "r"})
    assert resolution.problems == ("documents.follow_up: r belongs to documents.resend.",)
    assert resolution.keys["documents.follow_up"] == ("f", "F")


def test_two_commands_can_swap_their_keys() -> None:
    resolution = resolve({"documents.follow_up": "r", "documents.resend": "f"})
    assert resolution.problems == ()
    assert resolution.keys["documents.follow_up"] == ("r",)
    assert resolution.keys["documents.resend"] == ("f",)


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


def test_the_registry_itself_has_no_clash() -> None:
    table = {command.id: ",".join(command.keys) for command in COMMANDS}
    assert resolve(table).problems == ()


def test_keys_are_written_for_people() -> None:
    assert [key_label(key) for key in ("ctrl+s", "f", "question_mark", "alt+1", "f5")] == [
        "^S", "F", "?", "Alt+1", "F5",
    ]  # fmt: skip
