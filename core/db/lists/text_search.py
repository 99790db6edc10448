"""What a person types, looked up in indexes; words in one of trigrams, which SQLite has (FTS5).

An answer is a set of ids, which page, count, position and chips then share: it is kept until
anybody changes the data. What so many rows have that any page of them is quickly found by looking
is left to the conditions that look at every row.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from core.db.engine import Reader, SqliteReader
from core.db.lists.filter_sql import FEW, LONGEST_SEARCH
from core.db.rows import part_of
from core.model.conditions import Condition
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.rules.search.text import search_key

LEAST: Final = 3
"""Letters of a trigram."""
_MOST: Final = 120_000
"""Rows with a word: more are left to looking."""
_KEPT: Final = 16
_AFTER_ALL: Final = "\U0010ffff"

type_of_ids = frozenset[int] | None
type_of_said = TypeVar("type_of_said", bound="str | Condition")


class Lookup(NamedTuple):
    """A statement that finds ids; more than ``most`` are too many to be of use."""

    sql: str
    values: tuple[tuple[str, Any], ...]
    most: int = _MOST
    ends_early: bool = True
    """Whether it takes little to see that there are many."""


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
    found, left = _all_of(reader, _lookups(where), where.found)
    if found is None:
        return where
    words = " ".join(each for each in left if isinstance(each, str))
    others = tuple(each for each in left if not isinstance(each, str))
    known = replace(where, text=words, conditions=others, found=found)
    if where.chip is not DocumentView.LATE:
        return known
    return replace(
        known,
        chip=DocumentView.ALL,
        late=where.late if others else (),  # a condition may ask for them as well
        found=found.intersection(where.late),
    )


def is_ready(reader: Reader, where: DocumentFilter) -> bool:
    """Whether what ``narrowed_documents`` looks up first is known, or so little that it is now."""
    if not isinstance(reader, SqliteReader) or not _can_narrow(reader, where):
        return True
    _, first = next(_lookups(where), (None, []))
    return all(_is_known(reader, lookup) for lookup in first)


def _is_known(reader: SqliteReader, lookup: Lookup) -> bool:
    memory, revision = _memory(reader), reader.revision()
    if memory.get(revision, lookup)[0]:
        return True
    if not lookup.ends_early:
        return False
    few = min(FEW, lookup.most)
    ids = _read(reader, lookup._replace(most=few))
    if ids is None and few < lookup.most:
        return False
    memory.put(revision, lookup, ids)
    return True


def narrowed_customers(reader: Reader, where: CustomerFilter) -> CustomerFilter:
    """Return the same filter with the ids that answer in place of words, where all are known."""
    if not where.text or not isinstance(reader, SqliteReader) or not has_index(reader):
        return where
    ids, left = _all_of(reader, _of_words(_CUSTOMERS, where.text), few=-1)
    if ids is None or left:
        return where
    key = search_key(where.text[:LONGEST_SEARCH])
    numbered = Lookup(_NUMBERED, (("low", key), ("high", key + _AFTER_ALL)))
    of_numbers = _of(reader, numbered)
    return where if of_numbers is None else replace(where, text="", found=ids | of_numbers)


def _can_narrow(reader: SqliteReader, where: DocumentFilter) -> bool:
    return bool(where.text or where.conditions) and has_index(reader)


def _of_words(sql: str, text: str) -> Iterator[tuple[str, list[Lookup]]]:
    """The longest first: it is likely to be the rarest."""
    for word in sorted(search_key(text[:LONGEST_SEARCH]).split(), key=len, reverse=True):
        yield word, [_of_word(sql, word)]


def _of_word(sql: str, word: str) -> Lookup:
    if len(word) < LEAST:
        return Lookup(_SHORT[sql], (("word", part_of(word)),), ends_early=False)
    return Lookup(sql, (("word", quoted(word)),))


def _lookups(where: DocumentFilter) -> Iterator[tuple[str | Condition, list[Lookup]]]:
    """Yield what is looked for, and what finds it: words, then conditions; no lookups: nothing."""
    yield from _of_words(_DOCUMENTS, where.text)
    if where.conditions:
        from core.db.lists import filter_sql_terms  # not for the first paint

        for condition in where.conditions:
            yield condition, filter_sql_terms.of(condition, where, _DOCUMENTS)


def _all_of(
    reader: SqliteReader,
    lookups: Iterable[tuple[type_of_said, list[Lookup]]],
    found: type_of_ids = None,
    few: int = FEW,
) -> tuple[type_of_ids, list[type_of_said]]:
    """Return the ids that answer to all that is looked up (``None``: nothing), and the rest.

    Once the ids are few, the rest is not looked up: each of them is looked at.
    """
    left: list[type_of_said] = []
    for said, some in lookups:
        is_enough = found is not None and len(found) <= few
        ids = None if is_enough else _any_of(reader, some)
        if ids is None:
            left.append(said)
        else:
            found = ids if found is None else found & ids
    return found, left


def _any_of(reader: SqliteReader, lookups: list[Lookup]) -> type_of_ids:
    found: type_of_ids = None
    for lookup in lookups:
        ids = _of(reader, lookup)
        if ids is None:
            return None
        found = ids if found is None else found | ids
    return found


def _of(reader: SqliteReader, lookup: Lookup) -> type_of_ids:
    memory, revision = _memory(reader), reader.revision()
    is_known, ids = memory.get(revision, lookup)
    if not is_known:
        ids = _read(reader, lookup)
        memory.put(revision, lookup, ids)
    return ids


def _read(reader: SqliteReader, lookup: Lookup) -> type_of_ids:
    rows = reader.rows(lookup.sql, {**dict(lookup.values), "limit": lookup.most + 1})
    ids = frozenset(row[0] for row in rows)  # no part of a statement has one twice
    return None if len(ids) > lookup.most else ids


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
