"""What is said about the suppression lists, on the screen and on the command line. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from core.model.suppressions import ListPhase
from core.rules.gate.suppression_list import list_words, reason_words
from tui.format.text import ago, cell, moment

if TYPE_CHECKING:
    from core.model.suppressions import (
        AuditEntry,
        Cause,
        ListState,
        SuppressedAddress,
        Suppression,
        SuppressionChange,
    )

_OURS: Final = {"ses": "SES's list", "own": "our own list"}


def change_words(change: SuppressionChange, again: str) -> str:
    """``removed from our own list · SES's list refused: …; press again to retry``."""
    verb = "removed from" if change.action == "removed" else "added to"
    parts: list[str] = []
    for part in change.parts:
        where = _OURS[part.list]
        spelling = f" ({cell(part.address, 60)})" if part.address != change.address else ""
        if part.outcome == "done":
            parts.append(f"{verb} {where}{spelling}")
        elif part.outcome == "unchanged":
            parts.append(f"already on {where}{spelling}, which stays as it is")
        else:
            parts.append(f"NOT {verb} {where}{spelling}: {cell(part.detail, 300)}")
    text = " · ".join(parts)
    return text if change.is_done else f"{text} · {again}"


def cause_words(cause: Cause | None) -> str:
    """``INV-0042 · Following up on invoice INV-0042``."""
    if cause is None:
        return ""
    return f"{cell(cause.document_number)} · {cell(cause.subject)}"


def entry_words(entry: Suppression, now: datetime) -> str:
    """``hard bounce, 2 h ago``."""
    parts = (reason_words(cell(entry.reason, 60)), ago(entry.since, now))
    return ", ".join(part for part in parts if part)


def brief_reason(reason: str) -> str:
    """``complaint`` is enough where there is little room."""
    return reason_words(cell(reason)).removesuffix(" (marked as spam)")


def row_reason(row: SuppressedAddress) -> str:
    """The reasons of all entries, each once; what SES ignores says so."""
    told = [brief_reason(e.reason) + (" (ignored)" if e.ignored_by else "") for e in row.entries]
    return " · ".join(dict.fromkeys(told))


def row_adders(row: SuppressedAddress) -> str:
    return " · ".join(dict.fromkeys(cell(e.added_by) for e in row.entries if e.added_by))


def row_list(row: SuppressedAddress) -> str:
    return list_words(row.lists)


def audit_words(entry: AuditEntry, now: datetime) -> str:
    """``today 14:02 · anna removed it from SES's list: has a new mailbox``."""
    preposition = "to" if entry.action == "added" else "from"
    place = f"{preposition} {_OURS.get(entry.list, entry.list)}"
    outcome = {
        "done": "",
        "begun": " · the program ended before SES's answer was written down",
        "failed": f" · FAILED: {cell(entry.detail, 200)}",
    }.get(entry.outcome, f" · {entry.outcome}")
    verb = entry.action if entry.outcome == "done" else f"wanted it {entry.action}"
    it = " it" if entry.outcome == "done" else ""
    return (
        f"{moment(entry.at, now)} · {cell(entry.operator, 30)} {verb}{it} {place}: "
        f"{cell(entry.reason, 200)}{outcome}"
    )


def state_words(state: ListState, now: datetime) -> tuple[str, bool]:
    """Return how the copy of SES's list fares, with the next step, and whether all is well."""
    match state.phase:
        case ListPhase.UNREAD:
            return "SES's list was not read yet", True
        case ListPhase.READING:
            return f"◌ reading SES's list… {state.count:,} so far", True
        case ListPhase.FAILED:
            hint = cell(state.hint, 160)
            old = f" Shown as of {moment(state.read_at, now)}." if state.read_at else ""
            only = "" if state.read_at else " Only our own list is shown."
            said = f"✖ SES's list cannot be read: {cell(state.problem, 160)}{old}{only}"
            return f"{said} {hint}", False
        case ListPhase.READY:
            cut = ", and there are more than are shown" if state.is_cut else ""
            when = ago(state.read_at, now)
            entries = "entry" if state.count == 1 else "entries"
            return f"SES's list: {state.count:,} {entries}, read {when}{cut}", not state.is_cut
