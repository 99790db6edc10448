"""What the database knows of the feed: when it was last heard, and of whom. ``Reader`` only."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.db.engine import Reader
from core.db.rows import to_instant
from core.model.enums import EmailKind, Status
from core.rules.monitoring.feed_health import GRACE, WINDOW, Heard

#: From documents, because their newest emails have an index. A status above SENT comes of an
#: event; for SENT itself a Send event is looked for.
_HEARD: Final = (
    "SELECT count(*), coalesce(sum(t.heard), 0),"
    " coalesce(sum(CASE WHEN t.heard = 0 AND t.sent_at > :last_event THEN 1 ELSE 0 END), 0)"
    " FROM (SELECT e.id, min(x.sent_at) AS sent_at, max(CASE WHEN x.status > :sent OR EXISTS"
    " (SELECT 1 FROM events v WHERE v.delivery_id = x.id) THEN 1 ELSE 0 END) AS heard"
    " FROM documents d JOIN emails e ON e.document_id = d.id JOIN deliveries x ON x.email_id = e.id"
    " WHERE d.last_sent_at >= :since AND e.kind <> :external"
    " AND x.sent_at >= :since AND x.sent_at <= :until GROUP BY e.id) t"
)


def heard(reader: Reader, now: datetime, last_event_at: datetime | None) -> Heard:
    """Count the emails of the last 24 hours that have an event, and those that should."""
    row = reader.rows(
        _HEARD,
        {
            "since": to_instant(now - WINDOW),
            "until": to_instant(now - GRACE),
            "last_event": to_instant(last_event_at),
            "sent": int(Status.SENT),
            "external": EmailKind.EXTERNAL.value,
        },
    )[0]
    return Heard(int(row[0]), int(row[1]), int(row[2]))


def quarantined_count(reader: Reader) -> int:
    """Return how many bodies could not be read."""
    return int(reader.rows("SELECT count(*) FROM quarantine WHERE dismissed_at = 0", {})[0][0])
