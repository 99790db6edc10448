"""Text as it is compared while somebody types: no case, no accents, and as a column can hold it."""

from __future__ import annotations

import unicodedata


def search_key(text: str) -> str:
    """Text as it is searched, and as a column can hold it: no case, no accents, blanks folded."""
    decomposed = unicodedata.normalize("NFKD", storable(text).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())  # again: ™ has come apart into capitals


def storable(value: str) -> str:
    """Text as every database takes it: NUL and lone surrogates become visible escapes."""
    if value.isascii() and "\x00" not in value:
        return value  # nearly always, and this is called for every column of every fact
    return value.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode("utf-8")
