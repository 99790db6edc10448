"""Pure: what the dialogs that correct an address show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from core.model.corrections import AddressOrigin, Correctable, Proposal
from core.model.corrections import Waiting as WaitingDocument
from core.model.email import Decision, SendOutcome, Verdict, Weight
from core.model.enums import DisplayStatus
from core.model.errors import OuttrayError
from core.rules.delivery.status import FAILURES
from tui.commands.dispatch import key_of
from tui.dialogs.compose.state import Phase, SendButton
from tui.format.badges import badge, block, content, toned
from tui.format.text import ago, cell, moment
from tui.widgets.choice_fields import mark

_LONGEST = 300
_SERVERS = 130
"""Letters of the server's words: two lines; the log has all of them."""
_MOST_NAMES = 3
_BAR = 24


def failed_line(found: Correctable, now: datetime) -> Content:
    """``brook59@example.org  ✖ BOUNCED  2 h ago · INV-0042``."""
    if not found.address:
        return toned("No address is known for this customer.", DisplayStatus.DEFERRED)
    parts: list[Content | str | tuple[str, str]] = [(cell(found.address, 70), "bold"), "  "]
    if found.word is not None:
        parts.append(content([block(found.word)]))
    said = " · ".join(p for p in (ago(found.at, now), cell(found.document_number, 30)) if p)
    parts.append((f"  {said}", "$muted"))
    return Content.assemble(*parts)


def reason_lines(found: Correctable) -> Content:
    """Why it failed, in plain words, then in the server's own."""
    lines: list[Content] = []
    if found.word in FAILURES and found.advice:
        lines.append(Content(cell(found.advice, _LONGEST)))
    if found.diagnostic:
        lines.append(Content.styled(f"server said  {cell(found.diagnostic, _SERVERS)}", "$muted"))
    if not lines:
        nothing = "Nothing that was sent there failed." if found.address else ""
        lines.append(Content.styled(nothing, "$muted"))
    return Content("\n").join(lines)


def proposal_line(position: int, proposal: Proposal, now: datetime) -> Content:
    """``Alt+1 terrill@krajcik.example  contact ● delivered yesterday``."""
    why = {
        AddressOrigin.MEANT: "probably meant",
        AddressOrigin.CONTACT: "contact",
        AddressOrigin.EARLIER: "reached before",
    }[proposal.origin]
    parts: list[Content | str | tuple[str, str]] = [
        ("instead  " if position == 1 else " " * 9, "$muted"),
        (f"{key_of(f'edit.use_{position}')} " if position <= 3 else " " * 6, "bold $accent"),
        cell(proposal.address, 60),
        (f"  {why}", "$muted"),
    ]
    if proposal.delivered_at is not None:
        arrived = badge(DisplayStatus.DELIVERED)
        parts.append(
            toned(
                f" {arrived.glyph} delivered {ago(proposal.delivered_at, now)}",
                DisplayStatus.DELIVERED,
            )
        )
    return Content.assemble(*parts)


def others_label(others: Sequence[str]) -> str:
    """``the same for 2 other customers: Ada, Bob``."""
    names = ", ".join(cell(name, 30) for name in others[:_MOST_NAMES])
    more = f" and {len(others) - _MOST_NAMES} more" if len(others) > _MOST_NAMES else ""
    noun = "customer" if len(others) == 1 else "customers"
    return f"The same for {len(others)} other {noun} with this address: {names}{more}"


def save_button(
    phase: Phase, verdict: Verdict | None, *, is_changed: bool, proposals: int = 0
) -> SendButton:
    """Return what Save says, whether it works, and why not."""
    save = f"Save {key_of('edit.save')}"
    if phase is Phase.SENDING:
        return SendButton("Saving…", is_off=True, reason="one moment")
    if not is_changed:
        or_key = f", or {key_of('edit.use_1')}" if proposals else ""
        return SendButton(save, is_off=True, reason=f"off: type the right address{or_key}")
    if phase is Phase.UNCHECKED:
        return SendButton("Check again", is_off=False, reason="the address could not be checked")
    if phase is Phase.CHECKING or verdict is None:
        return SendButton(save, is_off=True, reason="checking the address…")
    worst = max(verdict.findings, key=lambda finding: finding.weight, default=None)
    title = cell(worst.title, 80) if worst else ""
    if verdict.decision is Decision.REFUSE:
        return SendButton(save, is_off=True, reason=f"off: {title}")
    if phase is Phase.CONFIRMING:
        return SendButton("Yes, save", is_off=False, reason=f"press once more: {title}")
    if verdict.decision is Decision.ASK:
        return SendButton("Save anyway", is_off=False, reason="it will ask once more")
    return SendButton(save, is_off=False, reason="nothing is sent yet")


