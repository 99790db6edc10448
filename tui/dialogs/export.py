"""Where to write what the table shows, and as what; writing shows how far it is and can stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ProgressBar, Static

from core.model.errors import UsageError
from core.rules.export.tabular import Form
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.runtime.context import AppContext
from tui.tables.export_file import Sheet, Written, suggested, write
from tui.widgets.choice_fields import ChoiceField
from tui.widgets.text_field import PathField

_FORMS: Final = ((Form.CSV, "CSV"), (Form.JSON, "JSON"), (Form.MARKDOWN, "Markdown"))
_TOLD: Final = {
    Form.CSV: "The columns on screen, then every value by itself. Excel opens it as it is.",
    Form.JSON: "The same keys as --json of the command line.",
    Form.MARKDOWN: "The columns on screen as a table.",
}


@dataclass
class Writing:
    """What the thread that writes and the screen tell each other."""

    done: int = 0
    total: int = 0
    is_stopped: bool = False

    def tell(self, done: int, total: int) -> bool:
        self.done, self.total = done, total
        return not self.is_stopped


class ExportDialog(ChaseDialog[Written | None]):
    """Esc closes; while it writes, it stops."""

    AUTO_FOCUS = "#to"
    LOOK_SECONDS = 0.1

    def __init__(self, app_context: AppContext, sheet: Sheet[Any]) -> None:
        super().__init__(
            app_context, f"Export {sheet.name}: all that the filter shows, in this order"
        )
        self._sheet = sheet
        self._writing = Writing()
        self._path = suggested(sheet.name, Form.CSV, app_context.clock())
        self.form = ChoiceField(_FORMS, Form.CSV, name="form")
        self.to = PathField(str(self._path), placeholder="FILE", name="to")
        self.told = Static("", id="told", markup=False)
        self.bar = ProgressBar(show_eta=False, id="export-bar")

    def compose_fields(self) -> ComposeResult:
        yield labelled("Write to", self.to)
        yield labelled("As", self.form)
        yield self.told
        yield self.bar

    def on_mount(self) -> None:
        self.bar.display = False
        self._tell()
        self.set_interval(self.LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        self._writing.is_stopped = True

    @on(ChoiceField.Changed, "#form")
    def _tell(self) -> None:
        form = Form(self.form.chosen)
        self.told.update(Content(_TOLD[form]))
        path = Path(self.to.value)
        if path.suffix[1:] in list(Form) and path.suffix[1:] != form:
            self.to.value = str(path.with_suffix(f".{form}"))

    def save(self) -> None:
        typed = self.to.value.strip()
        if not typed:
            raise UsageError("Say where: a file.")
        sheet, form, writing = self._sheet, Form(self.form.chosen), Writing()
        self._writing = writing
        self.write(lambda: write(sheet, form, Path(typed), writing.tell))

    def _look(self) -> None:
        self.bar.display = self.is_busy
        if self.is_busy and self._writing.total:
            self.bar.update(total=self._writing.total, progress=self._writing.done)

    def why_not(self, command_id: str, /) -> str:
        return "" if command_id == "chase.close" else super().why_not(command_id)

    def command_close(self) -> None:
        if self.is_busy:
            self._writing.is_stopped = True  # the thread answers when it has cleaned up
        else:
            super().command_close()

    def _written(self, answer: Written | None) -> None:
        if answer is None:
            self.app.notify("Stopped; nothing was kept of it.", title="Export", markup=False)
        if self.is_attached:
            _ = self.dismiss(answer)
