"""The commands of Needs attention and Insights, and the keys that lead there."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

OVERVIEW_PLACES: Final = (
    Command(
        "app.attention",
        ("w", "W"),
        "Attention",
        "Every unresolved failure, the most money and the longest overdue first.",
        "Go",
        footer=7,
    ),
    Command(
        "app.insights",
        ("i", "I"),
        "Insights",
        "Bounce and complaint rate, causes, domains, time to delivery, follow-ups.",
        "Go",
        footer=86,
    ),
)

OVERVIEWS: Final = (
    Command(
        "attention.open",
        ("enter",),
        "Open",
        "Show the document among its customer's, with its log open.",
        "Look",
        footer=1,
        palette=False,
    ),
    Command(
        "attention.acknowledge",
        ("k", "K", "space"),
        "Acknowledge",
        "Hide it from your list until something else goes wrong with it; again: bring it back.",
        "Work",
        footer=2,
    ),
    Command(
        "attention.undo",
        ("backspace",),
        "Undo",
        "Bring back what you acknowledged last.",
        "Work",
        footer=6,
    ),
    Command(
        "attention.edit_address",
        ("e", "E"),
        "Edit address",
        "Correct the address that failed, and send again whatever failed on it.",
        "Send",
        footer=3,
    ),
    Command(
        "attention.resend",
        ("r", "R"),
        "Resend",
        "Send the document's email again, to an address you can correct.",
        "Send",
        footer=3,
        danger=True,
    ),
    Command(
        "attention.follow_up",
        ("f", "F"),
        "Follow up",
        "Write a follow-up on the document under the cursor.",
        "Send",
        footer=4,
        danger=True,
    ),
    Command(
        "attention.snooze",
        ("z", "Z"),
        "Snooze",
        "Put off chasing until a day, as promised or disputed; again: change or lift it.",
        "Chase",
        footer=5,
    ),
    Command(
        "attention.call",
        ("p", "P"),
        "Log a call",
        "Write down a phone call: who was spoken to, and what was said.",
        "Chase",
        footer=5,
    ),
    Command(
        "attention.next_chip",
        ("right_square_bracket", "right"),
        "Next filter",
        "Choose the next filter of the line above the table.",
        "Filter",
    ),
    Command(
        "attention.previous_chip",
        ("left_square_bracket", "left"),
        "Previous filter",
        "Choose the filter before it.",
        "Filter",
    ),
    Command(
        "insights.next_chip",
        ("right_square_bracket", "right"),
        "Longer",
        "Look at more days.",
        "Filter",
        footer=1,
    ),
    Command(
        "insights.previous_chip",
        ("left_square_bracket", "left"),
        "Shorter",
        "Look at fewer days.",
        "Filter",
        footer=2,
    ),
)
