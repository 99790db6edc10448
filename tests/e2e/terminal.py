"""A real terminal for one program: a pty, a screen model, keys in, what one sees out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyte

_KEYS: Final = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
}
_TICK: Final = 0.02


class NotShownError(AssertionError):
    """What was waited for did not come; the message holds the screen."""


class Terminal:
    """Runs ``command`` in a pty of its own session; leaving the block ends whatever still runs."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        size: tuple[int, int] = (132, 36),
        cwd: Path | None = None,
    ) -> None:
        columns, rows = size
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.received = bytearray()
        self.exit_code: int | None = None
        seen = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:  # the child: nothing but exec
            try:
                os.chdir(cwd or "/")
                os.execvpe(command[0], list(command), seen)  # noqa: S606
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap(blocking=True)
        os.close(self._fd)

    # ------------------------------------------------------------------ looking

    @property
    def text(self) -> str:
        """The screen as one sees it."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def line(self, part: str) -> str:
        """The first line that holds ``part``; empty if none does."""
        return next((line for line in self.text.split("\n") if part in line), "")

    def wait(self, what: str | re.Pattern[str] | Callable[[str], Any], timeout: float = 30) -> str:
        """Return the screen as soon as it shows ``what``: a text, a pattern, or a claim of it.

        Raises:
            NotShownError: it never did.
        """
        claim = _claim(what)
        give_up = time.monotonic() + timeout
        while not claim(self.text):
            if self.exit_code is not None or time.monotonic() > give_up:
                raise NotShownError(
                    f"{what!r} is not on the screen ({self.exit_code=}):\n{self.text}"
                )
            self._read(_TICK)
        return self.text

    def settle(self, quiet: float = 0.25, timeout: float = 5) -> str:
        """Return the screen when nothing was drawn for ``quiet`` seconds."""
        give_up = time.monotonic() + timeout
        last = time.monotonic()
        while time.monotonic() < min(give_up, last + quiet):
            if self._read(_TICK):
                last = time.monotonic()
        return self.text

    # ------------------------------------------------------------------ doing

    def press(self, *keys: str) -> None:
        """Press keys: names such as ``enter`` and ``ctrl+s``, everything else as it is typed."""
        for key in keys:
            letter = key.removeprefix("ctrl+")
            typed = chr(ord(letter) & 0x1F) if letter != key else _KEYS.get(key, key)
            os.write(self._fd, typed.encode())
            if typed != key:
                # As a person does: Escape and a key at once would be Alt with that key, and
                # Textual inserts letters at once but carries out other keys a moment later.
                self.settle(0.15)

    def send(self, data: bytes) -> None:
        """Send bytes as they are, as a terminal may that is not what it says."""
        os.write(self._fd, data)
        self.settle(0.15)

    def paste(self, text: str) -> None:
        """Paste a text of any length; the terminal hands it over as the program reads it."""
        data = f"\x1b[200~{text}\x1b[201~".encode()
        writer = threading.Thread(target=self._write_all, args=(data,))
        writer.start()
        while writer.is_alive():
            self._read(_TICK)

    def _write_all(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._fd, data[:1_000]) :]

    def wait_exit(self, timeout: float = 10) -> int:
        """Return the exit code; negative: the signal that ended it."""
        give_up = time.monotonic() + timeout
        while self.exit_code is None:
            if time.monotonic() > give_up:
                raise NotShownError(f"it still runs:\n{self.text}")
            self._read(_TICK)
            self._reap(blocking=False)
        return self.exit_code

    # ------------------------------------------------------------------ the pty

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], timeout)
        try:
            data = os.read(self._fd, 65536) if ready else b""
        except OSError:  # Linux says so when the program has closed its end
            time.sleep(timeout)
            self._reap(blocking=False)
            return False
        self.received += data
        self._stream.feed(data)
        return bool(data)

    def _reap(self, *, blocking: bool) -> None:
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, 0 if blocking else os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)


def _claim(what: str | re.Pattern[str] | Callable[[str], Any]) -> Callable[[str], Any]:
    if isinstance(what, str):
        return lambda text: what in text
    return what.search if isinstance(what, re.Pattern) else what
