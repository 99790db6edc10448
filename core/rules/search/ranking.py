"""Who is meant, as somebody types: customers ranked by how what was typed matches them.

One function judges one customer; where the customers to judge come from is not decided here. All
keys are text as ``folding.search_key`` leaves it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from core.rules.search.text import search_key

#: A whole letter pasted into a search would be too long for a statement.
LONGEST_TYPED: Final = 400
#: Shorter pieces are found at the beginning of words only: they are inside nearly every word.
SHORTEST_PART: Final = 3
#: Letters of a word that are kept to find it by, and words of one customer.
LONGEST_WORD: Final = 100
MOST_WORDS: Final = 200
_DIGITS: Final = "0123456789"


class Rank(IntEnum):
    """How well something matches; the best first."""

    EXACT = 0
    """The whole name, or a document's number."""
    NAME = 1
    """The name begins with it."""
    WORD = 2
    """Every typed word begins a word of the name."""
    ADDRESS = 3
    """… or an address or its domain."""
    NUMBER = 4
    """A document's number begins with it."""
    PART = 5
    """Every typed word is somewhere in name or addresses."""
    TAIL = 6
    """A document's number ends in just this number, zeros before it left out."""
    ALIKE = 7
    """With slips: see ``alike``."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, ready to be compared."""

    key: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Typed:
        key = search_key(text[:LONGEST_TYPED])
        return cls(key, tuple(dict.fromkeys(key.split())))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer as it can be matched."""

    id: int
    name_key: str
    search: str
    """The name's key, then the addresses'."""
    needs_attention: bool = False
    number: Rank | None = None
    """The best that any number of its documents gives, see ``number_rank``."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(self.search[len(self.name_key) :].split())


@dataclass(frozen=True, slots=True, order=True)
class MatchRank:
    """A place in the list: sorts by itself, and no two customers share one."""

    rank: Rank
    edits: int
    is_calm: bool
    """Those who need attention stand before the others of their rank."""
    name_key: str
    id: int


def word_starts(key: str) -> Iterator[int]:
    """Yield where words begin, in this order of places.

    After a blank, after a sign, and at every letter of a script that puts none between words.
    """
    for place, letter in enumerate(key):
        if letter == " ":
            continue
        before = key[place - 1] if place else " "
        if before == " " or (letter.isalnum() and not before.isalnum()) or _stands_alone(letter):
            yield place


def name_words(name_key: str) -> tuple[str, ...]:
    """Return what a name is found by: from each beginning of a word to the next blank.

    ``o'brien`` is found by *o'br* as well as by *brien*.
    """
    found: dict[str, None] = {}
    for place in word_starts(name_key):
        end = name_key.find(" ", place)
        found[name_key[place : end if end >= 0 else None][:LONGEST_WORD]] = None
        if len(found) == MOST_WORDS:
            break
    return tuple(found)


def domain_of(address_key: str) -> str:
    return address_key.rpartition("@")[2] if "@" in address_key else ""


def number_rank(key: str, number_key: str) -> Rank | None:
    """Return how a document's number matches what was typed."""
    if number_key == key:
        return Rank.EXACT
    if number_key.startswith(key):
        return Rank.NUMBER
    tail = tail_of(key)
    digits = number_key[len(number_key.rstrip(_DIGITS)) :].lstrip("0")
    return Rank.TAIL if tail and tail == digits else None


def tail_of(key: str) -> str:
    """Return the number without zeros before it when nothing but a number was typed."""
    return key.lstrip("0") if key and not key.strip(_DIGITS) else ""


def stand(typed: Typed, entry: Candidate, *, alike: bool = False) -> MatchRank | None:
    """Return where the customer stands, or ``None``: it is not meant."""
    slips = 0
    rank = _text_rank(typed, entry)
    if entry.number is not None and (rank is None or entry.number < rank):
        rank = entry.number
    if rank is None and alike:
        found = _slips(typed, entry)
        rank, slips = (Rank.ALIKE, found) if found else (None, 0)
    if rank is None:
        return None
    return MatchRank(rank, slips, not entry.needs_attention, entry.name_key, entry.id)


