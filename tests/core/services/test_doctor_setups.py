"""Offices with one leg broken, and healthy ones, before the doctor; all of them: bench.doctor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.doctor.__main__ import look, said
from bench.doctor.ground import Ground, ground
from bench.doctor.setups import BROKEN, HEALTHY, Setup
from core.rules.doctor.checks import Result, worst

#: The first of each leg; more would take longer than a suite may.
OF_EACH_LEG = list({setup.leg: setup for setup in reversed(BROKEN)}.values())
CALM = [
    each
    for each in HEALTHY
    if each.what.startswith(("nothing", "queue with a key", "filter policy that names"))
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(Path(tmp_path_factory.mktemp("doctor"))) as made:
        yield made


def test_there_are_enough_set_ups_and_every_leg_of_aws_has_one() -> None:
    assert len(BROKEN) >= 25
    assert {setup.leg for setup in BROKEN} >= {
        "credentials", "sending", "identity", "configuration_set", "event_destinations",
        "topic_policy", "topic_encryption", "subscription", "queue_policy", "queue", "visibility",
        "encryption", "dead_letters", "database",
    }  # fmt: skip


@pytest.mark.parametrize("setup", OF_EACH_LEG, ids=lambda setup: setup.what)
def test_what_is_broken_is_found(office: Ground, setup: Setup) -> None:
    checks, _ = look(office, setup)
    assert said(checks, setup), [each for each in checks if each.result is not Result.OK]
    assert not any("Correct the message" in check.next for check in checks)


@pytest.mark.parametrize("setup", CALM, ids=lambda setup: setup.what)
def test_what_is_healthy_is_left_alone_and_reports_arrive(office: Ground, setup: Setup) -> None:
    checks, arrives = look(office, setup)
    assert worst(checks) is Result.OK, [each for each in checks if each.result is not Result.OK]
    assert all(check.is_known for check in checks)
    assert arrives
