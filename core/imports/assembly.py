"""Rows that belong together become one record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Generic, TypeVar

from core.imports.dialects import Lines
from core.imports.records import CustomerRecord, DocumentRecord
from core.imports.rows import Layout
from core.imports.values import shown
from core.model.reports import Rejection

_T = TypeVar("_T", CustomerRecord, DocumentRecord)


@dataclass(slots=True)
class Assembled(Generic[_T]):
    records: list[_T] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def join_customers(rows: Iterable[CustomerRecord], layout: Layout) -> Assembled[CustomerRecord]:
    """Return each customer once. Two that differ would undo each other with every import."""
    return _join(rows, layout, key=lambda c: c.ref or ("name", c.name.casefold()), what="customer")


def join_documents(
    rows: Iterable[DocumentRecord], layout: Layout, lines: Lines, incomplete: frozenset[str]
) -> Assembled[DocumentRecord]:
    """Return each document once; ``incomplete`` are numbers that a bad row belonged to."""
    if lines is Lines.REPEAT:
        return _join(rows, layout, key=lambda d: (d.kind, d.number), what="document")
    return _add_up(rows, layout, incomplete)


def _join(
    rows: Iterable[_T], layout: Layout, key: Callable[[_T], Hashable], what: str
) -> Assembled[_T]:
    kept: dict[Hashable, _T] = {}
    done = Assembled[_T]()
    for row in rows:
        first = kept.setdefault(key(row), row)
        difference = _difference(first, row)
        if difference:
            name, before, now = difference
            reason = (
                f"found {shown(now)}, but the same {what} has {shown(before)} in line "
                f"{first.line}; that was kept"
            )
            done.rejected.append(Rejection(row.line, layout.heading(name), reason))
    done.records.extend(kept.values())
    return done


def _add_up(
    rows: Iterable[DocumentRecord], layout: Layout, incomplete: frozenset[str]
) -> Assembled[DocumentRecord]:
    parts: dict[str, list[DocumentRecord]] = {}
    for row in rows:
        parts.setdefault(row.number, []).append(row)
    done = Assembled[DocumentRecord]()
    for number, items in parts.items():
        first = items[0]
        odd = next((i for i in items if _difference(first, i, _ITEM_FIELDS)), None)
        if odd is not None:
            name, before, now = _difference(first, odd, _ITEM_FIELDS) or ("number", "", "")
            reason = (
                f"found {shown(now)}, but the same document has {shown(before)} in line "
                f"{first.line}; it was left out, since its total is in doubt"
            )
            done.rejected.append(Rejection(odd.line, layout.heading(name), reason))
        elif number in incomplete:
            reason = f"another line of {shown(number)} could not be read, so its total is in doubt"
            done.rejected.append(Rejection(first.line, layout.heading("number"), reason))
        else:
            total = sum((i.total for i in items[1:]), first.total)
            balance = sum((i.balance_due for i in items[1:]), first.balance_due)
            done.records.append(replace(first, total=total, balance_due=balance))
    return done


_ITEM_FIELDS = frozenset({"total", "balance_due"})


def _difference(
    first: CustomerRecord | DocumentRecord,
    other: CustomerRecord | DocumentRecord,
    apart_from: frozenset[str] = frozenset(),
) -> tuple[str, str, str] | None:
    """Return the first field that differs, with both values."""
    if first is other:
        return None
    for each in fields(first):
        name = each.name
        before, now = getattr(first, name), getattr(other, name)
        if name != "line" and name not in apart_from and before != now:
            return name, str(before), str(now)
    return None
