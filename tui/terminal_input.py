"""Bytes from a terminal that are no UTF-8 are read as U+FFFD, and do not end the program.

Textual 8.2 decodes its input strictly, so that one stray byte (an old way to report the mouse, a
letter of a Latin-1 terminal) ended it with a traceback (Textualize/textual#6456, #6668). Its
drivers take the decoder from a name of their module; that name gets another one here, and nothing
else is changed. ``tests/tui/test_terminal_input.py`` says when Textual no longer needs it.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from textual.driver import Driver

_NAME: Final = "getincrementaldecoder"


def reads_any_byte(driver: type[Driver]) -> type[Driver]:
    """Return ``driver``, which takes any byte from now on; Windows' reads characters anyway."""
    module: Any = sys.modules[driver.__module__]
    if hasattr(module, _NAME):
        setattr(module, _NAME, _lenient)
    return driver


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
