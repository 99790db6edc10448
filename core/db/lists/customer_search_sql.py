"""What each rank asks of a customer, as SQL: fixed fragments, every value bound by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.db.lists.filter_sql import NUMBER_TAIL, numbered
from core.db.rows import part_of
from core.rules.search.ranking import LONGEST_WORD, SHORTEST_PART, Typed, edits_forgiven, tail_of

#: ``words.Part``, which is beside what needs SQLAlchemy.
_NAME: Final = 0
_ANYWHERE: Final = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Test:
    """One question about customers, in two forms."""

    source: str
    """A SELECT of the ids of all that pass, from an index; empty: an index of ``customers``."""
    passes: str
    """Whether the customer ``c`` passes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Questions that must all be answered by yes."""

    tests: tuple[Test, ...]
    values: Mapping[str, Any]

    def gathered(self, counts: Sequence[int], many: int) -> str:
        """For few customers: their ids are those that the rarest test gives."""
        first = self.tests[counts.index(min(counts))]
        parts = [f"c.id IN ({first.source})" if first.source else first.passes]
        for test, count in zip(self.tests, counts, strict=True):
            if test is not first:
                parts.append(f"c.id IN ({test.source})" if count <= many else test.passes)
        return " AND ".join(parts)

    def met(self, *, one_by_one: bool) -> str:
        """For many: whether a customer that is met is one of all that pass."""
        return " AND ".join(
            t.passes if one_by_one or not t.source else f"c.id IN ({t.source})" for t in self.tests
        )


class Conditions:
    """The questions of one search; ``None``: this rank cannot be had by what was typed."""

    def __init__(self, typed: Typed, *, is_sqlite: bool, has_words: bool) -> None:
        self.typed = typed
        self._words = sorted(typed.words, key=len, reverse=True)  # long ones are rare, as a rule
        self.is_sqlite = is_sqlite
        self._has_words = has_words
        # On PostgreSQL columns have an order of their own; this one is that of code points.
        self._order = "" if is_sqlite else ' COLLATE "C"'

    @property
    def may_be_alike(self) -> bool:
        return any(edits_forgiven(word) for word in self.typed.words)

    def whole_name(self) -> Condition | None:
        return self._of_name("c.name_key = :key", {"key": self.typed.key})

    def name(self) -> Condition | None:
        low, high = _range(self.typed.key)
        within = self._between("c.name_key", "low", "high")
        return self._of_name(within, {"low": low, "high": high})

    def _of_name(self, sql: str, values: Mapping[str, Any]) -> Condition | None:
        return Condition((Test("", sql),), values) if self.typed.key else None

    def words(self) -> Condition | None:
        return self._of_words((_NAME,))

    def addresses(self) -> Condition | None:
        """Those that ``words`` finds are left out where that cannot lose anybody."""
        return self._of_words(_ANYWHERE[1:] if len(self._words) == 1 else _ANYWHERE)

    def _of_words(self, parts: Sequence[int]) -> Condition | None:
        tests = tuple(self._in_words(place, parts) for place in range(len(self._words)))
        return Condition(tests, self._word_values()) if tests else None

    def _in_words(self, place: int, parts: Sequence[int]) -> Test:
        """Return the question for customers with a word like the typed one."""
        within = self._between("w.word", f"low{place}", f"high{place}")
        among = ", ".join(map(str, parts))
        words = f"FROM customer_beginnings w WHERE w.part IN ({among}) AND {within}"
        return Test(
            f"SELECT w.customer_id {words}",
            f"EXISTS (SELECT 1 {words} AND w.customer_id = c.id)",
        )

    def parts(self) -> Condition | None:
        long = [word for word in self._words if len(word) >= SHORTEST_PART]
        if not long:
            return None
        values: dict[str, Any] = self._word_values()
        inside = []
        for place, word in enumerate(long):
            values[f"part{place}"] = part_of(word)
            inside.append(f"c.search LIKE :part{place} ESCAPE '!'")
        source = ""
        if self._has_words:
            values["grams"] = " ".join('"' + word.replace('"', '""') + '"' for word in long)
            source = "SELECT rowid FROM customer_words WHERE customer_words MATCH :grams"
        short = (self._in_words(n, _ANYWHERE) for n in range(len(long), len(self._words)))
        return Condition((Test(source, " AND ".join(inside)), *short), values)

    def whole_number(self) -> Condition | None:
        return self._of_number("d.number_key = :key", {"key": self.typed.key})

    def number(self) -> Condition | None:
        low, high = _range(self.typed.key)
        within = self._between("d.number_key", "low", "high")
        return self._of_number(within, {"low": low, "high": high})

    def tail(self) -> Condition | None:
        tail = tail_of(self.typed.key)
        sql = NUMBER_TAIL.replace("number_key", "d.number_key")
        return self._of_number(f"{sql} = :tail", {"tail": tail}) if tail else None

    def _of_number(self, sql: str, values: Mapping[str, Any]) -> Condition | None:
        if not self.typed.key:
            return None
        documents = f"FROM documents d WHERE {sql}"
        passes = f"EXISTS (SELECT 1 {documents} AND d.customer_id = c.id)"
        return Condition((Test(f"SELECT d.customer_id {documents}", passes),), values)

    def alike(self, words: Mapping[str, Mapping[str, int]], slips: int) -> Condition | None:
        """``words``: for each typed word those that are spelt alike, and with how many slips."""
        values: dict[str, Any] = self._word_values()
        tests = []
        for place, word in enumerate(self._words):
            source = self._in_words(place, _ANYWHERE).source
            others = [other for other, count in words[word].items() if count <= slips]
            if others:
                among, named = numbered(f"alike{place}_", others)
                values |= named
                source += (
                    " UNION ALL SELECT w.customer_id FROM customer_beginnings w"
                    f" WHERE w.part = {_NAME} AND w.word IN {among}"
                )
            tests.append(Test(source, f"c.id IN ({source})"))
        return Condition(tuple(tests), values) if tests else None

    def _word_values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for place, word in enumerate(self._words):
            values[f"low{place}"], values[f"high{place}"] = _range(word[:LONGEST_WORD])
        return values

    def _between(self, column: str, low: str, high: str) -> str:
        return f"{column}{self._order} >= :{low} AND {column}{self._order} < :{high}"


def _range(text: str) -> tuple[str, str]:
    """Return the first text that begins like this, and the first one after the last."""
    for place in range(len(text) - 1, -1, -1):
        code = ord(text[place]) + 1
        if 0xD800 <= code <= 0xDFFF:
            code = 0xE000
        if code <= 0x10FFFF:
            return text, text[:place] + chr(code)
    return text, text + chr(0x10FFFF) * LONGEST_WORD  # nothing that is written comes after it
