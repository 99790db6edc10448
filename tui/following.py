"""Settings that a running program follows: a person's own keys, colours, motion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import App

from core.settings import Settings
from core.settings_file import KeyLine
from core.settings_table import FALSE
from tui.commands import key_of, use_keys
from tui.keymap import Resolution, resolve_lines
from tui.motion import steady
from tui.text import cell


class Following:
    """Begins with the registry's own keys, whatever program ran in this process before."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.keys: Resolution = resolve_lines(())
        use_keys({})

    def begin(self, settings: Settings) -> None:
        """Follow the settings of the start; once the app is mounted."""
        steady(self._app, is_still=not settings.motion)
        self._follow_keys(settings.keys)

    def change(self, values: Mapping[str, str], keys: Sequence[KeyLine]) -> None:
        """Let changed settings take effect that need no new start."""
        theme = values.get("ui.theme", "")
        if theme and theme in self._app.available_themes:
            self._app.theme = theme
        steady(self._app, is_still=values.get("ui.motion") == FALSE)
        self._follow_keys(keys)

    def _follow_keys(self, lines: Sequence[KeyLine]) -> None:
        before = self.keys.problems
        self.keys = resolve_lines(lines)
        use_keys(self.keys.keys if lines else {})
        # the whole table or nothing: of a part, Textual drops what the part displaces
        whole = {each: ",".join(keys) for each, keys in self.keys.keys.items()}
        self._app.set_keymap(whole if lines else {})
        if self.keys.problems and self.keys.problems != before:
            self._tell_problems()

    def _tell_problems(self) -> None:
        problems = self.keys.problems
        count = "1 line" if len(problems) == 1 else f"{len(problems)} lines"
        self._app.notify(
            f"{cell(str(problems[0]), 200)} The rest applies; "
            f"{key_of('app.settings')} lists what is wrong.",
            title=f"{count} of [keys] cannot be followed",
            severity="warning",
            timeout=12,
            markup=False,
        )
