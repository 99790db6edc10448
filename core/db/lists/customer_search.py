"""Customers for what somebody has typed so far: the few best, from indexes, never from a scan.

Ranks are asked for one after the other, the best first, until there are enough; each is asked for
its first customers in the order of the list. What is found is then judged by
``core.rules.search.ranking``, so that both databases show the same, whatever order their own
collation has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core.db.engine import Reader, SqliteReader
from core.db.lists.customer_search_sql import Condition, Conditions, Test
from core.db.lists.filter_sql import CUSTOMER_NEEDS_ATTENTION, numbered, times_of
from core.db.lists.text_search import has_index
from core.model.documents import CustomerFilter, Found
from core.rules.search.ranking import (
    Candidate,
    MatchRank,
    Rank,
    Typed,
    edits,
    edits_forgiven,
    grams,
    ranked,
    swaps,
)

#: As many as are worth looking through; who is not among them types another letter.
MOST: Final = 200
MOST_ALIKE: Final = 50
#: With fewer than this found, those that are spelt alike are worth the look.
FEW: Final = 5
_OFTEN: Final = 2_500
"""More customers than this are not gathered and sorted but met in the order of their names."""
_MANY: Final = 20_000
"""More documents than this are not even listed to compare with: nearly everybody has one."""

_WORTH_JUDGING: Final = 1_000
"""So many are sooner judged one by one than asked for rank by rank."""

_Step = tuple["Condition | None", "Rank | None"]


def find(reader: Reader, where: CustomerFilter, *, alike: bool = False, most: int = MOST) -> Found:
    """Return the customers that match, ranked; ``alike``: those with slips too, if few match.

    Where nothing matches they are looked for anyway: nobody has to wait for them then.
    """
    search = _Search(reader, where, most)
    found = search.exact()
    is_few = len(found) < FEW and search.conditions.may_be_alike
    if not is_few or (found and not alike):
        return _found(found, most, may_look_alike=is_few)
    both = search.alike()
    return _found(both, most)


def _found(places: Sequence[MatchRank], most: int, *, may_look_alike: bool = False) -> Found:
    shown = places[:most]
    return Found(
        ids=tuple(place.id for place in shown),
        has_more=len(places) > most,
        alike=sum(place.rank is Rank.ALIKE for place in shown),
        may_look_alike=may_look_alike,
    )


@dataclass
class _Search:
    """One search while it goes on."""

    reader: Reader
    where: CustomerFilter
    most: int
    entries: dict[int, Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.typed = Typed.of(self.where.text)
        self.conditions = Conditions(
            self.typed,
            is_sqlite=isinstance(self.reader, SqliteReader),
            has_words=isinstance(self.reader, SqliteReader) and has_index(self.reader),
        )

    def exact(self) -> list[MatchRank]:
        """Return what matches without slips, with one more than wanted where there are more."""
        ask = self.conditions
        inside = ask.parts()
        by_text: tuple[_Step, ...] = (
            (ask.whole_name(), None),
            (ask.whole_number(), Rank.EXACT),
            (ask.name(), None),
            (ask.words(), None),
            (ask.addresses(), None),
            (ask.number(), Rank.NUMBER),
            (inside, None),
            (ask.tail(), Rank.TAIL),
        )
        if inside is not None and self._take_few(inside):
            # Whoever has it in name or address at all: one question for five ranks.
            by_text = tuple(step for step in by_text if step[1] is not None)
        for condition, number in by_text:
            if condition is not None and len(self.entries) <= self.most:
                self._take(condition, number)
        return ranked(self.typed, self.entries.values())

    def _take_few(self, inside: Condition) -> bool:
        """Take all that match in any way, unless they are too many, or to be counted first."""
        is_rare = self._how_many(inside.tests[0], inside, self.most) <= self.most
        if is_rare or (self.conditions.is_sqlite and len(self.typed.words) > 1):
            rows = self._first(inside, _WORTH_JUDGING)
            if len(rows) < _WORTH_JUDGING:
                self._keep(rows, None)
                return True
        return False

    def alike(self) -> list[MatchRank]:
        """Return all that ``exact`` did, then what is spelt alike."""
        before = len(self.entries)
        words = {word: spelt_alike(self.reader, word) for word in self.typed.words}
        for slips in (1, 2):
            condition = self.conditions.alike(words, slips)
            if condition is not None and len(self.entries) - before < MOST_ALIKE:
                self._take(condition, None, MOST_ALIKE + len(self.entries))
        return ranked(self.typed, self.entries.values(), alike=True)[: before + MOST_ALIKE]

    def _take(self, condition: Condition, number: Rank | None, limit: int | None = None) -> None:
        wanted = limit or self.most + 1 + len(self.entries)
        self._keep(self._first(condition, wanted), number)

    def _keep(self, rows: Sequence[Sequence[Any]], number: Rank | None) -> None:
        for row in rows:
            entry = self.entries.get(row[0])
            entry = entry or Candidate(row[0], row[1], row[2], needs_attention=bool(row[3]))
            if number is not None and (entry.number is None or number < entry.number):
                entry = replace(entry, number=number)
            self.entries[row[0]] = entry

    def _first(self, condition: Condition, limit: int) -> Sequence[Sequence[Any]]:
        values = {**condition.values, **times_of(self.where.as_of), "limit": limit}
        counts = [self._how_many(test, condition, _MANY) for test in condition.tests]
        few = _OFTEN if len(counts) == 1 else _OFTEN * 4  # of several words fewer remain to sort
        if not self.conditions.is_sqlite or min(counts) <= few:
            return self._gathered(condition.gathered(counts, _MANY), values)
        met = condition.met(one_by_one=min(counts) > _MANY and len(counts) == 1)
        rows = self._met(_URGENT, met, 1, values)
        if len(rows) == limit or self.where.attention:
            return rows
        left = {**values, "limit": limit - len(rows)}
        return [*rows, *self._met(_CALM, met, 0, left)]

    def _gathered(self, test: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        also = f" AND {CUSTOMER_NEEDS_ATTENTION}" if self.where.attention else ""
        name = "c.name_key" if self.conditions.is_sqlite else 'c.name_key COLLATE "C"'
        return self.reader.rows(
            f"SELECT {_COLUMNS}, CASE WHEN {CUSTOMER_NEEDS_ATTENTION} THEN 1 ELSE 0 END"
            f" FROM customers c WHERE {test}{also} ORDER BY 4 DESC, {name}, c.id LIMIT :limit",
            values,
        )

    def _met(
        self, among: str, test: str, urgent: int, values: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Go through the customers by name, which ends with the last one that is wanted."""
        return self.reader.rows(
            f"SELECT {_COLUMNS}, {urgent} FROM customers c {among} AND {test}"
            " ORDER BY c.name_key, c.id LIMIT :limit",
            values,
        )

    def _how_many(self, test: Test, condition: Condition, most: int) -> int:
        """Count who passes, to one more than ``most``; what has no ids to count is many."""
        if not test.source or not self.conditions.is_sqlite:
            return most + 1
        sql = f"SELECT count(*) FROM ({test.source} LIMIT {most + 1})"
        return int(self.reader.rows(sql, condition.values)[0][0])


