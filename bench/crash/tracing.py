"""Runs the program under ``strace``: stopped at its writes, or with calls that fail.

Nothing but SQLite calls ``pwrite64`` or forces a file to the disk in this program, so what is
traced is the database, its log and its copies. strace counts the calls of each thread by itself.
"""

from __future__ import annotations

import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_PROGRAM: Final = "from tui.cli.main import main; raise SystemExit(main())"
_LONGEST: Final = 600.0
_ALL_STAND_WITHIN: Final = 2.0
_IDLE: Final = 1.0
_FULL: Final = 4096
"""Bytes that a file may have: less than any log in use, so that every write into it fails."""
_STOPPING: Final = re.compile(r"^(\d+) +--- SIGSTOP \{")
_STANDS: Final = re.compile(r"^(\d+) +--- stopped by SIGSTOP ---")


@dataclass(frozen=True, slots=True)
class Fault:
    """Calls that fail from the ``nth`` on; ``once``: that one alone."""

    name: str
    calls: str
    error: str
    once: bool = False

    def injection(self, nth: int) -> str:
        return f"inject={self.calls}:error={self.error}:when={nth}{'' if self.once else '+'}"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run of the program came to."""

    code: int
    output: str


@cache
def why_not() -> str:
    """Return why nothing can be traced here; empty: it can."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "-o", os.devnull, "-e", "trace=fdatasync", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        last = tried.stderr.strip().splitlines()[-1:] or ["no reason given"]
        return f"strace may not trace here: {last[0]}"
    return ""


def files(database: Path) -> tuple[Path, Path]:
    """The database and its log: what another program would find."""
    return database, database.with_name(f"{database.name}-wal")


def _command(output: str, calls: str, injection: str, arguments: Sequence[str]) -> list[str]:
    return [
        *("strace", "-f", "-qq", "-o", output, "-e", f"trace={calls}"),
        *(("-e", injection) if injection else ()),
        *(sys.executable, "-c", _PROGRAM, *arguments),
    ]


def count_calls(
    trace: Path, calls: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> int:
    """Run the program undisturbed; return how many of ``calls`` its busiest thread made."""
    command = _command(str(trace), calls, "", arguments)
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, timeout=_LONGEST, check=False
    )
    made: dict[str, int] = {}
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        who, _, rest = line.partition(" ")
        if not rest.lstrip().startswith(("---", "+++", "<...")):
            made[who] = made.get(who, 0) + 1
    if not made and done.returncode:
        raise SystemExit(done.stderr.decode())
    return max(made.values(), default=0)


def run_failing(
    fault: Fault,
    nth: int,
    arguments: Sequence[str],
    environment: Mapping[str, str],
) -> Ended:
    """Run the program with calls that fail from the ``nth`` on."""
    command = _command(os.devnull, fault.calls, fault.injection(nth), arguments)
    done = subprocess.run(
        command,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    return Ended(done.returncode, done.stdout + done.stderr)


def run_filling(
    arguments: Sequence[str], environment: Mapping[str, str], is_time: Callable[[], bool]
) -> Ended:
    """Run the program; as soon as ``is_time`` let no file of any of its threads grow any more."""
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *arguments],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while program.poll() is None and not is_time():
        time.sleep(0.005)
    with suppress(ProcessLookupError):
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (_FULL, _FULL))
    output, _ = program.communicate(timeout=_LONGEST)
    return Ended(program.returncode, output)


def run_stopping(
    first: int,
    every: int,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    look: Callable[[], None],
) -> Ended:
    """Stop the program at every so many-th write; ``look`` while it stands, then let it go on."""
    injection = f"inject=pwrite64:signal=STOP:when={first}+{every}"
    read, write = os.pipe()
    command = _command(f"/dev/fd/{write}", "pwrite64", injection, arguments)
    program = subprocess.Popen(
        command,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=(write,),
        start_new_session=True,  # so that both can be ended, the program also while it stands
    )
    os.close(write)
    try:
        _Stops(read, look).watch()
        output, _ = program.communicate(timeout=_LONGEST)
    finally:
        os.close(read)
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
    return Ended(program.returncode, output)


class _Stops:
    """Reads what strace tells of a program, and looks each time when all its threads stand."""

    def __init__(self, source: int, look: Callable[[], None]) -> None:
        self._source, self._look = source, look
        self._rest, self._is_over = b"", False
        self._deadline = time.monotonic() + _LONGEST

    def watch(self) -> None:
        program = 0
        while not self._is_over and time.monotonic() < self._deadline:
            line = self._line(_IDLE)
            if line is None and program:  # two threads wrote at once, and one signal went lost
                _go_on(program)
            elif line is not None and (found := _STOPPING.match(line)):
                program = program or _program_of(int(found.group(1)))
                self._wait_until_all_stand(program)
                self._look()
                _go_on(program)

    def _wait_until_all_stand(self, program: int) -> None:
        """The signal stops every thread, each on its own."""
        tasks = {int(each.name) for each in Path(f"/proc/{program}/task").iterdir()}
        deadline = time.monotonic() + _ALL_STAND_WITHIN
        while tasks:
            line = self._line(deadline - time.monotonic())
            if line is None:
                return
            if found := _STANDS.match(line):
                tasks.discard(int(found.group(1)))

    def _line(self, seconds: float) -> str | None:
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._source], [], [], max(seconds, 0.0))
            if not ready:
                return None
            some = os.read(self._source, 65536)
            if not some:
                self._is_over = True
                return None
            self._rest += some
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace")


def _program_of(thread: int) -> int:
    status = Path(f"/proc/{thread}/status").read_text(encoding="utf-8")
    (found,) = re.findall(r"^Tgid:\s*(\d+)$", status, re.MULTILINE)
    return int(found)


def _go_on(program: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended meanwhile
        os.kill(program, signal.SIGCONT)
