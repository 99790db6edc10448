"""Makes what the way from SES to the queue needs, or says what that would be."""

from __future__ import annotations

from typing import Protocol

from core.model.errors import OuttrayError
from core.rules.doctor.aws_plan import Found, Names, SetUp, SetUpStep, plan
from core.rules.doctor.checks import Check, Result
from core.rules.doctor.report_path import judge_way
from core.rules.doctor.report_path_facts import WayFacts


class Builder(Protocol):
    """Every method may raise ``ServiceError``."""

    def look(self, names: Names) -> Found: ...
    def make(self, step: SetUpStep) -> None: ...
    def queue_url(self, name: str) -> str: ...
    def way(self, name: str, queue_url: str) -> WayFacts: ...


def survey(names: Names, aws: Builder) -> SetUp:
    """Look, and change nothing."""
    found = aws.look(names)
    steps = plan(names, found)
    left = _by_hand(names, found.queue_url, steps, aws)
    return SetUp((), steps, names.configuration_set, found.queue_url, by_hand=left)


def _by_hand(
    names: Names, queue_url: str, steps: tuple[SetUpStep, ...], aws: Builder
) -> tuple[Check, ...]:
    """Judge as the doctor does, and leave out what the steps will mend."""
    mended = {leg for step in steps for leg in step.legs}
    return tuple(
        check
        for check in judge_way(aws.way(names.configuration_set, queue_url))
        if check.result in (Result.FAIL, Result.WARN) and check.leg not in mended
    )


def apply(names: Names, aws: Builder) -> SetUp:
    """Make what is missing, step by step; a second time there is nothing left to do.

    One looks again after the first step: only what is there tells the account's number, which all
    the others need.
    """
    done: list[SetUpStep] = []
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
    url = aws.queue_url(names.events)
    left = _by_hand(names, url, (), aws)
    return SetUp(tuple(done), (), names.configuration_set, url, by_hand=left)
