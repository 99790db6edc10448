"""Writes down whatever a Python program does to a watched SQLite file by other means than SQLite.

Put on ``PYTHONPATH`` it is loaded by every Python that starts. SQLite itself opens files without
Python's knowledge, so that all that is seen here should not be: but that the database is created,
exclusively, and that its rights are set.
"""

from __future__ import annotations

import os
import sys

_ENDINGS = ("", "-wal", "-shm", "-journal")
_LOG = os.environ.get("OUTTRAY_TEST_LOG", "")
_WATCHED = [
    os.path.realpath(f"{path}{ending}")
    for path in os.environ.get("OUTTRAY_TEST_WATCHED", "").split(os.pathsep)
    for ending in _ENDINGS
    if path
]
_TOUCHING = ("open", "os.truncate", "os.rename", "os.remove", "os.link", "os.symlink", "mmap.")
_NEW = os.O_CREAT | os.O_EXCL


def _is_watched(path: object) -> bool:
    if isinstance(path, int) or not isinstance(path, str | bytes | os.PathLike):
        return False
    try:
        real = os.path.realpath(os.fsdecode(path))
        if real in _WATCHED:
            return True
        found = os.stat(real)  # noqa: PTH116 - pathlib is not loaded yet
    except (OSError, ValueError):
        return False
    for each in _WATCHED:
        try:
            other = os.stat(each)  # noqa: PTH116
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (other.st_dev, other.st_ino):
            return True
    return False


def _look(event: str, given: tuple[object, ...]) -> None:
    if not event.startswith((*_TOUCHING, "shutil.")):
        return
    paths = [each for each in given if _is_watched(each)]
    if not paths:
        return
    flags = given[2] if event == "open" and len(given) > 2 else 0
    kind = "made" if event == "open" and isinstance(flags, int) and flags & _NEW == _NEW else event
    line = f"{kind}\t{os.fsdecode(str(paths[0]))}\t{' '.join(sys.argv[1:4])}\n"
    number = os.open(_LOG, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.write(number, line.encode("utf-8", "backslashreplace"))
    os.close(number)


if _LOG and _WATCHED:
    sys.addaudithook(_look)
