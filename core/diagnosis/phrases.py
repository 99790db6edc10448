"""Compares plain words with the phrases of the rules. How phrases are read: ``diagnosis_rules``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final, NamedTuple

from core.diagnosis.text import unaccented

#: How many letters ``*`` may stand for.
_GAP: Final = 45
#: So many letters of a phrase choose the drawer it is kept in.
_KEY: Final = 3
_ANYWHERE: Final = ""

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

    def _keep(self, rank: int, text: str) -> None:
        first, *rest = (alternatives(part) for part in text.split("*"))
        for start in first:
            letters = start.strip(" ") if start.startswith(" ") else ""
            key = start[1 : 1 + _KEY] if len(letters) >= _KEY else _ANYWHERE
            self._drawers.setdefault(key, []).append(Phrase(rank, start, tuple(rest)))

    def cause(self, words: str) -> str:
        """Return the cause of the first rule with a phrase in ``words``, or nothing."""
        best = len(self._causes)
        keys = {word[:_KEY] for word in _starts(words)} | {_ANYWHERE}
        for key in keys:
            for phrase in self._drawers.get(key, ()):
                if phrase.rank < best and _stands_in(words, phrase):
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


def _starts(words: str) -> Iterable[str]:
    for position, letter in enumerate(words):
        if letter == " ":
            yield words[position + 1 : position + 1 + _KEY]


def _stands_in(words: str, phrase: Phrase) -> bool:
    position = words.find(phrase.first)
    while position >= 0:
        if _follows(words, position + len(phrase.first), phrase.rest):
            return True
        position = words.find(phrase.first, position + 1) if phrase.rest else -1
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
