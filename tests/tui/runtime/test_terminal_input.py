"""A stray byte from a terminal is a sign that cannot be read, and never the end."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import Any

import pytest

from tui.runtime.terminal_input import reads_any_byte

STRAY = [b"\x1b[M#\xc00", b"M\xfcller", b"\xff", b"\xc3(", b"\xf0\x9f"]
DRIVERS = {"linux_driver": "LinuxDriver", "linux_inline_driver": "LinuxInlineDriver"} | {
    "web_driver": "WebDriver"
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="reads characters there")


def decoder_of(name: str) -> Any:
    module: Any = import_module(f"textual.drivers.{name}")
    reads_any_byte(getattr(module, DRIVERS[name]))
    return module.getincrementaldecoder("utf-8")().decode


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize("data", STRAY)
def test_any_byte_is_read(name: str, data: bytes) -> None:
    assert "\ufffd" in decoder_of(name)(data, final=True)


def test_a_letter_that_comes_in_two_pieces_is_whole() -> None:
    decode = decoder_of("linux_driver")
    assert decode(b"M\xc3") + decode(b"\xbcller") == "Müller"


@pytest.mark.parametrize("name", DRIVERS)
def test_textual_still_decodes_strictly(name: str) -> None:
    """Where this fails, Textual has mended it: take ``tui.runtime.terminal_input`` away."""
    source = inspect.getsource(import_module(f"textual.drivers.{name}"))
    assert 'getincrementaldecoder("utf-8")()' in source
