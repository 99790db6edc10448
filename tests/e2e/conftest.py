"""A whole office for the tests that drive the real program in a real terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.simulator import Delays, Simulator
from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, Aws, Office

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]  # they look into /proc for what was left running


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office without customers, database or AWS."""
    return Office(tmp_path)


@pytest.fixture
def slow_aws() -> Iterator[Aws]:
    """A stand-in that takes its time, so that one sees SENT before what became of it."""
    with Simulator(delays=Delays.paced(2.0)) as simulator:
        yield Aws(simulator)


@pytest.fixture
def working(office: Office, slow_aws: Aws) -> Office:
    """Customers and documents are imported, the stand-in for AWS is configured."""
    office.environment |= slow_aws.environment
    office.ok("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    return office
