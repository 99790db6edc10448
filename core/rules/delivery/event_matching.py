"""Which delivery a fact is about: our tag, then SES's message id, then the recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.delivery import DeliveryEvent
from core.rules.delivery.addresses import position_of


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
    """False: of several recipients it names none, and so it is a note, never a status."""


def match(fact: DeliveryEvent, candidates: Sequence[Candidate]) -> Match | None:
    """Return the delivery ``fact`` belongs to, ``None`` while nothing fits: it may come later.

    An email of ours has one recipient, and so a fact with its tag or its id is about that delivery,
    whatever address it names. Only of another program's email can there be several.
    """
    group = [c for c in candidates if fact.tag and c.tag == fact.tag]
    group = group or [
        c for c in candidates if fact.message_id and c.ses_message_id == fact.message_id
    ]
    if not group:
        return None
    ordered = sorted(set(group), key=lambda c: c.delivery_id)  # one may be found in two ways
    if len(ordered) == 1:
        return Match(ordered[0].delivery_id, counts=True)
    position = position_of(fact.recipient, [each.address for each in ordered])
    if position is None:
        return Match(ordered[0].delivery_id, counts=False)
    return Match(ordered[position].delivery_id, counts=True)
