"""One record as text: time, level and who, then what happened, with nothing that is private."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Final

_OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""What a terminal obeys, what is not seen, and what cannot be encoded."""


class PrivateLines(logging.Formatter):
    """Redacts the whole text of a record, its traceback and its notes included.

    Only a record begins at the edge; all that follows is set in, so that no text of a stranger
    looks like a record of its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        from core.logs.redaction import redacted  # only where something is written

        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - a record that does not fit its arguments is one, too
            message = str(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            message = f"{message}\n{_traceback(error)}"
        if record.stack_info:
            message = f"{message}\n{record.stack_info}"
        text = _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", redacted(message))
        lines = text.rstrip().splitlines() or [""]
        return "\n  ".join([f"{self._edge(record)} {lines[0]}", *lines[1:]])

    def _edge(self, record: logging.LogRecord) -> str:
        at = stamp(datetime.fromtimestamp(record.created, UTC))
        return f"{at} {record.levelname:<8} {record.process} {record.threadName} {record.name}:"


def stamp(at: datetime) -> str:
    """Return a time as every line of a program that stays begins with it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _traceback(error: BaseException) -> str:
    """As Python prints it, with causes and notes, and without the values of variables."""
    import traceback

    try:
        return "".join(traceback.format_exception(error))
    except Exception as unprintable:  # noqa: BLE001 - an error whose own words fail is told by type
        return f"{type(error).__qualname__}, which cannot be printed ({type(unprintable).__name__})"
