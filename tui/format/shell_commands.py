"""The core's sentences for the command line and for files: the command that does it, and no key."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from tui.commands.command import IN_SENTENCE
from tui.format.text import cell

if TYPE_CHECKING:
    from core.model.attention import NextStep

#: What one types for a command of the screens; those that are missing have no counterpart.
_TYPED: Final = {
    "attention.call": "outtray call",
    "attention.edit_address": "outtray fix",
    "attention.resend": "outtray resend",
    "compose.attach": "--attach",
    "documents.follow_up": "outtray follow-up",
    "documents.resend": "outtray resend",
    "documents.snooze": "outtray snooze",
    "outbox.settle": "outtray outbox settle",
    "outbox.why": "outtray outbox list",
    "suppressions.remove": "outtray suppressions remove",
}
_ABOUT_A_DOCUMENT: Final = frozenset({"attention.call", "attention.resend", "outbox.settle"})
_IN_BRACKETS: Final = re.compile(rf" \({IN_SENTENCE.pattern}\)")


def with_shell_commands(text: str) -> str:
    """``lift it with {documents.snooze}`` → ``lift it with outtray snooze``.

    What stands in brackets is left out where there is no such command.
    """
    known = _IN_BRACKETS.sub(lambda found: found[0] if found[1] in _TYPED else "", text)
    return IN_SENTENCE.sub(lambda found: _TYPED.get(found[1], found[0]), known)


def next_step(step: NextStep, number: str) -> str:
    """``resend later: outtray resend INV-0042``."""
    typed = _TYPED.get(step.command)
    if typed is None:
        return step.words
    about = f" {shlex.quote(cell(number))}" if step.command in _ABOUT_A_DOCUMENT else ""
    return f"{step.words}: {typed}{about}"
