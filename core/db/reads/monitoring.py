"""What tells how sending fares: the last hours, a month's rates, and what became of emails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from core.db.engine import Reader
from core.db.lists.filter_sql import COUNTS_AS_BOUNCE
from core.db.rows import Record, known_instant, to_instant
from core.model.enums import Status
from core.model.insights import DomainCount, FollowUps, Tally
from core.rules.monitoring.deliverability import median
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
        f"SELECT {_ATTEMPT.columns} FROM deliveries x JOIN documents d ON d.id = x.document_id"
        # Of a failed forward it is not this domain that has refused anything.
        " WHERE x.sent_at >= :since AND x.domain <> '' AND x.is_forward = 0",
        since,
    )
    return [_ATTEMPT.of(row) for row in rows]


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
_ATTEMPT: Final = Record(
    Attempt, "x", {"customer_id": "d.customer_id", "isp": f"coalesce({_ISP}, '')"}
)


MOST_FAILURES: Final = 2_000
"""The newest; each is read for its cause."""
_MOST_DOMAINS: Final = 12
_MOST_SAMPLES: Final = 1_000
"""Of a domain, the newest; how long half of them took changes little with more."""
#: No zone's midnight falls between two of these.
_QUARTER: Final = 15 * 60 * 1_000_000


def by_quarter(reader: Reader, since: datetime) -> list[tuple[datetime, Tally]]:
    """Return what became of the emails of each quarter of an hour.

    Every statement is bounded by ``ix_deliveries_sent_at``: what is older is never looked at.
    """
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
