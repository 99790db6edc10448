"""What is spelt alike: how many slips of the fingers lie between what is typed and a word.

Of our own, not a library's: a few hundred short words are compared a search, which needs no
compiled dependency, and none of those at hand takes the *beginning* of a word for the whole, as is
needed while somebody is still typing it.
"""

from __future__ import annotations

from typing import Final

#: From how many letters on one slip is forgiven, and from how many on two.
ONE_EDIT: Final = 4
TWO_EDITS: Final = 7
#: A word longer than this is nobody's typing.
LONGEST: Final = 40


def edits_forgiven(typed: str) -> int:
    """Return how many slips a typed word may hold and still mean another one."""
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
