"""Errors that go no further, because nobody waits for the answer: they leave a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_log: Final = logging.getLogger(__name__)


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
