"""Stores events: each once, matched to the delivery it is about, now or later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, update

from core.db.bulk import insert_new_rows, insert_rows, new_ids, rows_among, type_of_row
from core.db.engine import hold
from core.db.rows import EVENT_COLUMNS, digest, fact_of, to_instant
from core.db.schema import digests, events, payloads, quarantine
from core.db.schema.coverage import SEALED
from core.db.writes.event_matching import (
    ITS_ROW,
    KEY,
    adopt_waiting,
    as_stored,
    known_deliveries,
    row_key,
    type_of_key,
)
from core.db.writes.summaries import settle_deliveries
from core.model.delivery import DeliveryEvent
from core.rules.delivery.events import Match, fullness, in_normal_form
from core.rules.search.text import storable

type_of_keyed = tuple[type_of_key, DeliveryEvent]

Arrival = Callable[[Sequence[DeliveryEvent]], datetime]
"""When the facts of one body were received: for a history that is told afterwards."""


class Kept(NamedTuple):
    """A body that is stored."""

    payload_id: int
    received_at: int


type_of_body = TypeVar("type_of_body")
"""A body's text, or what it was kept as."""


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
    batch: Sequence[tuple[str, Sequence[DeliveryEvent]]],
    received_at: datetime | Arrival,
) -> Stored:
    """Store the facts of (raw body, facts) pairs and settle every delivery they concern."""
    stored, touched = _store(connection, batch, partial(_keep_bodies, received_at=received_at))
    settle_deliveries(connection, touched)
    return stored


def store_again(
    connection: Connection, batch: Sequence[tuple[Kept, Sequence[DeliveryEvent]]]
) -> Stored:
    """Store the facts of bodies that are kept already; settling the deliveries is left to do."""
    return _store(connection, batch, lambda _, fresh: [kept for kept, _ in fresh])[0]


def _store(
    connection: Connection,
    told_bodies: Sequence[tuple[type_of_body, Sequence[DeliveryEvent]]],
    keep: Callable[[Connection, Sequence[tuple[type_of_body, list[type_of_keyed]]]], list[Kept]],
) -> tuple[Stored, set[int]]:
    batch = [(body, [as_stored(in_normal_form(f)) for f in facts]) for body, facts in told_bodies]
    told = [fact for _, facts in batch for fact in facts]
    ids = {fact.message_id for fact in told}
    hold(connection, *(f"message {each}" for each in ids))
    stored = rows_among(connection, _STORED_KEYS, ids)
    fresh, again = _not_in(batch, {row[:-1] for row in stored})
    # All that was told: the second telling of a fact may be the one that carries our tag.
    known = known_deliveries(connection, told)
    touched: set[int] = set()
    if any(row[-1] is None for row in stored):
        touched |= adopt_waiting(connection, ids, known)
    found = [known.match(fact) for _, facts in fresh for _, fact in facts]
    if fresh:
        _insert(connection, fresh, found, keep(connection, fresh))
    touched.update(each.delivery_id for each in found if each is not None)
    touched |= _told_better(connection, again)
    unmatched = found.count(None)
    return Stored(len(found) - unmatched, len(told) - len(found), unmatched), touched


def quarantine_bodies(
    connection: Connection, bodies: Sequence[Unreadable], received_at: datetime
) -> None:
    """Keep what could not be read; the same body is kept once."""
    at = to_instant(received_at)
    rows = [
        (digest(body.raw), at, body.source, body.reason, storable(body.raw), *_NOT_DISMISSED)
        for body in bodies
    ]
    columns = (*SEALED["quarantine"], "digest")
    insert_rows(connection, quarantine, columns, [(*row, digests.of(row)) for row in rows])


# --------------------------------------------------------------------------- details

_NOT_DISMISSED: Final = (0, "", "")


def _not_in(
    batch: Sequence[tuple[type_of_body, Sequence[DeliveryEvent]]], known: set[type_of_row]
) -> tuple[list[tuple[type_of_body, list[type_of_keyed]]], list[type_of_keyed]]:
    """Return the facts whose keys are new, with their bodies, and those that are told again."""
    fresh: list[tuple[type_of_body, list[type_of_keyed]]] = []
    again: list[type_of_keyed] = []
    for body, facts in batch:
        new: list[type_of_keyed] = []
        for fact in facts:
            key = row_key(fact)
            if key in known:
                again.append((key, fact))
            else:
                known.add(key)
                new.append((key, fact))
        if new:
            fresh.append((body, new))
    return fresh, again


