"""The application: screens, colours, the feed's loop. No SQL, and no word of e-mail."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("TEXTUAL_FPS", "250")  # read once, when Textual is imported

from textual.actions import SkipAction
from textual.app import SystemCommand
from textual.command import Provider
from textual.screen import Screen

from core.logs.setup import log
from core.model.feed import FeedState, FeedStatus
from core.settings.schema import slow_pattern
from tui.app.first_paint import FIRST_SHEETS, FirstPaint
from tui.app.flows.chase import ChaseFlows
from tui.app.flows.copy_open_export import CopyOpenExport
from tui.app.flows.send import Correct, Sending
from tui.app.live_changes import FailureBell, Following
from tui.app.navigation import Navigation
from tui.app.outbox_worker import Outgoing
from tui.commands.dispatch import bindings, key_of
from tui.commands.registry import COMMANDS
from tui.format.feed import news
from tui.format.text import cell
from tui.runtime import themes
from tui.runtime.background import BackgroundCalls
from tui.runtime.context import AppContext, utc_now
from tui.runtime.terminal_input import read_alt_keys
from tui.screens.base_screen import PlaceScreen
from tui.screens.customers import CustomersScreen

if TYPE_CHECKING:
    from core.backend import Backend
    from core.model.errors import OuttrayError
    from core.model.reports import IngestReport
    from core.model.suppressions import ListState
    from core.rules.monitoring.incidents import Trouble
    from tui.commands.registry import Command

_TURN: Final = 0.0003
"""Seconds that a thread keeps others waiting. One that reads rows gives way at each of them: with
the usual 5 ms it gets one row for every 5 ms that the screen is being painted."""
POLL_SECONDS: Final = 20
"""How long one question to the queue waits for messages; SQS allows no more."""


def _views_in_the_palette() -> type[Provider]:
    from tui.app.palette import ViewProvider

    return ViewProvider


class OuttrayApp(Navigation):
    """Shows ``backend`` on a terminal; ``clock`` is for tests."""

    TITLE = "Outtray"
    CSS_PATH = [*FIRST_SHEETS]
    BINDINGS = bindings("app")
    COMMANDS = Navigation.COMMANDS | {_views_in_the_palette}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    PULSE_SECONDS = 1.0
    """How often one looks for changes of other programs, and at the feed."""
    LONGEST_PAUSE_SECONDS = 5.0
    """How soon one looks again at a database that does not answer."""
    TROUBLE_SECONDS = 60.0
    """How often one looks for trouble beyond single emails."""
    SUPPRESSIONS_SECONDS = 30.0
    """How often one looks whether the copy of SES's suppression list is too old."""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]

    def __init__(self, backend: Backend, *, clock: Callable[[], datetime] = utc_now) -> None:
        read_alt_keys()
        super().__init__()
        self.backend = backend
        self.background_calls = BackgroundCalls(self)
        self.app_context = AppContext(backend, self.background_calls, clock)
        self.outgoing = Outgoing(self, self.app_context)
        self.correct = Correct(self, self.app_context, changed=self.show_again, failed=self.report)
        self.sending = Sending(
            self,
            self.app_context,
            changed=self.show_again,
            failed=self.report,
            corrected=self.correct.saved_with_a_send,
        )
        self.chases = ChaseFlows(
            self, self.app_context, changed=self.show_again, failed=self.report
        )
        self.copy_open_export = CopyOpenExport(self, self.app_context, self.report)
        self.failure_bell = FailureBell(self, self.app_context)
        self._feed = FeedStatus(FeedState.STARTING)
        self._revision: int | None = None
        self._is_pattern_slow = False
        self._list_version = 0
        self._first_paint = FirstPaint(self, self._start_loops)
        self.following = Following(self)
        for theme in themes.THEMES:
            self.register_theme(theme)
        self._wanted_theme = backend.settings.theme
        known = self._wanted_theme in self.available_themes
        self.theme = self._wanted_theme if known else themes.DARK.name

    # ------------------------------------------------------------------ life

    def get_default_screen(self) -> Screen[Any]:
        return CustomersScreen(self.app_context, self._feed)

    def get_css_variables(self) -> dict[str, str]:
        variables = themes.complete(super().get_css_variables(), ansi=self.current_theme.ansi)
        self.theme_variables = variables
        return variables

    def on_mount(self) -> None:
        if self._wanted_theme and self.theme != self._wanted_theme:
            self.notify(
                f"There is no theme {cell(self._wanted_theme, 40)!r}. "
                f"{key_of('app.theme')} goes through "
                f"{', '.join(theme.name for theme in themes.THEMES)}.",
                title="Settings",
                severity="warning",
                markup=False,
            )
        self.following.begin(self.backend.settings)
        self._first_paint.lower()

    def on_window_table_loaded(self) -> None:
        """Begin with what can wait for the first rows."""
        self._first_paint.lift()

    def on_window_table_failed(self) -> None:
        """Show why there are no rows."""
        self._first_paint.lift()

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Every screen but the first one needs all sheets."""
        self._first_paint.read_other_sheets()
        return super().push_screen(*arguments, **options)

    def _start_loops(self) -> None:
        from tui.app.live_changes import DatabaseWatch  # not for the first paint

        sys.setswitchinterval(_TURN)  # until here there is nobody to keep waiting
        if not gc.isenabled():  # ``run`` put it off until the first paint
            gc.enable()
            gc.freeze()
        backend = self.backend
        self.background_calls.repeat(
            lambda: (backend.revision(), backend.feed_status(), backend.outbox_waiting()),
            self._pulse,
            self._pulse_failed,
            every=self.PULSE_SECONDS,
            longest_pause=self.LONGEST_PAUSE_SECONDS,
        )
        self.background_calls.repeat(
            backend.trouble, self._show_trouble, self._not_pulled, every=self.TROUBLE_SECONDS
        )
        self.outgoing.begin(self.PULSE_SECONDS)
        DatabaseWatch(self, self.app_context).begin(self.PULSE_SECONDS)
        self.failure_bell.begin(self.PULSE_SECONDS)
        self.background_calls.repeat(
            backend.read_suppressions,
            self._suppressions_read,
            self._not_pulled,
            every=self.SUPPRESSIONS_SECONDS,
        )
        if backend.settings.queue_url:
            self.background_calls.repeat(
                lambda: backend.pull(POLL_SECONDS), self._pulled, self._not_pulled
            )

    def on_unmount(self) -> None:
        self.background_calls.close()

    # ------------------------------------------------------------------ the feed

    def _pulse(self, answer: tuple[int, FeedStatus, int]) -> None:
        before = self._feed
        revision, self._feed, waiting = answer
        self._tell_feed(before)
        self._tell_back()
        for screen in self.screen_stack:
            if isinstance(screen, PlaceScreen):
                screen.show_feed(self._feed)
        self.outgoing.show(waiting)
        changed = self._revision is not None and revision != self._revision
        self._revision = revision
        if changed:
            self.show_again()

    def _suppressions_read(self, state: ListState) -> None:
        before, self._list_version = self._list_version, state.version
        if before != state.version:
            self.show_again()

    def _show_trouble(self, trouble: Trouble) -> None:
        self.app_context.board.trouble = trouble
        self._show_board()

    def _show_board(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, PlaceScreen):
                screen.show_trouble()

    def _tell_feed(self, before: FeedStatus) -> None:
        """Say once that the feed went down, and once that it is back."""
        said = news(before, self._feed, self.app_context.clock())
        if said is not None:
            self.notify(
                said.text, title=said.title, severity=said.severity, timeout=12, markup=False
            )

    def _pulse_failed(self, error: OuttrayError) -> None:
        before, self.app_context.board.problem = self.app_context.board.problem, error
        self._show_board()
        if before is None or before.title != error.title:  # once, not each second
            self.report(error)

    def _tell_back(self) -> None:
        if self.app_context.board.problem is None:
            return
        self.app_context.board.problem = None
        self._show_board()
        self.notify("What is shown is up to date again.", title="The database is back")
        self.show_again()

    def _pulled(self, report: IngestReport) -> None:
        if report.applied:
            self.show_again()
        if report.unsearched and not self._is_pattern_slow:  # once: the doctor says it, too
            self._is_pattern_slow = True
            self.report(slow_pattern(report.unsearched))

    def _not_pulled(self, error: OuttrayError) -> None:
        """The feed bar says what is wrong; a toast a minute would only be in the way."""
        self.log.warning(error)

    def show_again(self) -> None:
        """Let the screen that is visible, or lies under a dialog, read its rows again."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, PlaceScreen):
                if screen.is_ready:
                    screen.show_again()
                return

    def report(self, error: OuttrayError) -> None:
        """Tell the person what went wrong and what to do."""
        from tui.widgets.error_toast import show_error  # not for the first paint

        show_error(self, error)

    # ------------------------------------------------------------------ commands

    def label_of(self, command: Command) -> str:
        """What the bottom line calls ``command`` here and now."""
        is_left = command.id == "app.back" and isinstance(self.screen, CustomersScreen)
        return "Quit" if is_left else command.label

    def command_reload(self) -> None:
        screen = self.screen
        if isinstance(screen, PlaceScreen) and screen.is_ready:
            screen.read_again()

    def command_theme(self) -> None:
        names = [theme.name for theme in themes.THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]
        self.notify(self.theme, title="Colours", timeout=2, markup=False)

    def command_help(self) -> None:
        from tui.dialogs.basic.help import HelpDialog  # not for the first paint

        places = list(dict.fromkeys(command.place for command in self._reachable()))
        _ = self.push_screen(HelpDialog(places))

    def command_jump(self) -> None:
        from tui.dialogs.jump import is_typing, jump  # not for the first paint

        if is_typing(self):
            raise SkipAction  # it is a letter there
        jump(self)

    def command_jump_out(self) -> None:
        from tui.dialogs.jump import jump

        jump(self)

    def command_palette(self) -> None:
        self.action_command_palette()

    def command_back(self) -> None:
        if len(self.screen_stack) > 1:
            _ = self.pop_screen()
        else:
            self.command_quit()

    def command_quit(self) -> None:
        self.outgoing.leave()

    # ------------------------------------------------------------------ the palette

    def _reachable(self) -> list[Command]:
        """The commands of where one is, those of the focused widget first."""
        found = {active.binding.id for active in self.screen.active_bindings.values()}
        focused = {b.id for _, b in self.focused._bindings} if self.focused else set[str | None]()
        mine = [command for command in COMMANDS if command.id in found]
        return sorted(mine, key=lambda command: command.id not in focused)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every command of ``screen``, with its key; then Textual's list of themes."""
        from tui.app.palette import SET_UP, commands_of  # not for the first paint

        yield from commands_of(screen)
        if self.backend.settings.target is not None:
            yield SystemCommand("Set up", SET_UP, self.set_up)
        yield SystemCommand("Choose a theme", "All themes there are.", self.search_themes)


def run(backend: Backend, *, mouse: bool = True) -> int:
    """Run the terminal UI until the person leaves; return the exit code. The backend stays open.

    Whoever put off the collection of garbage for the start gets it back with the first paint.

    Raises:
        ToldToEndError: a signal ended it.
    """
    app = OuttrayApp(backend)
    with log.off_the_screen():
        app.run(mouse=mouse)
    app.raise_fault()
    app.outgoing.after()
    return app.return_code or 0
