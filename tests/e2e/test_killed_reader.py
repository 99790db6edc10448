"""A reader of the feed that is killed loses nothing and stores nothing twice.

Five kills; two hundred with ``python -m bench.kill``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import kill
from core.simulator import Simulator

TIMES = 5


def test_a_killed_reader_leaves_the_database_as_an_undisturbed_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Simulator(visibility_seconds=5) as simulator:
        for name in simulator.environment:
            monkeypatch.setenv(name, "")  # what the proof sets is taken back afterwards
        for name in ("OUTTRAY_DATABASE_URL", "OUTTRAY_CONFIG", "OUTTRAY_OPERATOR"):
            monkeypatch.setenv(name, "")
        for name in ("AWS_EC2_METADATA_DISABLED", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            monkeypatch.setenv(name, "")
        office = kill.open_office(simulator, tmp_path, emails=18)
        counted, wrong = kill.prove(office, TIMES, seed=3)
    assert wrong == [], "tables that differ"
    assert counted["left in queues"] == 0
    assert counted["kills"] == TIMES
    assert counted["bodies"] > counted["facts"] > 18, "duplicates, and more than a fact an email"
