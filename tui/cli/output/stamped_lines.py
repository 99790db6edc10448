"""Messages of programs that keep running: each line carries its time and its level."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

INFO: Final = "INFO"
WARNING: Final = "WARNING"
ERROR: Final = "ERROR"


class _Lines:
    is_stamped = False


_lines: Final = _Lines()


def begin() -> None:
    """Put time and level before every line for a person, until the program's end."""
    _lines.is_stamped = True


def end() -> None:
    """What is said from now on belongs to a command that only answers."""
    _lines.is_stamped = False


def line(text: str, level: str) -> str:
    """Return ``text`` as it is to be said now."""
    if not _lines.is_stamped:
        return text
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{at} {level} {text.strip()}"
