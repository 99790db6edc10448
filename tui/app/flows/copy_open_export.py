"""Copy, open and export: the steps from the key to the clipboard, the program or the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui.format.text import cell
from tui.runtime.browser_files import ON_THE_SERVER, give_file

if TYPE_CHECKING:
    from core.model.documents import DocumentRow
    from core.model.errors import OuttrayError
    from tui.runtime.context import AppContext
    from tui.runtime.external_programs import Target
    from tui.tables.copy_items import Item
    from tui.tables.export_file import Sheet, Written


class CopyOpenExport:
    """From Y, O or D to the toast."""

    def __init__(
        self, app: App[None], app_context: AppContext, failed: Callable[[OuttrayError], None]
    ) -> None:
        self._app, self._app_context, self._failed = app, app_context, failed

    # ------------------------------------------------------------------ copying

    def offer(self, title: str, items: Sequence[Item]) -> None:
        """Let the person pick one of ``items``, and copy it."""
        from tui.dialogs.basic.questions import PickDialog

        def picked(index: int | None) -> None:
            if index is not None:
                self.copy(items[index])

        lines = [(item.label, item.text) for item in items]
        _ = self._app.push_screen(PickDialog(f"Copy of {title}", lines, "copies"), picked)

    def copy(self, item: Item) -> None:
        """Send it to the terminal if it takes as much, and keep it in a file in any case."""
        from tui.runtime import clipboard

        is_sent = clipboard.fits(item.text)
        if is_sent:
            in_tmux = bool(os.environ.get("TMUX")) and not self._app.is_web
            clipboard.send(self._app, item.text, in_tmux=in_tmux)

        def kept(path: object) -> None:
            where = cell(str(path), 300)
            screen = "terminal"
            if self._app.is_web:
                screen, where = "browser", f"{where} {ON_THE_SERVER}"
            said = f"Sent to the {screen} (it may refuse) · also in {where}"
            if not is_sent:
                said = f"Too long for the {screen}'s clipboard: only in {where}"
            self._tell(said, f"{item.label} copied" if is_sent else f"{item.label} written")

        self._app_context.background_calls.start(
            None, lambda: clipboard.keep(item.text), kept, self._failed
        )

    # ------------------------------------------------------------------ opening

    def open(self, row: DocumentRow) -> None:
        """Open the PDF or the page of a document; ask which where there are both."""
        from tui.runtime import external_programs

        template = self._app_context.backend.settings.document_url
        self._app_context.background_calls.start(
            "open",
            lambda: external_programs.targets(row, template),
            lambda found: self._choose(cell(row.number, 40), found),
            self._failed,
        )

    def _choose(self, number: str, targets: Sequence[Target]) -> None:
        if len(targets) == 1:
            self._launch(number, targets[0])
            return
        from tui.dialogs.basic.questions import PickDialog

        def picked(index: int | None) -> None:
            if index is not None:
                self._launch(number, targets[index])

        lines = [(target.label, cell(target.where)) for target in targets]
        _ = self._app.push_screen(PickDialog(f"Open {number}", lines, "opens"), picked)

    def _launch(self, number: str, target: Target) -> None:
        from tui.runtime import external_programs

        if self._app.is_web:
            self._hand_over(number, target)
            return
        command = external_programs.opener(os.environ)
        if command is None:
            self._show(number, target, "No window can be opened from this terminal")
            return
        where = target.where

        def failed(error: OuttrayError) -> None:
            self._show(number, target, error.title.rstrip("."))

        self._app_context.background_calls.start(
            None,
            lambda: external_programs.launch(command, where),
            lambda _: self._tell(cell(where, 300), f"{number}: {target.label} opened"),
            failed,
        )

    def _hand_over(self, number: str, target: Target) -> None:
        """Open it where the person is, which need not be where we run."""
        if target.label == "Page":
            self._app.open_url(target.where)
        elif not give_file(self._app, Path(target.where), self._failed, is_shown=True):
            return
        self._tell("In a new tab, if the browser allows it.", f"{number}: {target.label} opened")

    def _show(self, number: str, target: Target, why: str) -> None:
        """Say where it is, so that one can open it elsewhere."""
        from tui.tables.copy_items import Item

        label = "Link" if target.label == "Page" else target.label
        self.offer(f"{number} · {cell(why, 200)}", (Item(label, cell(target.where)),))

    # ------------------------------------------------------------------ exporting

    def export(self, sheet: Sheet[Any]) -> None:
        """Ask for the form and the file, and write."""
        from tui.dialogs.export import ExportDialog

        def written(made: Written | None) -> None:
            if made is not None:
                rows = "1 row" if made.rows == 1 else f"{made.rows:,} rows"
                self._tell(f"{rows} in {cell(str(made.path), 300)}", "Exported")
                if self._app.is_web:
                    _ = give_file(self._app, made.path, self._failed)

        _ = self._app.push_screen(ExportDialog(self._app_context, sheet), written)

    def _tell(self, text: str, title: str) -> None:
        self._app.notify(text, title=title, timeout=8, markup=False)
