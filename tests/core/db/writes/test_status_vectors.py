"""The vectors of the status rules hold in the database too, however the facts are batched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from core.db.engine import Database
from core.db.lists import documents as reads
from core.db.rows import DELIVERY_COLUMNS, state_of
from core.db.writes import events, outbox
from core.model.delivery import DeliveryEvent, DeliveryState
from core.model.documents import DocumentFilter, DocumentRow
from core.model.enums import DisplayStatus, EmailKind, Role, Status
from core.rules.delivery.settling import settle
from core.services.integrity_check import check
from tests.core.db.books import entry, put
from tests.core.rules.delivery.test_status_vectors import (
    DELIVERY,
    NOON,
    OURS,
    PERMANENT,
    SEND,
    VECTORS,
    arrivals,
)

SENT_AT = NOON - timedelta(seconds=30)
_BATCHES = range(1, 11)


@dataclass(frozen=True)
class Arrival:
    """The facts of one delivery, in the order and the batches in which they come."""

    facts: tuple[DeliveryEvent, ...]
    size: int

    def batch(self, number: int) -> tuple[DeliveryEvent, ...]:
        return self.facts[number * self.size : (number + 1) * self.size]


def every_arrival(facts: Sequence[DeliveryEvent]) -> Iterator[Arrival]:
    """Every order, doubled, in batches of one to ten; larger than the whole changes nothing."""
    for order in arrivals(facts):
        for size in _BATCHES:
            yield Arrival(order, size)
            if size >= len(order):
                break


class Sent(NamedTuple):
    tag: str
    day: int = 1
    role: Role = Role.TO
    address: str = "a@x.example"


def write(database: Database, deliveries: Sequence[Sent]) -> None:
    """Write accepted deliveries, one email a day; a document has those of twenty days."""
    emails: dict[int, list[Sent]] = {}
    for each in deliveries:
        emails.setdefault(each.day, []).append(each)
    numbers = sorted({_number(day) for day in emails})
    put(database, *(entry(number, balance_due=Decimal("849.10")) for number in numbers))
    rows = reads.page_documents(database.reader, DocumentFilter())
    documents = {row.number: row for row in rows}
    new = [_email(documents[_number(day)], found, day) for day, found in emails.items()]
    accepted = outbox.SesAnswer(Status.SENT, "", "eu-west-1", SENT_AT)
    answers = {tag: replace(accepted, ses_message_id=f"m-{tag}") for tag, *_ in deliveries}
    with database.transaction() as connection:
        outbox.record_all(connection, new, answers)


def _number(day: int) -> str:
    return f"INV-{day // 20}"


def _email(row: DocumentRow, deliveries: Sequence[Sent], day: int) -> outbox.NewEmail:
    return outbox.NewEmail(
        document_id=row.id,
        kind=EmailKind.ORIGINAL,
        subject="Invoice",
        body="",
        sender="billing@office.example",
        sent_by="anna",
        created_at=SENT_AT + timedelta(days=day),
        message_id="",
        mime=None,
        attachments=(),
        deliveries=tuple(
            outbox.NewDelivery(each.role, each.address, each.tag) for each in deliveries
        ),
    )


def tell_in_batches(database: Database, told: dict[str, Arrival]) -> None:
    """Each delivery's next batch in a transaction that all of them share."""
    number = 0
    while batch := [(tag, fact) for tag, arrival in told.items() for fact in arrival.batch(number)]:
        bodies = [
            (f"{tag} {fact.at}", [replace(fact, message_id=f"m-{tag}", tag=tag)])
            for tag, fact in batch
        ]
        with database.transaction() as connection:
            events.store(connection, bodies, NOON)
        number += 1


def states(database: Database) -> dict[str, DeliveryState]:
    rows = database.reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, x.tag"  # noqa: S608 (a constant)
        " FROM deliveries x JOIN emails m ON m.id = x.email_id",
        {},
    )
    return {row[-1]: state_of(row) for row in rows}


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_hold_in_the_database_in_every_order_doubled_and_batched(
    name: str, sqlite_database: Database
) -> None:
    vector = VECTORS[name]
    told = {f"t{n}": arrival for n, arrival in enumerate(every_arrival(vector.facts))}
    write(sqlite_database, [Sent(tag, day) for day, tag in enumerate(told)])
    tell_in_batches(sqlite_database, told)

    found = states(sqlite_database)
    assert found.keys() == told.keys()
    assert {state.word for state in found.values()} == {vector.word}
    assert {state.is_forward for state in found.values()} == {vector.is_forward}
    assert set(found.values()) == {settle(Status.SENT, vector.facts, SENT_AT, OURS)}
    stored = sqlite_database.reader.rows("SELECT count(*) FROM events", {})
    assert stored == [(len(vector.facts) * len(told),)], "each fact once"
    assert check(sqlite_database).differences == ()


@pytest.mark.parametrize("size", _BATCHES)
def test_the_document_vectors_hold_in_the_database_however_batched(
    size: int, sqlite_database: Database
) -> None:
    """To delivered, Cc bounced; then resent without any answer yet; then the old one again."""
    write(sqlite_database, [Sent("to"), Sent("cc", 1, Role.CC, "cc@x.example"), Sent("again", 2)])
    bounced = replace(PERMANENT, recipient="cc@x.example")
    told = {
        "cc": Arrival((bounced, bounced), size),
        "to": Arrival((DELIVERY, SEND, SEND, DELIVERY), size),
        "again": Arrival((SEND,), size),
    }
    tell_in_batches(sqlite_database, told)

    (row,) = reads.page_documents(sqlite_database.reader, DocumentFilter())
    summary = row.summary
    assert (summary.word, summary.unresolved) == (
        DisplayStatus.SENT,
        frozenset({DisplayStatus.BOUNCED}),
    )
    assert (summary.send_count, summary.ever_delivered) == (2, True)
    assert not summary.never_reached
    assert check(sqlite_database).differences == ()
