"""Who runs, and who listens, as Linux tells it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_LISTENING: Final = "0A"


def children(pid: int) -> set[int]:
    """The living children of ``pid``, and theirs."""
    found: set[int] = set()
    for other, parent in _parents():
        if parent == pid:
            found |= {other} | children(other)
    return found


def is_running(pid: int) -> bool:
    """A zombie, whom nobody has waited for yet, runs no more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def has_ended(pid: int, patience: float = 10) -> bool:
    """Whether it runs no more, at the latest after ``patience`` seconds."""
    give_up = time.monotonic() + patience
    while is_running(pid) and time.monotonic() < give_up:
        time.sleep(0.05)
    return not is_running(pid)


def listening_ports(pid: int) -> set[int]:
    """The TCP ports on which ``pid`` accepts connections."""
    inodes = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                inodes.add(str(entry.readlink()))
    ports = set()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, _, state, *rest = line.split()
        if state == _LISTENING and f"socket:[{rest[5]}]" in inodes:
            ports.add(int(local.rpartition(":")[2], 16))
    return ports


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(entry.name), int(stat.rpartition(")")[2].split()[1])
