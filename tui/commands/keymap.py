"""Pure: a person's table of keys → the keymap in force, and what is wrong with the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.settings.toml_file import KeyLine
from tui.commands.dispatch import BY_ID, SIGNS
from tui.commands.registry import COMMANDS, Command

_CHORD: Final = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)*(?P<key>\S+)")
_NAMED: Final = {
    "enter", "escape", "space", "tab", "backspace", "delete", "insert", "home", "end", "pageup",
    "pagedown", "up", "down", "left", "right", *SIGNS, *(f"f{number}" for number in range(1, 25)),
}  # fmt: skip
_SINGLE: Final = (
    "bulk", "chase", "columns", "edit", "link", "pick", "quarantine", "reason", "requeue",
    "setup", "views",
)  # fmt: skip
#: The places of a dialog, and which of them lie within it.
_DIALOGS: Final = {
    "compose": ("compose", "attachments", "version"),
    "attachments": ("compose", "attachments"),
    "version": ("compose", "version"),
    "prompt": ("prompt",),
    "preview": ("preview",),
    **{place: (place,) for place in _SINGLE},
}
#: How people write the keys that Textual has other names for.
_NAMES: Final = {sign: name for name, sign in SIGNS.items()}
#: Where a table has the focus, these keys are its own.
_OF_TABLES: Final = frozenset(
    {"up", "down", "j", "k", "pageup", "pagedown", "home", "end", "enter", "space"}
)
#: Where one types, a key that writes something writes it.
_TYPED: Final = frozenset(
    {"search", "line", "compose", "prompt", "edit", "chase", "link", "reason", "setup"}
)
#: Textual's own, everywhere.
_RESERVED: Final = {"ctrl+c": "it copies what is selected", "ctrl+z": "the terminal keeps it"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the table that was not followed."""

    command: str
    words: str

    def __str__(self) -> str:
        return f"{self.command}: {self.words}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The keys of every command, and every line of the table that was not followed."""

    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


def resolve_lines(lines: Iterable[KeyLine]) -> Resolution:
    """Return the keys in force for the lines of a settings file."""
    known = list(lines)
    wrong = [
        Problem(line.command, f"{line.written} is not a text in quotes.")
        for line in known
        if not line.is_text
    ]
    found = resolve({line.command: line.written for line in known if line.is_text})
    return Resolution(found.keys, (*wrong, *found.problems))


def resolve(table: Mapping[str, str]) -> Resolution:
    """Return the keys in force for ``table``: command id → keys, separated by commas.

    A line with a problem is not followed: its command keeps the keys it has. A letter answers in
    both cases, unless the other one is somebody else's.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for command_id, written in table.items():
        chosen = tuple(dict.fromkeys(_normal(part) for part in written.split(",") if part.strip()))
        problem = _problem(command_id, chosen)
        if problem:
            problems.append(Problem(command_id, problem))
        else:
            wanted[command_id] = chosen
    keys = {command.id: wanted.get(command.id, command.keys) for command in COMMANDS}
    # the defaults do not clash, so taking wishes back one by one, the last first, must end well
    while clash := next(filter(None, (_clash(BY_ID[i], keys) for i in reversed(wanted))), None):
        command_id, words = clash
        problems.append(Problem(command_id, words))
        del wanted[command_id]
        keys[command_id] = BY_ID[command_id].keys
    for command_id in wanted:
        _add_other_case(BY_ID[command_id], keys)
    return Resolution(keys, tuple(problems))


def _add_other_case(command: Command, keys: dict[str, tuple[str, ...]]) -> None:
    for key in keys[command.id]:
        if len(key) == 1 and key.isalpha():
            before = keys[command.id]
            keys[command.id] = tuple(dict.fromkeys((*before, key.swapcase())))
            if _clash(command, keys):
                keys[command.id] = before


def _problem(command_id: str, chosen: tuple[str, ...]) -> str | None:
    command = BY_ID.get(command_id)
    if command is None:
        from difflib import get_close_matches

        near = get_close_matches(command_id, BY_ID, 1, 0.6)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"there is no such command.{meant}"
    unusable = [key for key in chosen if not _is_key(key)]
    if unusable or not chosen:
        reason = f"{', '.join(unusable)} is not a key" if unusable else "no key is named"
        return f"{reason}; it would be out of reach."
    hidden = [why for key in chosen if (why := _out_of_reach(command, key))]
    return hidden[0] if hidden else None


def _out_of_reach(command: Command, key: str) -> str:
    """Say who takes ``key`` before ``command`` can; keys that it has anyway are in reach."""
    if key in command.keys:
        return ""
    if key in _RESERVED:
        return f"{key} never arrives: {_RESERVED[key]}."
    writes = "+" not in key and (len(key) == 1 or key in SIGNS or key == "space")
    if writes and (command.priority or command.place in _TYPED):
        return f"{key} is typed into the text there; it needs ctrl, alt or a function key."
    of_table = command.place not in _DIALOGS and command.place != "log" and not command.priority
    if of_table and key.lower() in _OF_TABLES:
        return f"{key} never arrives: it moves the cursor of the table."
    return ""


def _normal(key: str) -> str:
    stripped = key.strip()
    return _NAMES.get(stripped, stripped)


def _is_key(key: str) -> bool:
    match = _CHORD.fullmatch(key)
    if match is None:
        return False
    last = match["key"]
    return last in _NAMED or (len(last) == 1 and last.isalnum())


def _clash(command: Command, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Return the command and what to say, if one of its keys belongs to another."""
    for other in COMMANDS:
        if other.id == command.id or not _meet(command.place, other.place):
            continue
        shared = set(keys[command.id]) & set(keys[other.id])
        if shared:
            return command.id, f"{', '.join(sorted(shared))} belongs to {other.id}."
    return None


def _meet(place: str, other: str) -> bool:
    """Commands clash only where both can be pressed; a dialog hides what lies under it."""
    everywhere = {"app", "screen"}
    if place in _DIALOGS or other in _DIALOGS:
        return other in _DIALOGS.get(place, ())
    return place == other or place in everywhere or other in everywhere
