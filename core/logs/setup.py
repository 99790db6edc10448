"""What of a program is logged, and where to: begun once, by the program that a person started."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

from core.logs.shared_file import SharedFile

if TYPE_CHECKING:
    from pathlib import Path

_OURS: Final = ("core", "tui")
_log: Final = logging.getLogger(__name__)


class Log:
    """The log of this process. Nothing is opened before there is something to write."""

    def __init__(self, file: SharedFile) -> None:
        self._file = file
        self._errors: logging.Handler | None = None

    def begin(self, *, verbose: bool) -> None:
        """Take what the program and its libraries log, and what nobody catches.

        Libraries tell warnings only, whatever is asked for: what they say beyond that repeats
        whole messages and signatures.
        """
        from core.logs.line import PrivateLines

        root = logging.getLogger()
        self._file.setFormatter(PrivateLines())
        root.addHandler(self._file)
        for name in _OURS:
            logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)
        if verbose:
            self._errors = _StandardError(sys.stderr)
            self._errors.setFormatter(PrivateLines())
            root.addHandler(self._errors)
        threading.excepthook = self._of_a_thread
        sys.unraisablehook = self._unraisable

    @contextmanager
    def off_the_screen(self) -> Iterator[None]:
        """Write nothing on standard error meanwhile: a screen is painted there."""
        root, errors = logging.getLogger(), self._errors
        if errors is not None:
            root.removeHandler(errors)
        try:
            yield
        finally:
            if errors is not None:
                root.addHandler(errors)

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def problem(self) -> str:
        """Why the last record could not be written; empty: it was, or there was none."""
        return self._file.problem

    def _of_a_thread(self, failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
            name = failed.thread.name if failed.thread else "?"
            _log.error("The thread %s ended", name, exc_info=failed.exc_value)

    def _unraisable(self, failed: Any) -> None:
        if failed.exc_value is not None and not isinstance(failed.exc_value, KeyboardInterrupt):
            _log.error("An error that nobody could catch", exc_info=failed.exc_value)


class _StandardError(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nobody reads standard error any more; nothing ends because of that."""


log: Final = Log(SharedFile())


@contextmanager
def logged(what: str, *kinds: type[Exception]) -> Iterator[None]:
    """Go on after an error of these kinds, as ``suppress`` does; ``what`` failed by it."""
    try:
        yield
    except kinds as error:
        _log.warning(what, exc_info=error)


def log_fault(what: str, error: BaseException) -> None:
    """Write down a fault that is told to nobody with its traceback."""
    _log.error(what, exc_info=error)
