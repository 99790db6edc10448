"""Offices for the tests of the command line, from an empty one to one with AWS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.simulator import Simulator
from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, Aws, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office without customers, database or AWS."""
    return Office(tmp_path)


@pytest.fixture(scope="session")
def stocked_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Office(tmp_path_factory.mktemp("stocked-office"))
    made.ok("import", made.write("c.csv", CUSTOMERS), made.write("d.csv", DOCUMENTS))
    return made.database


@pytest.fixture
def stocked(office: Office, stocked_database: Path) -> Office:
    """An office with six customers and eight documents; nothing was sent."""
    office.database.parent.mkdir(parents=True)
    shutil.copy(stocked_database, office.database)
    return office


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def aws(_simulator: Simulator) -> Aws:
    """A stand-in as good as new."""
    _simulator.reset()
    return Aws(_simulator)


@pytest.fixture
def connected(stocked: Office, aws: Aws) -> Office:
    """The stocked office, with the stand-in for AWS configured."""
    stocked.environment |= aws.environment
    return stocked
