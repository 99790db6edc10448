"""What was known at a moment of the past: pure.

Every fact has two times: when it happened and when we received it. Known is what we had received.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.model.enums import Status

_WITHOUT_TIME = (Status.FAILED, Status.UNCONFIRMED, Status.CANCELLED)


def local_then(
    local: Status, claimed_at: datetime | None, accepted_at: datetime | None, as_of: datetime
) -> Status:
    """Return what we had done about a delivery by ``as_of``, from what we have done by now.

    An approximation: steps that failed have no time of their own and count from when the delivery
    was taken for sending; SES answers, or is given up, within a minute of that.
    """
    if accepted_at is not None and accepted_at <= as_of:
        return local
    if claimed_at is None or claimed_at > as_of:
        return Status.QUEUED
    return local if accepted_at is None and local in _WITHOUT_TIME else min(local, Status.SENDING)


def moments_of(times: Iterable[datetime]) -> tuple[datetime, ...]:
    """Return the moments to step through, oldest first; those of one second are one, its last."""
    latest: dict[datetime, datetime] = {}
    for at in times:
        second = at.replace(microsecond=0)
        latest[second] = max(latest.get(second, at), at)
    return tuple(sorted(latest.values()))
