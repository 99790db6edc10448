"""What a person types, looked up in indexes; words in one of trigrams, which SQLite has (FTS5).

An answer is a set of ids, which page, count, position and chips then share: it is kept until
anybody changes the data. What so many rows have that any page of them is quickly found by looking
is left to the conditions that look at every row.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from core.db.codec import search_key
from core.db.engine import Reader, SqliteReader
from core.db.patterns import part_of
from core.db.queries import LONGEST_SEARCH
from core.model import CustomerFilter, DocumentFilter

LEAST: Final = 3
"""Letters of a trigram."""
_MOST: Final = 120_000
"""Rows with a word: more are left to looking."""
_KEPT: Final = 16
_AFTER_ALL: Final = "\U0010ffff"

type_of_ids = frozenset[int] | None


class Lookup(NamedTuple):
    """A statement that finds ids; more than ``most`` are too many to be of use."""

    sql: str
    values: tuple[tuple[str, Any], ...]
    most: int = _MOST


class _Memory:
    """The last answers about one state of the data; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._answers: OrderedDict[Lookup, type_of_ids] = OrderedDict()
        self.is_there = False
        """The index is; it never goes away."""

    def get(self, revision: int, key: Lookup) -> tuple[bool, type_of_ids]:
        with self._lock:
            if revision != self._revision:
                self._revision = revision
                self._answers.clear()
            return key in self._answers, self._answers.get(key)

    def put(self, revision: int, key: Lookup, ids: type_of_ids) -> None:
        with self._lock:
            if revision == self._revision:
                self._answers[key] = ids
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)


_MEMORIES: Final[WeakKeyDictionary[Reader, _Memory]] = WeakKeyDictionary()


def narrowed_documents(reader: Reader, where: DocumentFilter) -> DocumentFilter:
    """Return the same filter, its words and conditions replaced by the ids that answer to them.

    As far as these are known: the others are left in it.
    """
    if not isinstance(reader, SqliteReader) or not _can_narrow(reader, where):
        return where
    ids, left = _all_of(reader, _of_words(_DOCUMENTS, where.text))
    found, conditions = _conditions(reader, where)
    both = [each for each in (ids, found) if each is not None]
    if not both:
        return where
    known = frozenset[int].intersection(*both)
    return replace(where, text=" ".join(left), conditions=conditions, found=known)


def is_ready(reader: Reader, where: DocumentFilter) -> bool:
    """Whether all that ``narrowed_documents`` looks up is known already, or nothing is."""
    if not isinstance(reader, SqliteReader) or not _can_narrow(reader, where):
        return True
    memory, revision = _memory(reader), reader.revision()
    of_conditions = (some for _, some in _of_conditions(where) if some)
    lookups = [lookup for _, lookup in _of_words(_DOCUMENTS, where.text)]
    lookups += [lookup for some in of_conditions for lookup in some]
    return all(memory.get(revision, lookup)[0] for lookup in lookups)


def narrowed_customers(reader: Reader, where: CustomerFilter) -> CustomerFilter:
    """Return the same filter with the ids that answer in place of words, where all are known."""
    if not where.text or not isinstance(reader, SqliteReader) or not has_index(reader):
        return where
    ids, left = _all_of(reader, _of_words(_CUSTOMERS, where.text))
    if ids is None or left:
        return where
    key = search_key(where.text[:LONGEST_SEARCH])
    numbered = Lookup(_NUMBERED, (("low", key), ("high", key + _AFTER_ALL)))
    of_numbers = _of(reader, numbered)
    return where if of_numbers is None else replace(where, text="", found=ids | of_numbers)


def _can_narrow(reader: SqliteReader, where: DocumentFilter) -> bool:
    return bool(where.text or where.conditions) and has_index(reader)


def _of_words(sql: str, text: str) -> Iterator[tuple[str, Lookup]]:
    for word in search_key(text[:LONGEST_SEARCH]).split():
        yield word, _of_word(sql, word)


def _of_word(sql: str, word: str) -> Lookup:
    if len(word) < LEAST:
        return Lookup(_SHORT[sql], (("word", part_of(word)),))
    return Lookup(sql, (("word", quoted(word)),))


