"""Pure: what the compose dialog shows and allows, from the gate's verdict and where we are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from core.model.documents import Amount, DocumentRow
from core.model.email import Decision, Draft, SendOutcome, Verdict
from core.model.enums import DisplayStatus, EmailKind, address_key
from core.model.errors import OuttrayError
from core.model.history import Contact, EmailEntry
from core.rules.delivery.status import FAILURES
from tui.commands.dispatch import key_of
from tui.dialogs.compose.addresses import addresses
from tui.format.text import amount, cell


class Phase(Enum):
    """Where the conversation is."""

    CHECKING = auto()
    CHECKED = auto()
    UNCHECKED = auto()
    """The check itself failed."""
    CONFIRMING = auto()
    """Send was pressed once although the gate asks."""
    SENDING = auto()


@dataclass(frozen=True, slots=True)
class Composed:
    """What the dialog ends with: the draft as it stands, and what became of it, if it was sent."""

    draft: Draft
    outcome: SendOutcome | None
    is_changed: bool = True
    """Whether the draft is another than what was filled in."""
    is_address_kept: bool = False
    """Whether the corrected address is to be saved to the customer."""


@dataclass(frozen=True, slots=True)
class SendButton:
    """The button, and the words beside it."""

    label: str
    is_off: bool
    reason: str = ""


def send_button(
    phase: Phase, verdict: Verdict | None, *, is_database_checked: bool = False
) -> SendButton:
    """Return what Send says, whether it works, and why not.

    ``is_database_checked``: at this moment, so that nothing is written, and nothing sent, yet.
    """
    send = f"Send {key_of('compose.send')}"
    if phase is Phase.SENDING and is_database_checked:
        return SendButton(
            "Sending…", is_off=True, reason="checking the database; it is sent after that"
        )
    if phase is Phase.SENDING:
        return SendButton("Sending…", is_off=True, reason="one moment")
    if phase is Phase.UNCHECKED:
        return SendButton("Check again", is_off=False, reason="the address could not be checked")
    if phase is Phase.CHECKING or verdict is None:
        return SendButton(send, is_off=True, reason="checking the address…")
    worst = max(verdict.findings, key=lambda finding: finding.weight, default=None)
    title = cell(worst.title, 80) if worst else ""
    if verdict.decision is Decision.REFUSE:
        return SendButton(send, is_off=True, reason=f"off: {title}")
    if phase is Phase.CONFIRMING:
        return SendButton("Yes, send", is_off=False, reason=f"press once more: {title}")
    if verdict.decision is Decision.ASK:
        return SendButton("Send anyway", is_off=False, reason="it will ask once more")
    return SendButton(send, is_off=False)


def why_off(
    command_id: str,
    phase: Phase,
    verdict: Verdict | None,
    *,
    offers: int,
    texts: int,
    is_changed: bool,
) -> str:
    """Return why a command cannot be used now; empty: it can."""
    if command_id == "compose.send":
        button = send_button(phase, verdict)
        return button.reason.removeprefix("off: ") if button.is_off else ""
    if command_id.startswith("compose.use_") and int(command_id[-1]) > offers:
        return "This customer has no such other address."
    if phase is Phase.SENDING and command_id != "compose.preview":
        return "The email is on its way to SES; one moment."
    if command_id == "compose.version" and texts < 2:
        return "There is one text only."
    if command_id == "compose.anew" and not is_changed:
        return "Nothing was changed yet."
    return ""


# --------------------------------------------------------------------------- the draft


@dataclass(frozen=True, slots=True)
class Fields:
    """The text fields of the dialog, as they stand."""

    to: str
    cc: str
    subject: str
    body: str
    bcc: str = ""
    reply_to: str = ""


def checks_anew(before: Draft, now: Draft) -> bool:
    """Whether a change of the text alone may change the verdict: what is empty, where answers go.

    Other words of a letter change nothing that the gate asks about.
    """

    def asked(draft: Draft) -> tuple[bool, bool, str]:
        return bool(draft.subject.strip()), bool(draft.body.strip()), draft.reply_to

    return asked(before) != asked(now)


def edited(draft: Draft, shown: Fields, now: Fields, failed: Iterable[str]) -> Draft:
    """Return ``draft`` with what the person changed; what was not touched stays byte for byte.

    ``failed`` are the addresses that the new first one may stand in for.
    """
    to = draft.to if now.to == shown.to else addresses(now.to)
    return replace(
        draft,
        to=to,
        cc=draft.cc if now.cc == shown.cc else addresses(now.cc),
        bcc=draft.bcc if now.bcc == shown.bcc else addresses(now.bcc),
        subject=draft.subject if now.subject == shown.subject else now.subject,
        body=draft.body if now.body == shown.body else now.body,
        reply_to=draft.reply_to if now.reply_to == shown.reply_to else now.reply_to.strip(),
        replaces=_replaced(draft, to, {address_key(address) for address in failed}),
    )


def untouched(draft: Draft, failed: Iterable[str]) -> Draft:
    """Return ``draft`` as ``edited`` returns it when nothing was changed."""
    nothing = Fields("", "", "", "")
    return edited(draft, nothing, nothing, failed)


def _replaced(draft: Draft, to: tuple[str, ...], failed: set[str]) -> str | None:
    before = draft.replaces or (draft.to[0] if draft.to else None)
    if before is None or not to or address_key(to[0]) == address_key(before):
        return None
    return before if draft.replaces or address_key(before) in failed else None


def recipients(draft: Draft) -> tuple[str, ...]:
    return (*draft.to, *draft.cc, *draft.bcc)


def failed_addresses(history: Sequence[EmailEntry]) -> frozenset[str]:
    """The addresses whose newest email of this document failed."""
    newest: dict[str, DisplayStatus] = {}
    for email in history:
        for recipient in email.recipients:
            newest.setdefault(address_key(recipient.address), recipient.state.word)
    return frozenset(address for address, word in newest.items() if word in FAILURES)


def alternatives(contacts: Sequence[Contact], to: Iterable[str]) -> list[Contact]:
    """Return the customer's other addresses, those that work first."""
    taken = {address_key(address) for address in to}
    others = [contact for contact in contacts if address_key(contact.address) not in taken]
    return sorted(others, key=lambda contact: contact.health.is_bad)


# --------------------------------------------------------------------------- words


def title(kind: EmailKind, document: DocumentRow) -> str:
    """``Follow up on invoice INV-0042``."""
    verb = {EmailKind.FOLLOW_UP: "Follow up on", EmailKind.RESEND: "Resend"}.get(kind, "Send")
    return f"{verb} {document.kind.value} {cell(document.number, 30)}"


def balance(document: DocumentRow, today: date) -> str:
    """``balance due $849.10 · 34 days overdue``."""
    if not document.balance_due:
        return cell(document.status, 20).lower()
    due = f"balance due {amount(Amount(document.balance_due, document.currency))}"
    late = (today - document.due_on).days if document.due_on else 0
    if late <= 0:
        return due
    return f"{due} · {late:,} day{'' if late == 1 else 's'} overdue"


def refusal(outcome: SendOutcome) -> OuttrayError | None:
    """Return the error of a send that reached nobody for sure; ``None`` where some may have it."""
    failed = [
        recipient for recipient in outcome.recipients if recipient.status is DisplayStatus.FAILED
    ]
    if not failed or len(failed) < len(outcome.recipients):
        return None
    return OuttrayError("Nothing was sent.", cell(failed[0].error, 400))
