"""Follows how the database is looked at after a crash, and tells the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from tui.screens.base_screen import PlaceScreen

if TYPE_CHECKING:
    from core.model.database import DatabaseLook
    from core.model.errors import OuttrayError
    from tui.runtime.context import AppContext


class DatabaseWatch:
    """Begins the look after the first rows; meanwhile changes wait and reading goes on."""

    def __init__(self, app: App[None], desk: AppContext) -> None:
        self._app, self._desk = app, desk

    def begin(self, every: float) -> None:
        """Ask ``every`` so many seconds: reading the database is not needed for it."""
        backend, jobs = self._desk.backend, self._desk.jobs

        def look() -> DatabaseLook | None:
            backend.when_a_change_waits(jobs.stand_in)
            return backend.database_look()

        jobs.repeat(look, self._looked, self._not_looked, every=every)

    def _looked(self, look: DatabaseLook | None) -> None:
        board = self._desk.board
        if look == board.look:
            return
        was_going_on = board.look is not None and board.look.goes_on
        board.look = look
        for screen in self._app.screen_stack:
            if isinstance(screen, PlaceScreen):
                screen.show_trouble()
            else:
                getattr(screen, "show_database_look", lambda: None)()
        if was_going_on and look is None:
            self._app.notify(
                "The database was checked after a crash and is not damaged.",
                title="Changes are saved again",
            )

    def _not_looked(self, error: OuttrayError) -> None:
        """Whoever changes something is told; here nobody has."""
        self._app.log.warning(error)
