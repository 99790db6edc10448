"""Makes what the way from SES to the queue needs, or says what that would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.blueprint import Found, Names, Step, plan
from core.errors import OuttrayError


class Builder(Protocol):
    """Every method may raise ``ServiceError``."""

    def look(self, names: Names) -> Found: ...
    def make(self, step: Step) -> None: ...
    def queue_url(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was done, and what is still to be done."""

    done: tuple[Step, ...]
    missing: tuple[Step, ...]
    configuration_set: str
    queue_url: str
    """Empty while there is no queue."""
    problem: OuttrayError | None = None
    """What stopped it."""


def survey(names: Names, aws: Builder) -> SetUp:
    """Look, and change nothing."""
    found = aws.look(names)
    return SetUp((), plan(names, found), names.configuration_set, found.queue_url)


def apply(names: Names, aws: Builder) -> SetUp:
    """Make what is missing, step by step; a second time there is nothing left to do.

    One looks again after the first step: only what is there tells the account's number, which all
    the others need.
    """
    done: list[Step] = []
    found = aws.look(names)
    steps = plan(names, found)
    try:
        if steps and not found.account:
            aws.make(steps[0])
            done.append(steps[0])
            steps = plan(names, aws.look(names))
        while steps:
            aws.make(steps[0])
            done.append(steps[0])
            steps = steps[1:]
    except OuttrayError as error:
        return SetUp(tuple(done), steps, names.configuration_set, "", error)
    return SetUp(tuple(done), (), names.configuration_set, aws.queue_url(names.events))
