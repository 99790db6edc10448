"""The brake as a state machine: what may go, when it is pulled, and how it is let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules.sending import brake as rules
from core.rules.sending.brake import CLEAR, Brake, Pauses, Phase

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PAUSES = Pauses()
MINUTE = timedelta(minutes=1)


def failed(brake: Brake, delivery: int = 1, at: datetime = NOW, *, is_false: bool = False) -> Brake:
    return rules.unanswered(brake, delivery, "HTTP 500.", at, PAUSES, is_false=is_false)


def pulled() -> Brake:
    return failed(failed(failed(CLEAR)))


def tried(brake: Brake, at: datetime, delivery: int = 9) -> Brake:
    """Probed, answered, and one email under way."""
    probing = rules.probe(brake, at, PAUSES)
    assert probing is not None
    trial = rules.probe_answered(probing, probing.epoch)
    going = rules.admit(trial, delivery, others_call=False)
    assert going is not None
    return going


def test_the_third_in_a_row_pulls_it_and_an_answer_in_between_begins_anew() -> None:
    once = failed(CLEAR)
    twice = failed(once)
    assert [once.phase, twice.phase, failed(twice).phase] == [
        Phase.CAREFUL,
        Phase.CAREFUL,
        Phase.PULLED,
    ]
    again = rules.answered(twice, 5, twice.epoch)
    assert again.phase is Phase.CLEAR
    assert failed(failed(again)).phase is Phase.CAREFUL


def test_one_false_yes_pulls_it_at_once() -> None:
    brake = failed(CLEAR, is_false=True)
    assert (brake.phase, brake.retry_at) == (Phase.PULLED, NOW + MINUTE)


def test_after_the_first_one_calls_at_a_time() -> None:
    careful = failed(CLEAR)
    assert rules.admit(CLEAR, 2, others_call=True) == CLEAR
    assert rules.admit(careful, 2, others_call=True) is None
    assert rules.admit(careful, 2, others_call=False) == careful
    assert rules.admit(pulled(), 2, others_call=False) is None


def test_an_answer_to_a_call_that_began_before_the_failure_proves_nothing() -> None:
    careful = failed(CLEAR)
    assert rules.answered(careful, 5, CLEAR.epoch) == careful
    assert rules.answered(pulled(), 5, CLEAR.epoch) == pulled()


def test_it_asks_after_a_minute_then_less_and_less_often_up_to_ten_minutes() -> None:
    brake, at, gaps = pulled(), NOW, []
    for _ in range(7):
        assert brake.retry_at is not None
        assert rules.probe(brake, brake.retry_at - timedelta(seconds=1), PAUSES) is None
        gaps.append((brake.retry_at - at) / MINUTE)
        at = brake.retry_at
        probing = rules.probe(brake, at, PAUSES)
        assert probing is not None
        brake = probing
    assert gaps == [1, 2, 4, 8, 10, 10, 10]


def test_one_email_is_tried_and_the_others_wait_for_its_answer() -> None:
    going = tried(pulled(), NOW + MINUTE)
    assert going.phase is Phase.TRYING
    assert rules.admit(going, 10, others_call=False) is None
    assert rules.answered(going, 10, going.epoch) == going  # somebody else's answer
    assert rules.answered(going, 9, going.epoch).phase is Phase.CLEAR


def test_where_it_fails_an_hour_passes_and_a_person_need_not_wait() -> None:
    brake = failed(tried(pulled(), NOW + MINUTE), 9, NOW + 2 * MINUTE)
    assert brake.retry_at == NOW + timedelta(hours=1, minutes=2)
    assert rules.probe(brake, NOW + timedelta(minutes=59), PAUSES) is None
    assert rules.tried_at_once(brake).phase is Phase.TRIAL


def test_an_email_that_did_not_get_there_costs_no_hour() -> None:
    going = tried(pulled(), NOW + MINUTE)
    brake = rules.not_reached(going, 9, NOW + MINUTE, PAUSES)
    assert (brake.phase, brake.failures) == (Phase.PULLED, 3)
    assert brake.retry_at is not None
    assert brake.retry_at - NOW < timedelta(minutes=5)


def test_a_program_that_died_with_the_one_email_costs_an_hour_not_the_outbox() -> None:
    going = tried(pulled(), NOW + MINUTE)
    brake = rules.abandoned(going, NOW + 2 * MINUTE, PAUSES)
    assert (brake.phase, brake.retry_at) == (Phase.PULLED, NOW + timedelta(hours=1, minutes=2))


def test_what_had_begun_before_it_was_pulled_moves_no_hour() -> None:
    brake = pulled()
    late = failed(brake, 7, NOW + 30 * MINUTE)
    assert (late.phase, late.retry_at) == (Phase.PULLED, brake.retry_at)
    assert rules.probe_answered(late, brake.epoch) == late  # asked before that failure


@settings(max_examples=300)
@given(
    lanes=st.integers(1, 8),
    steps=st.lists(st.tuples(st.integers(0, 7), st.integers(1, 120)), max_size=400),
    is_false=st.booleans(),
)
def test_two_hours_of_an_outage_spend_five_emails_beside_those_already_under_way(
    lanes: int, steps: list[tuple[int, int]], is_false: bool
) -> None:
    """Lanes begin and end calls in any order, GetAccount always answers, SendEmail never does."""
    brake, at, number = CLEAR, NOW, lanes
    under_way = {lane: lane for lane in range(lanes)}  # when the first one fails
    first, spent = set(under_way.values()), 0
    for chosen, seconds in steps:
        at += timedelta(seconds=seconds)
        if at - NOW > timedelta(hours=2):
            break
        lane = chosen % lanes
        if lane in under_way:
            delivery = under_way.pop(lane)
            spent += delivery not in first
            brake = failed(brake, delivery, at, is_false=is_false)
            continue
        if not brake.epoch:
            continue  # nobody has failed yet
        probing = rules.probe(brake, at, PAUSES)
        if probing is not None:
            brake = rules.probe_answered(probing, probing.epoch)
        number += 1
        admitted = rules.admit(brake, number, others_call=bool(under_way))
        if admitted is not None:
            brake, under_way[lane] = admitted, number
    assert spent + len(set(under_way.values()) - first) <= 5


@pytest.mark.parametrize("phase", list(Phase))
def test_only_what_is_pulled_or_awaited_holds_everything_back(phase: Phase) -> None:
    assert Brake(phase=phase).holds is (phase in (Phase.PULLED, Phase.TRYING))
