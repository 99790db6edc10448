"""Names for files out of foreign text: pure. None leaves its folder, on any system."""

from __future__ import annotations

import unicodedata
from typing import Final

_LONGEST: Final = 100
"""Bytes; every file system takes 255, and a folder may lie deep."""
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
#: Windows's devices: not allowed as names, whatever the extension.
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³")}
)


def safe_name(text: str, instead: str = "file") -> str:
    """Return ``text`` as the name of one file or folder; ``instead`` where nothing is left of it.

    Whoever needs different texts to give different names puts a number before it.
    """
    folded = unicodedata.normalize("NFC", text)
    plain = "".join("_" if _is_unsafe(letter) else letter for letter in folded)
    plain = " ".join(plain.split()).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if dot and stem and 0 < len(suffix) <= 10:
        short = f"{_cut(stem, _LONGEST - len(suffix.encode()) - 1)}.{suffix}"
    else:
        short = _cut(plain, _LONGEST)
    short = short.strip(" .") or instead
    return f"_{short}" if short.partition(".")[0].strip().casefold() in _RESERVED else short


def _is_unsafe(letter: str) -> bool:
    return letter in _FORBIDDEN or unicodedata.category(letter)[0] == "C"


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(most, 1)].decode(errors="ignore").rstrip()
