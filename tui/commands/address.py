"""The commands of the two dialogs that correct an address and send again what failed on it."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command


def _use(number: int, keys: tuple[str, ...], which: str) -> Command:
    return Command(
        f"edit.use_{number}",
        keys,
        f"Use {which} address",
        f"Take the {which} address that is proposed.",
        "Edit address",
        palette=False,
        priority=True,
    )


CORRECTING: Final[tuple[Command, ...]] = (
    Command(
        "edit.save",
        ("ctrl+s", "alt+g"),
        "Save",
        "Save the address, then show what failed on the old one. Enter in the field does it, too.",
        "Edit address",
        footer=1,
        priority=True,
        palette=False,
    ),
    _use(1, ("alt+1", "f2"), "1st"),
    _use(2, ("alt+2", "f3"), "2nd"),
    _use(3, ("alt+3", "f4"), "3rd"),
    Command(
        "edit.close",
        ("escape",),
        "Close",
        "Close without changing anything.",
        "Edit address",
        footer=3,
        palette=False,
    ),
    Command(
        "requeue.send",
        ("r", "R", "ctrl+s"),
        "Send again",
        "Send what is ticked again, each exactly as it was, to the corrected address.",
        "Send again",
        footer=1,
        danger=True,
        palette=False,
    ),
    Command(
        "requeue.tick_all",
        ("t", "T"),
        "All or none",
        "Tick everything that can be sent; again: nothing.",
        "Send again",
        footer=2,
        palette=False,
    ),
    Command(
        "requeue.close",
        ("escape", "q", "Q"),
        "Close",
        "Close; while it sends: stop after the one that is on its way.",
        "Send again",
        footer=3,
        palette=False,
    ),
    Command(
        "compose.save_address",
        ("alt+s",),
        "Save address",
        "Save the corrected address to the customer once the email was sent; again: do not.",
        "Compose",
        palette=False,
        priority=True,
    ),
)
