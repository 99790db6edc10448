"""After a crash the database is checked while one reads; what one sends waits, and then goes."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from core.db.sqlite.open_marks import Check, OpenMarks
from core.simulator import Delays, Simulator
from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, CUSTOMERS, DOCUMENTS, Aws, Office

_CHECKED = "A program ended without closing the database. It was checked and is not damaged"
_SIZES = [(132, 36), (80, 24)]


@pytest.fixture
def aws() -> Iterator[Aws]:
    with Simulator(delays=Delays.paced(0.2)) as simulator:
        yield Aws(simulator)


@pytest.fixture
def connected(office: Office, aws: Aws) -> Office:
    office.environment |= aws.environment
    office.ok("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    return office


def marks(office: Office) -> list[str]:
    return [each.name for each in office.database.parent.iterdir() if "-open-" in each.name]


def crashed(office: Office) -> None:
    """Leave the database as a worker does that is killed."""
    follower = subprocess.Popen(
        [COMMAND, "events", "pull", "--follow"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=office.environment,
    )
    wait_for(lambda: marks(office))
    follower.kill()
    follower.wait()
    assert len(marks(office)) == 1


def wait_for(claim: Callable[[], object], seconds: float = 30) -> None:
    give_up = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.02)


def somebody_looks(office: Office) -> Check:
    """Be the other program that looks at the database: whoever comes waits for it."""
    check = OpenMarks(office.database).take_check()
    assert check is not None
    return check


def ui(office: Office, size: tuple[int, int] = (132, 36)) -> Terminal:
    return Terminal([COMMAND], office.environment, cwd=office.folder, size=size)


# --------------------------------------------------------------------------- waiting


@pytest.mark.parametrize("size", _SIZES)
def test_one_reads_on_while_a_send_waits_and_then_it_is_sent(
    connected: Office, aws: Aws, size: tuple[int, int]
) -> None:
    crashed(connected)
    check = somebody_looks(connected)
    with ui(connected, size) as terminal:
        terminal.wait("Nordwind GmbH")
        terminal.wait(re.compile(r"Checking the database after a crash … \d+ s"))
        terminal.wait("your changes wait")
        terminal.press("nordwind")
        terminal.wait(lambda text: "Nordwind GmbH" in text and "Hollow" not in text)
        terminal.press("enter")
        terminal.wait("EST-1")
        terminal.press("f")
        terminal.wait("Follow up on")
        terminal.wait(lambda text: "checking the address" not in text)
        terminal.press("ctrl+s")
        terminal.wait("checking the database")
        terminal.settle(1.5)
        assert "checking the database" in terminal.text
        assert aws.sent_to() == []
        check.end()
        terminal.wait(lambda text: "Follow up on" not in text)
        terminal.wait(re.compile(r"\b(SENT|DELIVERED)\b"))
        terminal.wait(lambda text: "Checking the database" not in text)
    assert aws.sent_to() == ["success@simulator.amazonses.com"]


def test_changes_that_wait_do_not_keep_one_from_reading(connected: Office) -> None:
    crashed(connected)
    check = somebody_looks(connected)
    with ui(connected) as terminal:
        terminal.wait("your changes wait")
        terminal.press("nordwind")
        terminal.wait(lambda text: "Nordwind GmbH" in text and "Hollow" not in text)
        terminal.press("enter")
        terminal.wait("EST-1")
        for _ in range(5):  # each remembers the columns, which is a change: more than threads
            terminal.press("l")
            terminal.settle(0.4)
            terminal.press("enter")
            terminal.settle(0.2)
        terminal.press("a")
        terminal.wait("INV-5")
        check.end()
        terminal.wait(lambda text: "Checking the database" not in text)


def test_one_may_leave_during_the_check_which_the_next_does(connected: Office) -> None:
    crashed(connected)
    check = somebody_looks(connected)
    with ui(connected) as terminal:
        terminal.wait("your changes wait")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    check.end()
    answer = connected.ok("suppressions", "add", "x@example.org", "--reason", "asked for it")
    assert _CHECKED in answer.err
    assert marks(connected) == []


def test_a_command_says_so_on_standard_error_and_json_stays_whole(connected: Office) -> None:
    crashed(connected)
    add = ("suppressions", "add", "x@example.org", "--reason", "asked for it", "--json")
    answer = connected.ok(*add)
    assert answer.json["done"] is True
    assert _CHECKED in answer.err
    again = connected.ok("suppressions", "remove", "x@example.org", "--reason", "no more")
    assert _CHECKED not in again.err


def damage(office: Office) -> None:
    """Take an entry out of an index, in the header of its page."""
    connection = sqlite3.connect(office.database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_customers_name_key'"
    ).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with office.database.open("r+b") as file:
        file.seek((root - 1) * size + 3)
        count = int.from_bytes(file.read(2), "big")
        file.seek((root - 1) * size + 3)
        file.write((count - 1).to_bytes(2, "big"))


def test_a_damaged_database_is_read_but_nothing_is_sent(connected: Office, aws: Aws) -> None:
    crashed(connected)
    damage(connected)
    with ui(connected, (80, 24)) as terminal:
        terminal.wait("Nordwind GmbH")
        terminal.wait("Database damaged, no changes.")
    answer = connected.run("send", "INV-1", "--yes")
    assert answer.code == 1
    assert "The database is damaged" in answer.err
    assert "outtray db restore FILE" in answer.err
    assert aws.sent_to() == []
    assert "INV-1" in connected.ok("documents").out
    doctor = connected.run("doctor")
    assert "missing from index ix_customers_name_key" in doctor.out
    kept = connected.run("db", "backup", connected.folder / "kept.db")
    assert kept.code == 1
    assert (connected.folder / "kept.db.damaged").exists()


# --------------------------------------------------------------------------- clean ends


def _hang_up(terminal: Terminal) -> None:
    os.close(terminal._fd)
    terminal._fd = os.open(os.devnull, os.O_RDWR)


_ENDS: dict[str, Callable[[Terminal], object]] = {
    "Ctrl+Q": lambda terminal: terminal.press("ctrl+q"),
    "SIGTERM": lambda terminal: os.kill(terminal.pid, signal.SIGTERM),
    "SIGINT": lambda terminal: os.kill(terminal.pid, signal.SIGINT),
    "SIGHUP": lambda terminal: os.kill(terminal.pid, signal.SIGHUP),
    "closed terminal": _hang_up,
}


@pytest.mark.parametrize("how", _ENDS)
def test_the_screen_ends_cleanly(connected: Office, how: str) -> None:
    with ui(connected) as terminal:
        terminal.wait("Nordwind GmbH")
        wait_for(lambda: (terminal.settle(0.05), marks(connected))[1])  # the queue is asked
        _ENDS[how](terminal)
        give_up = time.monotonic() + 20
        while terminal.exit_code is None and time.monotonic() < give_up:
            terminal._read(0.05)
            terminal._reap(blocking=False)
        assert terminal.exit_code is not None
    assert marks(connected) == []


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", [("events", "pull", "--follow"), ("import", "-")])
def test_a_command_ends_cleanly(
    connected: Office, command: tuple[str, ...], signal_number: signal.Signals
) -> None:
    program = subprocess.Popen(
        [COMMAND, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=connected.environment,
    )
    if command[0] == "events":
        wait_for(lambda: marks(connected))
    else:
        time.sleep(1.0)
    program.send_signal(signal_number)
    _, errors = program.communicate(timeout=20)
    assert "Traceback" not in errors
    assert marks(connected) == []