def _told_better(connection: Connection, again: Sequence[type_of_keyed]) -> set[int]:
    """Keep the fullest telling of every fact; return the deliveries that this changes.

    One envelope can leave out what another one says, and which came first must not matter.
    """
    best: dict[type_of_key, DeliveryEvent] = {}
    for key, fact in again:
        if key not in best or fullness(fact) > fullness(best[key]):
            best[key] = fact
    changed, touched = [], set()
    for row in rows_among(connection, _TOLD, {key[0] for key in best}):
        known = fact_of(row)
        key = row_key(known)
        if key in best and fullness(best[key]) > fullness(known):
            better = replace(best[key], tag=best[key].tag or known.tag)
            written = (*content_row(better), _sealed(event_row(key, better, None), row[-2:])[-1])
            changed.append(dict(zip((*KEY, *_NEW), (*key, *written), strict=True)))
            touched.add(row[0])
    if changed:
        connection.execute(_TELL, changed)
    return touched - {None}  # what is not matched yet


def _keep_bodies(
    connection: Connection,
    fresh: Sequence[tuple[str, list[type_of_keyed]]],
    received_at: datetime | Arrival,
) -> list[Kept]:
    arrivals = [
        to_instant(
            received_at([fact for _, fact in facts]) if callable(received_at) else received_at
        )
        for _, facts in fresh
    ]
    kept = list(map(Kept, new_ids(connection, payloads, len(fresh)), arrivals))
    rows = [
        (*each, words := storable(raw), digests.of_payload(each.received_at, words, len(facts)))
        for each, (raw, facts) in zip(kept, fresh, strict=True)
    ]
    insert_new_rows(connection, payloads, ("id", "received_at", "raw", "digest"), rows)
    return kept


def _insert(
    connection: Connection,
    fresh: Sequence[tuple[type_of_body, Sequence[type_of_keyed]]],
    found: Iterable[Match | None],
    kept: Sequence[Kept],
) -> None:
    matches = iter(found)
    rows = [
        _sealed(event_row(key, fact, next(matches)), body)
        for body, (_, facts) in zip(kept, fresh, strict=True)
        for key, fact in facts
    ]
    insert_new_rows(connection, events, (*_WRITTEN, "digest"), rows)


#: What a fact says beside its key.
_CONTENT: Final = (
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
    "isp",
)
_NEW: Final = tuple(f"new_{name}" for name in (*_CONTENT, "digest"))
#: The columns that a fact fills, and the delivery it was found to be about.
EVENT_ROW: Final = (
    "message_id",
    "at",
    "type",
    "recipient_key",
    "discriminator",
    "delivery_id",
    "counts",
    *_CONTENT,
)

_WRITTEN: Final = (*EVENT_ROW, "received_at", "payload_id")
_covered: Final = itemgetter(*map(_WRITTEN.index, SEALED["events"]))


def _sealed(row: type_of_row, kept: Sequence[int]) -> type_of_row:
    """Return all columns of an event; ``kept`` are the id of its body and when that came."""
    payload_id, received_at = kept
    whole = (*row, received_at, payload_id)
    return (*whole, digests.of(_covered(whole)))


def event_row(key: type_of_key, fact: DeliveryEvent, found: Match | None) -> type_of_row:
    """Return the values of ``EVENT_ROW``."""
    return (
        *key,
        found.delivery_id if found else None,
        int(found.counts) if found else 0,
        *content_row(fact),
    )


def content_row(fact: DeliveryEvent) -> type_of_row:
    """Return the values of ``_CONTENT``; of a fact as a column takes it."""
    return (
        fact.recipient,
        fact.subtype,
        fact.tag or None,
        fact.feedback_id,
        fact.action,
        fact.enhanced_status,
        fact.diagnostic,
        fact.user_agent,
        fact.ip,
        fact.link,
        fact.isp,
    )


_TOLD: Final = (
    f"SELECT {EVENT_COLUMNS}, v.payload_id, v.received_at FROM events v"
    " WHERE v.message_id {among}"
)
_TELL: Final = (
    update(events)
    .where(ITS_ROW)
    .values({name: bindparam(f"new_{name}") for name in (*_CONTENT, "digest")})
)
_STORED_KEYS: Final = (
    "SELECT message_id, at, type, recipient_key, discriminator, delivery_id FROM events"
    " WHERE message_id {among}"
)
