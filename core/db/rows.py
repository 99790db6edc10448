"""Rows of deliveries and events as values, for everything that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.db.codec import from_instant, known_instant
from core.model.delivery import DeliveryEvent, DeliveryState, DeliveryView
from core.model.enums import Engagement, Role, Status

DELIVERY_COLUMNS: Final = (
    "x.id, x.email_id, x.document_id, x.role, x.address, x.replaces, x.status, x.engagement,"
    " x.by_person, x.sent_at, x.deferred_at, x.delivered_at, x.opened_at, x.clicked_at,"
    " x.bounced_at, x.complained_at, x.dropped_at, x.diagnostic, x.enhanced_status, x.subtype,"
    " x.is_forward, x.ses_message_id, x.error, m.created_at"
)
STATE_TIMES: Final = (
    "sent_at",
    "deferred_at",
    "delivered_at",
    "opened_at",
    "clicked_at",
    "bounced_at",
    "complained_at",
    "dropped_at",
)
EVENT_COLUMNS: Final = (
    "v.delivery_id, v.counts, v.type, v.at, v.message_id, v.recipient, v.subtype, v.tag,"
    " v.feedback_id, v.action, v.enhanced_status, v.diagnostic, v.user_agent, v.ip, v.link,"
    " v.isp"
)


def state_of(row: Sequence[Any]) -> DeliveryState:
    """Read the settled state from a row of ``DELIVERY_COLUMNS``."""
    return DeliveryState(
        status=Status(row[6]),
        engagement=Engagement(row[7]),
        by_person=Engagement(row[8]),
        **{name: from_instant(value) for name, value in zip(STATE_TIMES, row[9:17], strict=True)},
        diagnostic=row[17],
        enhanced_status=row[18],
        subtype=row[19],
        is_forward=bool(row[20]),
    )


def view_of(row: Sequence[Any], state: DeliveryState | None = None) -> DeliveryView:
    """Read what the roll-ups need from a row of ``DELIVERY_COLUMNS``; ``state`` is a newer one."""
    known = state or state_of(row)
    return DeliveryView(row[1], known_instant(row[23]), Role(row[3]), row[4], row[5], known)


def fact_of(row: Sequence[Any]) -> DeliveryEvent:
    """Read a fact from a row of ``EVENT_COLUMNS``."""
    return DeliveryEvent(
        type=row[2],
        at=known_instant(row[3]),
        message_id=row[4],
        recipient=row[5],
        subtype=row[6],
        tag=row[7],
        feedback_id=row[8],
        action=row[9],
        enhanced_status=row[10],
        diagnostic=row[11],
        user_agent=row[12],
        ip=row[13],
        link=row[14],
        isp=row[15],
    )
