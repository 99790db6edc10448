"""Giving stored facts to the deliveries they are about, however late either of them came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from core.db.codec import digest, storable, to_instant
from core.db.history import fact_of
from core.db.summaries import chunks
from core.db.tables import deliveries, events
from core.matching import Candidate, match
from core.model import Fact
from core.status import natural_key

_LONGEST_DISCRIMINATOR: Final = 64

type_of_key = tuple[str, int, str, str, str]


def row_key(fact: Fact) -> type_of_key:
    """Return the primary key of a fact's row."""
    message_id, kind, recipient, at, discriminator = natural_key(fact)
    if len(discriminator) > _LONGEST_DISCRIMINATOR:
        discriminator = digest(discriminator)
    return (
        storable(message_id),
        to_instant(at),
        storable(kind),
        storable(recipient),
        storable(discriminator),
    )


def adopt(connection: Connection, facts: Collection[Fact]) -> set[int]:
    """Match what waits under the ids that ``facts`` name; return the deliveries that got any.

    A fact with our tag also tells the SES message id of a delivery whose answer was lost; facts
    without a tag can then be matched by it.
    """
    tagged = [(storable(fact.tag), fact.message_id) for fact in facts if fact.tag]
    _learn_message_ids(connection, {tag: message_id for tag, message_id in tagged if message_id})
    tags = {tag for tag, _ in tagged}
    return adopt_waiting(connection, {fact.message_id for fact in facts}, tags)


def adopt_waiting(
    connection: Connection, message_ids: Iterable[str], tags: Iterable[str] = ()
) -> set[int]:
    """Match the unmatched facts stored under ``message_ids``; return the deliveries concerned."""
    ids = {storable(message_id) for message_id in message_ids}
    candidates = _candidates(connection, ids, tags)
    by_tag = {candidate.tag: [candidate] for candidate in candidates}
    by_id: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_id[candidate.ses_message_id].append(candidate)
    touched: set[int] = set()
    rows: list[dict[str, Any]] = []
    for fact in _waiting(connection, ids):
        found = match(fact, by_tag.get(fact.tag or "", []) + by_id.get(fact.message_id, []))
        if found is not None:
            touched.add(found.delivery_id)
            rows.append(
                {
                    **dict(zip(_KEY, row_key(fact), strict=True)),
                    "to_delivery": found.delivery_id,
                    "to_counts": int(found.counts),
                }
            )
    if rows:
        connection.execute(_ADOPT, rows)
    return touched


def _learn_message_ids(connection: Connection, message_id_of: dict[str, str]) -> None:
    """Write down SES's ids of deliveries that do not know theirs."""
    d = deliveries.c
    for tags in chunks(message_id_of):
        ignorant = connection.execute(_IGNORANT, {"tags": tags}).all()
        for delivery_id, tag in ignorant:
            connection.execute(
                update(deliveries)
                .where(d.id == delivery_id)
                .values(ses_message_id=storable(message_id_of[tag]))
            )


def _candidates(
    connection: Connection, message_ids: Iterable[str], tags: Iterable[str]
) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    looked_for = [(_BY_ID, ids) for ids in chunks(i for i in message_ids if i)]
    looked_for += [(_BY_TAG, some) for some in chunks(tags)]
    for query, values in looked_for:
        for row in connection.execute(query, {"values": values}):
            found[row.id] = Candidate(row.id, row.tag, row.ses_message_id, row.address)
    return list(found.values())


def _waiting(connection: Connection, message_ids: Iterable[str]) -> list[Fact]:
    found: list[Fact] = []
    for ids in chunks(message_ids):
        rows = connection.execute(_WAITING, {"ids": ids})
        found.extend(fact_of(tuple(row)) for row in rows)
    return found


#: The columns that ``history.fact_of`` reads, in its order.
_FACT: Final = [
    events.c[name]
    for name in (
        "delivery_id",
        "counts",
        "type",
        "at",
        "message_id",
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
    )
]
_KEY: Final = ("key_message_id", "key_at", "key_type", "key_recipient", "key_discriminator")
_ADOPT: Final = (
    update(events)
    .where(
        events.c.message_id == bindparam("key_message_id"),
        events.c.at == bindparam("key_at"),
        events.c.type == bindparam("key_type"),
        events.c.recipient_key == bindparam("key_recipient"),
        events.c.discriminator == bindparam("key_discriminator"),
    )
    .values(delivery_id=bindparam("to_delivery"), counts=bindparam("to_counts"))
)
_WAITING: Final = select(*_FACT).where(
    events.c.message_id.in_(bindparam("ids", expanding=True)), events.c.delivery_id.is_(None)
)
_IGNORANT: Final = select(deliveries.c.id, deliveries.c.tag).where(
    deliveries.c.tag.in_(bindparam("tags", expanding=True)), deliveries.c.ses_message_id == ""
)
_CANDIDATE: Final = select(
    deliveries.c.id, deliveries.c.tag, deliveries.c.ses_message_id, deliveries.c.address
)
_BY_ID: Final = _CANDIDATE.where(
    deliveries.c.ses_message_id.in_(bindparam("values", expanding=True))
)
_BY_TAG: Final = _CANDIDATE.where(deliveries.c.tag.in_(bindparam("values", expanding=True)))
