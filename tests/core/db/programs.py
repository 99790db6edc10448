"""Real programs that write to a SQLite database, to be ended in every way there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_CODE: Final = """
import sys
from core.db.engine import Database
from core.model.errors import DatabaseError

def say(words):
    print(words, flush=True)

{before}
database = Database(sys.argv[1], say)
for line in sys.stdin:  # a change a line, until the input ends
    try:
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE quarantine SET reason = reason")
        say("changed")
    except DatabaseError as error:
        say(f"{{type(error).__name__}}: {{error}}")
{after}
database.close()
"""


class Program:
    """Answers to every ``change`` in one line, or two where it had to wait for a look."""

    def __init__(self, path: Path, before: str = "", after: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CODE.format(before=before, after=after), f"sqlite:///{path}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self) -> None:
        """Begin a change."""
        assert self.process.stdin is not None
        self.process.stdin.write("change\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def change(self) -> list[str]:
        """Make a change; return all that was said about it, the outcome last."""
        self.ask()
        return self.answer()

    def answer(self) -> list[str]:
        said = [self.hear()]
        while said[-1] and said[-1] != "changed" and "Error: " not in said[-1]:
            said.append(self.hear())
        return said

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def end(self) -> str:
        """End in order; return what was said last."""
        said, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return said


@contextmanager
def programs() -> Iterator[list[Program]]:
    """A list to put programs into; whatever still runs at the end is killed."""
    running: list[Program] = []
    try:
        yield running
    finally:
        for each in running:
            each.process.kill()
            each.process.communicate()
