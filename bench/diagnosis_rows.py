"""The labelled diagnostics and their honest split: near-duplicates fall on the same side.

A second list is ours (``diagnosis_own.tsv``): what servers answer, worded after the programs and
providers that say it, each with the cause judged before the rules were asked. Where they failed on
a text of the side ``read``, they were improved; the side ``unread`` was only ever counted. Keep it
so: print no failure of the held-out texts nor of the unread ones.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from core.rules.diagnosis.meanings import MEANINGS

LABELLED: Final = Path(__file__).parents[2] / "shared" / "data" / "diagnostics" / "labelled.tsv"

OWN: Final = Path(__file__).with_name("diagnosis_own.tsv")

#: What differs between two copies of one text: addresses, hosts, links, numbers, ids in brackets.
_NAMES: Final = re.compile(
    r"https?://\S+|\S*@\S+|[<\[({][^>\])}]*[>\])}]|\b[\w-]+(?:\.[\w-]+)+\b|\d+"
)
#: Two texts are one family when this much of all their word pairs, or of the shorter one's, agrees.
_ALIKE: Final = 0.4
_INSIDE: Final = 0.8

Pairs = frozenset[tuple[str, ...]]


class Row(NamedTuple):
    diagnostic: str
    class_: str
    cause: str
    hard: bool | None
    """``None`` where nobody labelled it."""
    code: str
    kind: str


def rows(path: Path = LABELLED) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["diagnostic"],
                row["class"],
                row["cause"],
                row["hard"] == "1" if row["hard"] else None,
                row["esc"],
                row["kind"],
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def own_rows(path: Path = OWN) -> tuple[list[Row], list[Row]]:
    """Return the two sides of our own list: the texts that rules were improved with, the others."""
    sides: dict[str, list[Row]] = {"read": [], "unread": []}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            class_ = MEANINGS[row["cause"]].class_
            sides[row["side"]].append(
                Row(row["diagnostic"], class_, row["cause"], None, "", row["system"])
            )
    return sides["read"], sides["unread"]


def split(labelled: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return what rules may be written from, and what only measures them.

    A family is held out when the hash of each of its texts is odd: any text that an earlier rule
    could have been written from keeps its whole family on the first side.
    """
    tuned: list[Row] = []
    held_out: list[Row] = []
    for family in _families(labelled):
        side = held_out if all(_is_odd(row.diagnostic) for row in family) else tuned
        side.extend(family)
    return tuned, held_out


def _is_odd(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def _families(labelled: Sequence[Row]) -> list[list[Row]]:
    pairs = [_pairs(row.diagnostic) for row in labelled]
    parent = list(range(len(labelled)))

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for one in range(len(labelled)):
        for other in range(one):
            if _are_alike(pairs[one], pairs[other]):
                parent[root(one)] = root(other)
    families: dict[int, list[Row]] = defaultdict(list)
    for index, row in enumerate(labelled):
        families[root(index)].append(row)
    return list(families.values())


def _pairs(text: str) -> Pairs:
    words = re.findall(r"[a-z]+", _NAMES.sub(" ", text.lower()))
    return frozenset(pairwise(words)) or frozenset((w,) for w in [*words, text])


def _are_alike(one: Pairs, other: Pairs) -> bool:
    shared = len(one & other)
    if not shared:
        return False
    inside = shared >= 2 and shared / min(len(one), len(other)) >= _INSIDE
    return inside or shared / len(one | other) >= _ALIKE
