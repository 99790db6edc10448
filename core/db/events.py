"""Storing facts: each once, matched to the delivery it is about, now or later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection

from core.db import digests
from core.db.adoption import adopt_waiting, known_deliveries, row_key, type_of_key
from core.db.bulk import insert_new_rows, insert_rows, new_ids, rows_among, type_of_row
from core.db.codec import digest, storable, to_instant
from core.db.coverage import SEALED
from core.db.engine import hold
from core.db.summaries import settle_deliveries
from core.db.tables import events, payloads, quarantine
from core.matching import Match
from core.model import Fact

type_of_keyed = tuple[type_of_key, Fact]

Arrival = Callable[[Sequence[Fact]], datetime]
"""When the facts of one body were received: for a history that is told afterwards."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the facts of one batch."""

    applied: int
    duplicate: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body that could not be understood; it is kept with the reason."""

    raw: str
    reason: str
    source: str


def store(
    connection: Connection,
    batch: Sequence[tuple[str, Sequence[Fact]]],
    received_at: datetime | Arrival,
) -> Stored:
    """Store the facts of (raw body, facts) pairs and settle every delivery they concern."""
    told = [fact for _, facts in batch for fact in facts]
    ids = {storable(fact.message_id) for fact in told}
    hold(connection, *(f"message {each}" for each in ids))
    stored = rows_among(connection, _STORED_KEYS, ids)
    fresh, duplicate = _not_in(batch, {row[:-1] for row in stored})
    # All that was told: the second telling of a fact may be the one that carries our tag.
    known = known_deliveries(connection, told)
    touched: set[int] = set()
    if any(row[-1] is None for row in stored):
        touched |= adopt_waiting(connection, ids, known)
    found = [known.match(fact) for _, facts in fresh for _, fact in facts]
    _insert(connection, fresh, found, received_at)
    touched.update(each.delivery_id for each in found if each is not None)
    settle_deliveries(connection, touched)
    unmatched = found.count(None)
    return Stored(len(found) - unmatched, duplicate, unmatched)


def quarantine_bodies(
    connection: Connection, bodies: Sequence[Unreadable], received_at: datetime
) -> None:
    """Keep what could not be read; the same body is kept once."""
    at = to_instant(received_at)
    rows = [(digest(body.raw), at, body.source, body.reason, storable(body.raw)) for body in bodies]
    columns = (*SEALED["quarantine"], "digest")
    insert_rows(connection, quarantine, columns, [(*row, digests.of(row)) for row in rows])


# --------------------------------------------------------------------------- details


def _not_in(
    batch: Sequence[tuple[str, Sequence[Fact]]], known: set[type_of_row]
) -> tuple[list[tuple[str, list[type_of_keyed]]], int]:
    """Return the facts whose keys are new, with their bodies, and how many were not."""
    fresh: list[tuple[str, list[type_of_keyed]]] = []
    duplicate = 0
    for raw, facts in batch:
        new: list[type_of_keyed] = []
        for fact in facts:
            key = row_key(fact)
            if key in known:
                duplicate += 1
            else:
                known.add(key)
                new.append((key, fact))
        if new:
            fresh.append((raw, new))
    return fresh, duplicate


def _insert(
    connection: Connection,
    fresh: Sequence[tuple[str, Sequence[type_of_keyed]]],
    found: Iterable[Match | None],
    received_at: datetime | Arrival,
) -> None:
    if not fresh:
        return
    arrivals = [
        to_instant(
            received_at([fact for _, fact in facts]) if callable(received_at) else received_at
        )
        for _, facts in fresh
    ]
    ids = new_ids(connection, payloads, len(fresh))
    bodies = [
        (key, at, words := storable(raw), digests.of_payload(at, words, len(facts)))
        for key, at, (raw, facts) in zip(ids, arrivals, fresh, strict=True)
    ]
    insert_new_rows(connection, payloads, ("id", "received_at", "raw", "digest"), bodies)
    matches = iter(found)
    rows = [
        (*row, digests.of(_covered(row)))
        for (payload_id, at, *_), (_, facts) in zip(bodies, fresh, strict=True)
        for key, fact in facts
        for row in ((*event_row(key, fact, next(matches)), at, payload_id),)
    ]
    insert_new_rows(connection, events, (*_WRITTEN, "digest"), rows)


#: The columns that a fact fills, and the delivery it was found to be about.
EVENT_ROW: Final = (
    "message_id",
    "at",
    "type",
    "recipient_key",
    "discriminator",
    "delivery_id",
    "counts",
    "recipient",
    "subtype",
    "tag",
    "feedback_id",
    "action",
    "enhanced_status",
    "diagnostic",
    "user_agent",
    "ip",
    "link",
    "reports_nobody",
    "isp",
)

_WRITTEN: Final = (*EVENT_ROW, "received_at", "payload_id")
_covered: Final = itemgetter(*map(_WRITTEN.index, SEALED["events"]))


def event_row(key: type_of_key, fact: Fact, found: Match | None) -> type_of_row:
    """Return the values of ``EVENT_ROW``."""
    return (
        *key,
        found.delivery_id if found else None,
        int(found.counts) if found else 0,
        storable(fact.recipient),
        storable(fact.subtype),
        storable(fact.tag) if fact.tag else None,
        storable(fact.feedback_id),
        storable(fact.action),
        storable(fact.enhanced_status),
        storable(fact.diagnostic),
        storable(fact.user_agent),
        storable(fact.ip),
        storable(fact.link),
        int(fact.reports_nobody),
        storable(fact.isp),
    )


_STORED_KEYS: Final = (
    "SELECT message_id, at, type, recipient_key, discriminator, delivery_id FROM events"
    " WHERE message_id {among}"
)
