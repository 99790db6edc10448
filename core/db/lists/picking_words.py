"""Words of customers' names that are spelt like a typed one."""

from __future__ import annotations

from typing import Final

from core.db.engine import Reader
from core.db.lists.filter_sql import numbered
from core.rules.search.edit_distance import edits, edits_forgiven, grams, swaps

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
