"""Alt with a digit or a sign, as terminals really send it.

Textual 8.2 reads ESC 1, ESC 2, ESC 3 as the characters that one terminal of macOS means by them
(¡ ™ £), and ESC with a sign as the sign alone. Every other terminal says Alt+1 and Alt+; that way,
and the person gets a letter in the address.
"""

from __future__ import annotations

from typing import Final, NamedTuple, cast

from textual import _ansi_sequences

_DIGITS: Final = "0123456789"
#: Those that a command has.
_SIGNS: Final = {";": "alt+semicolon"}


class _Named(NamedTuple):
    """What the parser asks of a key of its table."""

    value: str


def read_alt_keys() -> None:
    """Let ESC and a digit or sign be Alt and that key, for every parser of this process."""
    sequences = cast("dict[str, object]", _ansi_sequences.ANSI_SEQUENCES_KEYS)
    for digit in _DIGITS:
        _ = sequences.pop(f"\x1b{digit}", None)
    for sign, name in _SIGNS.items():
        sequences[f"\x1b{sign}"] = (_Named(name),)
