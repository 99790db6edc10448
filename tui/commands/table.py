"""The commands of tables that can be sorted and arranged, and of the dialog that arranges them."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command


def _of(place: str) -> tuple[Command, ...]:
    return (
        Command(
            f"{place}.sort_left",
            ("less_than_sign",),
            "Sort by the left",
            "Sort by the column to the left of the one that sorts; a click on a title does, too.",
            "Table",
        ),
        Command(
            f"{place}.sort_right",
            ("greater_than_sign",),
            "Sort by the right",
            "Sort by the column to the right of the one that sorts now.",
            "Table",
        ),
        Command(
            f"{place}.reverse",
            ("exclamation_mark",),
            "Reverse",
            "Turn the order round.",
            "Table",
        ),
        Command(
            f"{place}.columns",
            ("l", "L"),
            "Columns",
            "Choose the columns, their order and widths; borders in the header can be dragged.",
            "Table",
        ),
    )


TABLES: Final = (*_of("documents"), *_of("customers"))

COLUMNS_DIALOG: Final = (
    Command("columns.toggle", ("space",), "Show or hide", "Show or hide the column.", "Columns", 1),
    Command(
        "columns.wider", ("plus", "right"), "Wider", "Make the column wider.", "Columns", footer=3
    ),
    Command(
        "columns.narrower",
        ("minus", "left"),
        "Narrower",
        "Make the column narrower.",
        "Columns",
        footer=4,
    ),
    Command(
        "columns.earlier",
        ("K", "shift+up"),
        "To the left",
        "Move the column to the left of the one before it.",
        "Columns",
        footer=5,
    ),
    Command(
        "columns.later",
        ("J", "shift+down"),
        "To the right",
        "Move the column to the right of the one after it.",
        "Columns",
        footer=6,
    ),
    Command("columns.up", ("up", "k"), "Up", "The column above.", "Columns", palette=False),
    Command("columns.down", ("down", "j"), "Down", "The column below.", "Columns", palette=False),
    Command(
        "columns.reset",
        ("r", "R"),
        "Reset",
        "Arrange the columns as they were at first.",
        "Columns",
        footer=8,
    ),
    Command(
        "columns.keep",
        ("enter",),
        "Keep",
        "Keep the columns as they are behind the dialog.",
        "Columns",
        footer=2,
        palette=False,
    ),
    Command(
        "columns.close",
        ("escape",),
        "Close",
        "Leave the columns as they were.",
        "Columns",
        footer=7,
        palette=False,
    ),
)
