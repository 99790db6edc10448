"""The start of the screen: nothing is painted before the first rows, and the sheets come in two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.app import App

_STYLES: Final = Path(__file__).resolve().parents[2] / "styles"
_FIRST_SHEETS: Final = ("base", "tables")
_OTHER_SHEETS: Final = (
    "communications", "suppressions", "dialogs", "editing", "linking", "chasing", "overviews",
    "settings", "hands", "jumping", "filtering",
)  # fmt: skip
"""What the first screen does without: read when it stands, or with the next screen."""
_MOST_UNTIL_PAINT: Final = 0.15
"""Seconds that the first paint waits for the first rows."""
_UNTIL_OTHER_SHEETS: Final = 0.3
"""Seconds after the first paint; the rows come first."""

FIRST_SHEETS: Final = [str(_STYLES / f"{sheet}.tcss") for sheet in _FIRST_SHEETS]
ALL_SHEETS: Final = [*FIRST_SHEETS, *(str(_STYLES / f"{sheet}.tcss") for sheet in _OTHER_SHEETS)]
"""For a program whose first screen is another one."""


class FirstPaint:
    """Down from ``lower`` until the first rows are there; ``begin`` follows the first paint."""

    def __init__(self, app: App[None], begin: Callable[[], object]) -> None:
        self._app, self._begin = app, begin
        self._held, self._is_open = ExitStack(), False
        self._has_all_sheets = False

    def lower(self) -> None:
        """Make one paint, with the rows, of what would be three: they are milliseconds away."""
        self._held.enter_context(self._app.batch_update())
        self._app.set_timer(_MOST_UNTIL_PAINT, self.lift)

    def lift(self) -> None:
        """Paint what there is."""
        if self._is_open:
            return
        self._is_open = True
        self._held.close()
        self._app.screen.refresh()
        # the first page of rows is asked for before what begins now competes with it
        self._app.call_after_refresh(self._begin)
        self._app.set_timer(_UNTIL_OTHER_SHEETS, self.read_other_sheets)

    def read_other_sheets(self) -> None:
        """Every screen but the first one needs all sheets."""
        if not self._has_all_sheets:
            self._has_all_sheets = True
            sheet = self._app.stylesheet
            sheet.read_all([_STYLES / f"{name}.tcss" for name in _OTHER_SHEETS])
            sheet.parse()
