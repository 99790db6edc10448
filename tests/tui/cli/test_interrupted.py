"""Ctrl-C is answered with a word, from the program's first import to its very end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tui.cli.office import Office

AT_THE_IMPORT_OF = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from tui.__main__ import main
main()
"""
AT_THE_END = """
import atexit, os, signal
atexit.register(os.kill, os.getpid(), signal.SIGINT)
from tui.__main__ import main
main()
"""


def run(office: Office, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, "documents"],
        env=office.environment,
        cwd=office.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    "module",
    [
        "tui.cli.main",
        "core.model.errors",
        "tui.cli.parser",
        "tui.cli.commands.show",
        "core.backend",
    ],
)
def test_an_interruption_while_the_program_is_loaded_is_no_traceback(
    office: Office, module: str
) -> None:
    done = run(office, AT_THE_IMPORT_OF.format(module=module))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "outtray: Stopped.\n")


def test_an_interruption_when_everything_is_done_changes_nothing(office: Office) -> None:
    done = run(office, AT_THE_END)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
