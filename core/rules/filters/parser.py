"""The line of the filter → conditions, plain words, and what could not be read. Pure; never raises.

What is no filter is a plain word: only a *known* field with a value that it cannot have is a
problem. A problem takes nothing else away: the rest of the line holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.model.conditions import (
    Condition,
    Dated,
    Measure,
    Measures,
    Moment,
    Part,
    Relation,
    Says,
    Span,
    Stands,
    Unit,
)
from core.model.documents import DocumentView
from core.model.enums import DocumentKind
from core.rules.filters import values

LONGEST: Final = 1_000
"""Characters of a line; what is longer was pasted by mistake."""

_BLANK: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r'(?P<minus>-?)"(?P<text>[^"]*)(?:"|\Z)')
#: Blanks may stand around ``<`` and ``>``, but not after a colon: ``to: anna`` is unfinished.
_COMPARED: Final = re.compile(
    rf"(?P<minus>-?)(?P<field>(?ai:{'|'.join(values.COMPARED)}))"
    r"(?:\s*:?(?P<than>[<>]=?|≤|≥)(?:\s+(?=[-+]?[0-9]|today|yesterday|tomorrow))?|(?P<is>[:=]))"
    r"(?P<value>\S*)"
)
_SAID: Final = re.compile(
    rf"(?P<minus>-?)(?P<field>(?ai:{'|'.join(values.SAID)}))[:=]"
    r'(?P<value>"[^"]*(?:"|\Z)|[^\s"]\S*)?'
)
_PLAIN: Final = re.compile(r"\S+")
_RELATIONS: Final = {relation.value: relation for relation in Relation} | {
    "≤": Relation.AT_MOST,
    "≥": Relation.AT_LEAST,
    ":": Relation.EQUAL,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the line that says nothing."""

    start: int
    end: int
    said: str
    """``7x is no time``; what was typed is in it as it was typed."""
    expected: str
    example: str
    """A part of a line that would do."""
    unfinished: bool = False
    """It may become right with what is typed next."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was understood."""

    text: str = ""
    """The plain words, as ``DocumentFilter.text`` takes them."""
    conditions: tuple[Condition, ...] = ()
    problems: tuple[Problem, ...] = ()
    tail: int | None = None
    """Where the last word begins, if it may be half typed: the beginning of a filter, or of a text
    that is compared. Whoever narrows while somebody types can leave it out when nothing is found.
    """


def read(text: str) -> Line:
    """Understand a line."""
    reader = _Reader(text[:LONGEST])
    reader.read()
    if len(text) > LONGEST:
        reader.problems.append(
            Problem(LONGEST, len(text), "The line is too long", f"at most {LONGEST:,} letters", "")
        )
    return Line(
        " ".join(reader.words), tuple(reader.conditions), tuple(reader.problems), reader.tail
    )


