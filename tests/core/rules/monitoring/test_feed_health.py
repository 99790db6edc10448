"""The feed's verdict is a pure function of what is known, and always says what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.enums import DisplayStatus
from core.model.errors import (
    CredentialsError,
    DatabaseBusyError,
    NotPermittedError,
    OuttrayError,
    QueueGoneError,
    RefusedError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.model.feed import FeedCause, FeedState
from core.rules.monitoring.feed_health import FeedFacts, Heard, cause_of, is_stuck, judge, no_word

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
ANSWERED = FeedFacts(
    True, last_answer_at=NOW - timedelta(seconds=5), last_event_at=NOW - timedelta(minutes=3)
)
ERRORS = {
    CredentialsError: FeedCause.CREDENTIALS,
    NotPermittedError: FeedCause.PERMISSION,
    QueueGoneError: FeedCause.QUEUE,
    UnreachableError: FeedCause.NETWORK,
    UnansweredError: FeedCause.NETWORK,
    ThrottledError: FeedCause.THROTTLED,
    DatabaseBusyError: FeedCause.DATABASE,
    RefusedError: FeedCause.OTHER,
}


def ago(**by: float) -> datetime:
    return NOW - timedelta(**by)


def test_without_a_queue_the_feed_is_off_and_nothing_is_stale() -> None:
    status = judge(FeedFacts(False), NOW)
    assert (status.state, status.is_stale, status.stale_since) == (FeedState.OFF, False, None)


def test_a_feed_that_answers_is_live_also_when_nobody_wrote_anything() -> None:
    status = judge(replace(ANSWERED, last_event_at=ago(days=9), waiting=7, dead_letters=2), NOW)
    assert status.state is FeedState.LIVE
    assert (status.waiting, status.dead_letters, status.share_with_events) == (7, 2, None)
    assert status.problem == ""


@pytest.mark.parametrize(("error", "cause"), ERRORS.items())
def test_every_error_has_its_cause_and_a_next_step(
    error: type[OuttrayError], cause: FeedCause
) -> None:
    status = judge(replace(ANSWERED, error=error("It broke.")), NOW)
    assert (status.state, status.cause) == (FeedState.DOWN, cause)
    assert status.problem == "It broke."
    assert status.hint
    assert status.stale_since == ANSWERED.last_answer_at
    assert status.waiting is None


def test_a_hint_about_a_send_is_no_hint_for_the_feed() -> None:
    error = UnansweredError("No answer.", "wait for SES's report before repeating it")
    assert "repeating" not in judge(replace(ANSWERED, error=error), NOW).hint


def test_a_first_question_that_hangs_is_down_within_a_minute() -> None:
    waiting = FeedFacts(True, asked_at=ago(seconds=20))
    assert judge(waiting, NOW).state is FeedState.STARTING
    status = judge(waiting, NOW + timedelta(seconds=39))
    assert (status.state, status.cause) == (FeedState.DOWN, FeedCause.NETWORK)
    assert "not answered for 59 s" in status.problem


def test_a_long_poll_and_its_commit_are_no_silence() -> None:
    polling = replace(ANSWERED, asked_at=ago(seconds=25), last_answer_at=ago(seconds=25))
    assert judge(polling, NOW).state is FeedState.LIVE


def test_a_computer_that_slept_shows_stale_statuses_until_the_queue_answers() -> None:
    slept = replace(ANSWERED, last_answer_at=ago(hours=7), asked_at=ago(seconds=1))
    status = judge(slept, NOW)
    assert (status.state, status.is_stale, status.stale_since) == (
        FeedState.STALE,
        True,
        ago(hours=7),
    )
    assert "7 h ago" in status.problem


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (Heard(sent=1), "Of 1 email sent in the last 24 hours none has any event."),
        (Heard(sent=4, heard=3, since_last_event=1), "No event came since 1 email left."),
    ],
)
def test_emails_that_nothing_is_heard_of_make_a_living_feed_quiet(heard: Heard, words: str) -> None:
    status = judge(replace(ANSWERED, heard=heard), NOW)
    assert (status.state, status.problem) == (FeedState.QUIET, words)
    assert "outtray doctor" in status.hint
    assert not status.is_stale


def test_one_email_that_is_late_while_others_are_heard_of_is_no_alarm() -> None:
    status = judge(replace(ANSWERED, heard=Heard(sent=4, heard=3)), NOW)
    assert (status.state, status.share_with_events) == (FeedState.LIVE, 0.75)


@given(
    st.booleans(),
    st.none() | st.integers(0, 10**6),
    st.none() | st.integers(0, 10**6),
    st.none() | st.sampled_from([kind("x") for kind in ERRORS]),
)
def test_trouble_always_comes_with_words(
    configured: bool, asked: int | None, answered: int | None, error: OuttrayError | None
) -> None:
    def seconds(value: int | None) -> datetime | None:
        return None if value is None else ago(seconds=value)

    facts = FeedFacts(configured, seconds(asked), seconds(answered), error=error)
    status = judge(facts, NOW)
    silent = status.state in (FeedState.OFF, FeedState.STARTING, FeedState.LIVE)
    assert silent == (status.problem == "") == (status.hint == "")
    assert (status.cause is not None) == (status.state is FeedState.DOWN)


def test_a_permission_is_not_taken_for_wrong_credentials() -> None:
    assert cause_of(NotPermittedError("no")) is FeedCause.PERMISSION


def test_sent_is_stuck_after_a_day_and_only_sent() -> None:
    assert is_stuck(DisplayStatus.SENT, ago(hours=24, seconds=1), NOW)
    assert not is_stuck(DisplayStatus.SENT, ago(hours=24), NOW)
    assert not is_stuck(DisplayStatus.SENT, None, NOW)
    assert not is_stuck(DisplayStatus.DEFERRED, ago(days=3), NOW)
    assert no_word(ago(hours=26, minutes=59), NOW).startswith("No word for 26 h;")
