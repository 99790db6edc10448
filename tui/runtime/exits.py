"""How the program ends: exit codes, and a fault written down and told in words.

What Textual shows of a crash holds the values of variables, and with them names and addresses.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from core.logs.setup import log
from core.model.errors import OuttrayError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import App

    _Base = App[Any]
else:
    _Base = object

_log: Final = logging.getLogger(__name__)


class CrashedError(Exception):
    """The screens ended because of ``__cause__``."""


class DriverFailedError(Exception):
    """Textual told only in its own words what went wrong with the terminal."""


class EndsInWords(_Base):
    """An app that ends on a fault without showing it; ``raise_fault`` gives it to the caller."""

    fault: Exception | None = None

    def panic(self, *renderables: RenderableType) -> None:
        """End with what went wrong; Textual itself would show it, and leave with 0."""
        self._return_code = self._return_code or 1
        if self.fault is None:
            self.fault = DriverFailedError("\n".join(map(_plain, renderables)))
        super().panic()

    def _handle_exception(self, error: Exception) -> None:
        self.fault = self.fault or error  # what follows from it is of less use
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.bell()
        self._close_messages_no_wait()

    def raise_fault(self) -> None:
        """Raise ``CrashedError`` where the app ended because of a fault."""
        if self.fault is not None:
            raise CrashedError from self.fault


def in_words(error: Exception) -> OuttrayError:
    """Log what nobody caught; return what to tell the person."""
    fault = error.__cause__ if isinstance(error, CrashedError) and error.__cause__ else error
    _log.critical("The program ended because of a fault", exc_info=fault)
    return OuttrayError(
        f"Outtray ended because of an error in the program ({type(fault).__name__}).",
        f"What was saved stays saved. Start it again. {what_to_do()}",
    )


def what_to_do() -> str:
    """Say where the details of what was logged last are, and what to do if it happens again."""
    if log.problem:
        return (
            "If it happens again, add --verbose: it shows the details. The log"
            f" {log.path} cannot be written: {log.problem}."
        )
    return f"If it happens again, send this log to your support: {log.path}"


def _plain(renderable: RenderableType) -> str:
    """What Textual would have printed, without colours."""
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), width=120, color_system=None)
    console.print(renderable)
    return console.file.getvalue() if isinstance(console.file, StringIO) else ""


DONE: Final = 0
FAILED: Final = 1
"""Refused or failed."""
WRONG_USAGE: Final = 2
ASKS: Final = 3
"""The gate asks, and ``--yes`` was not given."""


class ToldToEndError(KeyboardInterrupt):
    """Somebody ends the program, or closed its terminal: it ends as with Ctrl+C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
