"""Pure: snoozes, promises and calls in words; calls among the emails of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.content import Content

from core.model.chasing import Call, HoldKind, Outcome
from core.rules.chasing.call_reminders import in_force, is_ahead, needs_call
from core.rules.chasing.dates import spoken_day
from tui.format.text import cell, moment

if TYPE_CHECKING:
    from core.model.chasing import Hold
    from core.model.history import DocumentLog, EmailEntry


PHONE: Final = "☎"
OUTCOMES: Final = {
    Outcome.REACHED: "reached",
    Outcome.NO_ANSWER: "no answer",
    Outcome.PROMISED: "promised",
    Outcome.DISPUTED: "disputed",
}
KINDS: Final = {
    HoldKind.PROMISE: "promise",
    HoldKind.SNOOZE: "snooze",
    HoldKind.DISPUTE: "dispute",
}
_SAID: Final = {
    HoldKind.PROMISE: "promised not to chase before",
    HoldKind.SNOOZE: "put it off until",
    HoldKind.DISPUTE: "noted a dispute, not to chase before",
}


def newest_first(emails: Iterable[EmailEntry], calls: Iterable[Call]) -> list[EmailEntry | Call]:
    """Return both in one history, by when they took place."""
    return sorted([*emails, *calls], key=_when, reverse=True)


def _when(entry: EmailEntry | Call) -> tuple[datetime, int]:
    return (entry.at, 1) if isinstance(entry, Call) else (entry.created_at, 0)


def call_line(call: Call, now: datetime) -> str:
    """``☎ Call  today 14:02 · anna  spoke with Ada: no answer  “note”``."""
    who = f" · {cell(call.contact, 60)}" if call.contact else ""
    note = f"  “{cell(call.note, 300)}”" if call.note else ""
    when = f"{moment(call.at, now)} · {cell(call.by, 40)}"
    return f"{PHONE} Call  {OUTCOMES[call.outcome]}{who}  {when}{note}"


def hold_words(hold: Hold, now: datetime) -> str:
    """``anna promised not to chase before 5 Dec (whole customer): “by phone”``."""
    if hold.until is None:
        words = f"{cell(hold.by, 40)} lifted the {KINDS[hold.kind]}"
    else:
        day = spoken_day(hold.until, now.astimezone().date())
        words = f"{cell(hold.by, 40)} {_SAID[hold.kind]} {day}"
    where = " (whole customer)" if hold.whole_customer else ""
    note = f": “{cell(hold.note, 300)}”" if hold.note else ""
    return f"{words}{where}{note}"


def hold_history(holds: Sequence[Hold], now: datetime) -> Iterator[str]:
    """Every entry with its time, newest first."""
    for hold in holds:
        yield f"{moment(hold.at, now)}  {hold_words(hold, now)}"


def state_lines(log: DocumentLog, now: datetime) -> Iterator[str]:
    """What stands about chasing at ``now``: who asked not to, and why somebody should call."""
    for hold in in_force(log.holds, now):
        yield f"zz {hold_words(hold, now)}"
    why = needs_call(log.document, now)
    if why:
        yield f"{PHONE} Needs a call: {why} · {phone_words(log.phone)}"


def phone_words(phone: str) -> str:
    """The number, or that there is none."""
    return cell(phone, 40) or "no phone number is known"


def held_mark(until: datetime | None, now: datetime) -> str:
    """``zz 5 Dec`` while a snooze holds; empty otherwise."""
    if until is None or not is_ahead(until, now):
        return ""
    return f"zz {spoken_day(until.astimezone().date(), now.astimezone().date())}"


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
