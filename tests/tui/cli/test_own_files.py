"""Nothing but SQLite opens the database, whichever command runs and whatever file it is given.

A second opening that comes back anywhere takes SQLite's locks away when it is closed
(sqlite.org/howtocorrupt, 2.2): mail was sent twice and reports were lost by one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from core.db.engine import Database
from core.db.migrations import runner
from tests.core.db.sqlite.test_copies import old_database
from tests.tui.cli.office import CUSTOMERS, DOCUMENTS, ROOT, Aws, Office
from tui.cli.parser import parser

_WATCH: Final = Path(__file__).resolve().parents[2] / "file_watch"
_RUN: Final = """\
import json, sys
from tui.cli.main import run
codes = []
for line in json.load(open(sys.argv[1])):
    try:
        codes.append(run(line))
    except SystemExit as stopped:
        codes.append(stopped.code)
json.dump(codes, open(sys.argv[2], "w"))
"""

#: Every command, in an order in which each has something to do; with the exit code, where not 0.
COMMANDS: Final = (
    "db upgrade",
    "import c.csv d.csv",
    "customers",
    "documents --search INV",
    "send INV-1 INV-3 --yes --attach note.txt",
    "log INV-1",
    "explain 550-5.1.1",
    "follow-up INV-1 --yes",
    "resend INV-1 --yes",
    "events pull --once",
    "templates list",
    "templates check",
    "templates preview INV-1",
    "fix success@simulator.amazonses.com success+new@simulator.amazonses.com --yes",
    "outbox pause --note x",
    "send INV-4 --yes 1",
    "send INV-6 --to success+six@simulator.amazonses.com --yes 1",
    "outbox list",
    "outbox cancel INV-4",
    "outbox resume",
    "outbox work --once",
    "outbox settle INV-1 --sent --note x 1",
    "snooze INV-2 --until 7d",
    "call INV-2 --note x",
    "export evidence INV-1 --to proof.zip",
    "attention",
    "insights",
    "events load e.json",
    "events parse e.json",
    "events quarantine",
    "events quarantine retry",
    "events quarantine export bodies.jsonl",
    "events unlinked",
    "events dismiss nobody 1",
    "events link --again",
    "suppressions add x@customer.example --reason x",
    "suppressions list",
    "suppressions check x@customer.example 1",
    "suppressions export list.csv",
    "suppressions remove x@customer.example --reason x",
    "suppressions import list.csv --reason x",
    "trouble",
    "doctor",
    "aws setup",
    "keys",
    "db check",
    "db backup copy.db",
    "db restore copy.db --yes",
    "db backup again.db",
)
#: In a terminal of their own: see ``tests/e2e/test_neighbours.py``. The stand-in has no database,
#: and ``serve`` opens none itself: each visitor's process is the program of that test.
IN_A_TERMINAL: Final = {"demo", "serve", "setup", "simulator"}

#: Every place where a command takes a file, given the database or what lies beside it.
GIVEN_THE_DATABASE: Final = (
    "import {} 1",
    "import --dry-run {} 1",
    "events load {} 1",
    "events parse {} 1",
    "suppressions import {} 1",
    "suppressions export {} 1",
    "events quarantine export {} 1",
    "send INV-2 --yes --attach {} 1",
    "follow-up INV-2 --yes --attach {} 1",
    "export evidence INV-1 --to {} 1",
    "db backup {} 2",
    "db restore {} --yes 1",
)


class Watched:
    """An office in which every opening of the database by hand is written down."""

    def __init__(self, office: Office, databases: tuple[Path, ...] = ()) -> None:
        self.office = office
        self.log = office.folder / "touched.log"
        office.environment |= {
            "PYTHONPATH": os.pathsep.join((str(_WATCH), str(ROOT))),
            "OUTTRAY_TEST_LOG": str(self.log),
            "OUTTRAY_TEST_WATCHED": os.pathsep.join(map(str, (office.database, *databases))),
        }

    def run(self, lines: tuple[str, ...], **names: str) -> list[tuple[str, int, int]]:
        """Run command lines one after the other in one program; return expected and actual code."""
        split = [_split(line, names) for line in lines]
        todo, done = self.office.folder / "todo.json", self.office.folder / "done.json"
        todo.write_text(json.dumps([words for words, _ in split]))
        ended = subprocess.run(
            [sys.executable, "-c", _RUN, str(todo), str(done)],
            env=self.office.environment,
            cwd=self.office.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert ended.returncode == 0, ended.stderr
        codes = json.loads(done.read_text())
        return [(" ".join(w), e, c) for (w, e), c in zip(split, codes, strict=True)]

    @property
    def touched(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []


def _split(line: str, names: Mapping[str, str]) -> tuple[list[str], int]:
    words = line.split(" ")
    expected = int(words.pop()) if words[-1].isdigit() else 0
    return [names.get("file", "") if word == "{}" else word for word in words], expected


def _leaves(of: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[str]:
    below = [each for each in of._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield " ".join(path)
    for each in below:
        for name, child in each.choices.items():
            yield from _leaves(child, (*path, name))


@pytest.fixture
def watched(office: Office, aws: Aws) -> Watched:
    office.environment |= aws.environment
    office.write("c.csv", CUSTOMERS)
    office.write("d.csv", DOCUMENTS)
    office.write("note.txt", "a note")
    office.write("e.json", '{"eventType": "Unheard"}')
    return Watched(office)


def test_no_command_is_forgotten_here() -> None:
    named = set(_leaves(parser()))
    run = {each for each in named if any(f"{line} ".startswith(f"{each} ") for line in COMMANDS)}
    assert named - run == IN_A_TERMINAL


def test_no_command_opens_the_database_by_hand(watched: Watched) -> None:
    ended = watched.run(COMMANDS)
    wrong = [each for each in ended if each[1] != each[2]]
    assert not wrong, wrong
    made = [line for line in watched.touched if line.startswith("made\t")]
    assert len(made) == 1  # once, exclusively, before the first connection
    assert watched.touched == made


def test_the_upgrade_of_an_older_database_does_not_either(watched: Watched) -> None:
    watched.office.database.parent.mkdir(parents=True)
    old_database(watched.office.database).close()
    assert watched.run(("db upgrade", "documents")) == [("db upgrade", 0, 0), ("documents", 0, 0)]
    copy = Database(f"sqlite:///{watched.office.database}.before-{runner.HEAD}")
    assert runner.version(copy) == "0009"
    copy.close()
    assert watched.touched == []


@pytest.mark.parametrize("name", ["outtray.db", "outtray.db-wal", "hard.csv", "link.csv"])
def test_no_command_reads_or_replaces_the_database_that_it_is_given(
    watched: Watched, name: str
) -> None:
    office = watched.office
    assert {code for _, _, code in watched.run(COMMANDS[:6])} == {0}
    watched.log.unlink()
    folder = office.database.parent
    os.link(office.database, folder / "hard.csv")
    (folder / "link.csv").symlink_to(office.database)
    holder = Database(f"sqlite:///{office.database}")  # so that the log is there
    assert holder.reader.rows("SELECT count(*) FROM documents", {}) == [(8,)]
    ended = watched.run(GIVEN_THE_DATABASE, file=str(folder / name))
    alone = office.run("events", "parse", folder / name)
    holder.close()
    assert watched.touched == []
    assert alone.code == 1
    assert [each for each in ended if each[2] == 0] == []
    assert [each for each in ended if each[1] != each[2]] == []
    assert len(office.json("documents")) == 8


def test_the_watch_itself_sees_every_way(watched: Watched) -> None:
    """A watch that is blind proves nothing."""
    office = watched.office
    office.ok("db", "upgrade")
    watched.log.unlink()
    ways = (
        "open({!r}, 'rb').close()",
        "import os; os.close(os.open({!r}, os.O_RDONLY))",
        "import pathlib; pathlib.Path({!r}).read_bytes()",
        "import os; os.truncate({!r}, 10 ** 6)",
        "import os; os.rename({!r}, {!r} + 'x'); os.rename({!r} + 'x', {!r})",
        "import os; os.link({!r}, {!r} + 'y'); open({!r} + 'y').close()",
        "import shutil; shutil.copyfile({!r}, 'copy')",
        "import os; os.unlink({!r})",
    )
    for way in ways:
        before = len(watched.touched)
        subprocess.run(
            [sys.executable, "-c", way.replace("{!r}", repr(str(office.database)))],
            env=office.environment,
            cwd=office.folder,
            check=True,
        )
        assert len(watched.touched) > before, way
