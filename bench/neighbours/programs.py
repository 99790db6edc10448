"""One program beside others: a process of its own that runs the real command line."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import re
import signal
import struct
import sys
import termios
import threading
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from bench import worker_program
from bench.neighbours.kinds import Kind, Words
from bench.worker_program import Order

COMMAND: Final = str(Path(sys.executable).with_name("outtray"))
_PRELOADED: Final = ["bench.worker_program"]
_BEGINS_WITHIN: Final = 30.0
_LEAVE: Final = "\x11"
"""Ctrl+Q, which leaves from everywhere and answers the question about what still waits."""
_SIZE: Final = struct.pack("HHHH", 36, 132, 0, 0)
_ESCAPES: Final = re.compile(rb"\x1b(?:\[[0-9;:?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
_FAULTS: Final = re.compile(
    "Traceback|Exception ignored|Exception in thread|Something went wrong inside|malformed"
)
_OURS: Final = re.compile(r'File "[^"]*/(?:core|tui)/')


class Program:
    """Runs from the moment it is made; ``is_real`` is the installed command, else it is forked."""

    def __init__(self, kind: Kind, words: Words, output: Path, url: str, *, is_real: bool) -> None:
        self.kind, self.words, self.is_real = kind, words, is_real
        self.started = time.monotonic()
        self._output = output
        self._handle: int | None = None
        """Its number may be another process's by the time that it is signalled."""
        self._terminal = _Terminal() if kind.needs_terminal else None
        order = Order(
            words.arguments,
            {**os.environ, "OUTTRAY_DATABASE_URL": url},
            str(output),
            self._terminal.name if self._terminal else "",
            COMMAND if is_real else "",
            lease_seconds=1.0,
        )
        multiprocessing.set_forkserver_preload(_PRELOADED)
        forks = multiprocessing.get_context("forkserver")
        self._process: BaseProcess = forks.Process(
            target=worker_program.obey, args=(order,), daemon=True
        )
        self._process.start()
        if (pid := self._process.pid) is not None:
            with suppress(ProcessLookupError):
                self._handle = os.pidfd_open(pid)

    @property
    def exit_code(self) -> int | None:
        """Negative: the signal that ended it; ``None``: it runs."""
        return self._process.exitcode

    @property
    def has_begun(self) -> bool:
        """Its own code runs, or is about to."""
        if self._terminal is not None:
            return self._terminal.is_written_to
        return self._output.with_name(self._output.name + ".err").exists()

    @property
    def age(self) -> float:
        return time.monotonic() - self.started

    def send(self, number: signal.Signals) -> None:
        """Signal it, once it has begun to be itself."""
        give_up = time.monotonic() + _BEGINS_WITHIN
        while not self.has_begun and self.exit_code is None and time.monotonic() < give_up:
            time.sleep(0.005)
        self._signal(number)

    def press(self, keys: str) -> None:
        if self._terminal is not None and self.exit_code is None:
            self._terminal.type(keys)

    def end(self) -> None:
        """End it as a person would: whoever stays is asked to leave, the others end by themselves.

        In a terminal this may have to be asked again: a program that is opening hears no key.
        """
        if self._terminal is not None:
            self.press(_LEAVE)
        elif self.kind.stays:
            self.send(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.join(30)

    def _signal(self, number: signal.Signals) -> None:
        if self._handle is not None and self.exit_code is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def close(self) -> None:
        self._process.join(30)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        if self._terminal is not None:
            self._terminal.close()

    @property
    def said(self) -> str:
        """All that it told anybody."""
        if self._terminal is not None:
            return self._terminal.text
        files = [self._output.with_name(f"{self._output.name}.{each}") for each in ("out", "err")]
        return "".join(each.read_text("utf-8", "replace") for each in files if each.exists())

    def faults(self) -> list[str]:
        """Return what no program may ever say.

        An interruption of Python itself before the first line of ours is no fault of ours.
        """
        said = self.said
        if not _FAULTS.search(said):
            return []
        if "KeyboardInterrupt" in said and not _OURS.search(said):
            return []
        return [f"{' '.join(self.words.arguments) or 'ui'} said: {said[-1500:]}"]


class _Terminal:
    """A pty whose other end is read all the time; what is on it is kept as plain text."""

    def __init__(self) -> None:
        self._fd, self._other = os.openpty()
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, _SIZE)
        self.name = os.ttyname(self._other)
        self._received = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_written_to(self) -> bool:
        return bool(self._received)

    @property
    def text(self) -> str:
        return _ESCAPES.sub(b"", bytes(self._received)).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        with suppress(OSError):
            os.write(self._fd, keys.encode())

    def close(self) -> None:
        os.close(self._other)  # the last end that is open: the reader then sees the end
        self._reader.join(5)
        os.close(self._fd)

    def _read(self) -> None:
        with suppress(OSError):
            while data := os.read(self._fd, 65536):
                self._received += data
