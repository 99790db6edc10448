"""Fix once, send again: from E, or from a send to a corrected address, to the last result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from tui.format.text import cell

if TYPE_CHECKING:
    from core.model.corrections import Correctable, Corrected, Waiting
    from core.model.errors import OuttrayError
    from tui.dialogs.address.edit_address import Edited
    from tui.runtime.context import AppContext

    Prepared = tuple[Corrected | None, tuple[Waiting, ...]]


class Correct:
    """The conversation beside the screens; every step of it may be left."""

    def __init__(
        self,
        app: App[None],
        desk: AppContext,
        *,
        changed: Callable[[], None],
        failed: Callable[[OuttrayError], None],
    ) -> None:
        self._app = app
        self._desk = desk
        self._changed = changed
        self._failed = failed

    def begin(self, customer_id: int, document_id: int | None, address: str = "") -> None:
        """Open the dialog for the address that failed; ``address`` where one is pointed at."""
        correcting = self._desk.backend.correcting
        self._desk.jobs.start(
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

        _ = self._app.push_screen(EditAddressDialog(self._desk, found), closed)

    def _prepare(
        self, customer_id: int, old: str, new: str, *, is_saved: bool, is_for_others: bool
    ) -> None:
        """Save, and find what waits, in one call: both are done before anything is shown."""
        correcting = self._desk.backend.correcting

        def prepare() -> Prepared:
            ids = [customer_id]
            if is_for_others:
                ids += [i for i, _ in correcting.customers_with(old) if i != customer_id]
            saved = correcting.save(old, new, ids) if is_saved else None
            return saved, correcting.waiting(old, new) if old else ()

        def prepared(answer: Prepared) -> None:
            saved, waiting = answer
            if saved is not None and saved.customers:
                self._changed()
            said = _said(saved, new)
            if waiting:
                self._offer(old, saved.new if saved else new, waiting, said)
            else:
                said += " Nothing that failed on the old address waits."
                self._app.notify(said, title="Edit address", markup=False)

        self._desk.jobs.start(None, prepare, prepared, self._failed)

    def _offer(self, old: str, new: str, waiting: tuple[Waiting, ...], said: str) -> None:
        from tui.dialogs.address.requeue import RequeueDialog  # not for the first paint

        def closed(sent: int | None) -> None:
            if sent:
                self._changed()

        _ = self._app.push_screen(RequeueDialog(self._desk, old, new, waiting, said), closed)


def _said(saved: Corrected | None, new: str) -> str:
    names = ", ".join(cell(name, 40) for name in saved.customers) if saved else ""
    return f"{cell(new, 60)} is saved for {names}." if names else "No customer was changed."
