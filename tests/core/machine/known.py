"""What an office knows beside its database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass
class Listed:
    """When an address was on our own list: from the end of adding to the beginning of removing."""

    since: datetime
    until: datetime | None = None


@dataclass
class Known:
    """What the office knows beside its database; a backup keeps it, a restore brings it back."""

    told: frozenset[str]
    file: Path
