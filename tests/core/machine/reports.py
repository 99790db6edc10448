"""Which reports a database has stored."""

from __future__ import annotations

from functools import cache
from typing import Any

from core.aws.events.parser import parse_all
from core.db.engine import Database
from core.db.writes.event_matching import row_key

_KEYS = "SELECT message_id, at, type, recipient_key, discriminator FROM events"


def stored(database: Database) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in database.reader.rows(_KEYS, {})}


@cache
def keys_of(body: str) -> frozenset[tuple[Any, ...]]:
    return frozenset(row_key(fact) for part in parse_all(body) for fact in part.facts)
