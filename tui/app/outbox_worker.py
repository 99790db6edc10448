"""What waits to be sent, while the program runs and when one leaves it; beside the screens."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.app import App

from tui.runtime.exits import ToldToEndError
from tui.screens.base_screen import PlaceScreen

if TYPE_CHECKING:
    from core.model.errors import OuttrayError
    from core.model.outbox import WorkReport
    from tui.dialogs.leave import LeaveDialog
    from tui.runtime.context import AppContext


_ENDS: Final = ("SIGTERM", "SIGHUP", "SIGINT")
"""Nobody answers a question any more: one leaves at once, as after it."""


class Outgoing:
    """Works the outbox in the background, tells the screens, and speaks up before one leaves."""

    def __init__(self, app: App[None], app_context: AppContext) -> None:
        self._app, self._app_context = app, app_context
        self._dialog: LeaveDialog | None = None
        """The question that is open, while one leaves."""
        self._ended_by = 0
        """The signal that ended the program; 0: a person did."""

    def begin(self, every: float) -> None:
        """Send what waits, and look again ``every`` so many seconds; end when told to."""
        for name in _ENDS:
            number = getattr(signal, name, None)
            # Windows cannot do it, nor can a test in a thread of its own.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    asyncio.get_running_loop().add_signal_handler(number, self._end, number)
        backend = self._app_context.backend
        self._app_context.background_calls.repeat(
            lambda: backend.outbox.work(), self._worked, self._not_worked, every=every
        )

    def _worked(self, report: WorkReport) -> None:
        """The screens see what became of it by themselves; why nothing goes is told there."""
        self._app_context.board.outbox_words = report.words

    def _not_worked(self, error: OuttrayError) -> None:
        self._app_context.board.outbox_words = str(error)

    def show(self, waiting: int) -> None:
        """Tell every screen how much waits by now."""
        board = self._app_context.board
        board.waiting = waiting
        for screen in self._app.screen_stack:
            if isinstance(screen, PlaceScreen):
                screen.show_waiting()
        if self._dialog is not None and self._dialog.is_attached:
            self._dialog.show_waiting(waiting, board.why_waiting)

    def leave(self) -> None:
        """Leave; where something waits to be sent, say what becomes of it first."""
        board = self._app_context.board
        if not board.waiting:
            self._go()
        elif self._dialog is None or not self._dialog.is_attached:
            from tui.dialogs.leave import LeaveDialog  # not for the first paint

            self._dialog = LeaveDialog(board.waiting, board.why_waiting)
            _ = self._app.push_screen(self._dialog, self._left)

    def _left(self, wants: bool | None) -> None:
        self._dialog = None
        if wants:
            self._go()

    def _end(self, number: int) -> None:
        self._ended_by = number
        self._go()

    def after(self) -> None:
        """Tell whoever started the program when it was a signal that ended it.

        Raises:
            ToldToEndError: it was.
            KeyboardInterrupt: it was that of Ctrl+C.
        """
        if self._ended_by == signal.SIGINT:
            raise KeyboardInterrupt
        if self._ended_by:
            raise ToldToEndError(self._ended_by)

    def _go(self) -> None:
        """Nothing that was asked for meanwhile is waited for."""
        self._app_context.background_calls.close()
        self._app.exit()