def ranked(typed: Typed, entries: Iterable[Candidate], *, alike: bool = False) -> list[MatchRank]:
    """Return the places of all that match, the best first."""
    places = (stand(typed, entry, alike=alike) for entry in entries)
    return sorted(place for place in places if place is not None)


def _text_rank(typed: Typed, entry: Candidate) -> Rank | None:
    if not typed.key:
        return None
    if entry.name_key == typed.key:
        return Rank.EXACT
    if entry.name_key.startswith(typed.key):
        return Rank.NAME
    ranks = [_word_rank(word, entry) for word in typed.words]
    return None if None in ranks else max(rank for rank in ranks if rank is not None)


def _word_rank(word: str, entry: Candidate) -> Rank | None:
    if begins_a_word(word, entry.name_key):
        return Rank.WORD
    if _begins_an_address(word, entry.addresses):
        return Rank.ADDRESS
    return Rank.PART if len(word) >= SHORTEST_PART and word in entry.search else None


def begins_a_word(word: str, key: str) -> bool:
    """Whether a word of ``key`` begins like this."""
    place = key.find(word)
    while place >= 0:
        before = key[place - 1] if place else " "
        first = word[0]
        if before == " " or (first.isalnum() and not before.isalnum()) or _stands_alone(first):
            return True
        place = key.find(word, place + 1)
    return False


def _begins_an_address(word: str, addresses: Iterable[str]) -> bool:
    return any(a.startswith(word) or domain_of(a).startswith(word) for a in addresses)


def _slips(typed: Typed, entry: Candidate) -> int | None:
    """Return the most slips that any typed word needs; ``None``: one is in no word of the name."""
    most = 0
    words = name_words(entry.name_key)
    for word in typed.words:
        if _word_rank(word, entry) is not None:
            continue
        allowed = edits_forgiven(word)
        counts = [found for w in words if (found := edits(word, w, allowed)) is not None]
        if not allowed or not counts:
            return None
        most = max(most, min(counts))
    return most


def _stands_alone(letter: str) -> bool:
    return letter >= "\u0e00" and unicodedata.category(letter) == "Lo"


#: From how many letters on one slip is forgiven, and from how many on two.
ONE_EDIT: Final = 4
TWO_EDITS: Final = 7
#: A word longer than this is nobody's typing.
LONGEST: Final = 40


def edits_forgiven(typed: str) -> int:
    """Return how many slips a typed word may hold and still mean another one.

    Of our own, not a library's: a few hundred short words are compared a search, which needs no
    compiled dependency, and none of those at hand takes the *beginning* of a word for the whole, as
    is needed while somebody is still typing it.
    """
    if len(typed) < ONE_EDIT or len(typed) > LONGEST or not any(c.isalpha() for c in typed):
        return 0  # one digit more or less is another number
    return 2 if len(typed) >= TWO_EDITS else 1


def edits(typed: str, word: str, most: int) -> int | None:
    """Return the slips between ``typed`` and the likeliest beginning of ``word``.

    A slip is a letter too many, too few, another one, or two neighbours that changed places;
    ``None``: more than ``most``.
    """
    wide = len(typed) + most
    word = word[:wide]
    before: list[int] = []
    above = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(word, 1):
            best = min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return None
        before, above = above, row
    found = min(above)
    return found if found <= most else None


def grams(text: str) -> frozenset[str]:
    """Return every three letters in a row, its beginning marked with a blank.

    Words that share some of these are the ones worth comparing.
    """
    marked = " " + text
    return frozenset(marked[i : i + 3] for i in range(len(marked) - 2))


def swaps(typed: str) -> frozenset[str]:
    """Return what was typed with two neighbours changed back: a short word shares no gram then."""
    return frozenset(
        typed[:i] + typed[i + 1] + typed[i] + typed[i + 2 :] for i in range(len(typed) - 1)
    )


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
