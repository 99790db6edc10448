"""The commands around chasing; ``tui.commands.registry`` puts them in their places."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

CHASING: Final = (
    Command(
        "documents.snooze",
        ("z", "Z"),
        "Snooze",
        "Put off chasing until a day, as promised or disputed; again: change or lift it.",
        "Chase",
        footer=8,
    ),
    Command(
        "documents.call",
        ("p", "P"),
        "Log a call",
        "Write down a phone call: who was spoken to, and what was said.",
        "Chase",
        footer=9,
    ),
    Command(
        "documents.evidence",
        ("x", "X"),
        "Evidence",
        "Write the document's emails, SES's reports and a timeline into a folder or zip file.",
        "Chase",
        footer=10,
    ),
)

CHASING_CUSTOMERS: Final = (
    Command(
        "customers.snooze",
        ("z", "Z"),
        "Snooze",
        "Put off chasing the customer until a day; again: change or lift it.",
        "Chase",
        footer=8,
    ),
)

CHASING_DIALOGS: Final = (
    Command(
        "chase.save",
        ("ctrl+s", "alt+g"),
        "Save",
        "Keep what the dialog says; Enter in a field does the same.",
        "Chase",
        footer=1,
        priority=True,
        palette=False,
    ),
    Command(
        "chase.close",
        ("escape",),
        "Close",
        "Close without keeping anything.",
        "Chase",
        footer=3,
        palette=False,
    ),
)
