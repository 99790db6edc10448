"""Settings that a running program follows: a person's own keys, colours, motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.settings.schema import FALSE
from tui.commands.dispatch import key_of, use_keys
from tui.format.text import cell
from tui.runtime.motion import steady

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App

    from core.settings.loading import Settings
    from core.settings.toml_file import KeyLine
    from tui.commands.keymap import Problem, Resolution


class Following:
    """Begins with the registry's own keys, whatever program ran in this process before."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.keys: Resolution | None = None
        """What a person's own table of keys comes to; ``None``: there is none."""
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
        if not lines:
            if self.keys is not None:
                self.keys = None
                use_keys({})
                self._app.set_keymap({})
            return
        from tui.commands.keymap import resolve_lines  # most people keep the keys there are

        before = self.keys
        self.keys = resolve_lines(lines)
        use_keys(self.keys.keys)
        # the whole table: of a part, Textual drops what the part displaces
        self._app.set_keymap({each: ",".join(keys) for each, keys in self.keys.keys.items()})
        if self.keys.problems and (before is None or before.problems != self.keys.problems):
            self._tell_problems(self.keys.problems)

    def _tell_problems(self, problems: tuple[Problem, ...]) -> None:
        count = "1 line" if len(problems) == 1 else f"{len(problems)} lines"
        self._app.notify(
            f"{cell(str(problems[0]), 200)} The rest applies; "
            f"{key_of('app.settings')} lists what is wrong.",
            title=f"{count} of [keys] cannot be followed",
            severity="warning",
            timeout=12,
            markup=False,
        )
