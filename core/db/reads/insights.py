"""How sending went since some moment, added up by the database; only ``Reader`` is needed.

Every statement is bounded by ``ix_deliveries_sent_at``: what is older is never looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from core.db.codec import known_instant, to_instant
from core.db.engine import Reader
from core.db.lists.filter_sql import COUNTS_AS_BOUNCE
from core.model.enums import Status
from core.model.insights import DomainCount, FollowUps, Tally
from core.rules.monitoring.deliverability import median

MOST_FAILURES: Final = 2_000
"""The newest; each is read for its cause."""
_MOST_DOMAINS: Final = 12
_MOST_SAMPLES: Final = 1_000
"""Of a domain, the newest; how long half of them took changes little with more."""
#: No zone's midnight falls between two of these.
_QUARTER: Final = 15 * 60 * 1_000_000


def by_quarter(reader: Reader, since: datetime) -> list[tuple[datetime, Tally]]:
    """Return what became of the emails of each quarter of an hour."""
    rows = reader.rows(
        f"SELECT x.sent_at / {_QUARTER}, count(*), {_DELIVERED}, {_HARD}, {_SOFT}, {_DROPPED},"
        f" {_COMPLAINED} {_FROM} GROUP BY 1",
        _since(since),
    )
    return [(known_instant(int(row[0]) * _QUARTER), Tally(*map(int, row[1:]))) for row in rows]


def diagnostics(reader: Reader, since: datetime) -> list[tuple[str, str, str, int]]:
    """Return the words of the newest failures, and how often each was said."""
    rows = reader.rows(
        "SELECT diagnostic, enhanced_status, subtype, count(*) FROM (SELECT x.diagnostic,"
        f" x.enhanced_status, x.subtype {_FROM} AND x.status IN {_FAILED}"
        " ORDER BY x.sent_at DESC LIMIT :limit) AS newest GROUP BY 1, 2, 3",
        {**_since(since), "limit": MOST_FAILURES},
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


def domains(reader: Reader, since: datetime) -> tuple[DomainCount, ...]:
    """Return the domains that got most, with how long half of their deliveries took."""
    rows = reader.rows(
        f"SELECT x.domain, count(*), {_DELIVERED}, {_BOUNCED} {_FROM} AND x.domain <> ''"
        " GROUP BY x.domain ORDER BY 2 DESC, 1 LIMIT :limit",
        {**_since(since), "limit": _MOST_DOMAINS},
    )
    usual = {row[0]: median(_newest_times(reader, row[0], since)) for row in rows}
    return tuple(
        DomainCount(name, int(sent), int(delivered), int(bounced), usual[name])
        for name, sent, delivered, bounced in rows
    )


def _newest_times(reader: Reader, domain: str, since: datetime) -> list[tuple[int, int]]:
    rows = reader.rows(
        f"SELECT {_TENTHS} FROM deliveries x WHERE x.domain = :domain AND x.delivered_at >= :since"
        f" AND x.sent_at >= :since AND {_ARRIVED} ORDER BY x.delivered_at DESC LIMIT :limit",
        {**_since(since), "domain": domain, "limit": _MOST_SAMPLES},
    )
    return [(int(row[0]), 1) for row in rows]


def times(reader: Reader, since: datetime) -> list[tuple[int, int]]:
    """Count deliveries by the tenths of a second that they took; those over a minute by seconds."""
    rows = reader.rows(
        f"SELECT CASE WHEN x.delivered_at - x.sent_at <= 60000000 THEN {_TENTHS}"
        f" ELSE {_SECONDS} * 10 END, count(*) {_FROM} AND {_ARRIVED} GROUP BY 1",
        _since(since),
    )
    return [(int(row[0]), int(row[1])) for row in rows]


def follow_ups(reader: Reader, since: datetime) -> FollowUps:
    """Return what came of the follow-ups.

    What stood open when one was written is in its snapshot; without one it is taken as open,
    because the gate asks before anybody follows up on a paid invoice.
    """
    invoice = "d.kind = 'invoice'"
    paid = (
        f"{invoice} AND d.balance_due <= 0 AND upper(d.status) IN ('PAID', 'AUTO-PAID', 'AUTOPAID')"
        " AND (s.balance_due IS NULL OR s.balance_due > 0)"
    )
    row = reader.rows(
        "SELECT count(DISTINCT m.id), count(DISTINCT CASE WHEN x.by_person > 0 THEN m.id END),"
        f" count(DISTINCT CASE WHEN {invoice} THEN d.id END),"
        f" count(DISTINCT CASE WHEN {paid} THEN d.id END)"
        " FROM deliveries x JOIN emails m ON m.id = x.email_id"
        " JOIN documents d ON d.id = m.document_id LEFT JOIN snapshots s ON s.email_id = m.id"
        " WHERE x.sent_at >= :since AND m.kind = 'follow_up'",
        _since(since),
    )[0]
    return FollowUps(*map(int, row))


def _since(since: datetime) -> dict[str, Any]:
    return {"since": max(1, to_instant(since))}  # 0 is never: it was not sent


def _sum(condition: str) -> str:
    return f"coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"


_BOUNCE, _SOFT_BOUNCE, _DROP = int(Status.BOUNCED), int(Status.SOFT_BOUNCED), int(Status.DROPPED)
_COMPLAINT, _DELIVERY = int(Status.COMPLAINED), int(Status.DELIVERED)
_FROM: Final = "FROM deliveries x WHERE x.sent_at >= :since"
_ARRIVED: Final = "x.delivered_at > 0 AND x.delivered_at >= x.sent_at"
#: Rounded up: what took two seconds and a little has not arrived within two.
_TENTHS: Final = "(x.delivered_at - x.sent_at + 99999) / 100000"
_SECONDS: Final = "((x.delivered_at - x.sent_at + 999999) / 1000000)"
_FAILED: Final = f"({_SOFT_BOUNCE}, {_DROP}, {_BOUNCE})"
#: Who complains has got it.
_DELIVERED: Final = _sum(f"x.status IN ({_DELIVERY}, {_COMPLAINT})")
#: As ``watch.reputation`` counts, and AWS.
_HARD: Final = _sum(COUNTS_AS_BOUNCE)
_SOFT: Final = _sum(f"x.status = {_SOFT_BOUNCE} AND NOT {COUNTS_AS_BOUNCE}")
_BOUNCED: Final = _sum(f"x.status IN ({_BOUNCE}, {_SOFT_BOUNCE})")
_DROPPED: Final = _sum(f"x.status = {_DROP}")
_COMPLAINED: Final = _sum(f"x.status = {_COMPLAINT}")
