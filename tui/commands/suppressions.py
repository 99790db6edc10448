"""The commands of the Suppressions screen and its dialogs."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

SUPPRESSION_COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "suppressions.details",
        ("enter",),
        "Details",
        "Show or hide why this address is on a list, and what was done about it.",
        "Look",
        footer=1,
        palette=False,
    ),
    Command(
        "suppressions.remove",
        ("x", "X", "delete"),
        "Release",
        "Take the address off both lists, with a reason.",
        "Change",
        footer=2,
        danger=True,
    ),
    Command(
        "suppressions.add",
        ("n", "N", "plus"),
        "Add",
        "Put an address on our own list, or on SES's.",
        "Change",
        footer=3,
    ),
    Command(
        "suppressions.document",
        ("d", "D"),
        "Document",
        "Show the document whose email brought the address onto the list.",
        "Look",
        footer=4,
    ),
    Command(
        "suppressions.search",
        ("slash",),
        "Search",
        "Search address, reason and operator.",
        "Filter",
        footer=5,
    ),
    Command(
        "suppressions.next_chip",
        ("right_square_bracket", "right"),
        "Next filter",
        "Choose the next filter of the line above the table.",
        "Filter",
    ),
    Command(
        "suppressions.previous_chip",
        ("left_square_bracket", "left"),
        "Previous filter",
        "Choose the filter before it.",
        "Filter",
    ),
    Command(
        "reason.apply",
        ("ctrl+s", "alt+g"),
        "Do it",
        "Do what the dialog is about.",
        "Suppressions",
        footer=1,
        danger=True,
        priority=True,
        palette=False,
    ),
    Command(
        "reason.close",
        ("escape",),
        "Close",
        "Close without changing anything.",
        "Suppressions",
        footer=2,
        palette=False,
    ),
)
