"""How fast, and when again: rules about time, tried with whatever times there may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.rules.monitoring import send_rate
from core.rules.monitoring.send_rate import Bucket

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)

ceilings = st.floats(min_value=0.2, max_value=500)
gaps = st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=60)


def _after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(ceilings, gaps, st.data())
def test_no_stretch_of_time_sees_more_than_its_share_whatever_happens(
    ceiling: float, pauses: list[float], data: st.DataObject
) -> None:
    bucket, at, taken = send_rate.full(ceiling, NOW), 0.0, []
    for pause in pauses:
        at += pause
        if data.draw(st.booleans()):
            bucket = send_rate.slowed(bucket, _after(at))
        for _ in range(3):
            bucket, wait = send_rate.take(bucket, _after(at))
            if not wait:
                taken.append(at)
    for i, first in enumerate(taken):
        for j in range(i, len(taken)):
            most = max(1.0, ceiling / 2) + ceiling * (taken[j] - first) + 1e-3
            assert j - i + 1 <= most


@given(ceilings)
def test_whoever_waits_as_told_gets_one(ceiling: float) -> None:
    bucket, wait = send_rate.take(send_rate.full(ceiling, NOW), NOW)
    assert wait == 0
    bucket, wait = send_rate.take(bucket, NOW)
    assert wait > 0
    _, again = send_rate.take(bucket, _after(wait + 1e-5))
    assert again == 0


def test_throttling_halves_the_rate_once_a_rush_and_it_grows_back() -> None:
    bucket = send_rate.full(14, NOW)
    for _ in range(4):  # four threads hear the same
        bucket = send_rate.slowed(bucket, NOW)
    assert bucket.rate == 7
    bucket = send_rate.slowed(bucket, _after(2))
    assert 3.5 <= bucket.rate < 4
    assert send_rate.filled(bucket, _after(10)).rate < 14
    assert send_rate.filled(bucket, _after(90)).rate == 14


@given(ceilings, st.integers(0, 200))
def test_however_often_it_is_throttled_it_never_stops_altogether(ceiling: float, n: int) -> None:
    bucket = send_rate.full(ceiling, NOW)
    for i in range(n):
        bucket = send_rate.slowed(bucket, _after(2 * i))
    assert min(0.1, ceiling) <= bucket.rate <= ceiling


def test_two_programs_that_share_an_account_end_up_sharing_its_rate() -> None:
    """Each begins at the whole rate; whoever exceeds the account's is told to slow down."""
    account, programs = 10.0, [send_rate.full(10.0, NOW), send_rate.full(10.0, NOW)]
    used = [0, 0]
    for tick in range(6_000):  # ten minutes in tenths of a second
        now = _after(tick / 10)
        if tick % 10 == 0:
            this_second = 0
        for i in (0, 1):
            programs[i], wait = send_rate.take(programs[i], now)
            if wait:
                continue
            if this_second >= account:
                programs[i] = send_rate.slowed(programs[i], now)
            else:
                this_second += 1
                used[i] += 1
    assert sum(used) > 0.6 * account * 600
    assert 0.5 < used[0] / used[1] < 2


@given(st.floats(0, 86_400), ceilings)
def test_a_clock_that_is_set_back_neither_fills_nor_breaks_it(back: float, ceiling: float) -> None:
    bucket, _ = send_rate.take(send_rate.full(ceiling, NOW), NOW)
    earlier = send_rate.filled(bucket, NOW - timedelta(seconds=back))
    assert earlier.tokens == bucket.tokens
    assert earlier.at <= NOW


def test_what_a_person_waits_for_goes_at_once_and_the_others_make_room() -> None:
    bucket = send_rate.spend(send_rate.spend(send_rate.full(1, NOW), NOW), NOW)
    assert bucket.tokens == -1
    _, wait = send_rate.take(bucket, NOW)
    assert wait == 2


@given(ceilings, ceilings)
def test_a_new_ceiling_is_never_exceeded(old: float, new: float) -> None:
    bucket: Bucket = send_rate.with_ceiling(send_rate.full(old, NOW), new, NOW)
    assert bucket.rate == new
    slow = send_rate.with_ceiling(send_rate.slowed(send_rate.full(old, NOW), NOW), new, NOW)
    assert slow.rate <= max(old / 2, 0.1)
    assert slow.rate <= new


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_pauses_grow_to_ten_minutes_and_no_further(tries: int, spread: float) -> None:
    pause = send_rate.pause_before(tries, spread)
    whole = min(600.0, 2.0 ** (tries - 1) if tries < 30 else 600.0)
    assert whole / 2 <= pause <= whole <= 600


def test_a_quota_is_looked_at_when_the_oldest_email_is_a_day_old_or_within_the_hour() -> None:
    day = timedelta(hours=24)
    assert send_rate.opens_again(NOW - day + timedelta(minutes=20), NOW) == NOW + timedelta(
        minutes=20
    )
    assert send_rate.opens_again(NOW - timedelta(hours=1), NOW) == NOW + timedelta(hours=1)
    assert send_rate.opens_again(None, NOW) == NOW + timedelta(hours=1)
    assert send_rate.opens_again(NOW - 2 * day, NOW) == NOW + timedelta(minutes=1)
