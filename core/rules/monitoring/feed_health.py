"""Pure: how the feed fares, from what is known of it, in words with the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.enums import DisplayStatus
from core.model.errors import (
    BetweenError,
    CredentialsError,
    DatabaseError,
    FalseAnswerError,
    NotPermittedError,
    QueueGoneError,
    ThrottledError,
    UnansweredError,
    UnreachableError,
)
from core.model.feed import FeedCause, FeedState, FeedStatus

if TYPE_CHECKING:
    from core.model.errors import OuttrayError

#: A question to the queue is answered after 20 seconds at the latest, with messages or without.
SILENT_AFTER: Final = timedelta(seconds=45)
#: Without an answer for this long, what is on screen may be older than it looks.
STALE_AFTER: Final = timedelta(seconds=60)
#: Emails are counted among those that should have an event from this age on, up to that one.
GRACE: Final = timedelta(minutes=15)
WINDOW: Final = timedelta(hours=24)
#: After this long without any word the feed, or SES, is suspect.
STUCK_AFTER: Final = timedelta(hours=24)

_TRIES_AGAIN: Final = "Outtray tries again by itself; outtray doctor says which leg is broken."
_NEXT: Final[Mapping[FeedCause, str]] = MappingProxyType(
    {
        FeedCause.CREDENTIALS: "Check AWS_PROFILE or the keys; with SSO run aws sso login.",
        FeedCause.PERMISSION: "Allow sqs:ReceiveMessage and sqs:DeleteMessage on the queue.",
        FeedCause.QUEUE: "Check OUTTRAY_QUEUE_URL and AWS_REGION, or create the queue again.",
        FeedCause.NETWORK: f"Check the network. {_TRIES_AGAIN}",
        FeedCause.THROTTLED: _TRIES_AGAIN,
    }
)
_CAUSES: Final[tuple[tuple[type[OuttrayError], FeedCause], ...]] = (
    (NotPermittedError, FeedCause.PERMISSION),  # before the error it is a kind of
    (CredentialsError, FeedCause.CREDENTIALS),
    (QueueGoneError, FeedCause.QUEUE),
    (UnreachableError, FeedCause.NETWORK),
    (UnansweredError, FeedCause.NETWORK),
    (ThrottledError, FeedCause.THROTTLED),
    (DatabaseError, FeedCause.DATABASE),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the emails of the last 24 hours, without those of the last 15 minutes."""

    sent: int = 0
    """Sent from here, by any desk; emails of other programs are only known by their events."""
    heard: int = 0
    """Those with any event."""
    since_last_event: int = 0
    """Those without, sent after the newest event of all came."""

    @property
    def share(self) -> float | None:
        return self.heard / self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What a program knows of its own feed."""

    is_configured: bool
    asked_at: datetime | None = None
    """When the question that is on its way was asked; ``None``: none is."""
    last_answer_at: datetime | None = None
    last_event_at: datetime | None = None
    waiting: int | None = None
    dead_letters: int | None = None
    heard: Heard = Heard()
    error: OuttrayError | None = None
    """What the last question ended with, where it was no answer."""


def judge(facts: FeedFacts, now: datetime) -> FeedStatus:
    """Return the verdict: off, starting, live, quiet, stale, or down with its cause."""
    state, cause, problem, hint = _verdict(facts, now)
    is_stale = state in (FeedState.STALE, FeedState.DOWN)
    return FeedStatus(
        state=state,
        last_answer_at=facts.last_answer_at,
        last_event_at=facts.last_event_at,
        waiting=None if is_stale else facts.waiting,
        problem=problem,
        hint=hint,
        cause=cause,
        dead_letters=facts.dead_letters,
        share_with_events=facts.heard.share,
        stale_since=(facts.last_answer_at or facts.last_event_at) if is_stale else None,
    )


def cause_of(error: OuttrayError) -> FeedCause:
    """Return the leg that ``error`` is about."""
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), FeedCause.OTHER)


def next_step(error: OuttrayError) -> str:
    """Return what to do about a feed that ended with ``error``.

    The error's own hint may speak of a send: that nothing was sent does not matter here.
    """
    cause = cause_of(error)
    if cause is FeedCause.CREDENTIALS and error.hint:
        return error.hint  # missing, expired, unknown: each has a next step of its own
    if isinstance(error, BetweenError | FalseAnswerError) and error.hint:
        return f"{error.hint} {_TRIES_AGAIN}"  # the network is there, and AWS is not behind it
    return _NEXT.get(cause) or error.hint or _TRIES_AGAIN


def _verdict(facts: FeedFacts, now: datetime) -> tuple[FeedState, FeedCause | None, str, str]:
    if not facts.is_configured:
        return FeedState.OFF, None, "", ""
    if facts.error is not None:
        cause = cause_of(facts.error)
        return FeedState.DOWN, cause, facts.error.title, next_step(facts.error)
    if facts.asked_at is not None and now - facts.asked_at >= SILENT_AFTER:
        seconds = int((now - facts.asked_at).total_seconds())
        problem = f"The queue has not answered for {_duration(seconds)}."
        return FeedState.DOWN, FeedCause.NETWORK, problem, _NEXT[FeedCause.NETWORK]
    if facts.last_answer_at is None:
        return FeedState.STARTING, None, "", ""
    unasked = now - facts.last_answer_at
    if unasked > STALE_AFTER:
        problem = f"The queue was last heard {_duration(int(unasked.total_seconds()))} ago."
        return FeedState.STALE, None, problem, "It is being asked again; wait a moment."
    problem = silence(facts.heard)
    if problem:
        return FeedState.QUIET, None, problem, QUIET_HINT
    return FeedState.LIVE, None, "", ""


QUIET_HINT: Final = (
    "Look whether the configuration set still sends its events to the queue: outtray doctor."
)


def silence(heard: Heard) -> str:
    """Say that emails were sent and nothing was heard of them; empty where all is well."""
    if heard.sent and not heard.heard:
        which = _emails(heard.sent)
        return f"Of {which} sent in the last 24 hours none has any event."
    if heard.since_last_event:
        return f"No event came since {_emails(heard.since_last_event)} left."
    return ""


def _emails(count: int) -> str:
    return "1 email" if count == 1 else f"{count} emails"


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


# --------------------------------------------------------------------------- SENT ?


def is_stuck(word: DisplayStatus, sent_at: datetime | None, now: datetime) -> bool:
    """SENT, and no word since for a day.

    A Send event alone is no word: SES reports it when it takes the email, before it tries to
    deliver it, so it says nothing that our own SENT does not. What counts is that the status never
    went beyond SENT; that is also what an index can answer.
    """
    return word is DisplayStatus.SENT and sent_at is not None and now - sent_at > STUCK_AFTER


def no_word(sent_at: datetime, now: datetime) -> str:
    """``No word for 26 h; it may be stuck, or the feed is broken.``"""
    hours = int((now - sent_at).total_seconds() // 3600)
    return f"No word for {hours} h; it may be stuck, or the feed is broken."
