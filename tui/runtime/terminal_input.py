"""Whatever bytes a terminal sends, they are read, and do not end the program.

Textual 8.2 decodes its input strictly, so that one stray byte (an old way to report the mouse, a
letter of a Latin-1 terminal) ended it with a traceback (Textualize/textual#6456, #6668). Its
drivers take the decoder and the parser from names of their module; those names get others here.
``tests/tui/test_terminal_input.py`` says when Textual no longer needs the decoder. A terminal that
is gone is the end: Textual would ask it for ever, with all of a processor.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import Any, Final

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.message import Message

from tui.runtime.input_filter import InputFilter

_DECODER: Final = "getincrementaldecoder"
_PARSER: Final = "XTermParser"
_LISTENING: Final = ("linux_driver", "linux_inline_driver")
"""Those that tell their parser when nothing came."""


class TerminalGoneError(EOFError):
    """There is nobody any more who could press a key."""


def reads_any_byte(driver: type[Driver]) -> type[Driver]:
    """Return ``driver``, which takes any byte; Windows' reads characters anyway."""
    module: Any = sys.modules[driver.__module__]
    if hasattr(module, _DECODER):
        setattr(module, _DECODER, _lenient)
    if module.__name__.rpartition(".")[2] not in _LISTENING:
        return driver
    setattr(module, _PARSER, FilteredParser)

    def listen(self: Any) -> None:
        try:
            driver.run_input_thread(self)  # type: ignore[attr-defined]
        except (TerminalGoneError, OSError):
            self._app.call_later(self._app.exit, return_code=1)

    return type(driver.__name__, (driver,), {"run_input_thread": listen})


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    codec: Any = codecs.getincrementaldecoder(encoding)

    class Lenient(codec):  # type: ignore[misc]
        def decode(self, data: Any, final: bool = False) -> str:
            if not data and not final:
                raise TerminalGoneError
            return str(super().decode(data, final))

    return partial(Lenient, errors="replace")


class FilteredParser(XTermParser):
    """Textual's parser behind ``InputFilter``."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._filter = InputFilter()

    def feed(self, data: str) -> Iterable[Message]:
        if not data:  # the end
            yield from super().feed(data)
            return
        is_waiting = self._timeout_time is not None
        yield from self._pass_on(self._filter.take(data, monotonic(), is_waiting=is_waiting))

    def tick(self) -> Iterable[Message]:
        yield from self._pass_on(self._filter.wait(monotonic()))
        yield from super().tick()

    def _pass_on(self, text: str) -> Iterable[Message]:
        if text:  # an empty one would mean the end
            yield from super().feed(text)
