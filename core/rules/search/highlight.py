"""Which letters of what is shown were typed: for names and addresses as they are spelt."""

from __future__ import annotations

from typing import Final

from core.rules.search.edit_distance import edits, edits_forgiven
from core.rules.search.normalize import search_key
from core.rules.search.ranking import SHORTEST_PART, Typed, begins_a_word, word_starts

_LONGEST: Final = 300
"""Letters of a name that anybody may see."""


def marks(typed: Typed, shown: str, *, alike: bool = False) -> list[tuple[int, int]]:
    """Return the stretches of ``shown`` that match, in order and apart from each other.

    ``alike``: a typed word that is nowhere marks the whole word that is spelt like it.
    """
    key, places = _folded(shown[:_LONGEST])
    if not key or not typed.key:
        return []
    if key.startswith(typed.key):
        stretches = [(0, len(typed.key))]
    else:
        stretches = [s for word in typed.words if (s := _stretch(word, key, alike)) is not None]
    return _joined([(places[start], places[end]) for start, end in stretches])


def _stretch(word: str, key: str, alike: bool) -> tuple[int, int] | None:
    if begins_a_word(word, key):
        start = next(place for place in word_starts(key) if key.startswith(word, place))
        return start, start + len(word)
    if len(word) >= SHORTEST_PART and word in key:
        start = key.index(word)
        return start, start + len(word)
    return _like(word, key) if alike else None


def _like(word: str, key: str) -> tuple[int, int] | None:
    forgiven = edits_forgiven(word)
    found: list[tuple[int, int, int]] = []
    for start in word_starts(key) if forgiven else ():
        end = start
        while end < len(key) and key[end].isalnum():
            end += 1
        slips = edits(word, key[start:end], forgiven)
        if slips is not None and end > start:
            found.append((slips, start, end))
    return min(found)[1:] if found else None


def _folded(shown: str) -> tuple[str, list[int]]:
    """Return the key of ``shown``, and for each of its places where that begins in ``shown``.

    A mark above a letter belongs to the letter: the place after it is behind both.
    """
    key: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(shown):
        folded = search_key(letter)
        if letter.isspace() and key and key[-1] != " ":
            folded = " "
        key += folded
        places += [place] * len(folded)
    return "".join(key), [*places, len(shown)]


def _joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif end > start:
            joined.append((start, end))
    return joined
