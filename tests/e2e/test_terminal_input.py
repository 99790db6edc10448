"""Bytes, pastes and signals in a real terminal: nothing is a command that was no key."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.terminal import Terminal
from tests.tui.cli.office import COMMAND, CUSTOMERS, DOCUMENTS, Office

START, END = b"\x1b[200~", b"\x1b[201~"
STRAY = b"".join(bytes((first, second)) for first in range(0x80, 0x100) for second in (first, 0x41))
HOSTILE = b"f\r\x13\ry\r\rq\rDear all, send it\r\x13\r"

#: What a program leaves a terminal in: the picture, cursor, mouse, focus, paste, line wrap.
_AFTER = {1049: "l", 25: "h", 1000: "l", 1003: "l", 1006: "l", 1004: "l", 2004: "l", 7: "h"}


@pytest.fixture
def filled(office: Office) -> Office:
    office.ok("import", office.write("c.csv", CUSTOMERS), office.write("d.csv", DOCUMENTS))
    office.environment["OUTTRAY_FROM"] = "billing@acme.example"
    return office


@contextmanager
def on_screen(office: Office) -> Iterator[Terminal]:
    with Terminal([COMMAND], office.environment, cwd=office.folder) as terminal:
        terminal.wait("Nordwind")
        yield terminal


def leave(terminal: Terminal) -> None:
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert_usable(terminal)


def assert_usable(terminal: Terminal) -> None:
    """The shell that comes next finds the terminal as it was."""
    terminal.settle(0.1)
    modes = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", bytes(terminal.received)))
    left = {mode: modes[b"%d" % mode].decode() for mode in _AFTER if b"%d" % mode in modes}
    assert left == {mode: _AFTER[mode] for mode in left}
    keyboard = terminal.received
    assert len(re.findall(rb"\x1b\[>\d+u", keyboard)) == keyboard.count(b"\x1b[<u")


def sends(office: Office) -> list[int]:
    return [each["send_count"] for each in office.ok("documents", "--json").json]


def test_every_byte_alone_and_beside_a_letter(filled: Office) -> None:
    with on_screen(filled) as terminal:
        for at in range(0, len(STRAY), 32):
            os.write(terminal._fd, STRAY[at : at + 32] + b"\x1b[M#\xc00")
        terminal.settle(0.3)
        terminal.press("escape", "escape")
        terminal.send(b"/")
        terminal.press(*"Nord")
        terminal.wait("1 of 6 customers")
        leave(terminal)


@pytest.mark.parametrize("text", [START + HOSTILE + END, HOSTILE], ids=["marked", "as keys"])
def test_a_paste_on_a_list_sends_nothing(filled: Office, text: bytes) -> None:
    before = sends(filled)
    with on_screen(filled) as terminal:
        terminal.press("tab")
        terminal.send(text)  # on the customers
        terminal.wait("lines were left out")
        terminal.press("escape")
        terminal.wait("Nordwind")
        terminal.press("tab", "enter")
        terminal.wait("1 document ")
        terminal.send(text)  # on the documents
        terminal.wait(lambda shown: "/ f" in shown)
        leave(terminal)
    assert sends(filled) == before


def test_a_copied_log_with_colours_presses_no_key(filled: Office) -> None:
    with on_screen(filled) as terminal:
        terminal.press("tab")
        terminal.send(START + b"Hollow \x1b[31mMailbox\x1b[0m" + END)
        terminal.wait("1 of 6 customers")
        assert "Hollow Mailbox" in terminal.line("1 of 6")
        leave(terminal)


def test_a_paste_without_an_end_and_late_answers_leave_the_keyboard(filled: Office) -> None:
    with on_screen(filled) as terminal:
        terminal.send(START + b"Cross")
        terminal.wait("1 of 6 customers")  # after a second of silence
        terminal.press("escape")
        terminal.wait("6 of 6 customers")
        terminal.send(START + b"Hol")
        terminal.press("escape")
        terminal.wait("1 of 6 customers")
        for answer in (
            b"\x1b[?62;4c",
            b"\x1b]11;rgb:0/0/0\x1b\\",
            b"\x1bP>|X(1)\x1b\\",
            b"\x1b[9;9R",
        ):
            terminal.send(answer)
        terminal.press(*"low")
        assert "Hollow" in terminal.wait("Hollow  ")
        leave(terminal)


# --------------------------------------------------------------------------- the end

_SCREENS = "from tui.screens"
_BREAK = {
    "a command": ("from tui.app.app import OuttrayApp as C; C.command_help", "Nordwind", b"\x1bOP"),
    "a paint": (f"{_SCREENS}.customers import CustomersScreen as C; C.on_mount", "", b""),
    "the keyboard": (
        "from tui.runtime.terminal_input import InputFilter as C; C.take",
        "Nord",
        b"x",
    ),
    "the set-up": (f"{_SCREENS}.setup import SetUpScreen as C; C.on_mount", "", b""),
}


@pytest.mark.parametrize("where", _BREAK)
def test_a_crash_never_leaves_with_0(filled: Office, where: str) -> None:
    """The programs are the real ones; only the fault is put in."""
    broken, shown, key = _BREAK[where]
    words = ["outtray", "setup"] if where == "the set-up" else ["outtray"]
    code = (
        f"import sys; sys.argv = {words}\ndef bad(*_, **__): raise RuntimeError('on purpose')\n"
        f"{broken} = bad\nfrom tui.__main__ import main\nmain()"
    )
    with Terminal([sys.executable, "-c", code], filled.environment, cwd=filled.folder) as terminal:
        if shown:
            terminal.wait(shown)
            terminal.send(key)
        assert terminal.wait_exit(20) == 1
        assert_usable(terminal)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 1)],
)
def test_a_signal_is_told_to_who_started_it(filled: Office, number: int, code: int) -> None:
    with on_screen(filled) as terminal:
        terminal.settle()
        os.kill(terminal.pid, number)
        assert terminal.wait_exit() == code
        assert_usable(terminal)


def test_without_a_terminal_it_ends_though_nobody_says_so(filled: Office) -> None:
    """``nohup`` keeps the signal away; Textual would read nothing for ever, at full speed."""
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    code += "from tui.__main__ import main\nmain()"
    with Terminal([sys.executable, "-c", code], filled.environment, cwd=filled.folder) as terminal:
        terminal.wait("Nordwind")
        os.close(terminal._fd)
        terminal._fd = os.open(os.devnull, os.O_RDWR)
        give_up = time.monotonic() + 10
        while terminal.exit_code is None and time.monotonic() < give_up:
            time.sleep(0.05)
            terminal._reap(blocking=False)
        assert terminal.exit_code not in (None, 0)
