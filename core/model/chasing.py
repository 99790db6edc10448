"""Chasing beside email: what was promised, who was spoken to, and when somebody should call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class HoldKind(StrEnum):
    """Why nobody is to chase for a while."""

    PROMISE = "promise"
    """Somebody of ours gave their word."""
    SNOOZE = "snooze"
    DISPUTE = "dispute"
    """The customer does not agree with what was billed."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One entry of who asked not to chase until when; the newest of its scope is in force."""

    kind: HoldKind
    until: date | None
    """The first day on which one may chase again; ``None``: lifted."""
    resumes_at: datetime | None
    """The beginning of that day where it was set."""
    note: str
    by: str
    at: datetime
    whole_customer: bool = False


class Outcome(StrEnum):
    """How a call ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    PROMISED = "promised"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Call:
    """One phone call, or any other contact beside email, about a document."""

    id: int
    at: datetime
    """When it took place."""
    by: str
    contact: str
    """Who was spoken to; may be empty."""
    outcome: Outcome
    note: str
    logged_at: datetime
    """When it was written down: known from then on."""


class CallReason(StrEnum):
    """Why an email will not do any more."""

    UNREACHED = "unreached"
    """Every attempt failed."""
    UNCONFIRMED = "unconfirmed"
    """Nobody knows whether the latest email left."""
    STUCK = "stuck"
    """It left, and no server has confirmed it."""
    SILENT = "silent"
    """Several emails, and no sign that a person saw one."""


@dataclass(frozen=True, slots=True)
class CallNeed:
    """What follows from the emails alone; see ``rules.chasing.call_reminders``."""

    reason: CallReason
    at: datetime
    """From this moment on a call is needed."""
    emails: int
    since: datetime
    """When the first of these emails was written."""
