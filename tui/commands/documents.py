"""The commands of the search line and of saved views; ``tui.commands.registry`` places them."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

FILTERING: Final = (
    Command(
        "documents.bounced",
        ("b", "B"),
        "Bounced",
        "Show only documents with an unresolved bounce; again: show all.",
        "Filter",
        footer=3,
    ),
    Command(
        "documents.search",
        ("slash",),
        "Search",
        "Search number, customer and recipient, and filter: balance>500 sent<7d to:@acme.com.",
        "Filter",
        footer=5,
    ),
    Command(
        "documents.views",
        ("v", "V"),
        "Saved views",
        "Show a saved view, or save the search and filter of now under a name.",
        "Filter",
        footer=11,
    ),
    Command(
        "documents.next_chip",
        ("right_square_bracket", "right"),
        "Next filter",
        "Choose the next filter of the line above the table.",
        "Filter",
    ),
    Command(
        "documents.previous_chip",
        ("left_square_bracket", "left"),
        "Previous filter",
        "Choose the filter before it.",
        "Filter",
    ),
)

LINE: Final = (
    Command(
        "line.leave",
        ("tab",),
        "To the list",
        "Take the grey letters that complete a filter, else go to what was found.",
        "Filter",
        footer=2,
        palette=False,
    ),
    Command(
        "line.older",
        ("up",),
        "Older line",
        "The line that was used before.",
        "Filter",
        footer=3,
        palette=False,
    ),
    Command(
        "line.newer",
        ("down",),
        "Newer line",
        "The line that was used after it; after the newest: to what was found.",
        "Filter",
        palette=False,
    ),
)

VIEWS: Final = (
    Command(
        "views.save",
        ("s", "S"),
        "Save",
        "Keep the search and filter of now under a name.",
        "Views",
        footer=2,
        palette=False,
    ),
    Command(
        "views.delete",
        ("d", "D", "delete"),
        "Delete",
        "Delete the view under the cursor; it asks first.",
        "Views",
        footer=3,
        palette=False,
    ),
    Command(
        "views.close",
        ("escape", "q", "Q"),
        "Close",
        "Close without changing anything.",
        "Views",
        footer=91,
        palette=False,
    ),
)
