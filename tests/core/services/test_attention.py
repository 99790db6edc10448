"""Needs attention: the order, and what one person has seen. Both databases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.writes import outbox
from core.model.attention import AttentionChip, AttentionRow
from core.model.chase_state import Scope
from core.model.chasing import HoldKind
from core.model.enums import DisplayStatus, EmailKind
from core.model.errors import NotFoundError
from core.rules.chasing.attention import days_overdue, score
from core.services.chasing import Attention, Chasing
from core.services.delivery_latency import Paces
from tests.conftest import Clock, NewDatabase
from tests.core.db.books import (
    START,
    document,
    entry,
    fact,
    hard_bounce,
    lose_answer,
    new_email,
    one,
    put,
    record,
    sent,
    tell,
)


def desk(database: Database, clock: Clock, operator: str = "anna") -> Attention:
    return Attention(database, clock, operator, Paces(database, clock))


@pytest.fixture
def attention(database: Database, clock: Clock) -> Attention:
    return desk(database, clock)


def bounced(database: Database, number: str, **changes: object) -> int:
    row = one(database, number=number, **changes)
    tell(database, hard_bounce(sent(database, row).message_ids[0]))
    return row.id


def numbers(attention: Attention, chip: AttentionChip = AttentionChip.OPEN) -> list[str]:
    found = [row.document.number for row in rows(attention, chip)]
    assert attention.counts()[chip] == len(found)
    return found


def rows(
    attention: Attention, chip: AttentionChip = AttentionChip.OPEN
) -> tuple[AttentionRow, ...]:
    return attention.rows(attention.ids(chip))


def acknowledge(attention: Attention) -> AttentionRow:
    row = rows(attention)[0]
    attention.acknowledge(row.id, row.seen)
    return row


def test_the_most_money_times_days_comes_first_then_what_is_not_due(
    database: Database, attention: Attention
) -> None:
    def failed(number: str, balance: str, due_on: date | None) -> None:
        bounced(database, number, total=Decimal(balance), balance_due=Decimal(balance),
                due_on=due_on)  # fmt: skip

    failed("SMALL-AND-OLD", "30", date(2026, 8, 20))
    failed("BIG-AND-NEW", "5000", date(2026, 11, 19))
    failed("BIG-NOT-DUE", "90000", date(2026, 12, 24))
    failed("NO-DAY", "70", None)
    failed("MIDDLE", "400", date(2026, 11, 1))
    one(database, number="FINE")
    assert numbers(attention) == [
        "MIDDLE",  # 400 × 19
        "BIG-AND-NEW",  # 5000 × 1
        "SMALL-AND-OLD",  # 30 × 92
        "BIG-NOT-DUE",
        "NO-DAY",
    ]
    first = rows(attention)[0]
    assert (first.days_overdue, first.word) == (19, DisplayStatus.BOUNCED)
    assert (first.address, first.next.words) == ("ann@customer.example", "correct address")
    assert first.since == START + timedelta(minutes=2)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.decimals(0, 10**12, places=4), st.one_of(st.none(), st.dates())),
        min_size=1,
        max_size=8,
    )
)
def test_the_database_orders_as_the_rule_does(
    new_database: NewDatabase, clock: Clock, owed: list[tuple[Decimal, date | None]]
) -> None:
    database = new_database()
    entries = [
        entry(number=f"N{n}", total=money, balance_due=money, due_on=due)
        for n, (money, due) in enumerate(owed)
    ]
    for row in put(database, *entries):
        tell(database, hard_bounce(sent(database, row).message_ids[0]))
    found = rows(desk(database, clock))
    assert len(found) == len(owed)
    weights = [
        float(score(row.document.kind, row.document.balance_due, row.days_overdue)) for row in found
    ]
    assert all(a >= b * (1 - 1e-12) for a, b in pairwise(weights))
    today = clock().astimezone().date()
    assert all(r.days_overdue == days_overdue(r.document.due_on, today) for r in found)


def test_acknowledged_is_away_for_one_person_until_something_new_goes_wrong(
    database: Database, attention: Attention, clock: Clock
) -> None:
    bounced(database, "INV-0042")
    acknowledge(attention)
    assert numbers(attention) == []
    assert numbers(attention, AttentionChip.ACKNOWLEDGED) == ["INV-0042"]
    assert rows(attention, AttentionChip.ACKNOWLEDGED)[0].acknowledged_at == clock()
    assert numbers(desk(database, clock, "ben")) == ["INV-0042"]

    again = sent(database, document(database), at=START + timedelta(minutes=5))
    assert numbers(attention) == []  # that it was sent again is nothing wrong
    # the report is of a moment before the acknowledgement, and arrives after it
    tell(database, hard_bounce(again.message_ids[0], minutes=-9), at=START + timedelta(hours=1))
    assert numbers(attention) == ["INV-0042"]
    assert numbers(attention, AttentionChip.ACKNOWLEDGED) == []
    acknowledge(attention)
    assert numbers(attention) == []


def test_what_arrived_since_the_row_was_painted_was_not_seen(
    database: Database, attention: Attention
) -> None:
    bounced(database, "INV-0042")
    painted = rows(attention)[0]
    other = sent(database, document(database), at=START + timedelta(minutes=5))
    tell(database, hard_bounce(other.message_ids[0], minutes=6))
    attention.acknowledge(painted.id, painted.seen)
    assert numbers(attention) == ["INV-0042"]


def test_an_acknowledgement_can_be_taken_back(database: Database, attention: Attention) -> None:
    bounced(database, "INV-0042")
    row = acknowledge(attention)
    assert attention.bring_back(row.id)
    assert numbers(attention) == ["INV-0042"]
    assert not attention.bring_back(row.id)


def test_what_is_gone_cannot_be_acknowledged(attention: Attention) -> None:
    with pytest.raises(NotFoundError):
        attention.acknowledge(4711, frozenset({"1:BOUNCED"}))


def test_what_was_made_good_is_not_listed_whoever_saw_it(
    database: Database, attention: Attention
) -> None:
    bounced(database, "INV-0042")
    acknowledge(attention)
    again = sent(database, document(database), at=START + timedelta(minutes=5))
    tell(database, fact("Delivery", again.message_ids[0], minutes=6))
    assert numbers(attention) == []
    assert numbers(attention, AttentionChip.ACKNOWLEDGED) == []


def test_snoozed_is_put_off_until_the_day(
    database: Database, attention: Attention, clock: Clock
) -> None:
    key = bounced(database, "INV-0042")
    scope = Scope(document(database).customer_id, key)
    Chasing(database, clock, "anna", timedelta(days=7)).hold(
        scope, HoldKind.SNOOZE, date(2026, 11, 25)
    )
    assert numbers(attention) == []
    assert numbers(attention, AttentionChip.SNOOZED) == ["INV-0042"]
    clock.advance(days=6)
    assert numbers(attention) == ["INV-0042"]


def test_calls_and_failures_have_filters_of_their_own(
    database: Database, attention: Attention, clock: Clock
) -> None:
    bounced(database, "BOUNCED", balance_due=Decimal(0))
    row = one(database, number="SILENT")
    for days in (0, 5, 9):
        written = sent(database, row, at=START + timedelta(days=days), kind=EmailKind.FOLLOW_UP)
        tell(database, fact("Delivery", written.message_ids[0], minutes=days * 1440 + 1))
    unknown = one(database, number="UNKNOWN", balance_due=Decimal(0))
    lose_answer(database, record(database, new_email(unknown)))
    assert sorted(numbers(attention)) == ["BOUNCED", "UNKNOWN"]
    clock.advance(days=21)
    assert numbers(attention, AttentionChip.CALLS) == ["SILENT"]
    assert sorted(numbers(attention, AttentionChip.FAILURES)) == ["BOUNCED", "UNKNOWN"]
    assert numbers(attention)[0] == "SILENT"
    found = {each.document.number: each for each in rows(attention)}
    assert found["UNKNOWN"].word is DisplayStatus.UNCONFIRMED
    assert found["UNKNOWN"].since == START
    assert found["SILENT"].word is None


def test_an_empty_database_needs_nobody(attention: Attention) -> None:
    assert attention.ids() == ()
    assert set(attention.counts().values()) == {0}


def test_what_has_waited_in_the_outbox_for_a_day_needs_a_person(
    database: Database, attention: Attention, clock: Clock
) -> None:
    row = one(database)
    with database.transaction() as connection:
        outbox.record(connection, new_email(row, at=clock.now))
    clock.advance(hours=23)
    assert numbers(attention) == []
    clock.advance(hours=2)
    assert numbers(attention) == [row.number]
    (found,) = rows(attention)
    assert (found.word, found.next.command) == (DisplayStatus.QUEUED, "outbox.why")
    assert found.words == "it has waited in the outbox for more than a day"
    assert attention.counts()[AttentionChip.FAILURES] == 0
    acknowledge(attention)
    assert numbers(attention) == []
    assert numbers(attention, AttentionChip.ACKNOWLEDGED) == [row.number]
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET local_status = 40, status = 40")
    assert numbers(attention, AttentionChip.ACKNOWLEDGED) == []
