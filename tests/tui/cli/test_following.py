"""Programs that stay are not ended by a database that does not answer yet."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.tui.cli.office import COMMAND, Aws, Office

NOBODY = "postgresql:///outtray?host=/nonexistent"
FOLLOWING = [("outbox", "work", "--follow"), ("events", "pull", "--follow")]


@pytest.fixture
def connected(office: Office, aws: Aws) -> Office:
    office.environment |= aws.environment
    return office


def following(office: Office, words: tuple[str, ...], said: Path, **environment: str) -> int:
    """Start it, let it say something, tell it to stop; return its exit code."""
    with said.open("w") as errors:
        program = subprocess.Popen(
            [COMMAND, *words],
            env={**office.environment, **environment},
            cwd=office.folder,
            stderr=errors,
        )
    try:
        give_up = time.monotonic() + 30
        while not said.read_text() and program.poll() is None and time.monotonic() < give_up:
            time.sleep(0.05)
        program.send_signal(signal.SIGTERM)
        return program.wait(30)
    finally:
        program.kill()
        program.wait()


@pytest.mark.parametrize("words", FOLLOWING)
def test_whoever_follows_waits_for_a_server_that_does_not_answer_yet(
    connected: Office, words: tuple[str, ...], tmp_path: Path
) -> None:
    said = tmp_path / "said"
    assert following(connected, words, said, OUTTRAY_DATABASE_URL=NOBODY) == 0
    assert "did not answer" in said.read_text()
    assert "Trying again in 1 s." in said.read_text()
    assert "Traceback" not in said.read_text()


@pytest.mark.parametrize("words", FOLLOWING)
def test_whoever_follows_does_not_wait_for_a_database_that_is_not_ours(
    connected: Office, words: tuple[str, ...]
) -> None:
    url = f"sqlite:///{connected.write('other.db', 'no database at all' * 100)}"
    answer = connected.run(*words, OUTTRAY_DATABASE_URL=url)
    assert answer.code == 1
    assert "is not a database" in answer.err


def test_a_command_that_ends_says_what_is_wrong_and_ends(connected: Office) -> None:
    answer = connected.run("outbox", "work", OUTTRAY_DATABASE_URL=NOBODY)
    assert answer.code == 1
    assert "did not answer" in answer.err
