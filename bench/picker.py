"""How long the customer picker takes a letter, among 100,000 customers.

uv run python -m bench.picker [--customers N] [--postgresql]

The floor it is compared with is the barest query there is: names that begin like what is typed,
from the index, the first 128 of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from statistics import median, quantiles
from typing import Any, Final

from bench.books import new_file, new_postgresql
from bench.many_customers import fill
from core.db.engine import Database
from core.db.lists import customer_search, documents
from core.model.documents import CustomerFilter
from core.rules.search.ranking import Typed

_PAGE: Final = 128
_HEAD: Final = (
    f"{'':13}{'searches':>9}   median     p90     max    ratio   median     p90     max\n"
    f"{'':22}{'ms by the clock':>23}{'':>14}{'ms of work':>16}{'':8}   slowest to work out"
)
_TYPED: Final = {
    "names": ("kralason", "francois", "mullerma", "quinstol", "halwiton", "sorenhal", "zeudebrg"),
    "words": ("services", "solution", "ridge", "sons", "son", "gmbh", "inc.", "holding k"),
    "two words": ("kra sons", "al ltd", "ann berd", "mul gmbh", "e s", "info kra"),
    "addresses": ("info12", "office9", "gmail.ex", "kralason.ex", "@gmail", "ap777@"),
    "parts": ("ason", "olut", "ridg", "ervice", "example", "ing", "all"),
    "numbers": ("inv-00", "inv-0042", "42", "99999", "inv-09999"),
    "nothing": ("qqq", "zxzxzx", "xq", "7777777"),
    "slips": ("krajcki", "halwitno", "soltuions", "muellerman", "sevrices", "frncois", "soms"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="that everything is typed")
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    with new_postgresql() if chosen.postgresql else new_file() as database:
        with _timed(f"{chosen.customers:,} customers imported in"):
            fill(database, chosen.customers, Random(7))
        if chosen.postgresql:
            _analyse(database)
        floor = _measure(lambda text: _bare(database, text), _letters("names"), chosen.rounds)
        print(_HEAD)
        _tell("bare LIKE", floor, floor)
        for kind in _TYPED:
            found = _measure(lambda text: _find(database, text), _letters(kind), chosen.rounds)
            _tell(kind, found, floor)
        typed = [text for kind in _TYPED for text in _letters(kind)]
        everything = _measure(lambda text: _shown(database, text), typed, chosen.rounds)
        _tell("with its rows", everything, floor)


def _letters(kind: str) -> list[str]:
    """Return each beginning of what is typed, one letter after the other, up to eight."""
    if kind in ("nothing", "slips"):
        return list(_TYPED[kind])
    typed = (word[:end] for word in _TYPED[kind] for end in range(1, min(len(word), 12) + 1))
    return list(dict.fromkeys(text for text in typed if text.strip()))


def _bare(database: Database, text: str) -> object:
    low = Typed.of(text).key
    if database.path is None:
        sql = "SELECT id FROM customers WHERE name_key ~>=~ :low AND name_key ~<~ :high"
    else:
        sql = "SELECT id FROM customers WHERE name_key >= :low AND name_key < :high"
    values = {"low": low, "high": low + "\U0010fffd", "limit": _PAGE}
    return database.reader.rows(f"{sql} LIMIT :limit", values)


def _find(database: Database, text: str) -> object:
    return customer_search.find(database.reader, CustomerFilter(text=text), alike=True)


def _shown(database: Database, text: str) -> object:
    found = customer_search.find(database.reader, CustomerFilter(text=text), alike=True)
    return documents.customers(database.reader, found.ids[:_PAGE], None)


_Time = tuple[float, float, str]
"""Milliseconds by the clock, those of this program's own work, and what was typed."""


def _measure(call: Callable[[str], object], texts: list[str], rounds: int) -> list[_Time]:
    times: list[_Time] = []
    for text in texts * rounds:
        began, worked = time.perf_counter(), time.thread_time()
        call(text)
        took = time.perf_counter() - began, time.thread_time() - worked
        times.append((took[0] * 1000, took[1] * 1000, text))
    return times


def _tell(kind: str, times: list[_Time], floor: list[_Time]) -> None:
    clock, work = [each[0] for each in times], [each[1] for each in times]
    ratio = median(clock) / median(each[0] for each in floor)
    by_text: dict[str, list[float]] = {}
    for _, worked, text in times:
        by_text.setdefault(text, []).append(worked)
    slow = max(by_text, key=lambda text: median(by_text[text]))
    print(
        f"{kind:13}{len(times):>9}{_three(clock)}{ratio:>9.1f}{_three(work)}"
        f"   “{slow}” {median(by_text[slow]):.2f}"
    )


def _three(values: list[float]) -> str:
    return f"{median(values):>9.2f}{quantiles(values, n=10)[-1]:>8.2f}{max(values):>8.2f}"


def _analyse(database: Database) -> None:
    from sqlalchemy import text

    with database.transaction() as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def _timed(what: str) -> Iterator[Any]:
    began = time.perf_counter()
    yield
    print(f"{what} {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
