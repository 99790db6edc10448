"""How an address fares: the newest fact wins, whatever document it was about."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

from core.model.delivery import DeliveryState
from core.model.enums import DisplayStatus, Status
from core.model.history import Health
from core.rules.delivery.addresses import AddressRecord, health_of
from tests.core.db.books import START


def delivered(day: int) -> AddressRecord:
    at = START + timedelta(days=day)
    return AddressRecord(day, at, DeliveryState(Status.DELIVERED, delivered_at=at), "s", f"N{day}")


def bounced(day: int, status: Status = Status.BOUNCED) -> AddressRecord:
    at = START + timedelta(days=day)
    state = DeliveryState(status, bounced_at=at, diagnostic=f"no {day}")
    return AddressRecord(day, at, state, "s", f"N{day}")


def soft(day: int) -> AddressRecord:
    return bounced(day, Status.SOFT_BOUNCED)


def test_nothing_is_known_of_an_address_nobody_wrote_to() -> None:
    assert health_of([]) == Health()


def test_a_hard_bounce_stays_until_something_is_delivered() -> None:
    found = health_of([delivered(1), bounced(2)])
    assert found.is_bad
    assert (found.diagnostic, found.document_number) == ("no 2", "N2")
    assert not health_of([delivered(1), bounced(2), delivered(3)]).is_bad


def test_soft_bounces_are_counted_since_the_last_delivery() -> None:
    records = [soft(1), delivered(2), soft(3), soft(4)]
    assert {health_of(order).soft_streak for order in permutations(records)} == {2}
    assert health_of([*records, delivered(5)]).soft_streak == 0


def test_a_complaint_and_a_drop_are_bad_too() -> None:
    complained = DeliveryState(Status.COMPLAINED, complained_at=START)
    dropped = DeliveryState(Status.DROPPED, dropped_at=START)
    for state, word in ((complained, DisplayStatus.COMPLAINED), (dropped, DisplayStatus.DROPPED)):
        found = health_of([AddressRecord(1, START, state, "s", "N")])
        assert (found.word, found.is_bad) == (word, True)


def test_a_bounce_overrules_the_delivery_of_its_own_email_and_an_earlier_one() -> None:
    at = START + timedelta(days=2)
    late = DeliveryState(Status.BOUNCED, bounced_at=START, delivered_at=at, diagnostic="no")
    found = health_of([delivered(1), AddressRecord(2, at, late, "s", "N2")])
    assert (found.word, found.is_bad) == (DisplayStatus.BOUNCED, True)
    assert not health_of([AddressRecord(2, at, late, "s", "N2"), delivered(3)]).is_bad


def test_a_failed_forward_does_the_address_no_harm() -> None:
    forward = DeliveryState(
        Status.SOFT_BOUNCED, bounced_at=START, delivered_at=START, is_forward=True
    )
    found = health_of([AddressRecord(1, START, forward, "s", "N")])
    assert (found.word, found.is_bad, found.soft_streak) == (DisplayStatus.DELIVERED, False, 0)
