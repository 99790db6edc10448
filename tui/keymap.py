"""Pure: a person's table of keys → the keymap in force, and what is wrong with the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.commands import BY_ID
from tui.registry import COMMANDS, Command

_CHORD: Final = re.compile(r"(?:(?:ctrl|alt|shift|super)\+)*(?P<key>\S+)")
_NAMED: Final = frozenset(
    [
        "enter",
        "escape",
        "space",
        "tab",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
        "slash",
        "question_mark",
        "comma",
        "full_stop",
        "less_than_sign",
        "greater_than_sign",
        "minus",
        "plus",
        "colon",
        "semicolon",
        "left_square_bracket",
        "right_square_bracket",
        "exclamation_mark",
        "equals_sign",
        "asterisk",
        "number_sign",
        "at",
    ]
) | {f"f{number}" for number in range(1, 25)}
#: The places of a dialog, and which of them lie within it.
_DIALOGS: Final = {
    "compose": ("compose", "attachments", "version"),
    "attachments": ("compose", "attachments"),
    "version": ("compose", "version"),
    "prompt": ("prompt",),
    "preview": ("preview",),
    **{
        place: (place,)
        for place in ("bulk", "chase", "columns", "edit", "link", "reason", "requeue")
    },
}
_SYMBOLS: Final = {"?": "question_mark", "/": "slash", "[": "left_square_bracket"}


@dataclass(frozen=True, slots=True)
class Resolution:
    """The keys of every command, and every line of the table that was not followed."""

    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...]


def resolve(table: Mapping[str, str]) -> Resolution:
    """Return the keys in force for ``table``: command id → keys, separated by commas.

    A line with a problem is not followed: its command keeps the keys it has.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for command_id, written in table.items():
        chosen = tuple(dict.fromkeys(_normal(part) for part in written.split(",") if part.strip()))
        problem = _problem(command_id, chosen)
        if problem:
            problems.append(problem)
        else:
            wanted[command_id] = chosen
    keys = {command.id: wanted.get(command.id, command.keys) for command in COMMANDS}
    # the defaults do not clash, so taking wishes back one by one must end well
    while clash := next(filter(None, (_clash(BY_ID[i], keys) for i in wanted)), None):
        command_id, problem = clash
        problems.append(problem)
        del wanted[command_id]
        keys[command_id] = BY_ID[command_id].keys
    return Resolution(keys, tuple(problems))


def _problem(command_id: str, chosen: tuple[str, ...]) -> str | None:
    if command_id not in BY_ID:
        return f"{command_id}: there is no such command."
    unusable = [key for key in chosen if not _is_key(key)]
    if unusable or not chosen:
        reason = f"{', '.join(unusable)} is not a key" if unusable else "no key is named"
        return f"{command_id}: {reason}; it would be out of reach."
    return None


def _normal(key: str) -> str:
    stripped = key.strip()
    return _SYMBOLS.get(stripped, stripped)


def _is_key(key: str) -> bool:
    match = _CHORD.fullmatch(key)
    if match is None:
        return False
    last = match["key"]
    return (len(last) == 1 and last.isprintable()) or last in _NAMED


def _clash(command: Command, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Return the command and what to say, if one of its keys belongs to another."""
    for other in COMMANDS:
        if other.id == command.id or not _meet(command.place, other.place):
            continue
        shared = set(keys[command.id]) & set(keys[other.id])
        if shared:
            said = f"{command.id}: {', '.join(sorted(shared))} belongs to {other.id}."
            return command.id, said
    return None


def _meet(place: str, other: str) -> bool:
    """Commands clash only where both can be pressed; a dialog hides what lies under it."""
    everywhere = {"app", "screen"}
    if place in _DIALOGS or other in _DIALOGS:
        return other in _DIALOGS.get(place, ())
    return place == other or place in everywhere or other in everywhere
