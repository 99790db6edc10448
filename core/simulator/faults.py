"""What goes wrong on purpose, switched on from outside while the stand-in runs."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import Final

_COUNTED: Final = ("throttle", "fail", "swallow", "suppression_fail")
_SECONDS: Final = ("slow", "swallow_seconds")
_SWITCHES: Final = ("duplicate", "shuffle")
_DEFAULTS: Final[dict[str, float]] = {
    **dict.fromkeys((*_COUNTED, *_SWITCHES, "slow"), 0),
    "swallow_seconds": 120.0,
}


class Faults:
    """Counters and switches, safe to read and set from several threads.

    ``throttle``, ``fail``, ``swallow`` and ``suppression_fail`` hold for the next n calls, or with
    ``true`` from now on; ``slow`` (seconds added to every answer of SES), ``swallow_seconds`` (how
    long a swallowed call is held), ``duplicate`` and ``shuffle`` hold from now on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values = dict(_DEFAULTS)

    def set(self, changes: Mapping[str, object]) -> None:
        """Change the faults named; the others stay.

        Raises:
            ValueError: an unknown name or a value that is neither a number nor true or false.
        """
        read = {name: _read(name, value) for name, value in changes.items()}
        with self._lock:
            self._values.update(read)

    def clear(self) -> None:
        with self._lock:
            self._values = dict(_DEFAULTS)

    def take(self, name: str) -> bool:
        """Return whether this call is one of the next n, and count it."""
        with self._lock:
            left = self._values[name]
            if left > 0:
                self._values[name] = left - 1
            return left > 0

    def seconds(self, name: str) -> float:
        with self._lock:
            return self._values[name]

    def is_on(self, name: str) -> bool:
        with self._lock:
            return bool(self._values[name])

    def as_dict(self) -> dict[str, float | bool]:
        with self._lock:
            values = dict(self._values)
        return {
            name: bool(value) if name in _SWITCHES or math.isinf(value) else value
            for name, value in values.items()
        }


def _read(name: str, value: object) -> float:
    if name not in _DEFAULTS:
        raise ValueError(f"No fault {name!r}. There are {', '.join(_DEFAULTS)}.")
    if name in _COUNTED and value is True:
        return math.inf
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value) if name in _SECONDS else int(value)
    raise ValueError(f"The fault {name!r} takes a number, zero or more, or true or false.")
