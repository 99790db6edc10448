"""Matches stored events with the deliveries they are about, however late either arrives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, update

from core.db.bulk import rows_among, update_rows
from core.db.rows import EVENT_COLUMNS, digest, fact_of, to_instant
from core.db.schema import deliveries, digests, events
from core.model.delivery import DeliveryEvent
from core.model.enums import address_key
from core.model.reports import MailSeen
from core.rules.delivery.events import Candidate, Match, match, natural_key
from core.rules.search.text import storable

_LONGEST_DISCRIMINATOR: Final = 64

type_of_key = tuple[str, int, str, str, str]


def row_key(fact: DeliveryEvent) -> type_of_key:
    """Return the primary key of the row of a fact ``as_stored``."""
    message_id, kind, recipient, at, discriminator = natural_key(fact)
    if len(discriminator) > _LONGEST_DISCRIMINATOR:
        discriminator = digest(discriminator)
    return (message_id, to_instant(at), kind, recipient, discriminator)


@dataclass(frozen=True, slots=True)
class Known:
    """The deliveries that some facts may be about."""

    by_tag: Mapping[str, list[Candidate]]
    by_id: Mapping[str, list[Candidate]]

    def match(self, fact: DeliveryEvent) -> Match | None:
        """Return whose ``fact`` is, ``None`` while nobody knows."""
        tagged = self.by_tag.get(fact.tag, []) if fact.tag else []
        return match(fact, tagged + self.by_id.get(fact.message_id, []))


def known_deliveries(connection: Connection, facts: Iterable[DeliveryEvent]) -> Known:
    """Return the deliveries that ``facts`` may be about.

    A fact with our tag also tells the SES message id of a delivery whose answer was lost; facts
    without a tag can then be matched by it.
    """
    message_ids: set[str] = set()
    id_of_tag: dict[str, str] = {}
    for fact in facts:
        message_ids.add(fact.message_id)
        if fact.tag:
            id_of_tag[fact.tag] = fact.message_id or id_of_tag.get(fact.tag, "")
    found = _candidates(connection, message_ids, id_of_tag)
    learned = [
        replace(each, ses_message_id=id_of_tag[each.tag])
        for each in found
        if not each.ses_message_id and id_of_tag.get(each.tag)
    ]
    update_rows(
        connection,
        deliveries,
        ("ses_message_id",),
        [(each.ses_message_id, each.delivery_id) for each in learned],
    )
    digests.seal(connection, deliveries, [each.delivery_id for each in learned])
    told = {each.delivery_id for each in learned}
    return _known([*(each for each in found if each.delivery_id not in told), *learned])


def matches(connection: Connection, facts: Sequence[DeliveryEvent]) -> list[Match | None]:
    """Return whose facts are by what is stored now; nothing is written."""
    ids = {storable(fact.message_id) for fact in facts}
    tags = {storable(fact.tag) for fact in facts if fact.tag}
    known = _known(_candidates(connection, ids, tags))
    return [known.match(fact) for fact in facts]


def adopt_waiting(
    connection: Connection, message_ids: Iterable[str], known: Known | None = None
) -> set[int]:
    """Match the unmatched facts stored under ``message_ids``; return the deliveries concerned."""
    ids = {storable(message_id) for message_id in message_ids}
    if known is None:
        known = _known(_candidates(connection, ids, ()))
    touched: set[int] = set()
    rows: list[dict[str, object]] = []
    for row in rows_among(connection, _WAITING, ids):
        fact = fact_of(row)
        found = known.match(fact)
        if found is not None:
            touched.add(found.delivery_id)
            rows.append(_adopted(fact, found))
    if rows:
        connection.execute(_ADOPT, rows)
    return touched


def rematch(connection: Connection, message_ids: Collection[str]) -> set[int]:
    """Decide again whose the facts about these emails are, now that more recipients are known.

    Return the deliveries that gained or lost one.
    """
    known = _known(_candidates(connection, message_ids, ()))
    touched: set[int] = set()
    rows: list[dict[str, object]] = []
    for row in rows_among(connection, _ALL, message_ids):
        found = known.match(fact := fact_of(row))
        if found is not None and (found.delivery_id, int(found.counts)) != (row[0], row[1]):
            touched |= {found.delivery_id, row[0]}
            rows.append(_adopted(fact, found))
    if rows:
        connection.execute(_ADOPT, rows)
    return touched - {None}


def _adopted(fact: DeliveryEvent, found: Match) -> dict[str, object]:
    return {
        **dict(zip(KEY, row_key(fact), strict=True)),
        "to_delivery": found.delivery_id,
        "to_counts": int(found.counts),
    }


def _known(candidates: Iterable[Candidate]) -> Known:
    by_tag: dict[str, list[Candidate]] = {}
    by_id: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_tag[candidate.tag] = [candidate]
        by_id[candidate.ses_message_id].append(candidate)
    return Known(by_tag, by_id)


def _candidates(
    connection: Connection, message_ids: Collection[str], tags: Collection[str]
) -> list[Candidate]:
    named = {each for each in message_ids if each}  # an empty one is no id, but not yet known
    return [Candidate(*row) for row in rows_among(connection, _CANDIDATES, named, tags)]


def as_stored(fact: DeliveryEvent) -> DeliveryEvent:
    """Return what a row gives back: text that no column takes is escaped there."""
    changed: dict[str, Any] = {
        name: stored
        for name in _TEXTS
        if (value := getattr(fact, name)) and (stored := storable(value)) != value
    }
    return replace(fact, **changed) if changed else fact


_TEXTS: Final = tuple(each.name for each in fields(DeliveryEvent) if each.name != "at")
KEY: Final = ("key_message_id", "key_at", "key_type", "key_recipient", "key_discriminator")
ITS_ROW: Final = and_(
    events.c.message_id == bindparam("key_message_id"),
    events.c.at == bindparam("key_at"),
    events.c.type == bindparam("key_type"),
    events.c.recipient_key == bindparam("key_recipient"),
    events.c.discriminator == bindparam("key_discriminator"),
)
_ADOPT: Final = (
    update(events)
    .where(ITS_ROW)
    .values(delivery_id=bindparam("to_delivery"), counts=bindparam("to_counts"))
)
_ALL: Final = f"SELECT {EVENT_COLUMNS} FROM events v WHERE v.message_id {{among}}"
_WAITING: Final = f"{_ALL} AND v.delivery_id IS NULL"
#: The UNION lets each half use its own index, and finds a delivery once.
_CANDIDATES: Final = (
    "SELECT id, tag, ses_message_id, address FROM deliveries WHERE ses_message_id {among}"
    " UNION SELECT id, tag, ses_message_id, address FROM deliveries WHERE tag {among}"
)


def recognise(connection: Connection, mails: Iterable[MailSeen]) -> None:
    """Learn SES's id of emails whose answer was lost, from our own id in their headers.

    SES gives the headers back where the identity says so. Every recipient of an email got the same
    ones, in a call of his own: only a notification about one recipient says which delivery it is.
    """
    told = {
        (storable(mail.header_id), storable(address_key(mail.addressees[0].address))): mail
        for mail in mails
        if mail.header_id and mail.message_id and len(mail.addressees) == 1
    }
    rows = rows_among(connection, _UNANSWERED, {header_id for header_id, _ in told})
    learned = [
        (storable(told[key].message_id), row[0])
        for row in rows
        if (key := (row[1], row[2])) in told
    ]
    update_rows(connection, deliveries, ("ses_message_id",), learned)
    digests.seal(connection, deliveries, [delivery_id for _, delivery_id in learned])


#: What is in flight is little, and has an index of its own.
_UNANSWERED: Final = (
    "SELECT x.id, m.message_id, x.address_key FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " WHERE x.local_status < 35 AND x.local_status >= 20 AND x.ses_message_id = ''"
    " AND m.message_id {among}"
)
