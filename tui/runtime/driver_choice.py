"""Whether the screen is somewhere else than on our own terminal, and what draws it there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.driver import Driver

_VARIABLE: Final = "TEXTUAL_DRIVER"
_OF_TEXTUAL: Final = "textual.drivers.web_driver"


def is_drawn_elsewhere() -> bool:
    """Whether who started us also brings what draws, so that no terminal is needed."""
    return bool(os.environ.get(_VARIABLE))


def of_browser(driver: type[Driver]) -> type[Driver]:
    """Return ours in place of Textual's for browsers, and every other ``driver`` as it is."""
    if driver.__module__ != _OF_TEXTUAL:
        return driver
    from tui.runtime.browser_driver import BrowserDriver  # not for a terminal

    return BrowserDriver


def has_left() -> bool:
    """Whether the browser's visitor has gone, so that nothing more is to be shown."""
    if not is_drawn_elsewhere():
        return False
    from tui.runtime.browser_driver import BrowserDriver

    return BrowserDriver.has_left
