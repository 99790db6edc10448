"""A small file of our own under a lock, which the system takes back when the program ends.

However it ends: killed, crashed, or with the computer. Never for a file that SQLite opens: closing
that one again would drop SQLite's own locks.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakSet

_FLAGS: Final = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_MOST_READ: Final = 4_000

if sys.platform == "win32":
    import msvcrt

    _FAR: Final = 1 << 30
    """Where the lock lies: other programs may not read what is locked."""

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        # flock, not lockf: that one would let this program take its own lock a second time
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class LockedFile:
    """An open file whose lock this program holds."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        self._identity = (found.st_dev, found.st_ino)
        _held.add(self)

    def is_in_place(self) -> bool:
        """Whether others see this very file under its name, not another one or none."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return False
        return self._descriptor >= 0 and (found.st_dev, found.st_ino) == self._identity

    def read(self) -> str:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, _MOST_READ).decode("utf-8", "replace")

    def write(self, text: str) -> None:
        """Put ``text`` in place of what is there; durably, when this returns."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, text.encode())
        os.fsync(self._descriptor)
        sync_folder(self.path.parent)

    def remove(self) -> None:
        """Take the file away, so that nobody ever sees it without its lock."""
        if self._descriptor < 0:
            return  # it is not ours any more: a forked child's, say
        if sys.platform == "win32":  # which removes no file that is open; an empty one says nothing
            os.ftruncate(self._descriptor, 0)
            self.release()
        with suppress(OSError):
            self.path.unlink()
        self.release()

    def release(self) -> None:
        """Give the lock back; the file stays."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


_held: Final = WeakSet[LockedFile]()


def take(path: Path, *, make: bool = True) -> LockedFile | None:
    """Open and lock ``path``, made with mode 0600 where it is missing, unless told not to.

    ``None``: another one holds it, or it is not there (any more).

    Raises:
        OSError: it cannot be made or opened, or this disk knows no locks.
    """
    try:
        descriptor = os.open(path, _FLAGS | (os.O_CREAT if make else 0), 0o600)
    except FileNotFoundError:
        if make:
            raise
        return None
    file = LockedFile(path, descriptor)
    try:
        if _lock(descriptor) and file.is_in_place():
            return file
    except BaseException:
        file.release()
        raise
    file.release()
    return None


def sync_folder(folder: Path) -> None:
    """Let the names in ``folder`` outlast the power; Windows does that by itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _release_in_child() -> None:
    # A lock belongs to the open file, which a forked child shares: it would hold it for a parent
    # that was killed, and nobody would notice.
    for file in list(_held):
        file.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)
