"""All that is known of one suppressed address: entries, the email that caused them, the audit."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core.model.suppressions import Cause, SuppressedAddress, Suppression, SuppressionDetails
from core.rules.gate.suppression_list import GLOBAL_LIST, reason_words
from tui.format.badges import toned, word_of
from tui.format.suppressions import audit_words
from tui.format.text import cell, moment

_LABEL = 11


class SuppressionPanel(VerticalScroll):
    """Hidden until ``show``; scrolls."""

    def __init__(self) -> None:
        super().__init__(id="suppression-panel")
        self._text = Static("", id="suppression-details", markup=False)
        self.display = False
        self.address = ""
        """Whose details are shown, or on their way."""

    def compose(self) -> ComposeResult:
        yield self._text

    def wait_for(self, row: SuppressedAddress) -> None:
        """Show what the row says while SES is asked."""
        self.display = True
        self.address = row.address
        self._text.update(Content.styled(f"{cell(row.address)}  ◌ asking SES…", "$muted"))

    def show(self, details: SuppressionDetails, now: datetime) -> None:
        self._text.update(content(details, self.address, now))
        self.scroll_home(animate=False)


def content(details: SuppressionDetails, address: str, now: datetime) -> Content:
    """Return the panel's lines."""
    lines = [Content.styled(cell(address), "bold")]
    if details.problem:
        said = f"SES could not be asked just now: {cell(details.problem, 200)}"
        lines.append(_line("", Content.styled(said, "$tone-deferred")))
    if details.row is None:
        lines.append(_line("", Content("It is on neither list now.")))
    else:
        lines += [_line(_place(e), _entry(e, address, now)) for e in details.row.entries]
        lines.append(_line("caused by", _cause(details.row, now)))
    for position, entry in enumerate(details.audit):
        lines.append(_line("" if position else "done", Content(audit_words(entry, now))))
    lines.append(Content.styled(GLOBAL_LIST, "$muted"))
    return Content("\n").join(lines)


def _line(label: str, text: Content) -> Content:
    return Content.assemble((label.ljust(_LABEL), "$muted"), text)


def _place(entry: Suppression) -> str:
    return "SES" if entry.source == "ses" else "ours"


def _entry(entry: Suppression, address: str, now: datetime) -> Content:
    said = [f" since {moment(entry.since, now)}" if entry.since else ""]
    if entry.added_by:
        said.append(f" · added by {cell(entry.added_by, 40)}")
    if entry.address != address:
        said.append(f" · stored as {cell(entry.address)}")
    if entry.ignored_by:
        said.append(f" · {cell(entry.ignored_by)} ignores it: SES would send")
    return Content.assemble(
        toned(reason_words(cell(entry.reason, 200)), word_of(entry)), ("".join(said), "$muted")
    )


def _cause(row: SuppressedAddress, now: datetime) -> Content:
    if row.cause is not None:
        return _email(row.cause, now)
    named = next((e.ses_message_id for e in row.entries if e.ses_message_id), "")
    if named:
        return Content(f"an email that is not in this database ({cell(named, 80)})")
    if any(entry.source == "ses" for entry in row.entries):
        return Content.styled("SES names no email", "$muted")
    return Content.styled("a person's decision", "$muted")


def _email(cause: Cause, now: datetime) -> Content:
    guess = "" if cause.is_named else " · the failure in our history that fits; SES names none"
    return Content.assemble(
        f"“{cell(cause.subject, 80)}” · {cell(cause.document_number, 30)} · ",
        f"{cell(cause.customer, 60)} · sent {moment(cause.sent_at, now)}",
        (f"{guess} · ", "$muted"),
        ("D", "bold"),
        (" shows it", "$muted"),
    )
