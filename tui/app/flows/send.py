"""F, R and E: the dialog, the send, what came of it, and an address corrected on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from core.model.enums import DisplayStatus
from tui.commands.dispatch import key_of
from tui.format.text import cell

if TYPE_CHECKING:
    from core.model.corrections import Correctable, Corrected, Waiting
    from core.model.documents import DocumentRow
    from core.model.email import Composition, RecipientOutcome, SendOutcome
    from core.model.enums import EmailKind
    from core.model.errors import OuttrayError
    from tui.dialogs.address.edit_address import Edited
    from tui.dialogs.compose.state import Composed
    from tui.runtime.context import AppContext

    _Prepared = tuple[Corrected | None, tuple[Waiting, ...]]


class Sending:
    """Opens the dialog for F or R, and says afterwards what became of the send."""

    def __init__(
        self,
        app: App[None],
        app_context: AppContext,
        *,
        changed: Callable[[], None],
        failed: Callable[[OuttrayError], None],
        corrected: Callable[[int, str, str], None] = lambda *_: None,
    ) -> None:
        self._app = app
        self._app_context = app_context
        self._changed = changed
        self._failed = failed
        self._corrected = corrected

    def begin(self, kind: EmailKind, row: DocumentRow) -> None:
        """Open the dialog for ``row``, with the draft that was left there, if one was."""
        self._app_context.background_calls.start(
            "compose",
            lambda: self._app_context.backend.compose(kind, row.id),
            self._open,
            self._failed,
        )

    def many(self, kind: EmailKind, document_ids: Iterable[int], done: Callable[[], None]) -> None:
        """Open the summary for several documents; ``done`` once they are in the outbox."""
        ids, backend = sorted(document_ids), self._app_context.backend
        self._app_context.background_calls.start(
            "compose",
            lambda: backend.documents.rows(ids),
            lambda rows: self._open_many(kind, rows, done),
            self._failed,
        )

    def _open_many(
        self, kind: EmailKind, rows: Sequence[DocumentRow], done: Callable[[], None]
    ) -> None:
        from tui.dialogs.bulk.bulk import BulkDialog  # not for the first paint

        if len(self._app.screen_stack) > 1 and self._app.screen.is_modal:
            return

        def closed(has_sent: bool | None) -> None:
            if has_sent:
                done()
            self._changed()

        _ = self._app.push_screen(BulkDialog(self._app_context, kind, rows), closed)

    def begin_with(self, composition: Composition) -> None:
        """Open the dialog with what was written before and did not go."""
        self._open(composition)

    def _open(self, composition: Composition) -> None:
        from tui.dialogs.compose.compose import ComposeDialog  # not for the first paint

        if len(self._app.screen_stack) > 1 and self._app.screen.is_modal:
            return  # something else was opened meanwhile
        dialog = ComposeDialog(self._app_context, composition)

        def closed(composed: Composed | None) -> None:
            if composed is not None:
                self._close(composed.outcome, is_changed=composed.is_changed)
                old = composed.draft.replaces
                if composed.is_address_kept and old is not None:
                    self._corrected(composition.document.customer_id, old, composed.draft.to[0])

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


def back_to(app: App[None], kind: type[Screen[Any]]) -> bool:
    """Go back to the screen of that kind, if one lies below; false where there is none."""
    for depth, screen in enumerate(reversed(app.screen_stack)):
        if isinstance(screen, kind):
            for _ in range(depth):
                _ = app.pop_screen()
            return True
    return False


def told(recipients: tuple[RecipientOutcome, ...]) -> tuple[str, bool]:
    """Return what to say about a send that ended, and whether all is well."""
    waiting = [r for r in recipients if r.status is DisplayStatus.QUEUED]
    lines: list[str] = []
    unkept = [r for r in recipients if r.status is DisplayStatus.UNCONFIRMED and not r.is_recorded]
    lines += [f"{cell(r.address, 60)}: {cell(r.error, 400)}" for r in unkept]
    recipients = tuple(r for r in recipients if r not in unkept)
    doubtful = [cell(r.address, 60) for r in recipients if r.status is DisplayStatus.UNCONFIRMED]
    gone = [r for r in recipients if r.status not in (DisplayStatus.FAILED, DisplayStatus.QUEUED)]
    certain = [cell(r.address, 60) for r in gone if r.status is not DisplayStatus.UNCONFIRMED]
    if certain:
        lines.append(f"Sent to {', '.join(certain)}; the badge moves when SES reports.")
    if doubtful:
        lines.append(
            f"{', '.join(doubtful)}: we do not know whether SES took it. "
            "Its report will settle it; do not send again before."
        )
    if waiting:
        lines.append(
            f"{', '.join(cell(r.address, 60) for r in waiting)}: in the outbox, and goes out by"
            f" itself ({key_of('app.outbox')} shows it). {cell(waiting[0].error, 200)}".rstrip()
        )
    failed = [r for r in recipients if r.status is DisplayStatus.FAILED]
    lines += [f"Not sent to {cell(r.address, 60)}: {cell(r.error, 200)}" for r in failed]
    return "\n".join(lines), not (unkept or doubtful or failed or waiting)


class Correct:
    """The conversation beside the screens; every step of it may be left."""

    def __init__(
        self,
        app: App[None],
        app_context: AppContext,
        *,
        changed: Callable[[], None],
        failed: Callable[[OuttrayError], None],
    ) -> None:
        self._app = app
        self._app_context = app_context
        self._changed = changed
        self._failed = failed

    def begin(self, customer_id: int, document_id: int | None, address: str = "") -> None:
        """Open the dialog for the address that failed; ``address`` where one is pointed at."""
        correcting = self._app_context.backend.correcting
        self._app_context.background_calls.start(
            "edit",
            lambda: correcting.look(customer_id, document_id, address),
            self._open,
            self._failed,
        )

    def saved_with_a_send(self, customer_id: int, old: str, new: str) -> None:
        """Save the address that an email was just sent to, then offer what failed on ``old``."""
        self._prepare(customer_id, old, new, is_saved=True, is_for_others=False)

    def _open(self, found: Correctable) -> None:
        from tui.dialogs.address.edit_address import EditAddressDialog  # not for the first paint

        if self._app.screen.is_modal:
            return  # something else was opened meanwhile

        def closed(edited: Edited | None) -> None:
            if edited is not None:
                self._prepare(
                    edited.customer_id,
                    edited.old,
                    edited.new,
                    is_saved=edited.is_saved_to_customer,
                    is_for_others=edited.is_for_others,
                )

        _ = self._app.push_screen(EditAddressDialog(self._app_context, found), closed)

    def _prepare(
        self, customer_id: int, old: str, new: str, *, is_saved: bool, is_for_others: bool
    ) -> None:
        """Save, and find what waits, in one call: both are done before anything is shown."""
        correcting = self._app_context.backend.correcting

        def prepare() -> _Prepared:
            ids = [customer_id]
            if is_for_others:
                ids += [i for i, _ in correcting.customers_with(old) if i != customer_id]
            saved = correcting.save(old, new, ids) if is_saved else None
            return saved, correcting.waiting(old, new) if old else ()

        def prepared(answer: _Prepared) -> None:
            saved, waiting = answer
            if saved is not None and saved.customers:
                self._changed()
            said = _said(saved, new)
            if waiting:
                self._offer(old, saved.new if saved else new, waiting, said)
            else:
                said += " Nothing that failed on the old address waits."
                self._app.notify(said, title="Edit address", markup=False)

        self._app_context.background_calls.start(None, prepare, prepared, self._failed)

    def _offer(self, old: str, new: str, waiting: tuple[Waiting, ...], said: str) -> None:
        from tui.dialogs.address.requeue import RequeueDialog  # not for the first paint

        def closed(sent: int | None) -> None:
            if sent:
                self._changed()

        _ = self._app.push_screen(RequeueDialog(self._app_context, old, new, waiting, said), closed)


def _said(saved: Corrected | None, new: str) -> str:
    names = ", ".join(cell(name, 40) for name in saved.customers) if saved else ""
    return f"{cell(new, 60)} is saved for {names}." if names else "No customer was changed."
