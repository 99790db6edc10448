"""Alt with a digit, as terminals really send it.

Textual 8.2 reads ESC 1, ESC 2, ESC 3 as the characters that one terminal of macOS means by them
(¡ ™ £). Every other terminal says Alt+1 that way, and the person gets a letter in the address.
"""

from __future__ import annotations

from typing import Final, cast

from textual import _ansi_sequences

_DIGITS: Final = "0123456789"


def read_alt_digits() -> None:
    """Let ESC and a digit be Alt and that digit, for every parser of this process."""
    sequences = cast("dict[str, object]", _ansi_sequences.ANSI_SEQUENCES_KEYS)
    for digit in _DIGITS:
        _ = sequences.pop(f"\x1b{digit}", None)
