"""Programs beside one another on one SQLite file: whoever ends takes nothing from the others."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.simulator import Simulator
from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, DOCUMENTS, Aws, Office
from tests.tui.cli.test_own_files import Watched

_RECIPIENTS = 40
_RATE = 40.0
_LIST = re.compile(r"[\d,]+ of [\d,]+ customers")


@pytest.fixture
def crowd(office: Office) -> Iterator[Office]:
    """Forty invoices wait in the outbox of an office that never learns of anything but the feed."""
    with Simulator() as simulator:
        office.environment |= simulator.environment
        simulator.set_account(max_send_rate=_RATE)
        _fill(office)
        yield office


def _fill(office: Office) -> None:
    numbers = range(_RECIPIENTS)
    names = "".join(f"{n},C{n},success+{n}@simulator.amazonses.com\n" for n in numbers)
    books = "".join(
        f"INV-{n},invoice,{n},OPEN,EUR,1.00,1.00,2026-01-05,2026-02-04\n" for n in numbers
    )
    office.write("c.csv", f"id,name,email\n{names}")
    office.write("d.csv", DOCUMENTS.partition("\n")[0] + f"\n{books}")
    office.ok("import", "c.csv", "d.csv")
    office.ok("outbox", "pause", "--note", "until all of it is there")
    office.run("send", *(f"INV-{n}" for n in numbers), "--yes")
    waiting = {each["number"] for each in office.json("documents", "--limit", "0")}
    assert len(waiting) == _RECIPIENTS
    assert set(office.words().values()) == {"QUEUED"}
    office.ok("outbox", "resume")


def sent(office: Office) -> list[Any]:
    """The stand-in's own record."""
    url = f"{office.environment['AWS_ENDPOINT_URL_SESV2']}/_outtray/sent"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - ours, on loopback
        return list(json.load(answer))


def sent_to(office: Office) -> Counter[str]:
    return Counter(address for each in sent(office) for address in each["recipients"])


@contextmanager
def program(office: Office, *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [COMMAND, *words],
        env=office.environment,
        cwd=office.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
            started.send_signal(signal.SIGTERM)
            started.communicate(timeout=30)
        finally:
            started.kill()  # where it has not ended by itself


def until(claim: Any, patience: float = 60) -> None:
    give_up = time.monotonic() + patience
    while not claim():
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.02)


def sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        checks = [connection.execute(f"PRAGMA {each}").fetchall() for each in _CHECKS]
    return checks == [[("ok",)], []]


_CHECKS = ("integrity_check", "foreign_key_check")


@pytest.mark.parametrize(
    "beside",
    [
        ("documents", "--json"),
        ("db", "backup", "copy.db"),
        ("send", "INV-1", "--yes", "--attach", "{database}"),
    ],
    ids=" ".join,
)
def test_who_ends_beside_a_worker_takes_nothing_from_it(
    crowd: Office, beside: tuple[str, ...]
) -> None:
    """A worker sends, another program opens the database and ends, a second worker begins."""
    database = crowd.database
    words = [each.format(database=database) for each in beside]
    with program(crowd, "outbox", "work", "--follow"), program(crowd, "events", "pull", "--follow"):
        until(lambda: 3 <= len(sent(crowd)) < _RECIPIENTS)
        crowd.run(*words)
        with program(crowd, "outbox", "work", "--follow"):
            until(lambda: len(sent_to(crowd)) == _RECIPIENTS)
            until(lambda: set(crowd.words().values()) == {"DELIVERED"})
    assert set(sent_to(crowd).values()) == {1}
    assert sound(database)
    assert crowd.json("db", "check")["differences"] == []
    with closing(sqlite3.connect(database)) as connection:
        (reports,) = connection.execute(
            "SELECT count(DISTINCT delivery_id) FROM events WHERE type = 'Delivery'"
        ).fetchone()
    assert reports == _RECIPIENTS
    assert not list(database.parent.glob("*.part"))


def test_backup_and_restore_while_the_program_is_open(office: Office, slow_aws: Aws) -> None:
    """A copy is made beside it; nothing is put back under it, and words say what to do."""
    office.environment |= slow_aws.environment
    watched = Watched(office)
    office.write("c.csv", "id,name,email\n1,Nordwind GmbH,ada@example.org\n")
    office.ok("import", "c.csv")
    office.write("more.csv", "id,name,email\n2,Late Comer Ltd,bea@example.org\n")
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind GmbH")
        office.ok("db", "backup", "copy.db")
        office.ok("import", "more.csv")
        terminal.wait("Late Comer")
        refused = office.run("db", "restore", "copy.db", "--yes")
        assert refused.code == 1
        assert "Another program has the database open" in refused.err
        assert "Close every other Outtray" in refused.err
        terminal.press("enter")  # it goes on as if nothing had been
        terminal.settle(0.5)
        assert len(office.json("customers")) == 2
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    with Terminal(
        [COMMAND, "db", "restore", "copy.db"], office.environment, cwd=office.folder
    ) as asked:
        asked.wait("Type yes:")
        asked.press("no", "enter")
        assert asked.wait_exit() == 3
    assert len(office.json("customers")) == 2
    with Terminal(
        [COMMAND, "db", "restore", "copy.db"], office.environment, cwd=office.folder
    ) as asked:
        asked.wait("Type yes:")
        asked.press("yes", "enter")
        assert asked.wait_exit() == 0
    assert [each["name"] for each in office.json("customers")] == ["Nordwind GmbH"]
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind GmbH")
        assert "Late Comer" not in terminal.text
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert sound(office.database)
    assert [line.split("\t")[0] for line in watched.touched] == ["made"]


def test_the_program_the_setup_and_the_demo_open_no_database_by_hand(office: Office) -> None:
    demo = office.database.with_name("demo.db")
    watched = Watched(office, (demo,))
    with Terminal([COMMAND, "setup"], office.environment, cwd=office.folder) as terminal:
        terminal.wait(re.compile("demo", re.IGNORECASE))
        terminal.press("ctrl+q")
        terminal.wait_exit()
    office.ok("db", "upgrade")
    for fresh in ((), ("--fresh",)):
        with Terminal([COMMAND, "demo", *fresh], office.environment, cwd=office.folder) as terminal:
            terminal.wait(_LIST, timeout=60)
            for keys in ("d", "a", "o", "s"):
                terminal.press(keys)
                terminal.settle(0.4)
                terminal.press("escape")
            terminal.press("ctrl+q")
            assert terminal.wait_exit() == 0
    made = [line.split("\t")[1] for line in watched.touched if line.startswith("made\t")]
    assert made == [str(office.database), str(demo)]
    assert len(watched.touched) == 2, watched.touched
    assert sound(demo)
