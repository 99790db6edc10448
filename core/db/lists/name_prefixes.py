"""Keeps the search index of customers up to date, in the transaction that renames them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

from sqlalchemy import Connection, delete, text

from core.db.bulk import insert_rows
from core.db.schema.search import customer_beginnings, word_grams
from core.rules.search.ranking import (
    LONGEST,
    LONGEST_WORD,
    MOST_WORDS,
    ONE_EDIT,
    domain_of,
    grams,
    name_words,
)
from core.rules.search.text import search_key

_AT_ONCE: Final = 2_000
_UPDATE: Final = text("UPDATE customers SET search = :search WHERE id = :id")
_DELETE: Final = text("DELETE FROM customer_beginnings WHERE customer_id = :id")
_PAGE: Final = text(
    "SELECT id, name_key, search FROM customers WHERE id > :last ORDER BY id LIMIT :limit"
)
_WORD_COLUMNS: Final = ("customer_id", "part", "word")
_GRAM_COLUMNS: Final = ("gram", "word")


class Part(IntEnum):
    """Where a word stands."""

    NAME = 0
    ADDRESS = 1
    DOMAIN = 2


def refresh(
    connection: Connection,
    customer_id: int,
    name: str,
    address_keys: Iterable[str],
    *,
    new: bool = False,
    known: set[str] | None = None,
) -> None:
    """Make a customer found by this name and these addresses, and by nothing else.

    ``known`` are words whose letters this transaction has written already.
    """
    search = search_key(" ".join([name, *address_keys]))
    connection.execute(_UPDATE, {"id": customer_id, "search": search})
    if not new:
        connection.execute(_DELETE, {"id": customer_id})
    _write(connection, [(customer_id, search_key(name), search)], set() if known is None else known)


def fill(connection: Connection) -> None:
    """Make all customers found by what they are called: for a database filled without this."""
    known: set[str] = set()
    last = 0
    while rows := connection.execute(_PAGE, {"last": last, "limit": _AT_ONCE}).all():
        _write(connection, [(row[0], row[1], row[2]) for row in rows], known)
        last = rows[-1][0]


def fill_anew(connection: Connection) -> None:
    """The same where words stand already that may be wrong."""
    for table in (word_grams, customer_beginnings):
        connection.execute(delete(table))
    fill(connection)


def words_of(name_key: str, search: str) -> list[tuple[Part, str]]:
    """Return each word a customer is found by, and where it stands."""
    found = [(Part.NAME, word) for word in name_words(name_key)]
    for address in search[len(name_key) :].split()[:MOST_WORDS]:
        found.append((Part.ADDRESS, address[:LONGEST_WORD]))
        if domain := domain_of(address):
            found.append((Part.DOMAIN, domain[:LONGEST_WORD]))
    return list(dict.fromkeys(found))


def _write(connection: Connection, of: Sequence[tuple[int, str, str]], known: set[str]) -> None:
    rows = [
        (customer_id, int(part), word)
        for customer_id, name_key, search in of
        for part, word in words_of(name_key, search)
    ]
    insert_rows(connection, customer_beginnings, _WORD_COLUMNS, rows)
    new = {word for _, part, word in rows if part == Part.NAME} - known
    known |= new
    pairs = [
        (gram, word)
        for word in sorted(new)
        if len(word) >= ONE_EDIT - 1
        for gram in sorted(grams(word[:LONGEST]))
    ]
    insert_rows(connection, word_grams, _GRAM_COLUMNS, pairs)
