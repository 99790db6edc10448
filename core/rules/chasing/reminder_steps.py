"""Which of the office's follow-up texts fits: by the document's age and by what was sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.history import EmailEntry

_NAME: Final = re.compile(
    r"(?P<kind>invoice|estimate)\."
    r"(?:original|follow_up\.(?P<step>[1-9])\.(?P<name>[a-z][a-z0-9-]{0,23}))\."
    r"(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)\.md"
)
EXPECTED_NAME: Final = (
    "expected invoice.follow_up.1.friendly.en.md: invoice or estimate, original or "
    "follow_up.STEP.NAME, the language, md"
)


@dataclass(frozen=True, slots=True)
class TemplateName:
    """What the name of a template's file says."""

    kind: DocumentKind
    email: EmailKind
    """ORIGINAL or FOLLOW_UP."""
    step: int
    """0 of an original."""
    name: str
    language: str
    """``de`` or ``de-AT``."""


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """From when on a follow-up is the right one."""

    number: int
    name: str
    after_days: int = 0
    """Days overdue; days since the first email where the document has no due date."""
    after_follow_ups: int = 0
    """Follow-ups that were sent before."""


def name_of(file: str) -> TemplateName | None:
    """Return what the name of a template's file says; ``None`` where it says nothing."""
    found = _NAME.fullmatch(file)
    if found is None:
        return None
    step = int(found["step"] or 0)
    return TemplateName(
        DocumentKind(found["kind"]),
        EmailKind.FOLLOW_UP if step else EmailKind.ORIGINAL,
        step,
        found["name"] or "original",
        found["language"],
    )


def languages(wanted: str) -> tuple[str, ...]:
    """Return the languages to look for, best first: ``de-AT``, ``de``, then ``en``."""
    return tuple(dict.fromkeys((wanted, wanted.partition("-")[0], "en")))


def choose(steps: Sequence[ReminderStep], age: int, follow_ups: int) -> int:
    """Return the position of the last step that age and number of follow-ups allow, else 0."""
    fitting = [
        position
        for position, step in enumerate(steps)
        if age >= step.after_days and follow_ups >= step.after_follow_ups
    ]
    return fitting[-1] if fitting else 0


def age(due_on: date | None, emails: Iterable[EmailEntry], today: date) -> int:
    """Return how long money or an answer is waited for, in days; never negative."""
    if due_on is not None:
        return max(0, (today - due_on).days)
    first = min((email.created_at.date() for email in _sent(emails)), default=today)
    return max(0, (today - first).days)


def follow_ups(emails: Iterable[EmailEntry]) -> int:
    """Return how many follow-ups went out; what SES refused did not."""
    return sum(email.kind is EmailKind.FOLLOW_UP for email in _sent(emails))


def _sent(emails: Iterable[EmailEntry]) -> list[EmailEntry]:
    return [email for email in emails if email.summary.word is not DisplayStatus.FAILED]
