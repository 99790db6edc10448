"""What speaks against one recipient: pure. The gate puts these rules into its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.model.email import Finding, MailRoute, Weight
from core.model.enums import DisplayStatus, domain_of, having
from core.model.history import Health
from core.model.suppressions import Release, Suppression
from core.rules.diagnosis import explain
from core.rules.gate.suppression_list import reason_words

ANOTHER: Final = "Use another address."
_SOFT_BOUNCES_IN_A_ROW: Final = 3
_RELEASE: Final = "To release it: {suppressions.remove}."
_ON_ITS_WAY: Final = having("on its way", "unknown")


@dataclass(frozen=True, slots=True)
class RecentEmail:
    """Something that was sent to this customer lately."""

    number: str
    same_document: bool
    sent_by: str
    at: datetime
    word: DisplayStatus


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """What is known of one address at this moment."""

    address: str
    syntax_problem: str = ""
    meant: str = ""
    """The address that was probably meant; empty where this one looks right."""
    route: MailRoute = MailRoute.UNKNOWN
    suppression: Suppression | None = None
    lookup_problem: str = ""
    """Why SES's list could not be asked; says nothing about the address."""
    own: Suppression | None = None
    provider_trouble: str = ""
    """What the recipient's provider does to us at the moment, in words."""
    provider_extent: str = ""
    health: Health = field(default_factory=Health)
    released: Release | None = None
    """A person took it off a list and vouched for it; what happened before that is answered."""
    same: RecentEmail | None = None
    """An email with exactly this content that this address was sent lately, and that arrived."""


