"""May this be sent? A pure function over facts, the same for F, R and the command line.

Times are worded in the zone they are given in: the operator's. The order of the findings is
DESIGN section 3: no address, syntax, document and its files, SES's list, our own
list, the address's health, its provider's mood, who else wrote today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core import attaching
from core.attaching import FileFacts, PdfFacts
from core.model import EmailKind, Finding, Health, Kind, Suppression, Verdict, Weight, Word

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
_TEST_CODES: Final = frozenset(
    {
        "no_sender",
        "no_address",
        "syntax",
        "attachment_blocked",
        "too_big",
        "suppressed",
        "suppression_unknown",
        "suppressed_by_us",
    }
)
_SOFT_BOUNCES_IN_A_ROW: Final = 3
_ANOTHER: Final = "Use another address."


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """What is known of one address at this moment."""

    address: str
    syntax_problem: str = ""
    suppression: Suppression | None = None
    lookup_problem: str = ""
    """Why SES's list could not be asked; says nothing about the address."""
    own: Suppression | None = None
    provider_trouble: str = ""
    """What the recipient's provider does to us at the moment, in words."""
    provider_extent: str = ""
    health: Health = field(default_factory=Health)


@dataclass(frozen=True, slots=True)
class RecentEmail:
    """Something that was sent to this customer today."""

    number: str
    same_document: bool
    sent_by: str
    at: datetime
    word: Word


@dataclass(frozen=True, slots=True)
class GateFacts:
    kind: EmailKind
    document_kind: Kind
    number: str
    document_status: str
    operator: str
    sender_problem: str
    recipients: tuple[RecipientFacts, ...]
    today: tuple[RecentEmail, ...] = ()
    unsettled: tuple[RecentEmail, ...] = ()
    """Emails about this document of which nobody knows yet whether they were sent."""
    alternatives: tuple[str, ...] = ()
    """This customer's other addresses that nothing speaks against."""
    pdf: PdfFacts | None = None
    body: str = field(default="", repr=False)
    files: tuple[FileFacts, ...] = ()


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
    if not facts.recipients:
        yield Finding(Weight.REFUSE, "no_address", "No address", "", "Type an address in To.")
    for recipient in facts.recipients:
        if recipient.syntax_problem:
            yield Finding(
                Weight.REFUSE,
                "syntax",
                f"{recipient.address} is not an email address",
                recipient.syntax_problem,
                "Correct the address.",
                recipient.address,
            )
    yield from _document(facts)
    if facts.pdf is not None:
        yield from attaching.findings(facts.kind, facts.pdf, facts.body, facts.files)
    instead = f"Use {facts.alternatives[0]} instead." if facts.alternatives else _ANOTHER
    for recipient in facts.recipients:
        yield from _suppressed(recipient, instead)
    for recipient in facts.recipients:
        yield from _suppressed_by_us(recipient, instead)
    for recipient in facts.recipients:
        yield from _health(recipient)
    for recipient in facts.recipients:
        yield from _provider(recipient)
    yield from _others(facts)


def _document(facts: GateFacts) -> Iterator[Finding]:
    status = facts.document_status.upper().replace("_", " ")
    if facts.kind is EmailKind.FOLLOW_UP and status in _SETTLED:
        yield Finding(
            Weight.ASK,
            "document_settled",
            f"{facts.document_kind.value.capitalize()} {facts.number} is {status}",
            "There may be nothing to follow up on.",
            "Send it anyway only if you mean it.",
        )


def _suppressed(recipient: RecipientFacts, instead: str) -> Iterator[Finding]:
    if recipient.suppression is not None:
        entry = recipient.suppression
        complained = entry.reason == "COMPLAINT"
        yield Finding(
            Weight.REFUSE,
            "suppressed",
            "Suppressed: nothing can be sent to this address",
            _why_suppressed(entry),
            instead
            if not complained
            else f"They marked our email as spam; ask them first. {instead}",
            recipient.address,
        )
    elif recipient.lookup_problem:
        yield Finding(
            Weight.ASK,
            "suppression_unknown",
            "SES's suppression list could not be asked",
            recipient.lookup_problem,
            "Try again in a moment, or send knowing that it may be dropped.",
            recipient.address,
        )


def _suppressed_by_us(recipient: RecipientFacts, instead: str) -> Iterator[Finding]:
    if recipient.own is not None:
        yield Finding(
            Weight.REFUSE,
            "suppressed_by_us",
            "On our own suppression list: nothing is sent to this address",
            recipient.own.reason,
            instead,
            recipient.address,
        )


def _why_suppressed(entry: Suppression) -> str:
    reason = {"BOUNCE": "hard bounce", "COMPLAINT": "complaint (marked as spam)"}.get(
        entry.reason, entry.reason.lower()
    )
    since = f" since {entry.since:%d %b %Y, %H:%M}" if entry.since else ""
    cause = ""
    if entry.email_subject:
        cause = f" · caused by “{entry.email_subject}” ({entry.document_number})"
    elif entry.ses_message_id:
        cause = f" · caused by an email that is not in this database ({entry.ses_message_id})"
    return f"{reason}{since}{cause}"


def _health(recipient: RecipientFacts) -> Iterator[Finding]:
    health = recipient.health
    if recipient.suppression is not None or recipient.own is not None:
        return  # said already, and more strongly
    about = f" ({health.document_number})" if health.document_number else ""
    when = f" on {health.at:%d %b %Y}" if health.at else ""
    if health.is_bad:
        what = {
            Word.BOUNCED: "The last email to this address bounced",
            Word.COMPLAINED: "This address marked our last email as spam",
            Word.DROPPED: "The last email to this address was dropped",
        }[health.word or Word.BOUNCED]
        yield Finding(
            Weight.ASK,
            "bad_address",
            what,
            f"{health.diagnostic}{when}{about}".strip(),
            "Correct the address, or send again if you know that it works now.",
            recipient.address,
        )
    elif health.soft_streak >= _SOFT_BOUNCES_IN_A_ROW:
        yield Finding(
            Weight.ASK,
            "soft_bounces",
            f"The last {health.soft_streak} emails to this address came back for now",
            f"{health.diagnostic}{when}{about}".strip(),
            "Call them, or use another address.",
            recipient.address,
        )


def _provider(recipient: RecipientFacts) -> Iterator[Finding]:
    stopped = recipient.suppression is not None or recipient.own is not None
    if recipient.provider_trouble and not stopped:
        yield Finding(
            Weight.ASK,
            "provider_trouble",
            recipient.provider_trouble,
            recipient.provider_extent,
            "Do not resend now: SES keeps trying what waits. Send later, or anyway.",
            recipient.address,
        )


def _others(facts: GateFacts) -> Iterator[Finding]:
    for email in facts.unsettled:
        yield Finding(
            Weight.ASK,
            "unconfirmed",
            "An earlier email about this may already be on its way",
            f"by {email.sent_by}, {email.at:%d %b, %H:%M}: {_plain(email.word)}",
            "Wait for SES's report; sending again may mail them twice.",
        )
    for email in facts.today:
        mine = email.sent_by == facts.operator
        weight = Weight.NOTE if mine and not email.same_document else Weight.ASK
        yield Finding(
            weight,
            "mailed_today",
            f"{email.number} was already emailed today"
            if email.same_document
            else f"This customer was already emailed {email.number} today",
            f"by {email.sent_by} at {email.at:%H:%M}: {_plain(email.word)}",
            "Send anyway, or leave it for tomorrow." if weight is Weight.ASK else "",
        )


def _plain(word: Word) -> str:
    return "bounced for now" if word is Word.SOFT_BOUNCED else word.value.replace("_", " ").lower()
