"""What of a filter line an index can answer, on SQLite: statements that find the ids.

Texts of three letters or more stand in the index of trigrams. Of all else few rows are gathered,
by an index of their own or at worst by one look at every row, which is faster than to look them up
in the order in which they are shown; many are met with at once in that order.
"""

from __future__ import annotations

from typing import Any, Final

from core.db.codec import search_key, storable
from core.db.lists import filter_sql_terms
from core.db.lists.filter_sql import CHIPS, FEW
from core.db.lists.text_search import LEAST, Lookup, quoted
from core.model.conditions import Condition, Dated, Moment, Part, Says, Stands
from core.model.documents import DocumentFilter

_COLUMNS: Final = {Part.NUMBER: "number_key", Part.TO: "last_recipient"}
#: Joined in this order, so that nothing is gathered before the limit ends it.
_OF_DOCUMENTS: Final = (
    "document_words w CROSS JOIN documents d ON d.id = w.rowid WHERE w.document_words MATCH :match"
)
_OF_CUSTOMERS: Final = (
    "customer_words w CROSS JOIN documents d ON d.customer_id = w.rowid"
    " WHERE w.customer_words MATCH :match"
)


def of(condition: Condition, where: DocumentFilter, of_words: str) -> list[Lookup]:
    """Return what together finds the documents that answer; empty: no index helps.

    ``of_words`` finds those with a word anywhere.
    """
    is_in_order = isinstance(condition, Dated) and condition.moment is Moment.SENT
    if condition.negated or is_in_order or isinstance(condition, Stands):
        return []
    found = _said(condition, where, of_words) if isinstance(condition, Says) else []
    return found or [_exactly(condition, where, "", {}, FEW)]


def _said(condition: Says, where: DocumentFilter, of_words: str) -> list[Lookup]:
    part = condition.part
    if part not in (Part.CUSTOMER, Part.WORDS, *_COLUMNS):
        return []
    key = storable if part is Part.TO else search_key
    texts = [key(value.lower()) for value in condition.values]
    if any(len(text) < LEAST for text in texts):
        return []
    if part is Part.WORDS:
        return [Lookup(of_words, (("word", quoted(text)),)) for text in texts]
    match = " OR ".join(map(quoted, texts))
    if part is Part.CUSTOMER:
        return [_exactly(condition, where, _OF_CUSTOMERS, {"match": match})]
    return [_exactly(condition, where, _OF_DOCUMENTS, {"match": f"{_COLUMNS[part]} : ({match})"})]


def _exactly(
    condition: Condition,
    where: DocumentFilter,
    among: str,
    bound: dict[str, Any],
    most: int | None = None,
) -> Lookup:
    """Among those that an index offers, the ones that the condition itself is true of."""
    values: dict[str, Any] = dict(bound)
    alone = DocumentFilter(conditions=(condition,), as_of=where.as_of, late=where.late)
    said = filter_sql_terms.compiled(alone, CHIPS, values, near=bool(among))
    source = f"{among} AND" if among else "documents d WHERE"
    sql = f"SELECT d.id FROM {source} {' AND '.join(said)} LIMIT :limit"
    bound_all = tuple(sorted(values.items()))
    return Lookup(sql, bound_all) if most is None else Lookup(sql, bound_all, most)
