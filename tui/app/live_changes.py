"""What a running program follows: settings, the bell, a look at the database after a crash."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from core.settings.schema import FALSE
from tui.commands.dispatch import key_of, use_keys
from tui.format.text import cell
from tui.runtime.themes import steady
from tui.screens.base_screen import PlaceScreen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.model.database import DatabaseLook
    from core.model.errors import OuttrayError
    from core.settings.loading import Settings
    from core.settings.toml_file import KeyLine
    from tui.commands.keymap import Problem, Resolution
    from tui.runtime.context import AppContext


class DatabaseWatch:
    """Begins the look after the first rows; meanwhile changes wait and reading goes on."""

    def __init__(self, app: App[None], app_context: AppContext) -> None:
        self._app, self._app_context = app, app_context

    def begin(self, every: float) -> None:
        """Ask ``every`` so many seconds: reading the database is not needed for it."""
        backend, background_calls = self._app_context.backend, self._app_context.background_calls

        def look() -> DatabaseLook | None:
            backend.when_a_change_waits(background_calls.stand_in)
            return backend.database_look()

        background_calls.repeat(look, self._looked, self._not_looked, every=every)

    def _looked(self, look: DatabaseLook | None) -> None:
        board = self._app_context.board
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


QUIET: Final = timedelta(seconds=10)
"""A list that bounces is one piece of bad news."""


class FailureBell:
    """Rings once when more documents have failed than before; by default never."""

    def __init__(self, app: App[Any], app_context: AppContext) -> None:
        self._app, self._app_context = app, app_context
        self._revision: int | None = None
        self._count: int | None = None
        self._rang_at: datetime | None = None

    def begin(self, every: float) -> None:
        """Look every so many seconds, if the settings say so."""
        if self._app_context.backend.settings.bell:
            self._app_context.background_calls.repeat(
                self._look, self._looked, lambda _: None, every=every
            )

    def _look(self) -> int | None:
        """Count again only after a change; ``None``: there was none. In a thread."""
        revision = self._app_context.backend.revision()
        if revision == self._revision:
            return None
        count = self._app_context.backend.documents.count_failed()
        self._revision = revision  # after the count: what failed is tried again
        return count

    def _looked(self, count: int | None) -> None:
        if count is None:
            return
        before, self._count = self._count, count
        if before is None or count <= before:
            return
        now = self._app_context.clock()
        if self._rang_at is None or now - self._rang_at >= QUIET:
            self._rang_at = now
            self._app.bell()


class Following:
    """Begins with the registry's own keys, whatever program ran in this process before."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.keys: Resolution | None = None
        """What a person's own table of keys comes to; ``None``: there is none."""
        use_keys({})

    def begin(self, settings: Settings) -> None:
        """Follow the settings of the start; once the app is mounted."""
        steady(self._app, is_still=not settings.motion)
        self._follow_keys(settings.keys)

    def change(self, values: Mapping[str, str], keys: Sequence[KeyLine]) -> None:
        """Let changed settings take effect that need no new start."""
        theme = values.get("ui.theme", "")
        if theme and theme in self._app.available_themes:
            self._app.theme = theme
        steady(self._app, is_still=values.get("ui.motion") == FALSE)
        self._follow_keys(keys)

    def _follow_keys(self, lines: Sequence[KeyLine]) -> None:
        if not lines:
            if self.keys is not None:
                self.keys = None
                use_keys({})
                self._app.set_keymap({})
            return
        from tui.commands.keymap import resolve_lines  # most people keep the keys there are

        before = self.keys
        self.keys = resolve_lines(lines)
        use_keys(self.keys.keys)
        # the whole table: of a part, Textual drops what the part displaces
        self._app.set_keymap({each: ",".join(keys) for each, keys in self.keys.keys.items()})
        if self.keys.problems and (before is None or before.problems != self.keys.problems):
            self._tell_problems(self.keys.problems)

    def _tell_problems(self, problems: tuple[Problem, ...]) -> None:
        count = "1 line" if len(problems) == 1 else f"{len(problems)} lines"
        self._app.notify(
            f"{cell(str(problems[0]), 200)} The rest applies; "
            f"{key_of('app.settings')} lists what is wrong.",
            title=f"{count} of [keys] cannot be followed",
            severity="warning",
            timeout=12,
            markup=False,
        )
