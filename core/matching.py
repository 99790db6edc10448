"""Which delivery a fact is about: our tag, then SES's message id, then the recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model import Fact, address_key


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that a fact may be about."""

    delivery_id: int
    tag: str
    ses_message_id: str
    """Empty while we do not know it: the answer to our call may have been lost."""
    address: str


@dataclass(frozen=True, slots=True)
class Match:
    delivery_id: int
    counts: bool
    """False for a fact about an address the email was not sent to: a note, never a status."""


def match(fact: Fact, candidates: Sequence[Candidate]) -> Match | None:
    """Return the delivery ``fact`` belongs to, ``None`` while nothing fits: it may come later."""
    group = [c for c in candidates if fact.tag and c.tag == fact.tag]
    group = group or [
        c for c in candidates if fact.message_id and c.ses_message_id == fact.message_id
    ]
    if not group:
        return None
    ordered = sorted(set(group), key=lambda c: c.delivery_id)  # one may be found in two ways
    if not fact.recipient:
        return Match(ordered[0].delivery_id, counts=len(ordered) == 1)
    for candidate in ordered:
        if address_key(candidate.address) == address_key(fact.recipient):
            return Match(candidate.delivery_id, counts=True)
    return Match(ordered[0].delivery_id, counts=False)
