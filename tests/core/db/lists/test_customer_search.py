"""Searching customers: what comes from the indexes is what judging every customer would give."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.db.engine import Database
from core.db.lists import customer_search, name_prefixes
from core.db.migrations import runner
from core.db.writes import contacts as contacts
from core.db.writes.imported_records import Catalogue, CustomerEntry
from core.model.documents import CustomerFilter, Found
from core.rules.search.ranking import Candidate, Rank, Typed, number_rank, ranked
from tests.conftest import PostgresServer
from tests.core.db.books import START, entry, put
from tests.core.db.migrations import earlier

# fmt: off
NAMES = [
    "Krajcik & Sons", "Ludwig Krajcik DVM", "Kra", "KRA", "Müller GmbH", "Muller Bau",
    "O'Brien Ltd", "株式会社トヨタ", "Sons of Kra", "Sonja Krause", "Émile Zoë", "Smith-Krall",
    "100% Fun_Ltd", "!bang", "Ltd", "42 Degrees", "a", "é", "🙂 Smile", '"Quoted" AND OR',
    "Near (Water)*", "İstanbul Çay", "ﬁne print", '\U0010ffff last', 'x\x00y',
    "Bakery Halwood",
]
# fmt: on
# fmt: off
TYPED = [
    "k", "kr", "kra", "kraj", "krajcik", "krajcik &", "krajcik & s", "kra son", "son", "sons",
    "müller", "MULLER", "ü", "gmbh", "o'b", "brien", "トヨ", "会社", "100%", "n_l", "!", "!b",
    "42", "042", "inv", "inv-00", "INV-0003", "a", "e", "zoe", "s k", "ltd", "t", "ajc",
    "rajci", "cik dvm", "@", "@kra", "office", "office1", "kra.example", "example", '"',
    '"quo', "and", "or", "near(", "*", "(wat", "ist", "🙂", "fine", '\U0010ffff', r"x\u", "wood",
    "%", "_", "alwoo", "smith krall", "-", "'", "zzz", "s", "so", "sm l",
]
# fmt: on


def fill(database: Database) -> list[Candidate]:
    """Write customers with addresses and documents; return them as the rules see them."""
    random = Random(3)
    entries = []
    for n, name in enumerate(NAMES * 2):
        host = random.choice(("kra.example", "mail.example", "sons.example"))
        entries.append(entry(f"INV-{n:04}", name, f"office{n}@{host}"))
    put(database, *entries)
    with database.transaction() as connection:
        urgent = "UPDATE customers SET attention = 2 WHERE id IN (5, 10, 15, 20, 40)"
        connection.exec_driver_sql(urgent)
        later = int((START + timedelta(days=1)).timestamp() * 1_000_000)
        calling = f"UPDATE customers SET call_from = {later} WHERE id < 8"  # noqa: S608
        connection.exec_driver_sql(calling)
    sql = "SELECT id, name_key, search, attention FROM customers"
    rows = database.reader.rows(sql, {})
    return [Candidate(row[0], row[1], row[2], needs_attention=row[3] > 0) for row in rows]


def expected(database: Database, entries: list[Candidate], text: str, most: int) -> tuple[int, ...]:
    typed = Typed.of(text)
    numbers: dict[int, Rank] = {}
    for customer_id, key in database.reader.rows(
        "SELECT customer_id, number_key FROM documents", {}
    ):
        rank = number_rank(typed.key, key) if typed.key else None
        if rank is not None:
            numbers[customer_id] = min(rank, numbers.get(customer_id, rank))
    judged = [
        Candidate(e.id, e.name_key, e.search, e.needs_attention, numbers.get(e.id)) for e in entries
    ]
    return tuple(place.id for place in ranked(typed, judged))[:most]


def find(database: Database, text: str, **more: Any) -> Found:
    return customer_search.find(database.reader, CustomerFilter(text=text, as_of=START), **more)


def exactly(found: Found) -> tuple[int, ...]:
    return found.ids[: len(found.ids) - found.alike]


@pytest.mark.parametrize("often", [2_500, 1])
def test_indexes_find_what_judging_every_customer_would(
    database: Database, monkeypatch: pytest.MonkeyPatch, often: int
) -> None:
    monkeypatch.setattr(
        customer_search, "_OFTEN", often
    )  # 1: what is frequent is met, not gathered
    monkeypatch.setattr(customer_search, "_MANY", often * 4)
    entries = fill(database)
    for text in TYPED:
        for most in (3, 200):
            found = find(database, text, most=most)
            assert exactly(found) == expected(database, entries, text, most), text
            whole = expected(database, entries, text, 10_000)
            assert found.has_more == (len(whole) > most), text


def test_both_databases_show_the_same_in_the_same_order(
    sqlite_database: Database, postgres: PostgresServer
) -> None:
    name = postgres.create()
    other = Database(postgres.url(name))
    fill(sqlite_database)
    fill(other)
    slips = ("krajick", "ludvig", "mulelr", "soms", "halwodo", "krajcik soms", "smitj krall")
    for text in (*TYPED, *slips):
        assert find(sqlite_database, text) == find(other, text), text
    other.close()
    postgres.drop(name)


def test_slips_are_found_after_what_is_spelt_like_that(database: Database) -> None:
    put(
        database,
        entry("1", "Krajcik & Sons"),
        entry("2", "Krajcikova"),
        entry("3", "Krajcka Ltd"),
        entry("4", "Bergmann"),
    )
    found = find(database, "krajcik")
    assert (len(found.ids), found.alike, found.may_look_alike) == (2, 0, True)
    both = customer_search.find(database.reader, CustomerFilter("krajcik"), alike=True)
    assert (both.ids[:2], both.alike) == (found.ids, 1)
    assert find(database, "krajick").alike == 3  # nothing matches: nobody has to ask twice
    assert find(database, "krz").ids == ()  # three letters are too few to guess from


def test_only_those_who_need_attention(database: Database) -> None:
    entries = fill(database)
    urgent = {e.id for e in entries if e.needs_attention}
    for text in ("kra", "e", "inv", "example"):
        where = CustomerFilter(text=text, attention=True, as_of=START)
        found = customer_search.find(database.reader, where)
        assert set(found.ids) == set(find(database, text).ids) & urgent


def words_are_true(database: Database) -> None:
    stored: dict[int, set[tuple[int, str]]] = {}
    for customer_id, part, word in database.reader.rows(
        "SELECT customer_id, part, word FROM customer_beginnings", {}
    ):
        stored.setdefault(customer_id, set()).add((part, word))
    for key, name_key, search in database.reader.rows(
        "SELECT id, name_key, search FROM customers", {}
    ):
        assert stored.pop(key, set()) == set(name_prefixes.words_of(name_key, search))
    assert stored == {}
    if database.path is not None:
        with database.transaction() as connection:  # raises where the trigrams are out of step
            connection.exec_driver_sql(
                "INSERT INTO customer_words(customer_words, rank) VALUES ('integrity-check', 1)"
            )


def test_names_and_addresses_that_change_are_found_as_they_are_now(database: Database) -> None:
    with database.transaction() as connection:
        catalogue = Catalogue(connection)
        catalogue.put_customer(CustomerEntry("Krajcik", "ann@old.example", ref="7"))
        catalogue.put_customer(CustomerEntry("Bergmann", "bob@new.example", ref="8"))
    with database.transaction() as connection:
        Catalogue(connection).put_customer(CustomerEntry("Halwood", "ann@old.example", ref="7"))
        contacts.correct(connection, [1], "ann@old.example", "ann@fresh.example", "me", START)
    words_are_true(database)
    assert find(database, "krajcik").ids == find(database, "old.ex").ids == ()
    assert find(database, "halw").ids == find(database, "fresh").ids == find(database, "res").ids
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM contacts WHERE customer_id = 1")
        connection.exec_driver_sql("DELETE FROM customers WHERE id = 1")
    words_are_true(database)


def test_a_filled_database_from_before_finds_everybody_after_the_upgrade(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    earlier.make(database, "0010")
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO customers (name, name_key, search) VALUES"
            " ('Krajcik & Sons', 'krajcik & sons', 'krajcik & sons ann@customer.example')"
        )
    runner.prepare(database)
    words_are_true(database)
    for text in ("kra", "son", "ann@", "customer.ex", "ajci", "krajick"):
        assert find(database, text).ids == (1,), text
    database.close()
