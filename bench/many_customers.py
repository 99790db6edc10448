"""A hundred thousand customers to search among: names as offices have them, words repeated."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from core.db.bulk import insert_rows
from core.db.engine import Database
from core.db.lists import name_prefixes
from core.db.schema import contacts, customers, documents
from core.rules.search.text import search_key


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_FIRST: Final = _listed(
    "Ann|Björn|Carla|Dagmar|Émile|François|Günther|Håkan|Íñigo|Jürgen|Katarzyna|Łukasz|Marie|"
    "Noémi|Ole|Paweł|Quentin|Renée|Søren|Tomáš|Ursula|Věra|Walter|Xavier|Yvonne|Zoë|John|Mary"
    "|Peter|Susan"
)
_ENDS: Final = _listed(
    "ann|berg|dahl|eau|feld|gaard|hofer|insky|jević|kamp|lund|mayer|nér|ová|pont|quist|ridge|"
    "ström|thal|ucci|ville|wood|xton|yard|zoni|man|son|ton|ley|er"
)
_BEGINNINGS: Final = _listed(
    "Al|Ber|Cra|Dun|Eck|Fran|Gro|Hal|Ing|Jak|Kra|Lin|Mül|Nor|Oster|Per|Quin|Ros|Schmi|Tre|Ull"
    "|Vel|Wes|Xim|Yor|Zeu|Brú|Møl|Čer|Şen"
)
_MIDDLES: Final = ("", "de", "la", "ri", "sto", "ja", "no", "ke", "bu", "ti", "mo", "wi", "sha")
_TRADES: Final = _listed(
    "Bakery|Bau|Builders|Carpentry|Catering|Consulting|Dental|Design|Electric|Garden|Grafik|H"
    "olding|Hôtel|Immobilien|Joinery|Kitchens|Logistics|Mechanics|Möbel|Notary|Optics|Plumbin"
    "g|Printing|Roofing|Services|Solutions|Studio|Textiles|Travel|Vineyard|Weaving|Yachts"
)
_FORMS: Final = _listed("Ltd|GmbH|Inc.|& Sons|S.A.|AB|s.r.o.|LLC|& Co. KG|Partners|B.V.|")
_HOSTS: Final = ("gmail.example", "mail.example", "web.example")


def names(count: int, random: Random) -> Iterator[str]:
    """Yield names of people and companies; a family name is shared by a few dozen of them."""
    for _ in range(count):
        family = random.choice(_BEGINNINGS) + random.choice(_MIDDLES) + random.choice(_ENDS)
        kind = random.random()
        if kind < 0.3:
            yield f"{random.choice(_FIRST)} {family}"
        elif kind < 0.6:
            yield f"{family} {random.choice(_TRADES)} {random.choice(_FORMS)}".strip()
        elif kind < 0.8:
            yield f"{family} {random.choice(_FORMS)}".strip()
        else:
            yield f"{random.choice(_TRADES)} {family} {random.choice(_FORMS)}".strip()


def fill(database: Database, count: int, random: Random) -> None:
    """Write customers, an address and an invoice each; every twelfth needs attention.

    As they would be stored, without going through what imports them.
    """
    books = list(enumerate(names(count, random), 1))
    addresses = [_address(number, name, random) for number, name in books]
    with database.transaction() as connection:
        insert_rows(
            connection,
            customers,
            ("id", "name", "name_key", "search", "attention"),
            [
                (n, name, search_key(name), search_key(f"{name} {address}"), int(n % 12 == 0))
                for (n, name), address in zip(books, addresses, strict=True)
            ],
        )
        insert_rows(
            connection,
            contacts,
            ("customer_id", "address", "address_key", "is_primary"),
            [(n, address, address, 1) for n, address in enumerate(addresses, 1)],
        )
        insert_rows(
            connection,
            documents,
            ("customer_id", "kind", "number", "number_key", "status", "currency"),
            [(n, "invoice", f"INV-{n:06}", f"inv-{n:06}", "OPEN", "EUR") for n, _ in books],
        )
        name_prefixes.fill(connection)


def _address(number: int, name: str, random: Random) -> str:
    own = search_key(name).split()[0].strip(".&") + ".example"
    host = random.choice(_HOSTS) if random.random() < 0.3 else own
    return f"{random.choice(('info', 'office', 'ap'))}{number}@{host}"
