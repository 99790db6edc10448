"""Every query of the screens on a large database against the same on a small one.

``uv run python -m bench.queries SMALL LARGE [--rounds N] [--only WORD]``; both files are made by
``bench.million``. The two take turns; the fastest of the rounds counts, because whatever else the
machine does only ever adds. The bar: single-digit milliseconds, and no more than 1.5 times the
small one. ``!`` marks what misses it: ``!`` in time, ``r`` in the ratio alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from core.backend import Backend
from core.model.attention import AttentionChip
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.rules.filters import parser as filters
from core.settings.loading import load

_SLOWEST: Final = 10.0
_RATIO: Final = 1.5
#: Below this, noise is all that a ratio says.
_LEAST: Final = 0.1
_PAGE: Final = 128
_PATIENCE: Final = 2.0

Query = Callable[[], object]


class Office(NamedTuple):
    """One database, and what is asked about in it."""

    backend: Backend
    documents: int
    customers: int
    customer: int
    largest: int
    middle: int
    """A document in the middle of the default order."""
    number: str
    sent: int
    """A document with a log."""


def opened(path: Path, now: datetime) -> Office:
    backend = Backend(
        load({"OUTTRAY_DATABASE_URL": f"sqlite:///{path.resolve()}"}), clock=lambda: now
    )
    backend.open()

    def one(sql: str) -> Any:
        return backend._reader.rows(sql, {})[0][0]

    documents = one("SELECT count(*) FROM documents")
    middle = backend.documents.page(DocumentFilter(), documents // 2, 1)[0]
    return Office(
        backend,
        documents,
        one("SELECT count(*) FROM customers"),
        one("SELECT id FROM customers WHERE documents >= 10 ORDER BY documents, id LIMIT 1"),
        one("SELECT id FROM customers ORDER BY documents DESC, id LIMIT 1"),
        middle.id,
        middle.number,
        one("SELECT id FROM documents WHERE send_count = 3 ORDER BY last_sent_at DESC LIMIT 1"),
    )


def queries(office: Office) -> Iterator[tuple[str, Query]]:
    """Yield everything that a screen asks, by name."""
    yield from _documents(office)
    yield from _of_a_customer(office)
    yield from _searches(office)
    yield from _lines(office)
    yield from _customers(office)
    yield from _others(office)


def _documents(office: Office) -> Iterator[tuple[str, Query]]:
    backend, everything = office.backend, DocumentFilter()
    places = {"start": 0, "middle": office.documents // 2, "end": office.documents - _PAGE}
    for name, offset in places.items():
        yield f"documents: page, {name}", _page(backend, everything, offset)
    quarter = office.documents // 4
    yield "documents: page, at a quarter", _page(backend, everything, quarter)
    yield "documents: position, middle", _position(backend, everything, office.middle)
    yield "documents: count", lambda: backend.documents.count(everything)
    yield "documents: counts of all chips", lambda: backend.documents.chip_counts(everything)
    for chip in (
        DocumentView.BOUNCED,
        DocumentView.COMPLAINED,
        DocumentView.DROPPED,
        DocumentView.DEFERRED,
        DocumentView.FAILED,
        DocumentView.UNCONFIRMED,
        DocumentView.STUCK,
        DocumentView.LATE,
        DocumentView.NEEDS_CALL,
        DocumentView.SNOOZED,
        DocumentView.NEVER_SENT,
        DocumentView.DELIVERED,
        DocumentView.ATTENTION,
    ):
        where = DocumentFilter(chip=chip)
        yield f"chip {chip}: page", _page(backend, where, 0)
        yield f"chip {chip}: count", partial(backend.documents.count, where)


def _of_a_customer(office: Office) -> Iterator[tuple[str, Query]]:
    backend = office.backend
    for name, key in (("a customer", office.customer), ("the largest customer", office.largest)):
        where = DocumentFilter(customer_id=key)
        yield f"{name}: page", _page(backend, where, 0)
        yield f"{name}: count", partial(backend.documents.count, where)
        yield f"{name}: chips", partial(backend.documents.chip_counts, where)
        yield f"{name}: header", partial(backend.customers.header, key)
    yield "document: log", lambda: backend.documents.log(office.sent)
    yield "document: found by number", lambda: backend.documents.find(office.number)


def _searches(office: Office) -> Iterator[tuple[str, Query]]:
    backend = office.backend
    texts = {
        "a number": office.number,
        "part of a number": office.number[-5:],
        "a customer": "willowbrook glass",
        "a common word": "bakery",
        "a recipient": "kowalski9",
        "a domain": "gmail.com",
        "two words": "inv oakdale",
        "no hit": "qqqzzzxx",
        "two letters": "zx",
    }
    for name, text in texts.items():
        where = DocumentFilter(text=text)
        yield f"search, {name}: page", _page(backend, where, 0)
        yield f"search, {name}: count", partial(backend.documents.count, where)
        yield f"search, {name}: chips", partial(backend.documents.chip_counts, where)


def _lines(office: Office) -> Iterator[tuple[str, Query]]:
    """What somebody types into the filter line."""
    backend = office.backend
    for line in ("balance>500", "to:kowalski9@", "to:@gmail.com", "customer:bakery", "sent>90d"):
        where = DocumentFilter(conditions=filters.read(line).conditions)
        yield f"line, {line}: page", _page(backend, where, 0)
        yield f"line, {line}: count", partial(backend.documents.count, where)
        yield f"line, {line}: chips", partial(backend.documents.chip_counts, where)


def _customers(office: Office) -> Iterator[tuple[str, Query]]:
    backend, everything = office.backend, CustomerFilter()
    places = {"start": 0, "middle": office.customers // 2, "end": office.customers - _PAGE}
    for name, offset in places.items():
        yield (
            f"customers: page, {name}",
            partial(backend.customers.page, everything, offset, _PAGE),
        )
    yield "customers: count", lambda: backend.customers.count(everything)
    yield "customers: overview", backend.overview
    for name, text in {"a name": "willowbrook", "a number": office.number}.items():
        where = CustomerFilter(text=text)
        yield (
            f"customers: search, {name}: page",
            partial(backend.customers.page, where, 0, _PAGE),
        )
        yield (
            f"customers: search, {name}: count",
            partial(backend.customers.count, where),
        )
    wanting = CustomerFilter(attention=True)
    yield "customers: attention only, page", lambda: backend.customers.page(wanting, 0, _PAGE)
    yield "customers: attention only, count", lambda: backend.customers.count(wanting)
    yield (
        "customers: position",
        lambda: backend.customers.position(everything, office.customer),
    )


def _others(office: Office) -> Iterator[tuple[str, Query]]:
    attention = office.backend.attention
    ids = attention.ids(AttentionChip.OPEN)
    yield "attention: order", lambda: attention.ids(AttentionChip.OPEN)
    yield "attention: page", lambda: attention.rows(ids[:_PAGE])
    yield "attention: counts", attention.counts
    yield "unlinked: count", lambda: office.backend.linking.count()
    yield "outbox: waiting", office.backend.outbox_waiting


def _page(backend: Backend, where: DocumentFilter, offset: int) -> Query:
    return lambda: backend.documents.page(where, offset, _PAGE)


def _position(backend: Backend, where: DocumentFilter, key: int) -> Query:
    return lambda: backend.documents.position(where, key)


def _ms(query: Query) -> float:
    begun = time.perf_counter()
    query()
    return (time.perf_counter() - begun) * 1_000


def measure(small: Query, large: Query, rounds: int) -> tuple[float, float]:
    """Return the least milliseconds of each; slow ones are not asked as often."""
    quick, slow = [_ms(small)], [_ms(large)]
    begun = time.perf_counter()
    while len(slow) < rounds and time.perf_counter() - begun < _PATIENCE:
        quick.append(_ms(small))
        slow.append(_ms(large))
    return min(quick), min(slow)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small", type=Path)
    parser.add_argument("large", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", metavar="WORD")
    options = parser.parse_args()
    now = datetime.now(UTC)
    small, large = opened(options.small, now), opened(options.large, now)
    with closing(small.backend), closing(large.backend):
        print(f"least of {options.rounds}; {small.documents:,} and {large.documents:,} documents")
        print(f"{'query':44} {'small ms':>9} {'large ms':>9} {'ratio':>7}")
        missed = asked = 0
        for (name, one), (_, other) in zip(queries(small), queries(large), strict=True):
            if options.only not in name:
                continue
            quick, slow = measure(one, other, options.rounds)
            ratio = max(slow, _LEAST) / max(quick, _LEAST)
            mark = "!" if slow >= _SLOWEST else "r" if ratio > _RATIO else ""
            asked, missed = asked + 1, missed + (mark == "!")
            print(f"{name:44} {quick:9.2f} {slow:9.2f} {ratio:7.1f} {mark}", flush=True)
        print(f"{missed} of {asked} take 10 ms or longer")


if __name__ == "__main__":
    main()