# --------------------------------------------------------------------------- sending again


def reasons(waiting: WaitingDocument) -> str:
    """What speaks against sending a document again; empty: nothing does."""
    asked = [f for f in waiting.verdict.findings if f.weight > Weight.NOTE]
    return "; ".join(cell(f.title, 80) for f in asked)


def in_order(waiting: Sequence[WaitingDocument]) -> list[WaitingDocument]:
    """What can go first, then by reason, what cannot go last; otherwise as given."""
    return sorted(waiting, key=lambda each: (each.is_stopped, bool(reasons(each)), reasons(each)))


def waiting_line(waiting: WaitingDocument, now: datetime, *, is_ticked: bool) -> Content:
    """``[✓] INV-0042  ✖ BOUNCED  ? INV-0042 is PAID  today 14:03  Krajcik DVM``."""
    document = waiting.document
    look = badge(waiting.word)
    when = moment(waiting.failed_at, now) if waiting.failed_at else ""
    why = reasons(waiting)
    return Content.assemble(
        (mark(is_ticked, is_off=waiting.is_stopped), "bold $accent"),
        (f"{cell(document.number, 14):<14} ", "bold"),
        toned(f"{look.glyph} {look.label:<12} ", waiting.word),
        toned(f"{badge(DisplayStatus.UNCONFIRMED).glyph} {why}  ", DisplayStatus.UNCONFIRMED)
        if why
        else "",
        (f"{when:<13} ", "$muted"),
        f"{cell(document.customer, 24)}",
    )


def progress(done: int, total: int, number: str) -> Content:
    """``━━━━━━╌╌╌╌ 3 of 12   INV-0042``."""
    filled = _BAR * done // max(total, 1)
    return Content.assemble(
        ("━" * filled, "$accent"),
        ("╌" * (_BAR - filled), "$muted"),
        f" {done} of {total}",
        (f"   {cell(number, 30)}", "$muted"),
    )


def result_line(number: str, answer: SendOutcome | OuttrayError) -> tuple[Content, bool]:
    """``● INV-0042 sent`` or what stopped it, and whether it went."""
    name = cell(number, 30)
    if isinstance(answer, OuttrayError):
        glyph = badge(DisplayStatus.FAILED).glyph
        return toned(
            f"{glyph} {name} not sent: {cell(str(answer), 200)}", DisplayStatus.FAILED
        ), False
    if answer.email_id is None:
        worst = max(answer.verdict.findings, key=lambda f: f.weight, default=None)
        why = cell(worst.title, 200) if worst else "the gate stopped it"
        return toned(
            f"{badge(DisplayStatus.FAILED).glyph} {name} not sent: {why}", DisplayStatus.FAILED
        ), False
    (recipient, *_) = answer.recipients
    look = badge(recipient.status)
    if recipient.status is DisplayStatus.FAILED:
        said = f"{look.glyph} {name} not sent: {cell(recipient.error, 200)}"
        return toned(said, DisplayStatus.FAILED), False
    if recipient.status is DisplayStatus.QUEUED:
        why = cell(recipient.error, 200) or "It is not its turn yet."
        said = f"{look.glyph} {name} not sent: {why}"
        return toned(
            f"{said} It waits in the outbox and goes out by itself.", DisplayStatus.QUEUED
        ), False
    if not recipient.is_recorded:
        said = f"{look.glyph} {name}: {cell(recipient.error, 400)}"
        return toned(said, recipient.status), False
    if recipient.status is DisplayStatus.UNCONFIRMED:
        said = f"{look.glyph} {name}: not known whether SES took it; its report will tell"
        return toned(said, DisplayStatus.UNCONFIRMED), False
    return toned(
        f"{look.glyph} {name} sent to {cell(recipient.address, 60)}", DisplayStatus.SENT
    ), True
