"""The keys with Alt arrive as they are written, from terminals that send ESC and the character."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from tui.commands.registry import COMMANDS
from tui.runtime.terminal_input import read_alt_keys

PLAIN_ALT = sorted(
    {keys[0] for c in COMMANDS if (keys := [k for k in c.keys if k.startswith("alt+")])}
)
"""The first key with Alt of every command that has one."""
WRITTEN = {"semicolon": ";"}


@pytest.mark.parametrize("key", PLAIN_ALT)
def test_a_plain_terminal_can_press_every_alt_key(key: str) -> None:
    read_alt_keys()
    parser = XTermParser()
    name = key.removeprefix("alt+")
    arrived = list(parser.feed(f"\x1b{WRITTEN.get(name, name)}"))
    arrived += list(parser.feed(""))
    assert [event.key for event in arrived if isinstance(event, Key)] == [key]
