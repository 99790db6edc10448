"""Conditions → the line that says them, and → words for a person. Pure."""

from __future__ import annotations

from typing import Final

from core.model.conditions import (
    Condition,
    Dated,
    Measure,
    Measures,
    Moment,
    NamedDay,
    Part,
    Relation,
    Says,
    Span,
    Stands,
    Unit,
    When,
)
from core.model.documents import DocumentView
from core.model.enums import DocumentKind
from core.rules.filters import values as vocabulary
from core.rules.filters.parser import read
from core.rules.filters.values import say_period, say_span, write_number, write_when

_STATE_NAMES: Final = {chip: name for name, chip in reversed(vocabulary.STATES.items())}
_NOT_OVERDUE_YET: Final = Span(0, Unit.DAY)


def write(text: str, conditions: tuple[Condition, ...]) -> str:
    """Return a line that ``read`` understands as these; what was no filter is not in it."""
    parts = [_word(word) for word in text.split()]
    for condition in conditions:
        parts += [("-" if condition.negated else "") + part for part in _parts(condition)]
    return " ".join(parts)


def _word(word: str) -> str:
    """A plain word, in quotes where it would be read as something else."""
    alone = read(word)
    is_plain = alone.text == word and not alone.conditions and not alone.problems
    return word if is_plain and word.lower() not in vocabulary.COMPARED else f'"{word}"'


def _parts(condition: Condition) -> list[str]:
    if isinstance(condition, Stands):
        return [_STATE_NAMES[chip] for chip in condition.chips]
    if isinstance(condition, Says):
        if condition.part is Part.WORDS:
            return [f'"{value}"' for value in condition.values]
        return [f"{condition.part.value}:{_quoted(value)}" for value in condition.values]
    if isinstance(condition, Measures):
        number = write_number(condition.value)
        return [f"{condition.measure.value}{condition.relation.value}{number}"]
    if _is_bare_overdue(condition):
        return [condition.moment.value]
    return [f"{condition.moment.value}{condition.relation.value}{write_when(condition.when)}"]


def _is_bare_overdue(condition: Dated) -> bool:
    is_overdue = condition.moment is Moment.OVERDUE and condition.relation is Relation.MORE
    return is_overdue and condition.when == _NOT_OVERDUE_YET


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


# --------------------------------------------------------------------------- for a person


def describe(condition: Condition) -> str:
    """Say what a condition was understood as; names and addresses are in it as they were typed."""
    if isinstance(condition, Stands):
        return _either([_STATES[chip] for chip in condition.chips], negated=condition.negated)
    if isinstance(condition, Says):
        values = [_said(condition.part, value) for value in condition.values]
        said = f"{_PREFIXES[condition.part]}{' or '.join(values)}"
    elif isinstance(condition, Measures):
        said = _measured(condition)
    else:
        said = _dated(condition)
    return f"not {said}" if condition.negated else said


def _either(several: list[str], *, negated: bool) -> str:
    if not negated:
        return " or ".join(several)
    return f"not {several[0]}" if len(several) == 1 else f"neither {' nor '.join(several)}"


def _said(part: Part, value: str) -> str:
    if part is Part.KIND:
        return "invoice" if value == DocumentKind.INVOICE.value else "estimate"
    return f"“{value}”" if part in _QUOTED_PARTS else value


_QUOTED_PARTS: Final = (Part.WORDS, Part.CUSTOMER, Part.NUMBER)
_PREFIXES: Final = {
    Part.KIND: "",
    Part.STATUS: "status ",
    Part.CURRENCY: "in ",
    Part.CUSTOMER: "customer ",
    Part.NUMBER: "number ",
    Part.TO: "to ",
    Part.BY: "sent by ",
    Part.WORDS: "",
}
_THAN: Final = {
    Relation.LESS: "under",
    Relation.AT_MOST: "at most",
    Relation.EQUAL: "exactly",
    Relation.AT_LEAST: "at least",
    Relation.MORE: "over",
}


def _measured(condition: Measures) -> str:
    than = _THAN[condition.relation]
    if condition.measure is Measure.SENDS:
        return f"{than} {condition.value} send{'' if condition.value == 1 else 's'}"
    return f"{condition.measure.value} {than} {condition.value:,.2f}"


def _dated(condition: Dated) -> str:
    moment, relation, when = condition.moment, condition.relation, condition.when
    if moment is Moment.OVERDUE and isinstance(when, Span):
        bare = _is_bare_overdue(condition)
        return "overdue" if bare else f"overdue {_THAN[relation]} {say_span(when)}"
    if not isinstance(when, Span):
        return f"{moment.value} {_on(relation, when)}"
    if moment is Moment.DUE:
        return f"due in {_THAN[relation]} {say_span(when)}"
    if relation in (Relation.LESS, Relation.AT_MOST):
        return f"{moment.value} within {say_span(when)}"
    return f"{moment.value} {_THAN[relation]} {say_span(when)} ago"


def _on(relation: Relation, when: When) -> str:
    if isinstance(when, NamedDay):
        day, preposition = when.value, ""
    else:
        assert not isinstance(when, Span)  # noqa: S101
        day = say_period(when)
        preposition = "on " if when.first == when.last else "in "
    return {
        Relation.LESS: f"before {day}",
        Relation.AT_MOST: f"until {day}",
        Relation.EQUAL: f"{preposition}{day}",
        Relation.AT_LEAST: f"since {day}",
        Relation.MORE: f"after {day}",
    }[relation]


#: As the badges and the chips say it.
_STATES: Final = {
    **{view: view.value.replace("_", " ") for view in DocumentView},
    DocumentView.SOFT_BOUNCED: "bounced soft",
    DocumentView.SENT: "status SENT",
    DocumentView.STUCK: "no word for a day",
    DocumentView.NEEDS_CALL: "needs a call",
    DocumentView.ATTENTION: "needs attention",
}
