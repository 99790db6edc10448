"""What a command leaves in the log when it crashes, and what it says about that."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.cli.office import COMMAND, Answer, Office

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="other folders")

_BROKEN = """
import threading
import tui.cli.commands.show as show

def broken(options):
    hidden_variable = "".join(["Nord", "wind"])
    if "{where}" == "thread":
        thread = threading.Thread(target=fails, name="in-the-background")
        thread.start()
        thread.join()
        return 0
    fails()

def fails():
    raise {error}

show.customers = broken
from tui.__main__ import main
main()
"""
_ADDRESS = 'KeyError("nobody knows ada@example.org at postgresql://u:pass-word@db/x")'


def log_of(office: Office) -> Path:
    return office.folder / "state" / "outtray" / "log" / "outtray.log"


def crash(
    office: Office, *arguments: str, where: str = "command", error: str = _ADDRESS, **more: str
) -> Answer:
    """Run ``outtray customers`` with a part that fails."""
    office.environment.setdefault("XDG_STATE_HOME", str(office.folder / "state"))
    program = _BROKEN.replace("{where}", where).replace("{error}", error)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**office.environment, **more},
        cwd=office.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def test_a_crash_says_where_the_log_is_and_what_to_do(office: Office) -> None:
    answer = crash(office, "customers")
    assert (answer.code, answer.out) == (1, "")
    first, second = answer.err.splitlines()
    assert first == "outtray: Outtray ended because of an error in the program (KeyError)."
    assert str(log_of(office)) in second
    assert "Start it again." in second
    text = log_of(office).read_text("utf-8")
    assert " CRITICAL " in text
    assert "in fails" in text
    assert "KeyError: 'nobody knows ‹address› at postgresql://‹secret›@db/x'" in text
    for private in ("ada@", "pass-word", "Nordwind"):
        assert private not in text + answer.err
    assert stat.S_IMODE(log_of(office).stat().st_mode) == 0o600


@pytest.mark.parametrize("arguments", [["--verbose", "customers"], ["customers", "--verbose"]])
def test_verbose_shows_the_same_on_standard_error(office: Office, arguments: list[str]) -> None:
    answer = crash(office, *arguments)
    assert answer.code == 1
    assert "Traceback" in answer.err
    assert log_of(office).read_text("utf-8") in answer.err
    assert "ada@" not in answer.err


def test_a_thread_that_fails_leaves_its_traceback(office: Office) -> None:
    answer = crash(office, "customers", where="thread")
    assert answer.code == 0
    assert "Traceback" not in answer.err
    text = log_of(office).read_text("utf-8")
    assert "The thread in-the-background ended" in text
    assert "in fails" in text


@pytest.mark.parametrize("error", ["RecursionError()", "MemoryError()", "AssertionError()"])
def test_every_kind_of_fault_ends_in_words(office: Office, error: str) -> None:
    answer = crash(office, "customers", error=error)
    assert answer.code == 1
    assert error.removesuffix("()") in answer.err
    assert "Traceback" not in answer.err


def test_a_log_that_cannot_be_written_is_said(office: Office) -> None:
    office.write("state", "a file in the folder's place")
    answer = crash(office, "customers")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert "--verbose" in answer.err
    assert "cannot be written" in answer.err
    verbose = crash(office, "customers", "--verbose")
    assert "in fails" in verbose.err


def test_a_command_that_works_leaves_no_log(office: Office) -> None:
    office.environment["XDG_STATE_HOME"] = str(office.folder / "state")
    office.ok("customers")
    assert not log_of(office).exists()


@pytest.mark.parametrize("command", ["events pull --follow", "outbox work --follow"])
def test_lines_of_a_program_that_stays_carry_time_and_level(office: Office, command: str) -> None:
    office.environment["XDG_STATE_HOME"] = str(office.folder / "state")
    program = subprocess.Popen(
        [COMMAND, *command.split()],
        env={
            **office.environment,
            "OUTTRAY_DATABASE_URL": "postgresql://anna:pass-word@127.0.0.1:9/outtray",
        },
        cwd=office.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    line = program.stderr.readline()
    program.send_signal(signal.SIGTERM)
    _, rest = program.communicate(timeout=20)
    said = line + rest
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR) \S", each)
        for each in said.splitlines()
    ), said
    assert "Z WARNING " in line
    assert "Trying again in" in line
    text = log_of(office).read_text("utf-8")
    assert "It is tried again" in text
    assert "Traceback" in text
    assert "pass-word" not in said + text


# --------------------------------------------------------------------------- odd surroundings


@pytest.mark.parametrize(
    "surroundings",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "no_such_LOCALE"},
    ],
    ids=["C", "ascii", "unknown"],
)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_terminal_without_unicode_is_no_crash(
    office: Office, surroundings: dict[str, str], options: list[str]
) -> None:
    office.ok("import", office.write("c.csv", "name,email\nMüller Übersee 日本,m@example.org\n"))
    answer = office.run("customers", *options, **surroundings)
    assert answer.code == 0
    assert "ller" in answer.out


@pytest.mark.parametrize("closing", ["| head -1", ">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("command", ["customers", "customers --json", "--version", "--help"])
def test_closed_streams_are_no_crash(office: Office, command: str, closing: str) -> None:
    done = subprocess.run(  # noqa: S602 - what is redirected is the matter
        f"{COMMAND} {command} {closing}",
        shell=True,
        env=office.environment,
        cwd=office.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_folder_that_is_gone_is_no_crash(office: Office) -> None:
    done = subprocess.run(  # noqa: S602
        f"mkdir gone && cd gone && rmdir ../gone && {COMMAND} customers --json",
        shell=True,
        env=office.environment,
        cwd=office.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_without_a_home_there_are_words_or_work(office: Office) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        del office.environment[name]
    office.environment["OUTTRAY_DATABASE_URL"] = f"sqlite:///{office.folder / 'x.db'}"
    assert office.json("customers") == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_home_that_cannot_be_written_is_said(office: Office) -> None:
    office.folder.chmod(0o500)
    try:
        answer = office.run("customers")
    finally:
        office.folder.chmod(0o700)
    assert answer.code == 1
    assert "outtray: " in answer.err


def test_a_home_that_is_no_folder_is_said(office: Office) -> None:
    home = office.write("home", "a file")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        del office.environment[name]
    answer = office.run("customers", HOME=str(home))
    assert answer.code == 1
    assert answer.err.startswith("outtray: ")


def test_the_start_is_not_held_up_by_the_log(office: Office) -> None:
    """Nothing of what only a written record needs is loaded by a command that works."""
    code = (
        "import sys; from tui.cli.main import main\n"
        "try: main(['customers'])\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m in"
        " ('logging.handlers', 'core.logs.redaction')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=office.environment, capture_output=True, text=True
    )
    assert done.stdout.endswith("[]\n"), done.stdout
