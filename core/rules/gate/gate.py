"""May this be sent? A pure function over facts, the same for F, R and the command line.

Times are worded in the zone they are given in: the operator's. The order of the findings is:
no address, syntax, spelling, the domain's mail servers, what is empty, document and its files,
SES's list, our own list, the address's health, its provider's mood, who else wrote today, the same
once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.model.chasing import Hold, HoldKind
from core.model.email import MAY_DOUBLE, Finding, Verdict, Weight
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.rules.gate import document_rules
from core.rules.gate.document_rules import FileFacts, PdfFacts
from core.rules.gate.recipient_rules import (
    ANOTHER,
    KNOWN,
    LISTED,
    REPEATED,
    WRITTEN,
    RecentEmail,
    RecipientFacts,
    Rule,
    plain,
)

__all__ = [
    "GateFacts",
    "RecentEmail",
    "RecipientFacts",
    "is_settled",
    "judge",
    "judge_address",
    "judge_test",
]

_MOST_TOLD: Final = 3
#: A follow-up on one of these is probably a mistake. Words of several accounting systems.
_SETTLED: Final = frozenset(
    {
        "PAID",
        "VOID",
        "VOIDED",
        "CANCELLED",
        "CANCELED",
        "REVERSED",
        "WRITTEN OFF",
        "ACCEPTED",
        "APPROVED",
        "CONVERTED",
        "DECLINED",
        "REJECTED",
        "EXPIRED",
    }
)
#: SES's limits of a message; the size is that after base64.
MOST_RECIPIENTS: Final = 50
MOST_BYTES: Final = 40 * 1024 * 1024
#: What keeps a test from arriving; everything else is about the customer or the document.
_TEST_CODES: Final = frozenset(
    {
        "no_sender",
        "reply_to",
        "no_address",
        "syntax",
        "too_large",
        "attachment_blocked",
        "suppressed",
        "suppression_unknown",
        "suppressed_by_us",
    }
)


@dataclass(frozen=True, slots=True)
class GateFacts:
    kind: EmailKind
    document_kind: DocumentKind
    number: str
    document_status: str
    operator: str
    sender_problem: str
    """Why SES would not take our From address; empty when it would."""
    recipients: tuple[RecipientFacts, ...]
    today: tuple[RecentEmail, ...] = ()
    size: int = 0
    """Of the message as it would leave: attachments are a third larger in it than on the disk."""
    holds: tuple[Hold, ...] = ()
    """What asks not to chase at this moment."""
    unsettled: tuple[RecentEmail, ...] = ()
    """Emails about this document of which nobody knows yet whether they were sent."""
    alternatives: tuple[str, ...] = ()
    """This customer's other addresses that nothing speaks against."""
    is_unreported: bool = False
    """No configuration set is named: SES may not report what becomes of it."""
    pdf: PdfFacts | None = None
    files: tuple[FileFacts, ...] = ()
    list_problem: str = ""
    """Why SES's list was asked for exact spellings only."""
    reply_to_problem: str = ""
    """Why answers could not go where the draft wants them; empty when they could."""
    missing: tuple[str, ...] = ()
    """``subject`` or ``message``: what the draft has nothing in."""


def judge(facts: GateFacts) -> Verdict:
    """Return every finding, in the gate's order; the weightiest decides."""
    return Verdict(tuple(_findings(facts)))


def judge_test(facts: GateFacts) -> Verdict:
    """Return what speaks against a test sent to oneself: only what would not arrive.

    It is no email to the customer, so nothing about the customer or the document matters.
    """
    return Verdict(tuple(f for f in _findings(facts) if f.code in _TEST_CODES))


def _findings(facts: GateFacts) -> Iterator[Finding]:
    if facts.sender_problem:
        yield Finding(
            Weight.REFUSE,
            "no_sender",
            "There is no usable From address",
            facts.sender_problem,
            "Set OUTTRAY_FROM, or mail.from in the settings file.",
        )
    elif facts.is_unreported:
        yield Finding(
            Weight.NOTE,
            "no_reports",
            "SES may not report what becomes of this email",
            "No configuration set is named.",
            "Set OUTTRAY_CONFIGURATION_SET, or mail.configuration_set in the settings file.",
        )
    if facts.reply_to_problem:
        yield Finding(
            Weight.REFUSE,
            "reply_to",
            "The Reply-To address is not an email address",
            facts.reply_to_problem,
            "Correct Reply-To, or leave it empty.",
        )
    if not facts.recipients:
        yield Finding(Weight.REFUSE, "no_address", "No address", "", "Type an address in To.")
    yield from _about(facts.recipients, WRITTEN)
    yield from _limits(facts)
    yield from _document(facts)
    if facts.pdf is not None:
        yield from document_rules.findings(facts.kind, facts.pdf, facts.files)
    yield from _about(facts.recipients, LISTED, facts.alternatives)
    yield from _spellings(facts)
    yield from _about(facts.recipients, KNOWN, facts.alternatives)
    yield from _others(facts)
    yield from _about(facts.recipients, REPEATED)


def judge_address(recipient: RecipientFacts, alternatives: Sequence[str] = ()) -> Verdict:
    """Return what speaks against an address alone, whatever is sent to it; in the gate's order."""
    return Verdict(tuple(_about([recipient], (*WRITTEN, *LISTED, *KNOWN), alternatives)))


def is_settled(document_status: str) -> bool:
    """Whether there is probably nothing left to chase."""
    return document_status.upper().replace("_", " ") in _SETTLED