class _Reader:
    """One pass from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.words: list[str] = []
        self.conditions: list[Condition] = []
        self.problems: list[Problem] = []
        self.tail: int | None = None

    def read(self) -> None:
        at = len(self._text) - len(self._text.lstrip())
        while at < len(self._text):
            self.tail = None
            at = self._term(at)
            if blank := _BLANK.match(self._text, at):
                at, self.tail = blank.end(), None

    def _term(self, at: int) -> int:
        if quoted := _QUOTED.match(self._text, at):
            self._quoted(" ".join(quoted["text"].split()), negated=bool(quoted["minus"]))
            return quoted.end()
        if compared := _COMPARED.match(self._text, at):
            self._compared(compared)
            return compared.end()
        if said := _SAID.match(self._text, at):
            self._said(said)
            return said.end()
        plain = _PLAIN.match(self._text, at)
        assert plain is not None  # noqa: S101 - blanks were passed over
        self._plain(at, plain[0])
        return plain.end()

    def _quoted(self, text: str, *, negated: bool) -> None:
        if text and not negated and " " not in text:
            self.words.append(text)
        elif text:
            self._add(Says(Part.WORDS, (text,), negated))

    def _plain(self, at: int, word: str) -> None:
        negated = word.startswith("-")
        name = word.removeprefix("-").lower().replace("_", "-")
        if name in values.STATES:
            self._add(Stands((values.STATES[name],), negated))
        elif name in values.KINDS:
            self._add(Says(Part.KIND, (values.KINDS[name].value,), negated))
        elif name == values.OVERDUE:
            self._add(Dated(Moment.OVERDUE, Relation.MORE, Span(0, Unit.DAY), negated))
        else:
            self.words.append(word)
            if values.begins_a_filter(name):
                self.tail = at

    # ------------------------------------------------------------------ fields

    def _compared(self, found: re.Match[str]) -> None:
        field = values.COMPARED[found["field"].lower()]
        relation = _RELATIONS[found["than"] or found["is"]]
        value, negated = found["value"], bool(found["minus"])
        if isinstance(field, Measure):
            self._measured(found, field, relation)
            return
        if field is Moment.OVERDUE:
            span = values.read_when(value, hours=False)
            if isinstance(span, Span) and relation is not Relation.EQUAL:
                self._add(Dated(field, relation, span, negated))
            else:
                self._refuse(found, "time", values.DAYS_OVERDUE, f"{field}>30d")
            return
        when = values.read_when(value, hours=field is Moment.SENT)
        if when is None:
            self._refuse(found, "time", values.TIMES, f"{field}<7d")
        elif isinstance(when, Span) and relation is Relation.EQUAL:
            self._ambiguous(found, field, when)
        else:
            self._add(Dated(field, relation, when, negated))

    def _measured(self, found: re.Match[str], field: Measure, relation: Relation) -> None:
        is_count = field is Measure.SENDS
        value = (values.read_count if is_count else values.read_amount)(found["value"])
        if value is not None:
            self._add(Measures(field, relation, value, bool(found["minus"])))
        elif is_count:
            self._refuse(found, "number", values.COUNTS, f"{field}>2")
        else:
            self._refuse(found, "amount", values.AMOUNTS, f"{field}>500")

    def _said(self, found: re.Match[str]) -> None:
        part = values.SAID[found["field"].lower()]
        given = found["value"] or ""
        value = " ".join(given.strip('"').split() if given.startswith('"') else given.split())
        if part is Part.KIND and value:
            kind = next((kind for kind in DocumentKind if _is_kind(kind, value)), None)
            if kind is None:
                self._refuse(found, "kind", "invoice or estimate", "kind:invoice")
                return
            value = kind.value
        elif part is Part.CURRENCY and value:
            if not (value.isascii() and value.isalpha() and len(value) <= 3):
                self._refuse(found, "currency", "three letters such as EUR", "currency:EUR")
                return
            value = value.upper()
        if not value:
            self._refuse(found, "", _WANTED[part], _EXAMPLES[part])
            return
        self._add(Says(part, (value,), bool(found["minus"])))
        self.tail = found.start()

    def _refuse(self, found: re.Match[str], what: str, expected: str, example: str) -> None:
        value, may_go_on = found["value"] or "", _MAY_BECOME[what]
        self.problems.append(
            Problem(
                found.start(),
                found.end(),
                f"{value} is no {what}"
                if value.strip('"')
                else f"{found[0].strip()} lacks its value",
                expected,
                example,
                unfinished=found.end() == len(self._text)
                and (not value.strip('"') or bool(may_go_on(value))),
            )
        )

    def _ambiguous(self, found: re.Match[str], field: Moment, span: Span) -> None:
        less, more = f"{field}<{values.write_when(span)}", f"{field}>{values.write_when(span)}"
        self.problems.append(
            Problem(
                found.start(),
                found.end(),
                f"{found[0]} says neither before nor after",
                f"{less} or {more}",
                less,
            )
        )

    def _add(self, condition: Condition) -> None:
        """Join it to the one of its kind that is there already: several are alternatives."""
        for at, other in enumerate(self.conditions):
            joined = _joined(other, condition)
            if joined is not None:
                self.conditions[at] = joined
                return
        self.conditions.append(condition)


def _joined(one: Condition, other: Condition) -> Condition | None:
    """Both as one condition; ``None``: they stand beside each other."""
    if one == other:
        return one
    if one.negated is not other.negated:
        return None
    if isinstance(one, Stands) and isinstance(other, Stands):
        return Stands(_union(one.chips, other.chips), one.negated)
    if isinstance(one, Says) and isinstance(other, Says) and one.part is other.part:
        if one.part is Part.WORDS and not one.negated:
            return None  # words narrow each other
        return Says(one.part, _merged(one.values, other.values), one.negated)
    return None


def _union(
    some: tuple[DocumentView, ...], more: tuple[DocumentView, ...]
) -> tuple[DocumentView, ...]:
    return tuple(dict.fromkeys((*some, *more)))


def _merged(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))


def _is_kind(kind: DocumentKind, text: str) -> bool:
    return f"{kind.value}s".startswith(text.lower())


def _nothing(_: str) -> bool:
    return False


_MAY_BECOME: Final = {
    "amount": values.may_become_amount,
    "number": values.may_become_count,
    "time": values.may_become_when,
    "": _nothing,
    "kind": _nothing,
    "currency": _nothing,
}
_WANTED: Final = {
    Part.KIND: "invoice or estimate",
    Part.STATUS: "a status of the accounting program",
    Part.CURRENCY: "three letters such as EUR",
    Part.CUSTOMER: "a part of the name",
    Part.NUMBER: "a part of the number",
    Part.TO: "an address, @domain, or name@",
    Part.BY: "the beginning of a colleague's name",
}
_EXAMPLES: Final = {
    Part.KIND: "kind:invoice",
    Part.STATUS: "status:open",
    Part.CURRENCY: "currency:EUR",
    Part.CUSTOMER: 'customer:"Krajcik DVM"',
    Part.NUMBER: "number:INV-00",
    Part.TO: "to:@acme.com",
    Part.BY: "by:anna",
}
