"""Conversations of several steps, beside the screens: compose, check, send, result."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from core.errors import OuttrayError
from core.model import (
    Composition,
    DocumentRow,
    EmailKind,
    RecipientOutcome,
    SendOutcome,
    Word,
)
from tui.desk import Desk
from tui.text import cell


class Sending:
    """From F or R to the toast. The dialog keeps the draft that is left."""

    def __init__(
        self,
        app: App[None],
        desk: Desk,
        *,
        changed: Callable[[], None],
        failed: Callable[[OuttrayError], None],
    ) -> None:
        self._app = app
        self._desk = desk
        self._changed = changed
        self._failed = failed

    def begin(self, kind: EmailKind, row: DocumentRow) -> None:
        """Open the dialog for ``row``, with the draft that was left there, if one was."""
        self._desk.jobs.start(
            "compose",
            lambda: self._desk.backend.compose(kind, row.id),
            self._open,
            self._failed,
        )

    def _open(self, composition: Composition) -> None:
        from tui.dialogs.compose import ComposeDialog  # not for the first paint
        from tui.dialogs.send_state import Composed

        if len(self._app.screen_stack) > 1 and self._app.screen.is_modal:
            return  # something else was opened meanwhile
        dialog = ComposeDialog(self._desk, composition)

        def closed(composed: Composed | None) -> None:
            if composed is not None:
                self._close(composed.outcome, is_changed=composed.is_changed)

        _ = self._app.push_screen(dialog, closed)

    def _close(self, outcome: SendOutcome | None, *, is_changed: bool) -> None:
        if outcome is None:
            if is_changed:
                self._app.notify("The draft is kept.", markup=False)
            return
        self._changed()
        message, is_fine = told(outcome.recipients)
        self._app.notify(
            message,
            title=cell(outcome.number, 40),
            severity="information" if is_fine else "warning",
            timeout=6 if is_fine else 15,
            markup=False,
        )


def told(recipients: tuple[RecipientOutcome, ...]) -> tuple[str, bool]:
    """Return what to say about a send that ended, and whether all is well."""
    sent = [cell(r.address, 60) for r in recipients if r.status is not Word.FAILED]
    lines: list[str] = []
    doubtful = [cell(r.address, 60) for r in recipients if r.status is Word.UNCONFIRMED]
    certain = [address for address in sent if address not in doubtful]
    if certain:
        lines.append(f"Sent to {', '.join(certain)}; the badge moves when SES reports.")
    if doubtful:
        lines.append(
            f"{', '.join(doubtful)}: we do not know whether SES took it. "
            "Its report will settle it; do not send again before."
        )
    failed = [r for r in recipients if r.status is Word.FAILED]
    lines += [f"Not sent to {cell(r.address, 60)}: {cell(r.error, 200)}" for r in failed]
    return "\n".join(lines), not doubtful and not failed
