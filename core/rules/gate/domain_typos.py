"""A domain that was probably meant to be another one: pure, and rather silent than wrong.

Two ways: a slip in one of the services where everybody has a mailbox (``gmial.com``), and a slip in
a domain that many of our own emails were delivered to. What was ever delivered to is never doubted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

MANY: Final = 5
"""Addresses of a domain that were delivered to, from which on it is one of our own well-known."""

_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"
_SHORTEST_OF_OURS: Final = 6
"""Letters before the first dot; shorter names are one letter apart all the time."""
_LONGEST: Final = 60

# What a slip costs: two the fingers do by themselves, three one, five as good as another word.
_EASY: Final = 2
_PLAIN: Final = 3
_OTHER: Final = 4


def meant(domain: str) -> str:
    """Return the mailbox service that ``domain`` was meant to be; empty for none.

    ``domain`` is in lower case, as ``core.model.enums.domain_of`` gives it.
    """
    if domain in KNOWN or len(domain) > _LONGEST:
        return ""
    name, _, ending = domain.partition(".")
    mended = NO_SUCH_ENDING.get(ending, ending)
    if name in LOOKALIKE_NAMES:
        return _if_changed(_with_real_ending(domain), domain)
    if name in SERVICES:
        mended = SLIPPED_ENDING.get(mended, mended)
        return _if_changed(f"{name}.{mended}", domain) if f"{name}.{mended}" in KNOWN else ""
    found = min(
        ((slips(name, known), known) for known in SERVICES if _is_close(name, known)), default=None
    )
    if found is not None:
        for wanted in (mended, SLIPPED_ENDING.get(mended, mended)):
            if f"{found[1]}.{wanted}" in KNOWN:
                return f"{found[1]}.{wanted}"
    return _if_changed(_with_real_ending(domain), domain)


def candidates(domain: str) -> frozenset[str]:
    """Return every domain that one slip may have turned into ``domain``; to be looked up.

    Empty where the name is too short to tell a slip from another company.
    """
    name, dot, rest = domain.partition(".")
    if not _SHORTEST_OF_OURS <= len(name) <= _LONGEST or domain in KNOWN or not dot:
        return frozenset()
    made = {name[:i] + name[i + 1 :] for i in range(1, len(name))}
    made |= {name[:i] + letter + name[i:] for i in range(1, len(name) + 1) for letter in _LETTERS}
    made |= {
        name[:i] + letter + name[i + 1 :]
        for i in range(1, len(name))
        for letter in _NEIGHBOURS.get(name[i], "")
    }
    made |= {name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)}
    made.discard(name)
    return frozenset(f"{each}{dot}{rest}" for each in made if each[-1:] != "-")


def meant_of_ours(domain: str, delivered: Mapping[str, int]) -> str:
    """Return the one of our own domains that ``domain`` was meant to be; empty for none.

    ``delivered`` counts, for ``domain`` and its ``candidates``, addresses that were delivered to.
    """
    if delivered.get(domain):
        return ""
    near = candidates(domain)
    known = [
        (-count, other) for other, count in delivered.items() if other in near and count >= MANY
    ]
    return min(known, default=(0, ""))[1]


def slips(typed: str, meant_word: str) -> int:
    """Return what it costs to mistype ``meant_word`` as ``typed``: Damerau's distance with fingers.

    Swapped letters, doubled letters and keys beside each other cost 2, a letter too many or too few
    3, any other letter 4, and so does another first letter.
    """
    before: list[int] = []
    row = [_PLAIN * i for i in range(len(meant_word) + 1)]
    for i, letter in enumerate(typed, 1):
        oldest, before = before, row
        row = [before[0] + _PLAIN]
        for j, wanted in enumerate(meant_word, 1):
            best = min(
                before[j - 1] + _replacing(letter, wanted, first=i == j == 1),
                before[j] + _doubling(typed, i, letter),
                row[j - 1] + _doubling(meant_word, j, wanted),
            )
            if i > 1 and j > 1 and letter == meant_word[j - 2] and typed[i - 2] == wanted:
                best = min(best, oldest[j - 2] + _EASY)
            row.append(best)
    return row[-1]


def _is_close(name: str, known: str) -> bool:
    if abs(len(name) - len(known)) > 1:
        return False
    cost = slips(name, known)
    if len(known) <= 3:  # swapped or doubled only: aol and aok are two companies
        return cost <= _EASY and (sorted(name) == sorted(known) or len(name) != len(known))
    return cost <= (_PLAIN if len(known) <= 5 else _OTHER)


def _replacing(letter: str, wanted: str, *, first: bool) -> int:
    if letter == wanted:
        return 0
    return _EASY if letter in _NEIGHBOURS.get(wanted, "") and not first else _OTHER + first


def _doubling(word: str, position: int, letter: str) -> int:
    return _EASY if position > 1 and word[position - 2] == letter else _PLAIN


def _with_real_ending(domain: str) -> str:
    """Any domain under an ending that no registry has."""
    name, _, ending = domain.partition(".")
    if ending in NO_SUCH_ENDING:
        return f"{name}.{NO_SUCH_ENDING[ending]}"
    before, _, last = domain.rpartition(".")
    return f"{before}.{NO_SUCH_ENDING[last]}" if last in NO_SUCH_ENDING else domain


def _if_changed(proposal: str, domain: str) -> str:
    return proposal if proposal != domain else ""


def _beside(rows: Iterable[str]) -> dict[str, str]:
    """Every key → the keys that touch it."""
    found: dict[str, set[str]] = {}
    lines = list(rows)
    for number, line in enumerate(lines):
        for place, key in enumerate(line):
            near = {line[p] for p in (place - 1, place + 1) if 0 <= p < len(line)}
            if number + 1 < len(lines):
                near |= set(lines[number + 1][max(0, place - 1) : place + 1])
            for other in near:
                found.setdefault(key, set()).add(other)
                found.setdefault(other, set()).add(key)
    return {key: "".join(sorted(near)) for key, near in found.items()}


_NEIGHBOURS: Final = _beside(_ROWS)


def _several(words: str) -> list[str]:
    """One line of data; a list of literals would be a page."""
    return words.split()


_EUROPE: Final = "de fr it es nl be at ch dk se no fi ie pt gr pl cz hu co.uk"
#: The name of each service → the endings it has.
SERVICES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(endings.split())
    for name, endings in {
        "gmail": "com",
        "googlemail": "com",
        "outlook": f"com {_EUROPE} jp com.br com.au com.ar in kr sa cl ph sg my id co.th com.tr",
        "hotmail": f"com {_EUROPE} co.jp com.br com.ar com.mx com.tr ca co.th in co.nz com.au",
        "live": f"com {_EUROPE} ca jp com.au com.mx com.ar in com.pt cl ru cn co.za com.my",
        "yahoo": f"com {_EUROPE} ca co.jp co.in in com.br com.au com.ar com.mx ro com.tr"
        " com.sg com.hk com.ph com.tw co.id co.th co.za com.vn co.kr com.cn cn ne.jp",
        "icloud": "com",
        "gmx": "de net at ch com fr es it co.uk us org eu info biz li",
        "web": "de",
        "freenet": "de",
        "t-online": "de",
        "arcor": "de",
        "posteo": "de net org eu at ch",
        "mailbox": "org",
        "bluewin": "ch",
        "hispeed": "ch",
        "sunrise": "ch",
        "chello": "at nl hu",
        "orange": "fr es pl ro sk",
        "wanadoo": "fr es nl",
        "laposte": "net",
        "sfr": "fr",
        "neuf": "fr",
        "bbox": "fr",
        "numericable": "fr",
        "libero": "it",
        "virgilio": "it",
        "tiscali": "it co.uk",
        "alice": "it",
        "telefonica": "net",
        "ziggo": "nl",
        "planet": "nl",
        "skynet": "be",
        "telenet": "be",
        "telia": "com",
        "btinternet": "com",
        "btopenworld": "com",
        "talktalk": "net",
        "virginmedia": "com",
        "blueyonder": "co.uk",
        "ntlworld": "com",
        "comcast": "net",
        "verizon": "net",
        "bellsouth": "net",
        "sbcglobal": "net",
        "earthlink": "net",
        "frontier": "com",
        "roadrunner": "com",
        "optonline": "net",
        "centurylink": "net",
        "charter": "net",
        "windstream": "net",
        "juno": "com",
        "rogers": "com",
        "sympatico": "ca",
        "shaw": "ca",
        "telus": "net",
        "videotron": "ca",
        "bigpond": "com net.au net",
        "optusnet": "com.au",
        "xtra": "co.nz",
        "aol": "com de fr it es co.uk ca com.au com.br jp in",
        "protonmail": "com ch",
        "proton": "me",
        "tutanota": "com de",
        "fastmail": "com fm",
        "zohomail": "com eu in",
        "yandex": "com ru ua kz by com.tr",
        "rambler": "ru",
        "seznam": "cz",
        "centrum": "cz sk",
        "interia": "pl eu",
        "naver": "com",
        "hanmail": "net",
        "daum": "net",
        "uol": "com.br",
        "terra": "com.br es",
        "rediffmail": "com",
    }.items()
}
KNOWN: Final = frozenset(
    f"{name}.{ending}" for name, endings in SERVICES.items() for ending in endings
)
#: Real domains whose names are a slip away from those above, under whatever ending.
LOOKALIKE_NAMES: Final = frozenset(
    _several(
        "mail email ymail jmail hmail fmail tmail vmail bmail rmail qmail xmail zmail omail pmail"
        " imail smail umail cmail dmail emails mails freemail inmail mymail webmail netmail bigmail"
        " cloud online range oranges grange arrange orage live alive olive love life like lives"
        " outlooks yahoos hotmails planets planetx terras naves raver tiscal skynets proto protons"
        " photon rocketmail hushmail mailbox mailfence inbox tuta tutamail hey me mac msn passport"
        " windowslive rogersgroup rodgers show shaws chart charters frontiers alices free"
    )
)
#: Endings that no registry has: whatever stands before them, it was meant to be the other one.
NO_SUCH_ENDING: Final[dict[str, str]] = {
    **dict.fromkeys(
        _several(
            "con cmo comm ocm vom xom cim cpm clm coom copm ccom cokm comn comj conm coml cok mcom"
            " comcom c0m"
        ),
        "com",
    ),
    **dict.fromkeys(_several("nett nte ent ney nrt ner nett nwt"), "net"),
    **dict.fromkeys(_several("ogr orgg rog orgn oeg otg"), "org"),
    **dict.fromkeys(_several("couk co.ku co.ik co.yk co.ukk c.ouk cou.k"), "co.uk"),
    **dict.fromkeys(_several("dee dde"), "de"),
}
#: Endings that exist, but under which none of these services has anything.
SLIPPED_ENDING: Final[dict[str, str]] = {
    "co": "com",
    "cm": "com",
    "om": "com",
    "cam": "com",
    "ne": "net",
    "et": "net",
    "bet": "net",
    "or": "org",
    "co.u": "co.uk",
    "c.uk": "co.uk",
    "uk": "co.uk",
    "ed": "de",
    "fe": "de",
    "d": "de",
    "f": "fr",
    "rf": "fr",
}
