"""What a search for customers finds while somebody types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """Customers in the order of how well they match."""

    ids: tuple[int, ...]
    has_more: bool = False
    """There are more than are named here."""
    alike: int = 0
    """The last so many of them are only spelt alike."""
    may_look_alike: bool = False
    """So few match that it is worth asking again for those that are spelt alike."""
