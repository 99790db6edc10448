"""A stray byte from a terminal is a sign that cannot be read, and never the end."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import pytest

from tests.e2e.terminal import Terminal
from tui.app.terminal_app import TerminalApp
from tui.runtime.terminal_input import TerminalGoneError, reads_any_byte

STRAY = [b"\x1b[M#\xc00", b"M\xfcller", b"\xff", b"\xc3(", b"\xf0\x9f"]
DRIVERS = {"linux_driver": "LinuxDriver", "linux_inline_driver": "LinuxInlineDriver"} | {
    "web_driver": "WebDriver"
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="reads characters there")

#: A program of Textual alone: its first key ends it in order, whatever key that is.
_BARE = """
{before}
from textual.app import App
class Bare(App):
    def on_key(self): self.exit(return_code=7)
    def get_driver_class(self): return {driver}
bare = Bare()
bare.run()
raise SystemExit(bare.return_code)
"""
_MENDED = """
import codecs
from functools import partial
import textual.drivers.linux_driver as module
module.getincrementaldecoder = lambda name: partial(
    codecs.getincrementaldecoder(name), errors="replace"
)
"""
_OURS = "from tui.runtime.terminal_input import reads_any_byte"


def decoder_of(name: str) -> Any:
    module: Any = import_module(f"textual.drivers.{name}")
    reads_any_byte(getattr(module, DRIVERS[name]))
    return module.getincrementaldecoder("utf-8")().decode


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize("data", STRAY)
def test_any_byte_is_read(name: str, data: bytes) -> None:
    assert "\ufffd" in decoder_of(name)(data, final=True)


def test_every_byte_is_read_alone_and_in_pairs() -> None:
    decode = decoder_of("linux_driver")
    for first in range(0x80, 0x100):
        for second in range(0x100):
            read = decode(bytes((first, second))) + decode(b"|||")
            assert "\ufffd" in read or len(read) == 4  # a letter of two bytes
            assert read.endswith("||")


def test_a_letter_that_comes_in_two_pieces_is_whole() -> None:
    decode = decoder_of("linux_driver")
    assert decode(b"M\xc3") + decode(b"\xbcller") == "Müller"


def test_a_terminal_that_is_gone_is_no_silence() -> None:
    with pytest.raises(TerminalGoneError):
        decoder_of("linux_driver")(b"")


def _ends_at_a_stray_byte(before: str = "", driver: str = "super().get_driver_class()") -> bool:
    code = _BARE.format(before=before, driver=driver)
    environment = {key: value for key, value in os.environ.items() if "TEXTUAL" not in key}
    with Terminal([sys.executable, "-c", code], environment) as terminal:
        terminal.wait(lambda _: b"\x1b[?2004h" in terminal.received)
        terminal.send(b"\xff")
        left_with = terminal.wait_exit()
        terminal.settle(0.1)
        assert (left_with == 7) is (b"UnicodeDecodeError" not in terminal.received)
        return left_with != 7


def test_textual_still_ends_at_a_stray_byte() -> None:
    """Where this fails, Textual has mended it: take the decoder of ours away."""
    assert _ends_at_a_stray_byte()


@pytest.mark.parametrize(
    ("before", "driver"),
    [
        (_MENDED, "super().get_driver_class()"),
        (_OURS, "reads_any_byte(super().get_driver_class())"),
    ],
    ids=["Textual has mended it", "ours"],
)
def test_the_test_above_sees_a_driver_that_reads_any_byte(before: str, driver: str) -> None:
    assert not _ends_at_a_stray_byte(before, driver)


def test_every_program_on_a_terminal_reads_any_byte() -> None:
    from textual.app import App

    import tui.app.app
    import tui.app.setup_app

    programs = {each for each in App.__subclasses__() if each.__module__.startswith("tui.")}
    assert programs == {TerminalApp}
    for program in (tui.app.app.OuttrayApp, tui.app.setup_app.SetUpApp):
        assert issubclass(program, TerminalApp)
        assert "get_driver_class" not in vars(program)
