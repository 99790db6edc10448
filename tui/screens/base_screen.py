"""What the screens have in common: the lines above and below, commands, and reading again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.screen import Screen

from tui.commands.dispatch import CommandHost, bindings, key_of
from tui.widgets.data_table.view import WindowView
from tui.widgets.feed_bar import FeedBar, TroubleLine
from tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from core.model.feed import FeedStatus
    from tui.runtime.context import AppContext

R = TypeVar("R")


class PlaceScreen(CommandHost, Screen[None]):
    """A full screen with a table. ``show_again`` is called whenever something changed."""

    BINDINGS = bindings("screen")

    def __init__(self, app_context: AppContext, feed: FeedStatus, name: str | None = None) -> None:
        super().__init__(name)
        settings = app_context.backend.settings
        self.app_context = app_context
        self.is_ready = False
        """Whether there is anything to show things in yet."""
        self._bar = FeedBar(
            database=settings.database_label, operator=settings.operator, clock=app_context.clock
        )
        self._bar.status = feed
        self._bar.waiting = app_context.board.waiting
        self._trouble = TroubleLine(clock=app_context.clock)
        self._trouble.trouble = app_context.board.trouble
        self._trouble.problem = app_context.board.problem
        self._trouble.look = app_context.board.look

    def compose(self) -> ComposeResult:
        self._bar.crumbs = self.crumbs()
        yield self._bar
        yield self._trouble
        yield from self.compose_place()
        yield KeyBar()

    def compose_place(self) -> ComposeResult:
        """What is between the top and the bottom line."""
        yield from ()

    def crumbs(self) -> tuple[str, ...]:
        """Where one is, for the top line."""
        return ()

    def show_feed(self, status: FeedStatus) -> None:
        """Put the feed's state into the top line; badges that may be out of date are dimmed."""
        self._bar.status = status
        for table in self.query(WindowView):
            table.is_stale = status.is_stale

    def show_waiting(self) -> None:
        """Put what waits to be sent into the top line."""
        self._bar.waiting = self.app_context.board.waiting
        self._bar.is_held = bool(self.app_context.board.outbox_words)

    def show_trouble(self) -> None:
        """Put what goes wrong beyond single emails below the top line."""
        self._trouble.problem = self.app_context.board.problem
        self._trouble.trouble = self.app_context.board.trouble
        self._trouble.look = self.app_context.board.look

    def show_again(self) -> None:
        """Read everything that is shown again; cursor and scroll stay with their rows."""

    def read_again(self) -> None:
        """Do what ``show_again`` does, and ask again whoever else is asked."""
        self.show_again()

    def close_something(self) -> bool:
        """Close or clear what is open in here; false when there is nothing."""
        return False

    def on_mount(self) -> None:
        self.is_ready = True
        self.show_feed(self._bar.status)

    def on_screen_resume(self) -> None:
        if self.is_ready:
            self.show_again()

    def command_close(self) -> None:
        slow = [table for table in self.query(WindowView) if table.is_slow]
        for table in slow:
            table.stop_waiting()
        if slow:
            return
        if not self.close_something() and len(self.app.screen_stack) > 1:
            _ = self.dismiss()

    def read(self, group: str, call: Callable[[], R], show: Callable[[R], object]) -> None:
        """Call the backend in a thread and show the answer, unless one is gone by then."""

        def done(answer: R) -> None:
            if self.is_mounted:
                show(answer)

        self.app_context.background_calls.start(
            f"{type(self).__name__}.{group}", call, done, self.report
        )

    def report(self, error: OuttrayError) -> None:
        """Tell the person what went wrong and what to do."""
        from tui.widgets.error_toast import show_error  # not for the first paint

        show_error(self, error, f"Press {key_of('app.reload')} to try again.")
