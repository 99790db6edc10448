"""A pty for one program: keys in, time stamps of what comes out, memory of its processes."""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.ui.screen import Screen

COLUMNS: Final = 120
ROWS: Final = 40
_KEYS: Final = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F",
    "ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "ctrl+q": "\x11", "ctrl+c": "\x03",
}  # fmt: skip

Claim = Callable[[Screen], bool]


class NotShownError(Exception):
    """What was waited for did not come; the message holds the screen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came after a key; seconds since it was written."""

    first: float
    """The first byte of the answer."""
    shown: float
    """The chunk that made the screen hold what was asked."""
    settled: float
    """The last byte before the output was quiet."""
    bytes: int


class Terminal:
    """Runs ``command``; a thread stamps every chunk as it comes, so parsing delays no stamp."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.screen = Screen(COLUMNS, ROWS, self._write)
        self.bytes = 0
        self.peak_kb = 0
        self._chunks: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._ended = False
        self._last = 0.0
        sys.setswitchinterval(0.0002)  # the reading thread must get its turn at once
        seen = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        seen = {**environment, **seen}
        self.began = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:  # the child: nothing but exec
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.execvpe(command[0], list(command), seen)  # noqa: S606
            finally:
                os._exit(127)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number in (signal.SIGHUP, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._pid, number)
            if self._has_gone(0.5):
                break
        os.close(self._fd)
        self._thread.join(0.5)

    # ------------------------------------------------------------------ looking

    def wait(self, claim: Claim, timeout: float) -> float:
        """Return the seconds from the start to the bytes that made ``claim`` true.

        Raises:
            NotShownError: it never became true.
        """
        deadline = time.perf_counter() + timeout
        while (at := self._take(min(0.25, deadline - time.perf_counter()))) != 0.0:
            if at is not None and not self.screen.in_update and claim(self.screen):
                self._weigh()
                return at - self.began
            if time.perf_counter() > deadline:
                break
        raise NotShownError(f"not shown within {timeout} s:\n{self.screen.text}")

    def wait_or_now(self, claim: Claim, timeout: float) -> float:
        """Return the same; of what is on the screen already, the time of the last bytes."""
        if not self.screen.in_update and claim(self.screen):
            return self._last - self.began
        return self.wait(claim, timeout)

    def settle(self, quiet: float = 0.2, timeout: float = 10) -> None:
        """Wait until nothing came for ``quiet`` seconds."""
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline and self._take(quiet):
            pass
        self._weigh()

    def press(self, *keys: str) -> None:
        """Press keys: names such as ``pagedown``, everything else as it is typed."""
        for key in keys:
            self._write(_KEYS.get(key, key).encode())
            self.settle(0.12)

    def ask(self, key: str, claim: Claim, *, quiet: float = 0.1, timeout: float = 10) -> Answer:
        """Press ``key`` and time what comes, until ``claim`` is true and the output is quiet.

        Raises:
            NotShownError: it never became true.
        """
        self.settle(0.02)
        before = self.bytes
        pressed = time.perf_counter()
        self._write(_KEYS.get(key, key).encode())
        first = shown = last = 0.0
        while True:
            at = self._take(quiet if shown else pressed + timeout - time.perf_counter())
            if not at:
                break
            first, last = first or at, at
            if not shown and not self.screen.in_update and claim(self.screen):
                shown = at
        if not shown:
            raise NotShownError(f"{key!r} did not bring what was asked:\n{self.screen.text}")
        self._weigh()
        return Answer(first - pressed, shown - pressed, last - pressed, self.bytes - before)

    # ------------------------------------------------------------------ the pty

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._fd, 65536)
            except OSError:  # Linux says so when the program has closed its end
                data = b""
            self._chunks.put((time.perf_counter(), data))
            if not data:
                return

    def _take(self, timeout: float) -> float | None:
        """Parse the next chunk and return its stamp; ``None``: nothing came; 0: it has ended."""
        if self._ended:
            return 0.0
        try:
            at, data = self._chunks.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None
        if not data:
            self._ended = True
            return 0.0
        self.bytes += len(data)
        self._last = at
        self.screen.feed(data)
        return at

    def _write(self, data: bytes) -> None:
        with suppress(OSError):
            os.write(self._fd, data)

    def _has_gone(self, within: float) -> bool:
        deadline = time.perf_counter() + within
        while time.perf_counter() < deadline:
            with suppress(ChildProcessError):
                if os.waitpid(self._pid, os.WNOHANG)[0] == 0:
                    time.sleep(0.01)
                    continue
            return True
        return False

    # ------------------------------------------------------------------ memory

    def _weigh(self) -> None:
        """Remember the most memory that the program and its children held at one time."""
        self.peak_kb = max(self.peak_kb, sum(_resident_kb(pid) for pid in _family(self._pid)))

    def memory_kb(self) -> int:
        """Return what the program and its children hold now."""
        return sum(_resident_kb(pid) for pid in _family(self._pid))


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(child) for child in children.read_text().split()]
    return found


def _resident_kb(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0
