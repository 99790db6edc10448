"""The office's own pattern for document numbers: a subject that takes it too long is given up.

``re`` cannot be interrupted, and whoever writes to a customer chooses the subject. The library
``regex`` reads the same patterns and takes a limit; it is imported with the first subject.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from regex import Pattern

SECONDS: Final = 0.1
"""For one subject; a pattern that is well needs a thousandth of that."""
_HURRIED_SECONDS: Final = 0.005
_HURRIED_FROM: Final = 0.5
"""Seconds lost to subjects that were given up; from here on the next ones get less time …"""
_MOST_LOST: Final = 1.5
"""… and from here on none: reports are being stored, and others wait for the database."""
_FORGIVEN: Final = _MOST_LOST / 60
"""Seconds forgiven in a second."""
_PROBE_LENGTH: Final = 390
_ALWAYS_PROBED: Final = "aA0 -"
_MARKS: Final = frozenset("\\()[]{}.*+?^$|")


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Why there is nothing to search with."""

    reason: str


class NumberSearch:
    """Finds numbers in subjects by one pattern; may be used by several threads."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._lock = threading.Lock()
        self._compiled: Pattern[str] | _Unusable | None = None
        self._lost = 0.0
        self._lost_at = time.monotonic()
        self.given_up = 0
        """Subjects in which no number was looked for to the end."""

    def spans(self, subject: str) -> tuple[tuple[int, int], ...]:
        """Return where numbers stand: each time the pattern's first group, or the whole.

        Nothing where it took too long: what was found until then may be the wrong half.
        """
        compiled, seconds = self._ready(), self._limit()
        began = time.monotonic()
        if seconds and not isinstance(compiled, _Unusable):
            try:
                return tuple(_spans(compiled, subject, seconds))
            except (TimeoutError, MemoryError):
                pass
        with self._lock:
            self.given_up += 1
            self._lost += time.monotonic() - began
        return ()

    def problem(self) -> str:
        """Return what is wrong with the pattern, after trying it on subjects made to be slow."""
        compiled = self._ready()
        if isinstance(compiled, _Unusable):
            return compiled.reason
        for probe in _probes(self._pattern):
            try:
                _ = tuple(_spans(compiled, probe, SECONDS))
            except (TimeoutError, MemoryError):
                return f"it takes too long on some subjects, such as {probe[:12]}…"
        return ""

    def _ready(self) -> Pattern[str] | _Unusable:
        with self._lock:
            if self._compiled is None:
                self._compiled = _compiled(self._pattern)
            return self._compiled

    def _limit(self) -> float:
        """Seconds for the next subject: less, or none, while much was lost just now."""
        with self._lock:
            now = time.monotonic()
            self._lost = max(0.0, self._lost - (now - self._lost_at) * _FORGIVEN)
            self._lost_at = now
            if self._lost < _HURRIED_FROM:
                return SECONDS
            return _HURRIED_SECONDS if self._lost < _MOST_LOST else 0.0


def _compiled(pattern: str) -> Pattern[str] | _Unusable:
    import warnings

    import regex  # not for the first paint

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a set in a set means the same as in ``re``
            return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        return _Unusable(f"{error}")


def _spans(compiled: Pattern[str], subject: str, seconds: float) -> Iterator[tuple[int, int]]:
    deadline = time.monotonic() + seconds
    # For the other threads: the interpreter's lock is released while it searches.
    for match in compiled.finditer(subject, timeout=seconds, concurrent=True):
        group = next((i for i, part in enumerate(match.groups(), 1) if part), 0)
        yield match.span(group)
        if time.monotonic() > deadline:
            raise TimeoutError


def _probes(pattern: str) -> Iterator[str]:
    """Subjects that repeat what the pattern may repeat, and end in what does not fit.

    Most patterns begin with what a number begins with (``INV-``): without it nothing is repeated.
    """
    written = "".join(letter if letter not in _MARKS else "\n" for letter in pattern)
    beginnings = ("", *dict.fromkeys(part for part in written.split("\n") if part))
    letters = dict.fromkeys(_ALWAYS_PROBED + "".join(c for c in written if c != "\n")[:20])
    for beginning in beginnings[:5]:
        for letter in letters:
            yield beginning + letter * (_PROBE_LENGTH - len(beginning)) + "\N{SNOWMAN}"
    yield "a1 " * (_PROBE_LENGTH // 3) + "\N{SNOWMAN}"
    yield "A-1 " * (_PROBE_LENGTH // 4) + "\N{SNOWMAN}"
