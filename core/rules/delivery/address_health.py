"""How an address fares over all documents: pure, newest fact wins, so it clears itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.model.delivery import DeliveryState
from core.model.enums import STATUSES, DisplayStatus, Status
from core.model.history import Health


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One delivery to the address, on whatever document."""

    email_id: int
    created_at: datetime
    state: DeliveryState
    subject: str
    document_number: str


def health_of(records: Sequence[AddressRecord]) -> Health:
    """Return the newest telling fact about an address and its streak of soft bounces."""
    told = sorted(
        ((at, record.email_id, word, record) for record in records for at, word in _tells(record)),
        key=lambda entry: (entry[0], entry[1], STATUSES[entry[2]].rank),
    )
    if not told:
        return Health()
    streak = 0
    for _, _, word, _ in told:
        if word is DisplayStatus.SOFT_BOUNCED:
            streak += 1
        elif word is DisplayStatus.DELIVERED:
            streak = 0
    at, email_id, word, record = told[-1]
    return Health(
        word=word,
        at=at,
        soft_streak=streak,
        diagnostic=record.state.diagnostic,
        email_id=email_id,
        document_number=record.document_number,
        subject=record.subject,
        enhanced_status=record.state.enhanced_status,
        subtype=record.state.subtype,
    )


def _tells(record: AddressRecord) -> list[tuple[datetime, DisplayStatus]]:
    """The facts of one delivery that say something about the address itself."""
    state = record.state
    told: list[tuple[datetime, DisplayStatus]] = []
    delivered_at = state.delivered_at or state.opened_at or state.clicked_at
    if delivered_at is not None:
        told.append((delivered_at, DisplayStatus.DELIVERED))
    if state.bounced_at is not None and not state.is_forward:  # that is another address's trouble
        soft = state.status is Status.SOFT_BOUNCED
        # A bounce overrules the Delivery of the same email, whichever is dated earlier.
        at = max(state.bounced_at, delivered_at or state.bounced_at)
        told.append((at, DisplayStatus.SOFT_BOUNCED if soft else DisplayStatus.BOUNCED))
    if state.complained_at is not None:
        told.append((state.complained_at, DisplayStatus.COMPLAINED))
    if state.dropped_at is not None:
        told.append((state.dropped_at, DisplayStatus.DROPPED))
    return told
