"""One setting: what it means, where it is from, a new value; written into the file."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from core.model.errors import SettingsError
from core.settings import editing
from core.settings.editing import Survey
from core.settings.schema import FALSE, TRUE, SettingKind, check_entered
from tui.commands.keymap import resolve_lines
from tui.dialogs.basic.form import ChaseDialog, labelled
from tui.format.text import cell
from tui.runtime.context import AppContext
from tui.runtime.themes import THEMES
from tui.tables.settings import KEYS, SettingRow
from tui.widgets.choice_fields import ChoiceField
from tui.widgets.text_field import Field


class SettingDialog(ChaseDialog[Survey | None]):
    """Ends with how all settings are then."""

    AUTO_FOCUS = "#value"

    def __init__(self, app_context: AppContext, row: SettingRow, theme: str) -> None:
        super().__init__(app_context, cell(row.key, 60))
        self._row = row
        self.value = self._editor(theme)

    def _editor(self, theme: str) -> Widget:
        row, setting = self._row, self._row.setting
        if setting is not None and setting.kind is SettingKind.SWITCH:
            options = [(TRUE, "true"), (FALSE, "false")]
            return ChoiceField(options, row.value, name="value")
        names = [each.name for each in THEMES]
        if row.key == "ui.theme" and (not row.value or row.value in names):
            chosen = row.value or (theme if theme in names else names[0])
            return ChoiceField([(name, name) for name in names], chosen, name="value")
        example = setting.example if setting is not None else "v, ctrl+w"
        return Field(row.written, placeholder=f"for example {example}", name="value")

    def compose_fields(self) -> ComposeResult:
        row = self._row
        yield Static(cell(row.about, 400), id="setting-about", markup=False)
        yield labelled("Now", Static(cell(row.value, 300) or "not set", markup=False))
        yield labelled("From", Static(cell(row.where, 200), markup=False))
        yield labelled("New", self.value)
        yield Static(self._words(), id="told", markup=False)

    def _words(self) -> str:
        row = self._row
        words = ["Empty: back to the default."] if isinstance(self.value, Field) else []
        if row.origin.variable:
            words.append(f"{row.origin.variable} wins over the file until it is unset.")
        at_once = row.setting is None or row.setting.at_once
        words.append("In force at once." if at_once else "In force when Outtray is started again.")
        if row.key == "database.url":
            words.append("*** keeps the password that is there.")
        return " ".join(words)

    def typed(self) -> str:
        """What is to be written."""
        if isinstance(self.value, ChoiceField):
            return self.value.chosen
        return self.value.value.strip() if isinstance(self.value, Field) else ""

    def save(self) -> None:
        key, typed, running = self._row.key, self.typed(), self.app_context.backend.settings
        if self._row.setting is not None:
            check_entered(key, typed)
        elif typed:
            _check_keys(key.removeprefix(KEYS), typed)

        def write() -> Survey:
            editing.change(running, {key: typed})
            return editing.survey(running)

        self.write(write)


def _check_keys(command: str, typed: str) -> None:
    from core.settings.toml_file import KeyLine

    found = resolve_lines([KeyLine(command, typed, 0)])
    if found.problems:
        raise SettingsError(found.problems[0].words)
