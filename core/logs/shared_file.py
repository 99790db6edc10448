"""A log file that several programs write at once, and that is replaced when it is full.

The standard ``RotatingFileHandler`` keeps its file open: of two programs one replaces it and the
other goes on in the old one, until the second replacement loses both. Here every record opens the
file, adds itself in one piece, and closes it again; errors are seldom, so that nobody waits for
that. Whoever finds the file full replaces it under a lock, and looks again when it has the lock.
Nobody waits for the lock either: while another program replaces the file, a record goes into
whichever of the two it meets.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1_000_000
KEPT: Final = 3
"""Full files beside the one that is written."""

_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""A pipe in the file's place, which nobody reads, must not stop the program."""
_ADDING: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | _NO_WAIT
_OTHERS: Final = 0o077


class SharedFile(logging.Handler):
    """Adds records to the file of the platform's log folder; made with the first of them.

    A log that cannot be written ends and slows nothing: ``problem`` says why it could not.
    """

    def __init__(
        self, path: Path | None = None, *, most_bytes: int = MOST_BYTES, kept: int = KEPT
    ) -> None:
        super().__init__()
        self._path = path
        self._most_bytes, self._kept = most_bytes, kept
        self.problem = ""

    @property
    def path(self) -> Path:
        if self._path is None:
            from platformdirs import user_log_path  # only where something is written

            self._path = user_log_path("outtray", appauthor=False) / "outtray.log"
        return self._path

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._add(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except OSError as error:
            self.problem = error.strerror or str(error)
        except Exception as error:  # noqa: BLE001 - it must not harm what it tells about
            self.problem = type(error).__name__
        else:
            self.problem = ""

    def _add(self, line: bytes) -> None:
        descriptor = self._opened()
        try:
            if self._is_full(os.fstat(descriptor), line):
                self._replace(line)
                os.close(descriptor)
                descriptor = -1
                descriptor = self._opened()
            _write(descriptor, line)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _opened(self) -> int:
        if not self.path.is_absolute():
            raise OSError("the home folder is not known")
        try:
            descriptor = os.open(self.path, _ADDING, 0o600)
        except FileNotFoundError:
            _make_private_folder(self.path.parent)
            descriptor = os.open(self.path, _ADDING, 0o600)
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_mode & _OTHERS and sys.platform != "win32":
            with suppress(OSError):  # somebody else's file
                os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & ~_OTHERS)
        return descriptor

    def _is_full(self, found: os.stat_result, line: bytes) -> bool:
        is_file = stat.S_ISREG(found.st_mode)
        return is_file and found.st_size > 0 and found.st_size + len(line) > self._most_bytes

    def _replace(self, line: bytes) -> None:
        with suppress(OSError), _locked(self.path.with_name(f"{self.path.name}.lock")) as is_ours:
            # another program may have done it since we looked
            if not is_ours or not self._is_full(self.path.stat(), line):
                return
            names = [self.path, *(self._older(number) for number in range(1, self._kept + 1))]
            for newer, older in reversed([*pairwise(names)]):
                with suppress(FileNotFoundError):
                    newer.replace(older)

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def _write(descriptor: int, line: bytes) -> None:
    """In one piece: the system sets what is added at the end, whoever else adds something."""
    done = os.write(descriptor, line)
    while 0 < done < len(line):  # the disk was full in the middle of it
        line = line[done:]
        done = os.write(descriptor, line)


def _make_private_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether nobody else has the lock; the system takes it back when a program ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_WAIT, 0o600)
    try:
        yield _lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
