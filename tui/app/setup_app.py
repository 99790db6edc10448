"""The set-up as a program of its own: before there is a database to open anything on."""

from __future__ import annotations

from core.logs.setup import log
from core.settings.loading import Settings
from tui.app.app import OuttrayApp
from tui.app.first_paint import ALL_SHEETS
from tui.app.terminal_app import TerminalApp
from tui.commands.dispatch import use_keys
from tui.runtime import themes
from tui.runtime.background import BackgroundCalls
from tui.runtime.terminal_input import read_alt_keys
from tui.runtime.themes import steady
from tui.screens.setup import LATER, SetUp, SetUpScreen


class SetUpApp(TerminalApp[str]):
    """Ends with what ``SetUpScreen`` ends with."""

    TITLE = "Outtray"
    CSS_PATH = [*ALL_SHEETS]
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = OuttrayApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = OuttrayApp.VERTICAL_BREAKPOINTS

    def __init__(self, asked: SetUp) -> None:
        read_alt_keys()
        use_keys({})
        super().__init__()
        self.background_calls = BackgroundCalls(self)
        self._asked = asked
        for theme in themes.THEMES:
            self.register_theme(theme)
        wanted = asked.settings.theme
        self.theme = wanted if wanted in self.available_themes else themes.DARK.name

    def get_css_variables(self) -> dict[str, str]:
        variables = themes.complete(super().get_css_variables(), ansi=self.current_theme.ansi)
        self.theme_variables = variables
        return variables

    def on_mount(self) -> None:
        steady(self, is_still=not self._asked.settings.motion)
        _ = self.push_screen(SetUpScreen(self.background_calls, self._asked), self.exit)

    def on_unmount(self) -> None:
        self.background_calls.close()


def ask(settings: Settings) -> str:
    """Ask a person on the terminal; return what they chose.

    Raises:
        CrashedError: it went wrong; nothing goes on as if it had not.
        SystemExit: it ended early.
    """
    app = SetUpApp(SetUp(settings))
    with log.off_the_screen():
        chosen = app.run()
    app.raise_fault()
    if app.return_code:
        raise SystemExit(app.return_code)
    return chosen or LATER
