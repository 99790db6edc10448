"""Calls, and what stands about chasing, as lines of the log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from core.rules.chasing.call_reminders import in_force, needs_call
from tui.format.chasing import OUTCOMES, PHONE, hold_words, phone_words
from tui.format.text import cell, moment

if TYPE_CHECKING:
    from core.model.chasing import Call
    from core.model.history import DocumentLog


def call_content(call: Call, now: datetime) -> Content:
    """``☎ Call       no answer · Ada Nord  today 14:02 · anna  “note”``."""
    who = f" · {cell(call.contact, 40)}" if call.contact else ""
    return Content.assemble(
        (f"{PHONE} ", "$accent"),
        ("Call".ljust(11), "bold $accent"),
        (OUTCOMES[call.outcome], "bold"),
        who,
        (f"  {moment(call.at, now)} · {cell(call.by, 30)}", "$muted"),
        f"  “{cell(call.note, 400)}”" if call.note else "",
    )


def chase_lines(log: DocumentLog, now: datetime) -> Content:
    """Who asked not to chase, and why somebody should call, at the moment that is shown."""
    then = log.as_of or now
    lines = [
        Content.styled(f"zz {hold_words(hold, then)}", "$muted")
        for hold in in_force(log.holds, then)
    ]
    why = needs_call(log.document, then)
    if why:
        lines.append(
            Content.assemble(
                (f"{PHONE} Needs a call: {why}", "$tone-deferred"),
                (f"   {phone_words(log.phone)}", "bold"),
            )
        )
    return Content("\n").join(lines)
