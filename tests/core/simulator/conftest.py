"""What a test does to the stand-in; the stand-in itself is everybody's."""

from __future__ import annotations

import pytest

from core.simulator import Simulator
from tests.core.simulator.office import Office


@pytest.fixture(scope="session")
def running_office(running_simulator: Simulator) -> Office:
    return Office(running_simulator)


@pytest.fixture
def office(simulator: Simulator, running_office: Office) -> Office:
    return running_office
