"""Rates against AWS's limits, days of a zone, causes and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.insights import Tally
from core.rules.monitoring.deliverability import (
    TIMES,
    Level,
    added,
    by_day,
    causes,
    first_day,
    median,
    share,
    standing,
    times,
)
from core.rules.monitoring.incidents import BOUNCE_LIMITS, COMPLAINT_LIMITS

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
COUNTS = st.integers(0, 10**6)
TALLIES = st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@pytest.mark.parametrize(
    ("count", "sent", "limits", "level", "words"),
    [
        (0, 0, BOUNCE_LIMITS, Level.FEW, "no emails"),
        (9, 199, BOUNCE_LIMITS, Level.FEW, "too few to judge; AWS reviews accounts at 5 %"),
        (0, 200, BOUNCE_LIMITS, Level.WITHIN, "within limits; AWS reviews accounts at 5 %"),
        (39, 1000, BOUNCE_LIMITS, Level.WITHIN, "within limits"),
        (40, 1000, BOUNCE_LIMITS, Level.CLOSE, "close: AWS reviews accounts at 5 %"),
        (50, 1000, BOUNCE_LIMITS, Level.REVIEW, "AWS reviews accounts at 5 %, may pause at 10 %"),
        (100, 1000, BOUNCE_LIMITS, Level.PAUSE, "AWS may pause accounts at 10 %"),
        (1, 1000, COMPLAINT_LIMITS, Level.REVIEW, "AWS reviews accounts at 0.1 %"),
        (5, 1000, COMPLAINT_LIMITS, Level.PAUSE, "AWS may pause accounts at 0.5 %"),
    ],
)
def test_a_rate_is_judged_by_the_limits_at_which_aws_acts(
    count: int, sent: int, limits: tuple[float, float], level: Level, words: str
) -> None:
    found = standing(count, sent, limits)
    assert found.level is level
    assert words in found.words


@given(st.integers(200, 10**6), st.data())
def test_more_failures_are_never_judged_milder(sent: int, data: st.DataObject) -> None:
    few, many = sorted(data.draw(st.tuples(st.integers(0, sent), st.integers(0, sent))))
    order = list(Level)
    mild, hard = (standing(n, sent, BOUNCE_LIMITS) for n in (few, many))
    assert order.index(mild.level) <= order.index(hard.level)
    assert 0 <= mild.rate <= hard.rate <= 1


@given(st.lists(TALLIES), st.randoms(use_true_random=False))
def test_a_sum_does_not_depend_on_the_order(tallies: list[Tally], random: object) -> None:
    shuffled = list(tallies)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert added(shuffled) == added(tallies)
    assert added(tallies).sent == sum(each.sent for each in tallies)


@given(
    st.lists(st.tuples(st.integers(0, 29 * 96), COUNTS), max_size=60),
    st.sampled_from(["UTC", "Europe/Vienna", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_every_day_is_there_and_no_email_is_lost(
    quarters: list[tuple[int, int]], name: str
) -> None:
    zone = ZoneInfo(name)
    since = first_day(31, NOW, zone)
    counted = [(NOW - timedelta(minutes=15 * n), Tally(sent=many)) for n, many in quarters]
    days = by_day(counted, since, NOW, zone)
    assert len(days) == 31
    assert days[-1].on == NOW.astimezone(zone).date()
    assert added(day.tally for day in days).sent == sum(many for _, many in quarters)


def test_a_day_begins_at_midnight_of_the_zone_also_when_clocks_change() -> None:
    vienna = ZoneInfo("Europe/Vienna")
    since = first_day(30, datetime(2026, 11, 20, 14, 0, tzinfo=UTC), vienna)
    assert since.astimezone(UTC) == datetime(2026, 10, 21, 22, 0, tzinfo=UTC)
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    days = by_day([(late, Tally(sent=1))], since, NOW, vienna)
    assert [day.on for day in days if day.tally.sent] == [date(2026, 11, 20)]


def test_causes_are_added_up_over_different_words_most_first() -> None:
    unknown = "smtp; 550 5.1.1 <{}@x.example>: Recipient address rejected: User unknown"
    found = causes(
        [
            ("smtp; 552 5.2.2 mailbox full", "5.2.2", "Transient/MailboxFull", 2),
            (unknown.format("ann"), "5.1.1", "Permanent/General", 2),
            (unknown.format("ben"), "5.1.1", "Permanent/General", 1),
            ("", "", "Permanent/OnAccountSuppressionList", 1),
        ]
    )
    assert [(each.cause, each.count) for each in found] == [
        ("userunknown", 3),
        ("mailboxfull", 2),
        ("suppressed", 1),
    ]
    assert found[0].words == "The mailbox does not exist"


TOOK = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 5)), max_size=40)


@given(TOOK)
def test_every_delivery_is_in_one_stretch_of_time_that_it_fits(took: list[tuple[int, int]]) -> None:
    found = times(took)
    assert [each.upto_seconds for each in found] == [*TIMES, None]
    passed = 0
    for each in found[:-1]:
        passed += each.count
        assert each.upto_seconds is not None
        assert passed == sum(n for tenths, n in took if tenths <= each.upto_seconds * 10)
    assert sum(each.count for each in found) == sum(n for _, n in took)


@given(TOOK)
def test_half_of_the_deliveries_took_no_longer_than_the_median(took: list[tuple[int, int]]) -> None:
    single = [tenths / 10 for tenths, count in took for _ in range(count)]
    assert median(took) == (median_low(single) if single else None)


def test_there_is_no_share_of_nothing() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25
