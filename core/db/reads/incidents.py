"""What tells early that something is wrong: the last hours, a month's rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from core.db.codec import from_instant, known_instant, to_instant
from core.db.engine import Reader
from core.db.lists.filter_sql import COUNTS_AS_BOUNCE
from core.model.enums import Status
from core.rules.monitoring.incidents import REPRESENTATIVE, Reputation
from core.rules.monitoring.provider_incidents import FEWEST_CUSTOMERS, LONGEST_WAIT, Attempt

_TOLD: Final = 5
"""Answers of a domain's servers that are asked who runs them."""


def attempts(reader: Reader, now: datetime) -> list[Attempt]:
    """Return the deliveries of the last hours; nothing where too few were turned away.

    An email without a fact of its own but our call's answer has been sent as well.
    """
    since = {"since": to_instant(now - LONGEST_WAIT)}
    turned_away = reader.rows(
        "SELECT count(DISTINCT d.customer_id) FROM deliveries x"
        " JOIN documents d ON d.id = x.document_id"
        f" WHERE x.sent_at >= :since AND x.status IN {_TURNED_AWAY} AND x.is_forward = 0",
        since,
    )
    if turned_away[0][0] < FEWEST_CUSTOMERS:
        return []
    rows = reader.rows(
        "SELECT d.customer_id, x.domain, x.status, x.sent_at, x.deferred_at, x.delivered_at,"
        f" x.bounced_at, x.diagnostic, x.enhanced_status, x.subtype, {_ISP}"
        " FROM deliveries x JOIN documents d ON d.id = x.document_id"
        # Of a failed forward it is not this domain that has refused anything.
        " WHERE x.sent_at >= :since AND x.domain <> '' AND x.is_forward = 0",
        since,
    )
    return [
        Attempt(
            customer_id=row[0],
            domain=row[1],
            status=Status(row[2]),
            sent_at=known_instant(row[3]),
            deferred_at=from_instant(row[4]),
            delivered_at=from_instant(row[5]),
            bounced_at=from_instant(row[6]),
            diagnostic=row[7],
            enhanced_status=row[8],
            subtype=row[9],
            isp=row[10] or "",
        )
        for row in rows
    ]


def told_by(reader: Reader, domains: Collection[str]) -> dict[str, list[str]]:
    """Return what SES and the servers of each domain said last, the surest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for domain in domains:
        rows = reader.rows(
            f"SELECT {_ISP}, x.diagnostic FROM deliveries x WHERE x.domain = :domain"
            " ORDER BY x.delivered_at DESC, x.id DESC LIMIT :limit",
            {"domain": domain, "limit": _TOLD},
        )
        found[domain] = [row[0] for row in rows if row[0]] + [row[1] for row in rows if row[1]]
    return found


def reputation(reader: Reader, now: datetime) -> Reputation:
    """Return what counted of the last month's emails, as AWS counts."""
    sent, bounced, complained = reader.rows(
        "SELECT count(*),"
        f" coalesce(sum(CASE WHEN {COUNTS_AS_BOUNCE} THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN status = :complained THEN 1 ELSE 0 END), 0)"
        " FROM deliveries x WHERE sent_at >= :since",
        {
            "since": to_instant(now - REPRESENTATIVE),
            "complained": int(Status.COMPLAINED),
        },
    )[0]
    return Reputation(int(sent), int(bounced), int(complained))


_TURNED_AWAY: Final = f"({int(Status.DEFERRED)}, {int(Status.SOFT_BOUNCED)}, {int(Status.BOUNCED)})"
_ISP: Final = "(SELECT max(v.isp) FROM events v WHERE v.delivery_id = x.id)"
