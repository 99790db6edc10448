"""Who the generated company bills, and what their mailboxes do. Pure: a seed in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final
from unicodedata import normalize
from zlib import crc32

_FIRMS: Final = (
    "Alder & Finch Joinery", "Baltic Rope Works", "Café Zürichberg", "Dunmore Dental Practice",
    "Elbe Logistik GmbH", "Ferrand et Fils", "Grünwald Optik", "Harbour Street Bakery",
    "Ibex Outdoor AG", "Juniper Textiles", "Krajcik & Sons GmbH", "Lindqvist Byggnads AB",
    "Meridian Surveyors", "Nordlys Media ApS", "Orchard Veterinary Clinic", "Pellegrini Marmi",
    "Quayside Architects", "Rossi Impianti S.r.l.", "Søndergaard Print", "Tamarind Catering",
    "Umbra Lighting Design", "Vesterbro Cykler", "Whitcombe Solicitors", "Xylo Instruments",
    "Yarrow Garden Centre", "Zelenka Stavby s.r.o.",
)  # fmt: skip
_PEOPLE: Final = (
    "Ludwig Krajcik DVM", "Dr. Mikra Kranz", "Amélie Durand", "Björn Åkesson", "Caitlin O'Hara",
    "Dario Conti", "Eszter Nagy", "Felix Ochsenbein", "Grace Adeyemi", "Henrik Vuorinen",
    "Inês Carvalho", "Jakub Nowák", "Karin Feldhaus", "Leonor Peixoto",
)  # fmt: skip
_DESKS: Final = ("accounts", "billing", "buchhaltung", "office", "invoices", "finance")
_GIVEN: Final = ("anna", "brook", "carla", "denis", "erik", "farah", "gina", "hugo", "irena", "jon")
_CURRENCIES: Final = ("USD", "USD", "USD", "EUR", "EUR", "GBP", "CHF")


#: What Apple's Mail Privacy Protection calls itself when it loads images in advance.
APPLE_PROXY: Final = "Mozilla/5.0"


class Temper(StrEnum):
    """How a mailbox treats our emails."""

    OPENS = "opens"
    CLICKS = "clicks"
    SILENT = "silent"
    """Delivered, and nothing more is ever heard."""
    DEAD = "dead"
    """Answered once; the mailbox is gone since."""
    FULL = "full"
    SLOW = "slow"
    """Deferred before it is delivered."""
    AWAY = "away"
    """Delivered, and an automatic reply."""
    ANNOYED = "annoyed"
    """Marks one of the later emails as spam."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str
    name: str
    temper: Temper
    diagnostic: str = ""
    """What the server says when it refuses."""
    enhanced_status: str = ""
    user_agent: str = ""
    """Of the program that loads images, where it is not just any browser."""


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    ref: str
    phone: str
    currency: str
    mailboxes: tuple[Mailbox, ...]
    """The primary one first."""
    weight: int
    """How much business: how many documents, beside the others."""


_UNKNOWN_USER: Final = (
    "smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
)
_NO_ACCOUNT: Final = (
    "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try "
    "double-checking the recipient's email address for typos or unnecessary spaces."
)
_ACCESS_DENIED: Final = (
    "smtp; 550 5.4.1 Recipient address rejected: Access denied. For more information ask the "
    "administrator of {domain}"
)
_OUT_OF_STORAGE: Final = (
    "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<452 4.2.2 The recipient's "
    "inbox is out of storage space. Please direct the recipient to free some space and try again.>"
)
_OVER_QUOTA: Final = "smtp; 552 5.2.2 <{address}>: user is over quota"
_GREYLISTED: Final = "smtp; 451 4.7.1 <{address}>: Greylisting in action, please come back later"
_TRY_LATER: Final = "smtp; 421 4.7.0 {domain} Service not available, try again later"

_REFUSALS: Final = {
    Temper.DEAD: ((_UNKNOWN_USER, "5.1.1"), (_NO_ACCOUNT, "5.1.1"), (_ACCESS_DENIED, "5.4.1")),
    Temper.FULL: ((_OUT_OF_STORAGE, "4.4.7"), (_OVER_QUOTA, "5.2.2")),
    Temper.SLOW: ((_GREYLISTED, "4.7.1"), (_TRY_LATER, "4.7.0")),
}

#: One mailbox of each kind for the first customers, so that every status is near the top.
_FIRST_TEMPERS: Final = (
    Temper.DEAD, Temper.FULL, Temper.ANNOYED, Temper.SLOW, Temper.DEAD, Temper.AWAY,
    Temper.DEAD, Temper.CLICKS, Temper.SILENT, Temper.DEAD, Temper.DEAD,
)  # fmt: skip
_LATER_TEMPERS: Final = (
    (Temper.OPENS, 40), (Temper.SILENT, 26), (Temper.CLICKS, 14), (Temper.SLOW, 8),
    (Temper.AWAY, 6), (Temper.DEAD, 8), (Temper.FULL, 2),
)  # fmt: skip


def customers(random: Random, count: int = 40) -> list[Customer]:
    """Return ``count`` customers, firms and persons mixed."""
    names = [*_FIRMS, *_PEOPLE][:count]
    random.shuffle(names)
    return [_customer(random, name, position) for position, name in enumerate(names)]


def _customer(random: Random, name: str, position: int) -> Customer:
    domain = f"{_slug(name)}.example"
    if position < len(_FIRST_TEMPERS):
        temper = _FIRST_TEMPERS[position]
    else:
        kinds, weights = zip(*_LATER_TEMPERS, strict=True)
        temper = random.choices(kinds, weights)[0]
    first = random.choice(_GIVEN)
    boxes = [_mailbox(random, f"{first}{random.randint(10, 99)}@{domain}", first, temper)]
    boxes.extend(
        _mailbox(random, f"{desk}@{domain}", desk, Temper.OPENS)
        for desk in random.sample(_DESKS, k=random.choice((0, 1, 1, 2)))
    )
    return Customer(
        name=name,
        ref=f"C{1000 + position}",
        phone=f"+{random.randint(1, 49)} {random.randint(200, 999)} {random.randint(10000, 99999)}",
        currency=random.choice(_CURRENCIES),
        mailboxes=tuple(boxes),
        weight=random.choice((1, 1, 2, 2, 3, 4)),
    )


def _mailbox(random: Random, address: str, name: str, temper: Temper) -> Mailbox:
    refusals = _REFUSALS.get(temper)
    if refusals is None:
        # by the address and not by chance, so that everything else stays as it is
        is_proxied = temper is Temper.OPENS and crc32(address.encode()) % 4 == 0
        agent = APPLE_PROXY if is_proxied else ""
        return Mailbox(address, name.capitalize(), temper, user_agent=agent)
    words, code = random.choice(refusals)
    said = words.format(address=address, domain=address.rpartition("@")[2])
    return Mailbox(address, name.capitalize(), temper, said, code)


def _slug(name: str) -> str:
    plain = "".join(c for c in normalize("NFKD", name.casefold().replace("ø", "o")) if c.isascii())
    words = ["".join(c for c in word if c.isalnum()) for word in plain.split()]
    return next((word for word in words if len(word) > 3), "customer")
