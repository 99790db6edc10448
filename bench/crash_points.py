"""Every write of every command that writes is a crash point, and a full or failing disk.

``uv run python -m bench.crash_points [--command NAME] [--method NAME] [--every N]``.

*images*: the program is stopped at every n-th write; database and log are copied while it stands,
and it goes on. *failing*: its writes, or its calls that force them to the disk, fail from the n-th
on, or that one alone (``strace``, which does both, counts for each thread by itself). *full*: once
SES has accepted, no thread can write anything until the program has ended. Each copy is then
checked, repeated, worked an hour later and compared with the record of the stand-in for AWS.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.crash import tracing
from bench.crash.commands import COMMANDS, Command
from bench.crash.office import Office, open_office
from bench.crash.tracing import Ended, Fault

FAULTS: Final = (
    Fault("disk full", "pwrite64", "ENOSPC"),
    Fault("disk full once", "pwrite64", "ENOSPC", once=True),
    Fault("write fails", "pwrite64", "EIO"),
    Fault("sync fails", "fdatasync,fsync", "EIO"),
    Fault("sync fails once", "fdatasync,fsync", "EIO", once=True),
)
SENDING: Final = ("send", "follow-up", "outbox work")
_SLOW: Final = 1.0
"""Seconds that the stand-in takes to answer what it has accepted."""
UNEXPLAINED: Final = "unexplained"
UNRECORDED: Final = "accepted, not recorded"
WRONG: Final = "wrong sentence"


@dataclass
class Tried:
    """What came of one command under one method."""

    counted: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def judge(self, office: Office, command: Command, where: str, ended: Ended | None) -> None:
        self.counted["tried"] += 1
        for kind, what in command.judge(office, ended):
            self.counted[kind] += 1
            self.found.append(f"{command.name}, {where}: {kind}: {what}")


def images(office: Office, command: Command, every: int) -> Tried:
    """Stop at every so many-th write, and recover a copy of what is there then."""
    tried = Tried()
    _begin(office, command)

    def look() -> None:
        office.copy()
        tried.judge(office, command, f"image {tried.counted['tried'] + 1}", None)

    arguments, environment = _program(office, command)
    ended = tracing.run_stopping(1, every, arguments, environment, look)
    office.copy()
    tried.judge(office, command, "at its end", ended)
    return tried


def failing(
    office: Office, command: Command, every: int, faults: Sequence[Fault] = FAULTS
) -> Tried:
    """Let calls fail from every so many-th on, and recover what is left."""
    tried = Tried()
    for fault in faults:
        _begin(office, command)
        arguments, environment = _program(office, command)
        calls = tracing.count_calls(office.folder / "trace", fault.calls, arguments, environment)
        for nth in range(1, calls + 1, every if calls > every else 1):
            _begin(office, command)
            ended = tracing.run_failing(fault, nth, arguments, environment)
            office.copy()
            tried.counted[UNRECORDED] += "could not be kept" in ended.output
            tried.judge(office, command, f"{fault.name} at {nth} of {calls}", ended)
    return tried


def full(office: Office, command: Command, _: int = 0) -> Tried:
    """Let the disk be full, for all threads and for good, while SES answers the first email."""
    tried = Tried()
    if command.name not in SENDING:
        return tried
    _begin(office, command)
    office.live.set_faults(slow=_SLOW)
    arguments, environment = _program(office, command)
    ended = tracing.run_filling(arguments, environment, lambda: office.live.accepted > 0)
    office.live.set_faults(slow=0)
    office.copy()
    tried.counted[UNRECORDED] += "could not be kept" in ended.output
    tried.judge(office, command, "disk full after SES accepted", ended)
    return tried


def _begin(office: Office, command: Command) -> None:
    office.begin(command.template)
    command.prepare(office)


def _program(office: Office, command: Command) -> tuple[tuple[str, ...], dict[str, str]]:
    return command.arguments(office), office.environment(office.live, office.database)


_ACTS: Final[dict[str, Callable[[Office, Command, int], Tried]]] = {
    "images": images,
    "failing": failing,
    "full": full,
}
METHODS: Final = tuple(_ACTS)


def main() -> None:
    names = [command.name for command in COMMANDS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", choices=names, action="append", default=[])
    parser.add_argument("--method", choices=METHODS, action="append", default=[])
    parser.add_argument("--every", type=int, default=7, help="writes between two points")
    options = parser.parse_args()
    if reason := tracing.why_not():
        raise SystemExit(reason)
    wrong: list[str] = []
    with TemporaryDirectory(prefix="outtray-") as name, open_office(Path(name)) as office:
        print(f"{'command':22}{'method':10}{'tried':>7}{UNEXPLAINED:>13}{WRONG:>16}{'seconds':>9}")
        for command in COMMANDS:
            if options.command and command.name not in options.command:
                continue
            for method in options.method or METHODS:
                started = time.monotonic()
                tried = _ACTS[method](office, command, options.every)
                wrong += tried.found
                counts = (tried.counted["tried"], tried.counted[UNEXPLAINED], tried.counted[WRONG])
                print(
                    f"{command.name:22}{method:10}{counts[0]:7}{counts[1]:13}{counts[2]:16}"
                    f"{time.monotonic() - started:9.0f}",
                    flush=True,
                )
    print("\n".join(wrong[:60]))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
