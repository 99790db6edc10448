"""What screens remember for the person who works here: views, history, columns.

In the database rather than in a file, so that it is there at every desk.
"""

from __future__ import annotations

from core.db.engine import Database
from core.db.writes import preferences


class Preferences:
    """Those of one operator; safe for several threads. Both methods may raise ``DatabaseError``."""

    def __init__(self, database: Database, operator: str) -> None:
        self._database = database
        self._operator = operator

    def get(self, key: str) -> str | None:
        """Return what was kept under ``key``, or ``None``."""
        return preferences.read(self._database.reader, self._operator, key)

    def put(self, key: str, value: str) -> None:
        """Keep ``value`` under ``key``, in place of what was there; an empty one removes it."""
        if self.get(key) == (value or None):
            return  # a write would make every open program read its rows again
        with self._database.transaction() as connection:
            preferences.write(connection, self._operator, key, value)
