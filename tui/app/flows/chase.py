"""Conversations around chasing, beside the screens: snooze, call, evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import ModalScreen

from core.model.documents import DocumentRow
from tui.format.text import cell
from tui.tables.intents import ChaseWanted

if TYPE_CHECKING:
    from core.model.chase_state import ChaseState, Scope
    from core.model.chasing import Call
    from core.model.documents import CustomerRow
    from core.model.errors import OuttrayError
    from core.model.reports import Exported
    from tui.runtime.context import AppContext


class ChaseFlows:
    """From Z, P or X to the toast."""

    def __init__(
        self,
        app: App[None],
        app_context: AppContext,
        *,
        changed: Callable[[], None],
        failed: Callable[[OuttrayError], None],
    ) -> None:
        self._app, self._app_context = app, app_context
        self._changed, self._failed = changed, failed

    def begin(self, wanted: ChaseWanted) -> None:
        """Read what stands, then open the dialog."""
        about = wanted.about
        if wanted.verb == "snooze":
            self._begin_snooze(about)
        elif isinstance(about, DocumentRow) and wanted.verb == "call":
            self._begin_call(about)
        elif isinstance(about, DocumentRow):
            from tui.dialogs.chasing import EvidenceDialog

            self._open(EvidenceDialog(self._app_context, about), self._exported)

    def _begin_snooze(self, about: DocumentRow | CustomerRow) -> None:
        from core.model.chase_state import Scope
        from tui.dialogs.chasing import SnoozeDialog

        row = about if isinstance(about, DocumentRow) else None
        scope = Scope.of(row) if row else Scope(about.id)
        self._stand(
            scope,
            lambda standing: self._open(
                SnoozeDialog(self._app_context, scope, standing, row), self._snoozed
            ),
        )

    def _begin_call(self, row: DocumentRow) -> None:
        from core.model.chase_state import Scope
        from tui.dialogs.chasing import CallDialog

        self._stand(
            Scope.of(row),
            lambda standing: self._open(CallDialog(self._app_context, row, standing), self._called),
        )

    def _stand(self, scope: Scope, then: Callable[[ChaseState], None]) -> None:
        chasing = self._app_context.backend.chasing
        self._app_context.background_calls.start(
            "chase", lambda: chasing.standing(scope), then, self._failed
        )

    def _open(self, dialog: ModalScreen[Any], done: Callable[[Any], None]) -> None:
        if len(self._app.screen_stack) > 1 and self._app.screen.is_modal:
            return  # something else was opened meanwhile

        def closed(answer: Any) -> None:
            if answer is not None:
                done(answer)

        _ = self._app.push_screen(dialog, closed)

    # ------------------------------------------------------------------ what is said at the end

    def _snoozed(self, standing: ChaseState) -> None:
        self._changed()
        now = self._app_context.clock()
        from tui.format.chasing import hold_words  # not for the first paint

        held = "\n".join(hold_words(hold, now) for hold in standing.in_force)
        self._tell(held or "Nothing holds back chasing now.", cell(standing.name, 40))

    def _called(self, call: Call) -> None:
        self._changed()
        who = f" with {cell(call.contact, 40)}" if call.contact else ""
        self._tell(f"The call{who} is in the log, among the emails.", "Written down")

    def _exported(self, written: Exported) -> None:
        nothing = "" if written.emails else " Nothing was sent about it."
        self._tell(f"{written.files} files in {cell(str(written.path))}.{nothing}", "Evidence")
        if self._app.is_web and written.path.is_file():
            from tui.runtime.browser_files import give_file

            _ = give_file(self._app, written.path, self._failed)

    def _tell(self, text: str, title: str) -> None:
        self._app.notify(text, title=title, timeout=8, markup=False)
