"""Domains under which everybody can have a mailbox, and endings that exist nowhere: data.

The endings of a service are those under which it really gives out mailboxes. The look-alikes are
real domains that are one slip away from one of them: nobody mistypes those.
"""

from __future__ import annotations

from typing import Final


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
