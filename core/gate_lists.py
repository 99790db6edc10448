"""What the suppression lists say about an address, for the gate. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from core.model import Finding, Health, Release, Suppression, Weight
from core.suppressed import reason_words

SOFT_BOUNCES_IN_A_ROW: Final = 3
_RELEASE: Final = "To release it: S, or outtray suppressions remove."


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
    released: Release | None = None
    """A person took it off a list and vouched for it; what happened before that is answered."""


def suppressed(recipient: RecipientFacts, instead: str) -> Iterator[Finding]:
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


def suppressed_by_us(recipient: RecipientFacts, instead: str) -> Iterator[Finding]:
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


def released(recipient: RecipientFacts) -> Finding | None:
    """What a person vouched for after it had happened is a note; the next bounce asks again."""
    health, release = recipient.health, recipient.released
    speaks_against = health.is_bad or health.soft_streak >= SOFT_BOUNCES_IN_A_ROW
    if release is None or not speaks_against or (health.at and release.at < health.at):
        return None
    return Finding(
        Weight.NOTE,
        "released",
        f"Released by {release.by} on {release.at:%d %b %Y, %H:%M}",
        f"{release.reason} · before that the last email to this address failed",
        address=recipient.address,
    )