def _syntax(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
    if recipient.syntax_problem:
        yield Finding(
            Weight.REFUSE,
            "syntax",
            f"{recipient.address} is not an email address",
            recipient.syntax_problem,
            "Correct the address.",
            recipient.address,
        )


def _misspelt(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
    if recipient.meant:
        typed, meant = domain_of(recipient.address), domain_of(recipient.meant)
        yield Finding(
            Weight.ASK,
            "misspelt",
            f"{typed}: did you mean {meant}?",
            f"Nothing was ever delivered to {typed}.",
            f"Use {recipient.meant} ({{compose.use_1}}), or send if {typed} is right.",
            recipient.address,
            recipient.meant,
        )


_UNROUTABLE: Final = {
    MailRoute.NO_DOMAIN: ("no_domain", "There is no domain {domain}", "The DNS does not know it."),
    MailRoute.REFUSES: (
        "no_mail",
        "{domain} takes no email",
        "Its owner says so in the DNS (a null MX record).",
    ),
    MailRoute.NOWHERE: (
        "no_mail",
        "{domain} has no mail server",
        "The DNS names neither a mail server (MX) nor a host for it.",
    ),
}


def _unroutable(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
    if recipient.route in _UNROUTABLE:
        code, title, detail = _UNROUTABLE[recipient.route]
        yield Finding(
            Weight.ASK,
            code,
            title.format(domain=domain_of(recipient.address)),
            detail,
            "Correct the address; sent like this it will bounce.",
            recipient.address,
        )


def _suppressed(recipient: RecipientFacts, instead: str) -> Iterator[Finding]:
    """What SES's list says; an entry whose reason SES ignores here asks, and does not stop."""
    entry = recipient.suppression
    if entry is not None and entry.ignored_by:
        yield Finding(
            Weight.ASK,
            "suppression_ignored",
            f"On SES's suppression list, but {entry.ignored_by} ignores this: SES would send",
            _why_suppressed(entry),
            f"Send only if you know that they want it. {instead}",
            recipient.address,
        )
    elif entry is not None:
        ask_first = "They marked our email as spam; ask them first. " if entry.is_complaint else ""
        yield Finding(
            Weight.REFUSE,
            "suppressed",
            "Suppressed: nothing can be sent to this address",
            _why_suppressed(entry),
            f"{ask_first}{instead} {_RELEASE}",
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
    """What our own list says."""
    if recipient.own is not None:
        by = f" · added by {recipient.own.added_by}" if recipient.own.added_by else ""
        yield Finding(
            Weight.REFUSE,
            "suppressed_by_us",
            "On our own suppression list: nothing is sent to this address",
            f"{reason_words(recipient.own.reason)}{_since(recipient.own)}{by}",
            f"{instead} {_RELEASE}",
            recipient.address,
        )


def _why_suppressed(entry: Suppression) -> str:
    cause = ""
    if entry.email_subject:
        cause = f" · caused by “{entry.email_subject}” ({entry.document_number})"
    elif entry.ses_message_id:
        cause = f" · caused by an email that is not in this database ({entry.ses_message_id})"
    return f"{reason_words(entry.reason)}{_since(entry)}{cause}"


def _since(entry: Suppression) -> str:
    return f" since {entry.since:%d %b %Y, %H:%M}" if entry.since else ""


def _health(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
    health = recipient.health
    if recipient.suppression is not None or recipient.own is not None:
        return  # said already, and more strongly
    answered = _released(recipient)
    if answered is not None:
        yield answered
        return
    about = f" ({health.document_number})" if health.document_number else ""
    when = f" on {health.at:%d %b %Y}" if health.at else ""
    if health.is_bad:
        what = {
            DisplayStatus.BOUNCED: "The last email to this address bounced",
            DisplayStatus.COMPLAINED: "This address marked our last email as spam",
            DisplayStatus.DROPPED: "The last email to this address was dropped",
        }[health.word or DisplayStatus.BOUNCED]
        yield Finding(
            Weight.ASK,
            "bad_address",
            what,
            f"{health.diagnostic}{when}{about}".strip(),
            "Do not email it again unless they ask; call them."
            if health.word is DisplayStatus.COMPLAINED
            else "Correct the address, or send again if you know that it works now.",
            recipient.address,
        )
    elif dead := _dead(health):
        yield Finding(
            Weight.ASK,
            "bad_address",
            f"The last email to this address came back: {dead}",
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


def _dead(health: Health) -> str:
    """Say what a server's words say of the address, where SES called its bounce a soft one."""
    if health.word is not DisplayStatus.SOFT_BOUNCED:
        return ""
    found = explain(health.diagnostic, health.enhanced_status, health.subtype)
    said = found.advice.partition(". ")[0].rstrip(".")
    return f"{said[:1].lower()}{said[1:]}" if found.class_ == "address" else ""


def _released(recipient: RecipientFacts) -> Finding | None:
    """What a person vouched for after it had happened is a note; the next bounce asks again."""
    health, release = recipient.health, recipient.released
    speaks_against = health.is_bad or _dead(health) or health.soft_streak >= _SOFT_BOUNCES_IN_A_ROW
    if release is None or not speaks_against or (health.at and release.at < health.at):
        return None
    return Finding(
        Weight.NOTE,
        "released",
        f"Released by {release.by} on {release.at:%d %b %Y, %H:%M}",
        f"{release.reason} · before that the last email to this address failed",
        "Send it; should it fail again, the gate asks again.",
        recipient.address,
    )


def _provider(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
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


def _same(recipient: RecipientFacts, _: str) -> Iterator[Finding]:
    if recipient.same is not None:
        before = recipient.same
        arrived = "is on its way" if before.word in _ON_ITS_WAY else f"was {plain(before.word)}"
        yield Finding(
            Weight.ASK,
            "same_content",
            "Exactly this was sent to this address already",
            f"on {before.at:%d %b %H:%M} by {before.sent_by or 'another program'} and {arrived}",
            "Write a follow-up ({documents.follow_up}) instead, or send it once more.",
            recipient.address,
        )


def plain(word: DisplayStatus) -> str:
    """A status inside a sentence."""
    return (
        "soft bounce"
        if word is DisplayStatus.SOFT_BOUNCED
        else word.value.replace("_", " ").lower()
    )


Rule = Callable[[RecipientFacts, str], Iterator[Finding]]
"""Takes a recipient and what to do instead of writing to it."""

WRITTEN: Final[tuple[Rule, ...]] = (_syntax, _misspelt, _unroutable)
"""How the address is written, and whether mail can get there at all."""
LISTED: Final[tuple[Rule, ...]] = (_suppressed,)
"""What SES's list says of it."""
KNOWN: Final[tuple[Rule, ...]] = (_suppressed_by_us, _health, _provider)
"""What we know of it."""
REPEATED: Final[tuple[Rule, ...]] = (_same,)