_COLUMNS: Final = "c.id, c.name_key, c.search"
_URGENT: Final = (
    "INDEXED BY sort_customers_urgent"
    f" WHERE (c.attention > 0 OR c.call_from > 0) AND {CUSTOMER_NEEDS_ATTENTION}"
)
_CALM: Final = f"INDEXED BY sort_customers_all WHERE NOT {CUSTOMER_NEEDS_ATTENTION}"
_MOST_COMPARED: Final = 200
_MOST_WORDS: Final = 100


def spelt_alike(reader: Reader, typed: str) -> dict[str, int]:
    """Return words that begin like ``typed`` but for a slip or two, and how many; fewest first."""
    forgiven = edits_forgiven(typed)
    if not forgiven:
        return {}
    among, values = numbered("gram", sorted(grams(typed)))
    rows = reader.rows(
        f"SELECT g.word, count(*) FROM word_grams g WHERE g.gram IN {among}"
        " GROUP BY g.word ORDER BY 2 DESC, g.word LIMIT :limit",
        {**values, "limit": _MOST_COMPARED},
    )
    candidates = {row[0] for row in rows} | _swapped(reader, typed)
    found = {
        word: count
        for word in candidates
        if (count := edits(typed, word, forgiven)) is not None and count
    }
    best = sorted(found.items(), key=lambda item: (item[1], item[0]))[:_MOST_WORDS]
    return dict(best)


def _swapped(reader: Reader, typed: str) -> set[str]:
    among, values = numbered("swap", sorted(swaps(typed)))
    rows = reader.rows(
        f"SELECT DISTINCT w.word FROM customer_beginnings w WHERE w.part = 0 AND w.word IN {among}",
        values,
    )
    return {row[0] for row in rows}
