"""Storing facts: each once, matched to the delivery it is about, now or later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from core.db.adoption import adopt, row_key
from core.db.codec import digest, storable, to_instant
from core.db.engine import hold
from core.db.summaries import chunks, settle_deliveries
from core.db.tables import events, payloads, quarantine
from core.model import Fact


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
    connection: Connection, batch: Sequence[tuple[str, Sequence[Fact]]], received_at: datetime
) -> Stored:
    """Store the facts of (raw body, facts) pairs and settle every delivery they concern."""
    told = [fact for _, facts in batch for fact in facts]
    hold(connection, *(f"message {storable(fact.message_id)}" for fact in told))
    known = _stored_keys(connection, {fact.message_id for fact in told})
    fresh: list[tuple[str, list[Fact]]] = []
    duplicate = 0
    for raw, facts in batch:
        new = []
        for fact in facts:
            key = row_key(fact)
            if key in known:
                duplicate += 1
            else:
                known.add(key)
                new.append(fact)
        if new:
            fresh.append((raw, new))
    _insert(connection, fresh, received_at)
    new_facts = [fact for _, facts in fresh for fact in facts]
    # All of them: the second telling of a fact may be the one that carries our tag.
    settle_deliveries(connection, adopt(connection, told))
    unmatched = _count_unmatched(connection, new_facts)
    return Stored(len(new_facts) - unmatched, duplicate, unmatched)


def quarantine_bodies(
    connection: Connection, bodies: Sequence[Unreadable], received_at: datetime
) -> None:
    """Keep what could not be read; the same body is kept once."""
    if bodies:
        rows = {
            digest(body.raw): {
                "sha256": digest(body.raw),
                "received_at": to_instant(received_at),
                "source": body.source,
                "reason": body.reason,
                "raw": storable(body.raw),
            }
            for body in bodies
        }
        connection.execute(_insert_new(connection, quarantine), list(rows.values()))


# --------------------------------------------------------------------------- details


def _stored_keys(
    connection: Connection, message_ids: Collection[str]
) -> set[tuple[str, int, str, str, str]]:
    e = events.c
    found: set[tuple[str, int, str, str, str]] = set()
    for ids in chunks(map(storable, message_ids)):
        for row in connection.execute(
            select(e.message_id, e.at, e.type, e.recipient_key, e.discriminator).where(
                e.message_id.in_(ids)
            )
        ):
            found.add((row[0], row[1], row[2], row[3], row[4]))
    return found


def _insert(
    connection: Connection, fresh: Sequence[tuple[str, Sequence[Fact]]], received_at: datetime
) -> None:
    if not fresh:
        return
    at = to_instant(received_at)
    payload_ids = connection.scalars(
        insert(payloads).returning(payloads.c.id, sort_by_parameter_order=True),
        [{"received_at": at, "raw": storable(raw)} for raw, _ in fresh],
    ).all()
    rows = [
        {**event_row(fact), "received_at": at, "payload_id": payload_id}
        for payload_id, (_, facts) in zip(payload_ids, fresh, strict=True)
        for fact in facts
    ]
    connection.execute(_insert_new(connection, events), rows)


def event_row(fact: Fact) -> dict[str, Any]:
    """Return the columns that a fact fills, without those of its arrival."""
    message_id, at, kind, recipient_key, discriminator = row_key(fact)
    return {
        "message_id": message_id,
        "at": at,
        "type": kind,
        "recipient_key": recipient_key,
        "discriminator": discriminator,
        "recipient": storable(fact.recipient),
        "subtype": storable(fact.subtype),
        "tag": storable(fact.tag) if fact.tag else None,
        "feedback_id": storable(fact.feedback_id),
        "action": storable(fact.action),
        "enhanced_status": storable(fact.enhanced_status),
        "diagnostic": storable(fact.diagnostic),
        "user_agent": storable(fact.user_agent),
        "ip": storable(fact.ip),
        "link": storable(fact.link),
        "reports_nobody": int(fact.reports_nobody),
    }


def _count_unmatched(connection: Connection, facts: Sequence[Fact]) -> int:
    keys = {row_key(fact) for fact in facts}
    e = events.c
    count = 0
    for ids in chunks({key[0] for key in keys}):
        for row in connection.execute(
            select(e.message_id, e.at, e.type, e.recipient_key, e.discriminator).where(
                e.message_id.in_(ids), e.delivery_id.is_(None)
            )
        ):
            count += tuple(row) in keys
    return count


def _insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that passes over rows whose key is there already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()
