"""Going anywhere on the screen by the letters over it."""

from __future__ import annotations

from typing import Final

from tui.commands.command import Command

JUMPING: Final = (
    Command(
        "app.jump",
        ("semicolon",),
        "Jump",
        "Letters over every row, filter and field: type one to go there.",
        "Go",
        priority=True,
        palette=False,
    ),
    Command(
        "app.jump_out",
        ("alt+semicolon",),
        "Jump",
        "The same out of a field that one types into.",
        "Go",
        priority=True,
        palette=False,
    ),
)
