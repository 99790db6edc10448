"""Compares plain words with the phrases of the rules. ``rules`` says how phrases are read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final, NamedTuple

from core.rules.diagnosis.normalize import unaccented

#: How many letters ``*`` may stand for.
_GAP: Final = 45
#: So many letters of a phrase, or all of a shorter one, choose the drawer it is kept in.
_KEY: Final = 6
_ANYWHERE: Final = ""
#: From so many places of its first part on the rest of a phrase is looked for.
_TRIES: Final = 5

Alternatives = tuple[str, ...]


class Phrase(NamedTuple):
    rank: int
    """Its rule's place: the lowest one that matches wins."""
    first: str
    rest: tuple[Alternatives, ...]


class PhraseBook:
    """Phrases in drawers by their first letters, so that most are never looked at."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self._drawers: dict[str, list[Phrase]] = {}
        self._causes: list[str] = []
        for rank, (cause, lines) in enumerate(rules):
            self._causes.append(cause)
            for line in lines.splitlines():
                for text in line.split("|"):
                    if text.strip():
                        self._keep(rank, unaccented(text))
        self._short = [key for key in self._drawers if 0 < len(key) < _KEY]

    def _keep(self, rank: int, text: str) -> None:
        first, *rest = (alternatives(part) for part in text.split("*"))
        for start in first:
            key = start[1 : 1 + _KEY] if start.startswith(" ") else _ANYWHERE
            self._drawers.setdefault(key, []).append(Phrase(rank, start, tuple(rest)))

    def cause(self, words: str) -> str:
        """Return the cause of the first rule with a phrase in ``words``, or nothing."""
        best = len(self._causes)
        keys = self._drawers.keys() & _starts(words)
        keys |= {key for key in self._short if f" {key}" in words}
        for key in (_ANYWHERE, *keys):
            for phrase in self._drawers.get(key, ()):
                if phrase.rank >= best:
                    break  # a drawer is in the order of the rules
                if phrase.first in words and _stands_in(words, phrase):
                    best = phrase.rank
        return self._causes[best] if best < len(self._causes) else ""


def alternatives(part: str) -> Alternatives:
    """Return all that one part of a phrase may look like: ``a/b c`` is ``a c`` and ``b c``."""
    choices = [
        [word.replace("_", " ") for word in choice.split("/")] for choice in part.strip().split()
    ]
    made = (" ".join(word for word in words if word) for words in product(*choices))
    return tuple(dict.fromkeys(_anchored(text) for text in made if text))


def _anchored(text: str) -> str:
    """Put a blank in front, and read a full stop as one.

    Scripts without blanks and the ends of host names stand anywhere.
    """
    closed = text[:-1] + " " if text.endswith(".") else text
    return closed if closed[0] == "." or closed[0] >= "\u2e80" else f" {closed}"


def _starts(words: str) -> set[str]:
    """Return the first letters from every start of a word on."""
    found: set[str] = set()
    position = words.find(" ")
    while position >= 0:
        found.add(words[position + 1 : position + 1 + _KEY])
        position = words.find(" ", position + 1)
    return found


def _stands_in(words: str, phrase: Phrase) -> bool:
    if not phrase.rest:
        return phrase.first in words
    position = words.find(phrase.first)
    for _ in range(_TRIES):
        if position < 0:
            return False
        if _follows(words, position + len(phrase.first), phrase.rest):
            return True
        position = words.find(phrase.first, position + 1)
    return False


def _follows(words: str, start: int, rest: tuple[Alternatives, ...]) -> bool:
    """Say whether every part of ``rest`` follows, each close behind the one before."""
    for options in rest:
        start = max(0, start - 1)  # the blank before a word may be the one that closed another
        window = words[start : start + _GAP]
        ends = [at + len(option) for option in options if (at := window.find(option)) >= 0]
        if not ends:
            return False
        start += min(ends)
    return True
