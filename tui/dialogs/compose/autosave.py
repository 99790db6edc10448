"""Keeps a draft while one writes it: a moment after the last key, off the UI's thread."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from core.model.email import Draft
from core.model.errors import OuttrayError
from tui.runtime.context import AppContext


class Autosave:
    """One write at a time; the newest wish wins, and a draft equal to ``pristine`` is none."""

    PAUSE = 0.8
    """Seconds without a key before the draft is kept."""

    def __init__(
        self,
        host: Widget,
        desk: AppContext,
        pristine: Draft,
        failed: Callable[[OuttrayError], None],
        *,
        was_saved: bool,
    ) -> None:
        self._host = host
        self._desk = desk
        self._pristine = pristine
        self._failed = failed
        self._kept: Draft | None = pristine if not was_saved else None
        self._is_kept = was_saved
        self._wanted: Draft | None = None
        self._is_writing = False
        self._is_held = False
        self._is_over = False
        self._came_late: Draft | None = None
        self._timer: Timer | None = None

    def soon(self, draft: Callable[[], Draft]) -> None:
        """Keep what ``draft`` returns when nothing is typed for a moment."""
        self._stop_timer()
        self._timer = self._host.set_timer(self.PAUSE, lambda: self.now(draft()))

    def now(self, draft: Draft) -> None:
        """Keep ``draft``, or forget what was kept where nothing was changed."""
        self._stop_timer()
        if not self._is_held and draft != self._kept:
            self._wanted = draft
            self._write()

    def hold(self) -> None:
        """The email is on its way: sending it puts the draft away, and nothing may come after."""
        self._stop_timer()
        self._wanted = None
        self._is_held = True

    def sent(self) -> None:
        """The email left, and the draft with it; what was still being written is taken back."""
        self._is_over = True
        if self._came_late is not None:
            self._take_back(self._came_late)

    def again(self, draft: Draft) -> None:
        """Keep ``draft`` once more: the send that put it away reached nobody."""
        self._is_held, self._came_late = False, None
        self._kept, self._is_kept = None, False
        self.now(draft)

    def _write(self) -> None:
        draft = self._wanted
        if self._is_writing or draft is None:
            return
        self._wanted = None
        composing = self._desk.backend.composing
        is_nothing = draft == self._pristine
        if is_nothing and not self._is_kept:
            self._kept = draft
            return
        self._is_writing = True
        self._desk.jobs.start(
            None,
            (lambda: composing.discard(draft)) if is_nothing else (lambda: composing.save(draft)),
            lambda _: self._written(draft, is_kept=not is_nothing),
            self._not_written,
        )

    def _written(self, draft: Draft, *, is_kept: bool) -> None:
        self._is_writing = False
        self._kept, self._is_kept = draft, is_kept
        if self._is_held and is_kept:
            self._came_late = draft
            if self._is_over:
                self._take_back(draft)
            return
        self._write()

    def _take_back(self, draft: Draft) -> None:
        composing = self._desk.backend.composing
        self._desk.jobs.start(None, lambda: composing.discard(draft))

    def _not_written(self, error: OuttrayError) -> None:
        self._is_writing = False
        if not self._is_held:
            self._failed(error)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
