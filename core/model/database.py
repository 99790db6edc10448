"""How a look at a database goes that somebody left without closing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatabaseLook:
    """Either it goes on, and this program's changes wait; or it has found ``damage``."""

    seconds: float = 0.0
    """Since when."""
    part: float = 0.0
    """How much of it is done, from 0 to 1; 0 where another program does it."""
    damage: str = ""

    @property
    def goes_on(self) -> bool:
        return not self.damage
