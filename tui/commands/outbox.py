"""The commands of the outbox's screen; part of ``tui.commands.registry``."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

OUTBOX_COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "outbox.why",
        ("enter",),
        "Why",
        "Say in full why the email under the cursor waits, failed, or is not known.",
        "Look",
        footer=1,
        palette=False,
    ),
    Command(
        "outbox.pause",
        ("p", "P"),
        "Pause",
        "Let no program send from this outbox, or let it go on.",
        "Outbox",
        footer=2,
    ),
    Command(
        "outbox.cancel",
        ("x", "X"),
        "Cancel",
        "Take the email under the cursor, or its whole batch, out of the outbox; it asks first.",
        "Outbox",
        footer=3,
        danger=True,
    ),
    Command(
        "outbox.again",
        ("r", "R"),
        "Try again",
        "Write the failed email under the cursor again; it goes through the gate like any other.",
        "Outbox",
        footer=4,
        danger=True,
    ),
    Command(
        "outbox.settle",
        ("v", "V"),
        "Settle",
        "Say whether the unconfirmed email under the cursor was sent, and how you know.",
        "Outbox",
        footer=5,
    ),
)
