"""A crash of the screens, in a real terminal: words, the log's place, no values of variables."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.tui.cli.office import Office

_BREAK = """
import tui.app.app, tui.screens.setup
from tui.__main__ import main

def fails(*_):
    hidden_variable = "".join(["Nord", "wind"])
    raise KeyError("nobody knows ada@example.org")

{broken}
main()
"""
#: What is broken, and what to do then.
_FAULTS = {
    "in a command": ("tui.app.app.OuttrayApp.command_help = fails", "f1"),
    "in a job's answer": ("tui.app.app.OuttrayApp._pulse = fails", ""),
    "in a timer": (
        "tui.app.app.OuttrayApp._start_loops = lambda self: self.set_timer(0.05, fails)",
        "",
    ),
    "while it is composed": ("tui.app.app.CustomersScreen.compose = fails", ""),
    "while keys are read": (
        "import textual.drivers.linux_driver as d; d.LinuxDriver.run_input_thread = fails",
        "",
    ),
}


def started(office: Office, tmp_path: Path, broken: str, *arguments: str) -> Terminal:
    office.environment["XDG_STATE_HOME"] = str(office.folder / "state")
    program = office.write("broken.py", _BREAK.replace("{broken}", broken))
    command = [sys.executable, str(program), *arguments]
    return Terminal(command, office.environment, cwd=office.folder)


def assert_told(office: Office, terminal: Terminal) -> None:
    log = office.folder / "state" / "outtray" / "log" / "outtray.log"
    received = terminal.received.decode("utf-8", "replace")
    _, _, after = received.rpartition("\x1b[?1049l")  # what stands when the screen is left
    said = re.sub(r"\x1b[\[(][0-?]*[ -/]*[@-~]", "", after)
    assert "outtray: Outtray ended because of an error in the program (" in said
    assert "Start it again." in said
    assert str(log) in said
    assert len(said.split()) < 60, said
    for private in ("Nordwind", "ada@", "hidden_variable", "Traceback"):
        assert private not in received
    text = log.read_text("utf-8")
    assert " CRITICAL " in text
    assert "‹address›" in text
    assert "ada@" not in text
    assert "Nordwind" not in text


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_crash_leaves_words_on_the_screen_and_the_rest_in_the_log(
    office: Office, tmp_path: Path, fault: str
) -> None:
    office.write("c.csv", "name,email\nNordwind GmbH,ada@example.org\n")
    broken, key = _FAULTS[fault]
    office.write("config.toml", 'operator = "anna"\n')
    office.environment["OUTTRAY_CONFIG"] = str(office.folder / "config.toml")
    with started(office, tmp_path, broken) as terminal:
        if key:
            terminal.wait("No customers yet")
            terminal.press(key)
        assert terminal.wait_exit(30) == 1
        terminal.settle()
        assert_told(office, terminal)


def test_the_set_up_ends_in_the_same_way(office: Office, tmp_path: Path) -> None:
    broken = "tui.screens.setup.SetUpScreen.compose = fails"
    with started(office, tmp_path, broken, "setup") as terminal:
        assert terminal.wait_exit(30) == 1
        terminal.settle()
        assert_told(office, terminal)


def test_the_log_of_the_screens_is_never_painted_over_them(office: Office, tmp_path: Path) -> None:
    office.write("config.toml", 'operator = "anna"\n')
    office.environment["OUTTRAY_CONFIG"] = str(office.folder / "config.toml")
    broken = (
        "tui.app.app.OuttrayApp.command_help = "
        "lambda self: self.background_calls.start(None, fails)"
    )
    with started(office, tmp_path, broken, "--verbose") as terminal:
        terminal.wait("No customers yet")
        terminal.press("f1")
        terminal.wait("Something went wrong inside Outtray")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert b"Traceback" not in terminal.received
    log = office.folder / "state" / "outtray" / "log" / "outtray.log"
    assert "A call in the background failed" in log.read_text("utf-8")
