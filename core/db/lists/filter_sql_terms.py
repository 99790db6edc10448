"""The conditions of a filter line as SQL over ``documents d``; every value is bound by name.

Ranges of what was sent are those of ``ix_documents_newest`` and ``ix_documents_customer``, whose
order the pages have anyway; the rest is looked at row by row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from core.db.lists import filter_sql_terms
from core.db.lists.filter_sql import CHIPS, FEW, of_customer
from core.db.lists.text_search import LEAST, Lookup, quoted
from core.db.rows import begins_with, ends_with, part_of, to_date, to_instant, to_money
from core.model.conditions import Condition, Dated, Measure, Measures, Moment, Part, Says, Stands
from core.model.documents import DocumentFilter, DocumentView
from core.rules.filters import values as time_ranges
from core.rules.search.text import search_key, storable

_NUMBERS: Final = {
    Measure.BALANCE: "d.balance_due",
    Measure.TOTAL: "d.total",
    Measure.SENDS: "d.send_count",
}
_DATES: Final = {Moment.DUE: "d.due_on", Moment.ISSUED: "d.issued_on", Moment.OVERDUE: "d.due_on"}
#: What is never sent, or has no date, lies before these.
_FIRST_INSTANT: Final = 1
_FIRST_DAY: Final = "0001-01-01"
_NOBODY: Final = "1 = 0"
_ESCAPED: Final = "ESCAPE '!'"
_RECIPIENT: Final = "lower(d.last_recipient)"
_SENDER: Final = "(SELECT lower(m.sent_by) FROM emails m WHERE m.id = d.last_email_id)"


def compiled(
    where: DocumentFilter,
    chips: Mapping[DocumentView, str],
    values: dict[str, Any],
    *,
    near: bool = False,
) -> list[str]:
    """Return what must all hold, and put its values into ``values``.

    ``chips`` says what each ready-made filter looks for; ``near`` as in ``queries``.
    """
    made = _Compiler(where, chips, values, near)
    return [made.fragment(condition) for condition in where.conditions]


def are_timed(where: DocumentFilter, timed: Collection[DocumentView]) -> bool:
    """Whether a ready-made filter that depends on the time is among the conditions."""
    return any(
        chip in timed
        for condition in where.conditions
        if isinstance(condition, Stands)
        for chip in condition.chips
    )


class _Compiler:
    """One statement's conditions: the names of their values count through."""

    def __init__(
        self,
        where: DocumentFilter,
        chips: Mapping[DocumentView, str],
        values: dict[str, Any],
        near: bool,
    ) -> None:
        self._near = near
        self._where = where
        self._chips = chips
        self._values = values
        self._bound = 0

    def fragment(self, condition: Condition) -> str:
        if isinstance(condition, Stands):
            sql = " OR ".join(self._chip(chip) for chip in condition.chips)
        elif isinstance(condition, Says):
            sql = self._said(condition.part, condition.values)
        elif isinstance(condition, Measures):
            sql = self._measured(condition)
        else:
            sql = self._dated(condition)
        return f"NOT ({sql})" if condition.negated else f"({sql})"

    def _value(self, value: Any) -> str:
        name = f"line{self._bound}"
        self._bound += 1
        self._values[name] = value
        return f":{name}"

    def _chip(self, chip: DocumentView) -> str:
        if chip is DocumentView.LATE:  # in the text itself, as in ``queries``
            late = ", ".join(str(int(key)) for key in self._where.late)
            return f"d.id IN ({late})" if late else _NOBODY
        return self._chips[chip]

    # ------------------------------------------------------------------ text

    def _said(self, part: Part, said: tuple[str, ...]) -> str:
        match part:
            case Part.KIND:
                return f"d.kind IN ({', '.join(map(self._value, said))})"
            case Part.CUSTOMER:
                return " OR ".join(
                    of_customer("name_key", self._pattern(value), near=self._near) for value in said
                )
        each = {
            Part.STATUS: lambda value: self._begins("lower(d.status)", value),
            Part.CURRENCY: lambda value: self._begins("lower(d.currency)", value),
            Part.BY: lambda value: f"coalesce({self._begins(_SENDER, value)}, 1 = 0)",
            Part.NUMBER: lambda value: f"d.number_key LIKE {self._part(value)}",
            Part.TO: self._recipient,
            Part.WORDS: self._words,
        }[part]
        return " OR ".join(each(value) for value in said)

    def _pattern(self, value: str) -> str:
        return self._value(part_of(search_key(value)))

    def _part(self, value: str) -> str:
        return f"{self._pattern(value)} {_ESCAPED}"

    def _begins(self, column: str, value: str) -> str:
        """Without case: SQLite folds that of ASCII alone, so other writings are tried as well."""
        writings = (value.lower(), value.upper(), value.capitalize())
        tried = dict.fromkeys(map(_lower_ascii, writings))
        patterns = [self._value(begins_with(storable(one))) for one in tried]
        return f"({' OR '.join(f'{column} LIKE {each} {_ESCAPED}' for each in patterns)})"

    def _recipient(self, value: str) -> str:
        wanted = storable(value.lower())
        if wanted.startswith("@"):
            pattern = ends_with(wanted) if "." in wanted else part_of(wanted)
            return f"{_RECIPIENT} LIKE {self._value(pattern)} {_ESCAPED}"
        if wanted.endswith("@"):
            return f"{_RECIPIENT} LIKE {self._value(begins_with(wanted))} {_ESCAPED}"
        if "@" in wanted:
            return f"{_RECIPIENT} = {self._value(wanted)}"
        return f"{_RECIPIENT} LIKE {self._value(part_of(wanted))} {_ESCAPED}"

    def _words(self, value: str) -> str:
        name = self._pattern(value)
        return (
            f"(d.number_key LIKE {name} {_ESCAPED} OR {_RECIPIENT} LIKE {name} {_ESCAPED}"
            f" OR {of_customer('search', name, near=self._near)})"
        )

    # ------------------------------------------------------------------ numbers and times

    def _measured(self, condition: Measures) -> str:
        is_money = condition.measure is not Measure.SENDS
        value = to_money(condition.value) if is_money else int(condition.value)
        return f"{_NUMBERS[condition.measure]} {condition.relation.value} {self._value(value)}"

    def _dated(self, condition: Dated) -> str:
        as_of = self._where.as_of
        if as_of is None:
            if time_ranges.needs_now(condition):
                return _NOBODY
            as_of = datetime.fromtimestamp(0).astimezone()  # a calendar's days need no time
        if condition.moment is Moment.SENT:
            since, until = (at and to_instant(at) for at in time_ranges.instants(condition, as_of))
            return self._between("d.last_sent_at", max(since or 0, _FIRST_INSTANT), until)
        first, after = (day and to_date(day) for day in time_ranges.days(condition, as_of))
        days = self._between(_DATES[condition.moment], first or _FIRST_DAY, after)
        is_overdue = condition.moment is Moment.OVERDUE
        return f"d.kind = 'invoice' AND d.balance_due > 0 AND {days}" if is_overdue else days

    def _between(self, column: str, since: Any, until: Any) -> str:
        """One lower end and no more: of two an index takes the wrong one."""
        parts = [f"{column} >= {self._value(since)}"]
        if until is not None:
            parts.append(f"{column} < {self._value(until)}")
        return " AND ".join(parts)


def _lower_ascii(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


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

    Texts of three letters or more stand in the index of trigrams. Of all else few rows are
    gathered, by an index of their own or at worst by one look at every row, which is faster than to
    look them up in the order in which they are shown; many are met with at once in that order.
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
