"""Rings the terminal's bell when an email has failed, for those who want it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.app import App

    from tui.runtime.context import AppContext

QUIET: Final = timedelta(seconds=10)
"""A list that bounces is one piece of bad news."""


class FailureBell:
    """Rings once when more documents have failed than before; by default never."""

    def __init__(self, app: App[Any], desk: AppContext) -> None:
        self._app, self._desk = app, desk
        self._revision: int | None = None
        self._count: int | None = None
        self._rang_at: datetime | None = None

    def begin(self, every: float) -> None:
        """Look every so many seconds, if the settings say so."""
        if self._desk.backend.settings.bell:
            self._desk.jobs.repeat(self._look, self._looked, lambda _: None, every=every)

    def _look(self) -> int | None:
        """Count again only after a change; ``None``: there was none. In a thread."""
        revision = self._desk.backend.revision()
        if revision == self._revision:
            return None
        count = self._desk.backend.documents.count_failed()
        self._revision = revision  # after the count: what failed is tried again
        return count

    def _looked(self, count: int | None) -> None:
        if count is None:
            return
        before, self._count = self._count, count
        if before is None or count <= before:
            return
        now = self._desk.clock()
        if self._rang_at is None or now - self._rang_at >= QUIET:
            self._rang_at = now
            self._app.bell()
