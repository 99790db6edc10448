"""Words looked up in an index of trigrams, which SQLite has (FTS5) and PostgreSQL may not.

An answer is a list of ids, which page, count, position and chips then share: it is kept until
anybody changes the data. Words that so many rows have that any page of them is quickly found by
looking are left to the conditions that look at every row.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

from core.db.codec import search_key
from core.db.engine import Reader, SqliteReader
from core.db.patterns import part_of
from core.db.queries import LONGEST_SEARCH
from core.model import CustomerFilter, DocumentFilter

_LEAST: Final = 3
"""Letters of a trigram."""
_MOST: Final = 40_000
"""Rows with a word: more are left to looking."""
_KEPT: Final = 8
_AFTER_ALL: Final = "\U0010ffff"

type_of_ids = frozenset[int] | None


class _Memory:
    """The last answers about one state of the data; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._answers: OrderedDict[tuple[str, str], type_of_ids] = OrderedDict()
        self.is_there = False
        """The index is; it never goes away."""

    def get(self, revision: int, key: tuple[str, str]) -> tuple[bool, type_of_ids]:
        with self._lock:
            if revision != self._revision:
                self._revision = revision
                self._answers.clear()
            return key in self._answers, self._answers.get(key)

    def put(self, revision: int, key: tuple[str, str], ids: type_of_ids) -> None:
        with self._lock:
            if revision == self._revision:
                self._answers[key] = ids
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)


_MEMORIES: Final[WeakKeyDictionary[Reader, _Memory]] = WeakKeyDictionary()


def narrowed_documents(reader: Reader, where: DocumentFilter) -> DocumentFilter:
    """Return the same filter, its words replaced by the ids that have them, as far as known."""
    if not where.text or not isinstance(reader, SqliteReader) or not has_index(reader):
        return where
    ids, left = _all_of(reader, _DOCUMENTS, where.text)
    return where if ids is None else replace(where, text=" ".join(left), found=tuple(sorted(ids)))


def narrowed_customers(reader: Reader, where: CustomerFilter) -> CustomerFilter:
    """Return the same filter with the ids that answer in place of words, where all are known."""
    if not where.text or not isinstance(reader, SqliteReader) or not has_index(reader):
        return where
    ids, left = _all_of(reader, _CUSTOMERS, where.text)
    if ids is None or left:
        return where
    key = search_key(where.text[:LONGEST_SEARCH])
    of_numbers = reader.rows(_NUMBERED, {"low": key, "high": key + _AFTER_ALL, "limit": _MOST + 1})
    if len(of_numbers) > _MOST:
        return where
    return replace(where, text="", found=tuple(sorted(ids | {row[0] for row in of_numbers})))


def _all_of(reader: SqliteReader, sql: str, text: str) -> tuple[type_of_ids, list[str]]:
    """Return the ids with all words that the index knows about (``None``: no word), the others."""
    found: type_of_ids = None
    left: list[str] = []
    for word in search_key(text[:LONGEST_SEARCH]).split():
        ids = _of(reader, sql, word)
        if ids is None:
            left.append(word)
        else:
            found = ids if found is None else found & ids
    return found, left


def _of(reader: SqliteReader, sql: str, word: str) -> type_of_ids:
    memory, revision = _memory(reader), reader.revision()
    is_known, ids = memory.get(revision, (sql, word))
    if not is_known:
        rows = _rows(reader, sql, word)
        ids = None if len(rows) > _MOST else frozenset(row[0] for row in rows)
        memory.put(revision, (sql, word), ids)
    return ids


def _rows(reader: SqliteReader, sql: str, word: str) -> Sequence[tuple[int]]:
    if len(word) < _LEAST:
        return reader.rows(_SHORT[sql], {"word": part_of(word), "limit": _MOST + 1})
    quoted = word.replace('"', '""')
    return reader.rows(sql, {"word": f'"{quoted}"', "limit": _MOST + 1})


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
    "SELECT d.customer_id FROM documents d"
    " WHERE d.number_key >= :low AND d.number_key < :high LIMIT :limit"
)
