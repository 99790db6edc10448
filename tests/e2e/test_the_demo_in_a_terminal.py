"""``outtray demo`` in a real terminal: it opens, it works, and nothing of it stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.e2e.processes import children, is_running, listening_ports
from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, Office

_LIST = re.compile(r"[\d,]+ of [\d,]+ customers")


def soon(claim: Callable[[], bool], patience: float = 10) -> bool:
    give_up = time.monotonic() + patience
    while not claim() and time.monotonic() < give_up:
        time.sleep(0.05)
    return claim()


def answers(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def demo(office: Office) -> Terminal:
    office.ok("db", "upgrade")  # an office that has a database of its own, too
    return Terminal([COMMAND, "demo", "--fresh"], office.environment, cwd=office.folder)


def test_the_demo_opens_with_rows_and_leaves_nothing_behind(demo: Terminal, office: Office) -> None:
    with demo as terminal:
        terminal.wait(_LIST, timeout=60)
        terminal.wait("live", timeout=30)  # the stand-in serves
        (child,) = children(terminal.pid)
        (port,) = listening_ports(child)
        assert answers(port)
        terminal.press("escape", "a")
        terminal.wait(re.compile(r"(INV|EST)-\d+ .*(BOUNCED|DELIVERED|OPENED)"))
        terminal.press("q")
        terminal.wait(_LIST)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert not is_running(child)
    assert not answers(port)
    assert office.json("documents") == []  # what is real was not touched


def test_a_demo_that_is_killed_takes_its_stand_in_along(demo: Terminal) -> None:
    with demo as terminal:
        terminal.wait(_LIST, timeout=60)
        (child,) = children(terminal.pid)
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
        assert soon(lambda: not is_running(child))
