"""How many events a second the ingest takes, as ratios within one run.

``uv run python -m bench.ingest [--events N] [--runs N] [--only sqlite|postgresql]``. Every figure
is the median of the runs, the variants taking turns. Limits: (a) parsing alone; (b) a bare insert
(PostgreSQL: binary COPY) of ready rows into the table of events, without bodies and roll-up; (c)
the whole work in one transaction; (d) the whole work in one transaction by sqlite3 alone, of facts
read beforehand, with a roll-up that keeps only the highest status (``bench.limits.by_hand``).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from sqlalchemy import delete, text, update

from bench import limits
from bench.books import NOW, bodies, fill, new_file, new_postgresql
from core.db.engine import Database
from core.db.lists import counters
from core.db.schema import deliveries, events, payloads
from core.db.writes.summaries import settle_deliveries
from core.model.delivery import DeliveryEvent
from core.services import integrity_check
from core.services.feed import ingest

_WHOLE = "(c) all the work, one transaction"
_BY_HAND = "(d) the same by sqlite3 alone, parsed before"
_BATCHES = (1000, 100, 10)


def _forget(database: Database) -> None:
    """As before the first event, roll-ups included; and nothing left to be written back."""
    with database.transaction() as connection:
        connection.execute(delete(events))
        connection.execute(delete(payloads))
        connection.execute(update(deliveries).values(status=deliveries.c.local_status))
        settle_deliveries(connection, connection.scalars(text("SELECT id FROM deliveries")).all())
        counters.recount(connection)  # what is done by hand does not count
    if database.path is not None:
        with database.transaction() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _in_batches(database: Database, given: Sequence[str], size: int) -> None:
    for start in range(0, len(given), size):
        ingest.ingest(database, given[start : start + size], "bench", lambda: NOW)


def measure(database: Database, given: Sequence[str], runs: int) -> dict[str, float]:
    """Return the median seconds of every variant."""
    told = limits.parsed(given)
    path = str(database.path) if database.path else ""
    seconds: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, work in _variants(database, given, told, path):
            if name[:3] != "(a)":
                _forget(database)
            seconds.setdefault(name, []).append(_timed(work))
            if name.endswith("a commit"):
                _must_be_true(database)
    return {name: statistics.median(values) for name, values in seconds.items()}


def _variants(
    database: Database, given: Sequence[str], told: Sequence[tuple[str, DeliveryEvent]], path: str
) -> list[tuple[str, Callable[[], object]]]:
    found: list[tuple[str, Callable[[], object]]] = [
        ("(a) parsing alone", lambda: limits.parsed(given)),
        (
            "(b) bare insert, one transaction" if path else "(b) bare COPY, one transaction",
            lambda: (limits.bare_insert if path else limits.bare_copy)(database, told),
        ),
        (_WHOLE, lambda: _in_batches(database, given, len(given))),
    ]
    if path:
        found.append((_BY_HAND, lambda: limits.by_hand(path, told)))
    for size in _BATCHES:
        found += [(f"{size} a commit", partial(_in_batches, database, given, size))]
    return found


def _must_be_true(database: Database) -> None:
    """A fast ingest that leaves something behind would not be worth measuring."""
    found = integrity_check.check(database).differences
    if found:
        raise SystemExit(f"{len(found)} summaries do not follow from the events: {found[0]}")


def report(title: str, count: int, medians: dict[str, float]) -> None:
    rates = {name: count / value for name, value in medians.items()}
    bases = [name for name in rates if name.startswith("(")]
    print(f"\n{title}")
    heads = "".join(f" {'of ' + name[:3]:>7}" for name in bases)
    print(f"{'variant':45} {'events/s':>9}{heads}")
    for name, rate in rates.items():
        ratios = "".join(f" {rate / rates[base]:7.3f}" for base in bases)
        print(f"{name:45} {rate:9.0f}{ratios}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    print(f"{options.events} events, a tenth of them twice, {options.runs} runs, median")
    print("after every run outtray's own check: all summaries follow from the events")
    kinds = {
        "sqlite": ("SQLite, WAL, synchronous FULL", new_file),
        "postgresql": ("PostgreSQL on this machine, fsync on", new_postgresql),
    }
    for kind, (title, opened) in kinds.items():
        if options.only in (None, kind):
            with opened() as database:
                known = fill(database, options.events // 2)
                given = bodies(known, options.events, Random(1))
                report(title, options.events, measure(database, given, options.runs))


if __name__ == "__main__":
    main()
