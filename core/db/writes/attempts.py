"""Whether a delivery is still at the attempt for which SES was called."""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.db.schema import deliveries
from core.model.enums import Status


def is_the_same(connection: Connection, delivery_id: int, tag: str) -> bool:
    """Whether the row is that delivery's; in a database that was put back it may be another's."""
    found = select(deliveries.c.tag).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == tag


def is_being_sent(connection: Connection, delivery_id: int) -> bool:
    """Whether nothing has been written yet about what became of the call."""
    found = select(deliveries.c.local_status).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == int(Status.SENDING)


def is_at(connection: Connection, delivery_id: int, tries: int) -> bool:
    """Whether it has not been given back, and maybe taken again, since that try."""
    found = select(deliveries.c.tries).where(deliveries.c.id == delivery_id)
    return connection.scalar(found) == tries
