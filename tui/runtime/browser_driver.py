"""Textual's driver for browsers, for a program that may show several applications in a row.

Textual 8.2 takes one application for the whole program: each greets the server anew, in the middle
of the other's packets, and says at its end that the program has ended. Ours shows the set-up first
and then the lists. And its program runs on when the server was killed, reading the queue and
sending mail with nobody before it; ours ends when its input does.
"""

from __future__ import annotations

import atexit
import json
import os
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Final

from textual import events, messages
from textual.app import App
from textual.drivers.web_driver import WebDriver

_GREETING: Final = b"__GANGLION__\n"
_END: Final = json.dumps({"type": "exit"}).encode()
_PATIENCE: Final = 1.0
"""Seconds for the thread that reads; it looks every tenth of one whether it is still wanted."""


class BrowserDriver(WebDriver):
    """Greets once, says once that the program ends, and leaves with its visitor."""

    has_greeted: ClassVar[bool] = False
    has_left: ClassVar[bool] = False
    """Whether the visitor has closed the page, or the server is gone."""
    has_focus: ClassVar[bool] = False
    """Whether the page said last that keys are for us."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._write = partial(_send, self.fileno)

    def start_application_mode(self) -> None:
        super().start_application_mode()
        if not self._mouse:  # Textual asks for it whatever the person wants
            self._disable_mouse_support()
        _ = self._app.call_later(self._tell_focus)

    def _tell_focus(self) -> None:
        """Textual's takes the focus away at the start, also when the page has said that it is here:
        what one types into a field would be commands."""
        if BrowserDriver.has_focus:
            _ = self._app.post_message(events.AppFocus())

    def stop_application_mode(self) -> None:
        """Stop to read; what follows, or the end of the program, is for others to say."""
        self.exit_event.set()
        self._input_reader.close()
        self._key_thread.join(_PATIENCE)  # the next application reads the same input

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():  # the input has ended, or cannot be understood any more
            BrowserDriver.has_left = True
            _ = self._app.post_message(messages.ExitApp())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        if packet_type == "quit":
            BrowserDriver.has_left = True
        elif packet_type in ("focus", "blur"):
            BrowserDriver.has_focus = packet_type == "focus"
        super().on_meta(packet_type, payload)


def _send(handle: int, data: bytes) -> int:
    if data == _GREETING:
        if BrowserDriver.has_greeted:
            return len(data)
        BrowserDriver.has_greeted = True
        _ = atexit.register(_send, handle, b"M%s%s" % (len(_END).to_bytes(4, "big"), _END))
    left = memoryview(data)
    with suppress(BrokenPipeError):  # nobody looks any more: our input ends, too
        while left:
            left = left[os.write(handle, left) :]
    return len(data)
