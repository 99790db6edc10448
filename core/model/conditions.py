"""What a line of the filter says beyond plain words: conditions on documents.

They are kept as they were meant, ``within 7 days`` and not since a moment, so that a saved line
means the same tomorrow; what a moment is follows from ``DocumentFilter.as_of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from core.model.documents import DocumentView


class Part(StrEnum):
    """What of a document is compared as text."""

    KIND = "kind"
    STATUS = "status"
    """Begins so."""
    CURRENCY = "currency"
    """Begins so."""
    CUSTOMER = "customer"
    """Is part of the name."""
    NUMBER = "number"
    """Is part of it."""
    TO = "to"
    """The last recipient: ``@acme.com`` is its domain, ``@acme`` the beginning of that, ``anna@``
    what stands before the ``@``, ``anna@acme.com`` all of it, anything else a part of it."""
    BY = "by"
    """Who sent the latest email; begins so."""
    WORDS = "words"
    """Part of number, recipient, or the customer's name and addresses."""


class Measure(StrEnum):
    """What of a document is compared as a number; money in the document's own currency."""

    BALANCE = "balance"
    TOTAL = "total"
    SENDS = "sends"


class Moment(StrEnum):
    """What of a document is compared as a time."""

    SENT = "sent"
    """The latest email."""
    DUE = "due"
    ISSUED = "issued"
    OVERDUE = "overdue"
    """For how long an open invoice is."""


class Relation(StrEnum):
    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


class Unit(StrEnum):
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    YEAR = "y"


class NamedDay(StrEnum):
    YESTERDAY = "yesterday"
    TODAY = "today"
    TOMORROW = "tomorrow"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: ago for what was sent, issued or is overdue, ahead for what is due."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or a year, both ends included."""

    first: date
    last: date


When: TypeAlias = Span | NamedDay | Period


@dataclass(frozen=True, slots=True)
class Stands:
    """Any of these ready-made filters holds; negated: none of them."""

    chips: tuple[DocumentView, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """The text says any of these; negated: none of them."""

    part: Part
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Measures:
    """The number compares so."""

    measure: Measure
    relation: Relation
    value: Decimal
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """The time compares so; a document without one never does.

    A ``Span`` compares how long ago (or ahead) it is, the others compare the calendar.
    """

    moment: Moment
    relation: Relation
    when: When
    negated: bool = False


Condition: TypeAlias = Stands | Says | Measures | Dated
