"""How long domains take to confirm, and what waits for them now. Only ``Reader`` is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from core.db.engine import Reader
from core.db.lists.filter_sql import ON_ITS_WAY, UNCONFIRMED, numbered, on_its_way
from core.db.rows import chunks, known_instant
from core.rules.monitoring.delivery_latency import SAMPLES


def delivery_times(reader: Reader, domain: str) -> list[timedelta]:
    """Return how long the newest deliveries to a domain took."""
    rows = reader.rows(
        "SELECT delivered_at - sent_at FROM deliveries WHERE domain = :domain"
        " AND delivered_at > 0 AND sent_at > 0 AND delivered_at >= sent_at"
        " ORDER BY delivered_at DESC LIMIT :limit",
        {"domain": domain, "limit": SAMPLES},
    )
    return [timedelta(microseconds=int(row[0])) for row in rows]


def on_their_way(reader: Reader, now: datetime) -> list[tuple[int, str, datetime]]:
    """Return document, domain and time of what some latest email waits for, ten minutes or more."""
    rows = reader.rows(
        "SELECT d.id, x.domain, x.sent_at FROM documents d JOIN deliveries x"
        f" ON x.email_id = d.last_email_id AND {UNCONFIRMED} WHERE {ON_ITS_WAY}",
        on_its_way(now),
    )
    return [(row[0], row[1], known_instant(row[2])) for row in rows]


def unconfirmed(
    reader: Reader, email_ids: Collection[int]
) -> dict[int, list[tuple[str, datetime]]]:
    """Return domain and time of each delivery of these emails that no server has confirmed."""
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for some in chunks(sorted(email_ids)):
        among, values = numbered("email", some)
        rows = reader.rows(
            f"SELECT x.email_id, x.domain, x.sent_at FROM deliveries x WHERE x.email_id IN {among}"
            f" AND {UNCONFIRMED} ORDER BY x.id",
            values,
        )
        for email_id, domain, sent_at in rows:
            found[email_id].append((domain, known_instant(sent_at)))
    return found