def _of_conditions(where: DocumentFilter) -> Iterator[tuple[Any, list[Lookup]]]:
    if where.conditions:
        from core.db import condition_lookups  # not for the first paint

        for condition in where.conditions:
            yield condition, condition_lookups.of(condition, where, _DOCUMENTS)


def _conditions(reader: SqliteReader, where: DocumentFilter) -> tuple[type_of_ids, tuple[Any, ...]]:
    """Return the ids of all conditions that were looked up, and the conditions that were not."""
    found: type_of_ids = None
    left = []
    for condition, lookups in _of_conditions(where):
        ids = _any_of(reader, lookups)
        if ids is None:
            left.append(condition)
        else:
            found = ids if found is None else found & ids
    return found, tuple(left)


def _any_of(reader: SqliteReader, lookups: list[Lookup]) -> type_of_ids:
    found: type_of_ids = None
    for lookup in lookups:
        ids = _of(reader, lookup)
        if ids is None:
            return None
        found = ids if found is None else found | ids
    return found


def _all_of(
    reader: SqliteReader, lookups: Iterator[tuple[str, Lookup]]
) -> tuple[type_of_ids, list[str]]:
    """Return the ids with all words that the index knows about (``None``: no word), the others."""
    found: type_of_ids = None
    left: list[str] = []
    for word, lookup in lookups:
        ids = _of(reader, lookup)
        if ids is None:
            left.append(word)
        else:
            found = ids if found is None else found & ids
    return found, left


def _of(reader: SqliteReader, lookup: Lookup) -> type_of_ids:
    memory, revision = _memory(reader), reader.revision()
    is_known, ids = memory.get(revision, lookup)
    if not is_known:
        rows = reader.rows(lookup.sql, {**dict(lookup.values), "limit": lookup.most + 1})
        found = frozenset(row[0] for row in rows)  # no part of a statement has one twice
        ids = None if len(found) > lookup.most else found
        memory.put(revision, lookup, ids)
    return ids


def quoted(text: str) -> str:
    """Return ``text`` as the index takes it, every letter for itself."""
    return '"' + text.replace('"', '""') + '"'


def has_index(reader: SqliteReader) -> bool:
    memory = _memory(reader)
    if not memory.is_there:
        memory.is_there = bool(reader.rows(_THERE, {}))
    return memory.is_there


def _memory(reader: SqliteReader) -> _Memory:
    return _MEMORIES.setdefault(reader, _Memory())


_THERE: Final = "SELECT 1 FROM sqlite_master WHERE name = 'document_words'"
_CUSTOMERS: Final = "SELECT rowid FROM customer_words WHERE customer_words MATCH :word LIMIT :limit"
#: Both parts are limited: a word that is everywhere must not be gathered to be given up.
_DOCUMENTS: Final = (
    "SELECT * FROM (SELECT rowid FROM document_words WHERE document_words MATCH :word LIMIT :limit)"
    " UNION ALL SELECT * FROM (SELECT d.id FROM documents d WHERE d.customer_id IN"
    " (SELECT rowid FROM customer_words WHERE customer_words MATCH :word) LIMIT :limit)"
)
#: Fewer letters than a trigram has: along the narrow indexes, not through the rows.
_SHORT: Final = {
    _CUSTOMERS: "SELECT id FROM customers WHERE search LIKE :word ESCAPE '!' LIMIT :limit",
    _DOCUMENTS: (
        "SELECT * FROM (SELECT id FROM documents WHERE number_key LIKE :word ESCAPE '!'"
        " LIMIT :limit) UNION ALL SELECT * FROM (SELECT id FROM documents"
        " WHERE lower(last_recipient) LIKE :word ESCAPE '!' LIMIT :limit)"
        " UNION ALL SELECT * FROM (SELECT d.id FROM documents d WHERE d.customer_id IN"
        " (SELECT id FROM customers WHERE search LIKE :word ESCAPE '!') LIMIT :limit)"
    ),
}
_NUMBERED: Final = (
    "SELECT DISTINCT d.customer_id FROM documents d"
    " WHERE d.number_key >= :low AND d.number_key < :high LIMIT :limit"
)
