"""One stand-in for the whole run, as new before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.simulator import Simulator
from tests.core.simulator.office import Office


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="session")
def running_office(running_simulator: Simulator) -> Office:
    return Office(running_simulator)


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """The stand-in, as it was at its start."""
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def office(simulator: Simulator, running_office: Office) -> Office:
    return running_office
