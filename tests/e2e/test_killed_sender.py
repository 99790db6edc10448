"""A program that is killed while it sends loses nothing and mails nobody twice.

Thirty kills; five hundred with ``python -m bench.kill_send``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import kill_send
from tests.conftest import PostgresServer

TIMES = 30
EMAILS = 40


def _prove(url: str, folder: Path, workers: int) -> None:
    with kill_send.open_office(url, folder, seed=3) as office:
        kill_send.prove(office, TIMES, EMAILS, workers)
    assert office.wrong == []
    counted = office.counted
    assert counted["recipients mailed twice"] == 0
    assert counted["kills"] == TIMES
    assert counted["kills with work left"] > TIMES / 3
    known = (
        "sent exactly once",
        "failed with the reason",
        "killed before the call, settled by a person",
        "failed inside SES, settled by a person",
    )
    assert sum(counted[name] for name in known) == counted["emails"]
    assert counted["sent exactly once"] == counted["accepted by SES"]


def test_a_killed_program_on_sqlite(tmp_path: Path) -> None:
    _prove(f"sqlite:///{tmp_path / 'outtray.db'}", tmp_path, workers=1)


def test_two_killed_programs_at_once_on_postgresql(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    name = postgres.create()
    _prove(postgres.url(name), tmp_path, workers=2)
    postgres.drop(name)


@pytest.fixture(autouse=True)
def _is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the programs say about throttling and lost answers is of no interest here."""
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
