"""A late email is seen before any bounce, by what its own domain takes as a rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.documents import Late
from core.rules.monitoring.delivery_latency import (
    SAMPLES,
    late_after,
    late_words,
    lateness,
    pace_of,
)

SECONDS = st.lists(
    st.floats(0, 1e6).map(lambda seconds: timedelta(seconds=seconds)),
    min_size=5,
    max_size=SAMPLES,
)


def seconds(*values: float) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


def test_a_domain_that_confirms_in_seconds_is_late_after_ten_minutes() -> None:
    pace = pace_of(seconds(7, 8, 9, 10, 30))
    assert pace is not None
    assert lateness("acme.example", pace, timedelta(minutes=10)) is None
    late = lateness("acme.example", pace, timedelta(hours=3))
    assert late == Late("acme.example", 9, 10_800)
    assert late_words(late) == "acme.example confirms in 9 s as a rule; this one waits 3 h."


def test_a_domain_that_always_greylists_is_not_late_every_time() -> None:
    pace = pace_of(seconds(*[900] * 10))
    assert lateness("slow.example", pace, timedelta(hours=2)) is None
    assert lateness("slow.example", pace, timedelta(hours=3)) is not None


def test_one_slow_delivery_of_many_does_not_excuse_the_next() -> None:
    pace = pace_of(seconds(*[9] * 49, 40_000))
    assert pace is not None
    assert late_after(pace) == timedelta(minutes=10)


@pytest.mark.parametrize("known", range(5))
def test_too_little_is_known_to_call_anything_late(known: int) -> None:
    pace = pace_of(seconds(*[9] * known))
    assert lateness("new.example", pace, timedelta(days=3)) is None


@given(SECONDS, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter_and_slow_is_never_below_usual(
    samples: list[timedelta], random: object
) -> None:
    shuffled = list(samples)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pace = pace_of(samples)
    assert pace == pace_of(shuffled)
    assert pace is not None
    assert min(samples) <= pace.usual <= pace.slow <= max(samples)


@pytest.mark.parametrize(
    ("waited", "words"),
    [(0.2, "1 s"), (59, "59 s"), (61, "1 min"), (3_700, "1 h"), (100_000, "27 h"), (2e5, "2 d")],
)
def test_times_are_spoken(waited: float, words: str) -> None:
    assert late_words(Late("a.example", 9, waited)).endswith(f"this one waits {words}.")