def _about(
    recipients: Sequence[RecipientFacts], rules: Sequence[Rule], alternatives: Sequence[str] = ()
) -> Iterator[Finding]:
    """One rule after the other, each for every recipient."""
    instead = f"Use {alternatives[0]} instead." if alternatives else ANOTHER
    for rule in rules:
        for recipient in recipients:
            yield from rule(recipient, instead)


def _spellings(facts: GateFacts) -> Iterator[Finding]:
    """Who is on the list in another case was not looked for; matters where nothing was found."""
    if facts.list_problem and any(_asked_and_clean(each) for each in facts.recipients):
        yield Finding(
            Weight.NOTE,
            "other_spellings_unknown",
            "SES's list was asked for these exact spellings only",
            f"{facts.list_problem} SES ignores the case when it sends.",
            "Send it: SES drops what goes to a listed address, and reports that.",
        )


def _asked_and_clean(recipient: RecipientFacts) -> bool:
    is_known = recipient.suppression or recipient.lookup_problem or recipient.syntax_problem
    return not is_known


def _limits(facts: GateFacts) -> Iterator[Finding]:
    if len(facts.recipients) > MOST_RECIPIENTS:
        yield Finding(
            Weight.REFUSE,
            "too_many_recipients",
            f"{len(facts.recipients)} recipients are too many for one email",
            f"SES takes {MOST_RECIPIENTS}, counting To, Cc and Bcc.",
            "Send it in parts.",
        )
    if facts.size > MOST_BYTES:
        yield Finding(
            Weight.REFUSE,
            "too_large",
            f"The email is too large: {facts.size / 1024 / 1024:.1f} MB",
            f"SES takes {MOST_BYTES // 1024 // 1024} MB, attachments counted as they travel:"
            " a third larger than the files.",
            "Leave out an attachment, or send a link to it.",
        )


def _document(facts: GateFacts) -> Iterator[Finding]:
    for part in facts.missing:
        yield Finding(
            Weight.ASK,
            f"no_{part}",
            f"The {part} is empty",
            "",
            f"Write a {part}, or send it without one.",
        )
    if facts.kind is EmailKind.FOLLOW_UP and is_settled(facts.document_status):
        status = facts.document_status.upper().replace("_", " ")
        yield Finding(
            Weight.ASK,
            "document_settled",
            f"{facts.document_kind.value.capitalize()} {facts.number} is {status}",
            "There may be nothing to follow up on.",
            "Send it anyway only if you mean it.",
        )
    yield from _held(facts)


def _held(facts: GateFacts) -> Iterator[Finding]:
    """A follow-up is chasing; an original or a resend is not, and the promise is only recalled."""
    for hold in facts.holds:
        if hold.until is None:
            continue
        chases = facts.kind is EmailKind.FOLLOW_UP
        day = f"{hold.until.day} {hold.until:%b %Y}"
        who = f"{hold.by[:1].upper()}{hold.by[1:]}"
        what = {
            HoldKind.PROMISE: f"{who} promised not to chase before {day}",
            HoldKind.SNOOZE: f"{who} put this off until {day}",
            HoldKind.DISPUTE: f"Disputed: {who} asked not to chase before {day}",
        }[hold.kind]
        where = "for the whole customer" if hold.whole_customer else ""
        note = f"“{hold.note}”" if hold.note else ""
        when = f"noted on {hold.at:%d %b %Y, %H:%M}"
        yield Finding(
            Weight.ASK if chases else Weight.NOTE,
            "held",
            what,
            " · ".join(part for part in (note, where, when) if part),
            "Leave it until then, lift it with {documents.snooze} on the document, or send anyway."
            if chases
            else "",
        )


def _others(facts: GateFacts) -> Iterator[Finding]:
    for email in facts.unsettled:
        waits = email.word is DisplayStatus.QUEUED
        yield Finding(
            Weight.ASK,
            MAY_DOUBLE,
            "An earlier email about this waits in the outbox"
            if waits
            else "An earlier email about this may already be on its way",
            f"by {email.sent_by}, {email.at:%d %b, %H:%M}: {plain(email.word)}",
            "It goes out by itself; sending again mails them twice."
            if waits
            else "Wait for SES's report; sending again may mail them twice.",
        )
    yield from _mailed_today(facts)


def _mailed_today(facts: GateFacts) -> Iterator[Finding]:
    """One finding a document that asks; one note for all that the operator knows of anyhow."""
    asking: dict[tuple[bool, str], list[RecentEmail]] = {}
    own: list[RecentEmail] = []
    for email in facts.today:
        if email.sent_by == facts.operator and not email.same_document:
            own.append(email)
        else:
            asking.setdefault((email.same_document, email.number), []).append(email)
    for (is_same, number), emails in asking.items():
        title = (
            f"{number} was already emailed today"
            if is_same
            else f"This customer was already emailed {number} today"
        )
        next_step = "Send anyway, or leave it for tomorrow."
        yield Finding(Weight.ASK, "mailed_today", title, _told(emails), next_step)
    if own:
        numbers = _some(list(dict.fromkeys(email.number for email in own)))
        title = f"This customer was already emailed {numbers} today"
        next_step = "Send it if it is about something else."
        yield Finding(Weight.NOTE, "mailed_today", title, _told(own), next_step)


def _told(emails: Sequence[RecentEmail]) -> str:
    return _some([f"by {e.sent_by} at {e.at:%H:%M}: {plain(e.word)}" for e in emails])


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MOST_TOLD} more" if len(words) > _MOST_TOLD else ""
    return ", ".join(words[:_MOST_TOLD]) + more
