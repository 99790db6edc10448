"""The commands about emails of other programs: their list, and the dialog that links one."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

LINKING: Final[tuple[Command, ...]] = (
    Command(
        "unlinked.link",
        ("enter", "l", "L"),
        "Link",
        "Say which document the email under the cursor is about.",
        "Link",
        footer=1,
    ),
    Command(
        "unlinked.dismiss",
        ("d", "D"),
        "Not about one",
        "Hide an email that is about no document; on a hidden one: take that back.",
        "Link",
        footer=2,
    ),
    Command(
        "unlinked.next_chip",
        ("right_square_bracket", "right"),
        "Next filter",
        "Choose the next filter of the line above the table.",
        "Filter",
        footer=3,
    ),
    Command(
        "unlinked.previous_chip",
        ("left_square_bracket", "left"),
        "Previous filter",
        "Choose the filter before it.",
        "Filter",
    ),
    Command(
        "link.choose",
        ("enter",),
        "Link",
        "Link the email to the document under the cursor.",
        "Link",
        palette=False,
    ),
    Command("link.up", ("up",), "Up", "The document above.", "Link", palette=False),
    Command("link.down", ("down",), "Down", "The document below.", "Link", palette=False),
    Command(
        "link.close",
        ("escape",),
        "Close",
        "Clear what is searched, or close without linking.",
        "Link",
        palette=False,
    ),
)
