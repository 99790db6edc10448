"""Whom ``bench.million`` sends to: names of companies and people, and their addresses."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from core.model.enums import address_key, domain_of
from core.rules.search.text import search_key

_FIRST: Final = (
    "Alder", "Amber", "Ancora", "Argo", "Ash", "Aurora", "Bay", "Birch", "Blue", "Bright", "Cedar",
    "Clear", "Cobalt", "Copper", "Coral", "Crown", "Delta", "Dover", "Eagle", "East", "Elm",
    "Ember", "Falcon", "Fjord", "Fox", "Garnet", "Glen", "Golden", "Granite", "Harbor", "Hazel",
    "Heron", "High", "Iron", "Ivory", "Jade", "Juniper", "Kestrel", "Lake", "Lark", "Laurel",
    "Lime", "Lunar", "Maple", "Marble", "Meadow", "Mira", "Moss", "North", "Nova", "Oak", "Ocean",
    "Olive", "Onyx", "Opal", "Orchid", "Otter", "Pearl", "Pine", "Polar", "Quartz", "Raven",
    "Red", "Ridge", "River", "Rowan", "Ruby", "Sage", "Sierra", "Silver", "Sky", "Slate", "Solar",
    "South", "Spruce", "Stone", "Summit", "Swift", "Teal", "Terra", "Thistle", "Tidal", "Timber",
    "Topaz", "Umber", "Valley", "Vega", "Velvet", "Violet", "West", "Willow", "Winter", "Wolf",
    "Zenith", "Zinc", "Łódź", "Müller", "Ångström", "São", "Crème",
)  # fmt: skip
_SECOND: Final = (
    "bridge", "brook", "craft", "crest", "dale", "field", "ford", "forge", "gate", "grove",
    "haven", "hill", "land", "line", "mark", "mill", "mont", "path", "peak", "point", "port",
    "rock", "shore", "side", "stead", "stream", "tech", "ton", "town", "view", "ward", "water",
    "way", "wood", "works", "yard",
)  # fmt: skip
_TRADE: Final = (
    "Bakery", "Builders", "Catering", "Cleaning", "Clinic", "Consulting", "Dental", "Design",
    "Electric", "Energy", "Farms", "Finance", "Foods", "Freight", "Gardens", "Glass", "Hotels",
    "Insurance", "Interiors", "IT", "Joinery", "Labs", "Legal", "Logistics", "Machines", "Media",
    "Metals", "Motors", "Optics", "Paints", "Partners", "Pharma", "Plumbing", "Printing",
    "Roofing", "Security", "Software", "Studio", "Supply", "Textiles", "Tools", "Travel",
)  # fmt: skip
_FORM: Final = ("GmbH", "Ltd", "LLC", "Inc.", "S.A.", "AB", "B.V.", "& Co", "Oy", "")
_GIVEN: Final = (
    "alice", "amir", "anna", "ben", "carla", "chen", "dana", "david", "elena", "emil", "eva",
    "finn", "grace", "hana", "hugo", "ines", "ivan", "jana", "jonas", "julia", "karl", "lea",
    "leo", "lina", "luca", "maria", "max", "mia", "nadia", "nico", "noor", "olga", "omar", "paul",
    "petra", "rosa", "sara", "sven", "tara", "tom", "uma", "victor", "wanda", "yara", "zoe",
)  # fmt: skip
_FAMILY: Final = (
    "adams", "bauer", "berg", "costa", "diaz", "evans", "fischer", "garcia", "haas", "ito",
    "jensen", "kim", "kowalski", "lang", "lopez", "meyer", "novak", "okafor", "patel", "quinn",
    "rossi", "sato", "schmidt", "silva", "tanaka", "ueda", "vogel", "weber", "xu", "young",
)  # fmt: skip
_SHARED: Final = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "web.de", "icloud.com")


class Person(NamedTuple):
    name: str
    address: str
    key: str
    domain: str


class Company(NamedTuple):
    name: str
    key: str
    people: tuple[Person, ...]
    search: str


def company(random: Random, number: int) -> Company:
    """Return the ``number``-th customer; some share a name, and nobody an address."""
    first = random.choice(_FIRST) + random.choice(_SECOND)
    name = f"{first} {random.choice(_TRADE)} {random.choice(_FORM)}".strip()
    own = f"{search_key(first).encode('ascii', 'ignore').decode()}{number % 997}.example"
    domain = random.choice(_SHARED) if random.random() < 0.3 else own
    people = tuple(_person(random, number, place, domain) for place in range(3))
    key = search_key(name)
    return Company(name, key, people, search_key(" ".join((name, *(p.key for p in people)))))


def _person(random: Random, number: int, place: int, domain: str) -> Person:
    given, family = random.choice(_GIVEN), random.choice(_FAMILY)
    address = f"{given}.{family}{number * 3 + place}@{domain}"
    name = f"{given.title()} {family.title()}"
    return Person(name, address, address_key(address), domain_of(address))
