"""Which rows changed since the person last saw them; kept in memory, for this session."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class News(Generic[T]):
    """``sign`` is what matters of a row; two that are equal are no news.

    ``is_quiet`` tells the rows whose change nobody needs to be told: what one just did oneself.
    """

    def __init__(
        self,
        sign: Callable[[T], Hashable],
        is_quiet: Callable[[T], bool] = lambda _: False,
        seen: dict[int, Hashable] | None = None,
    ) -> None:
        """``seen`` outlives the table, so that who comes back is told what changed meanwhile."""
        self._sign, self._is_quiet = sign, is_quiet
        self._seen: dict[int, Hashable] = {} if seen is None else seen
        self._waiting: dict[int, Hashable] = {}

    def is_new(self, key: int, row: T) -> bool:
        """Whether ``row``, which is on screen now, is another than when it was looked at.

        One that was never on screen before is not.
        """
        sign = self._sign(row)
        if self._seen.setdefault(key, sign) == sign or self._is_quiet(row):
            self._seen[key] = sign
            self._waiting.pop(key, None)
            return False
        self._waiting[key] = sign
        return True

    def would_be_new(self, key: int, row: T) -> bool:
        """Return what ``is_new`` will, of a row that is not on screen yet."""
        sign = self._sign(row)
        return self._seen.get(key, sign) != sign and not self._is_quiet(row)

    def look(self, key: int) -> bool:
        """The cursor was on the row; true when it was news until now."""
        sign = self._waiting.pop(key, None)
        if sign is None:
            return False
        self._seen[key] = sign
        return True

    def leave(self) -> None:
        """The person leaves the table: what is marked was on screen."""
        self._seen |= self._waiting
        self._waiting.clear()
