"""Commands for many documents at once: selecting them, and what their dialog does."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

SELECTING: Final = (
    Command(
        "documents.select",
        ("space",),
        "Select",
        "Select the document under the cursor; F and R then act on all that are selected.",
        "Send",
        palette=False,
    ),
    Command(
        "documents.select_all",
        ("asterisk", "ctrl+a"),
        "Select all",
        "Select every document that the filter shows, up to a thousand; again: none.",
        "Send",
    ),
)

BULK: Final = (
    Command(
        "bulk.tick",
        ("space",),
        "Tick",
        "Take a document, or a whole group, in or out.",
        "Many at once",
        palette=False,
    ),
    Command(
        "bulk.unfold",
        ("enter", "right", "left"),
        "Open",
        "Show the documents of a group, or hide them.",
        "Many at once",
        palette=False,
    ),
    Command(
        "bulk.send",
        ("s", "S", "ctrl+s"),
        "Send",
        "Put all that is ticked into the outbox.",
        "Many at once",
        danger=True,
        palette=False,
    ),
    Command(
        "bulk.cancel",
        ("x", "X"),
        "Take out what waits",
        "Cancel what has not left yet; press twice.",
        "Many at once",
        danger=True,
        palette=False,
    ),
    Command(
        "bulk.export",
        ("e", "E"),
        "Export",
        "Write the result into a CSV file.",
        "Many at once",
        palette=False,
    ),
    Command(
        "bulk.close",
        ("escape", "q", "Q"),
        "Close",
        "Close; what is in the outbox goes on.",
        "Many at once",
        palette=False,
    ),
)
