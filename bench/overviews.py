"""How long *needs attention* and *insights* take in a big database.

``uv run python -m bench.overviews [DOCUMENTS] [DELIVERIES]``: by default a million documents, of
which one in fifty failed, and 100,000 deliveries of 90 days.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from core.db.engine import Database
from core.db.migrations import runner
from core.db.rows import to_instant
from core.model.attention import AttentionChip
from core.services.chasing import Attention
from core.services.delivery_latency import Paces
from core.services.monitoring import Counting

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
_DAY = 86_400_000_000
_MOST_CUSTOMERS = 20_000


def fill(path: Path, documents: int, deliveries: int) -> None:
    """Write rows as they would be stored, without going through what computes them."""
    random, now = Random(5), to_instant(NOW)
    customers = min(_MOST_CUSTOMERS, documents)
    db = sqlite3.connect(path)
    db.executemany(
        "INSERT INTO customers (id, name, name_key) VALUES (?, ?, ?)",
        ((n, f"Customer {n}", f"customer {n}") for n in range(1, customers + 1)),
    )
    db.executemany(
        "INSERT INTO documents (id, customer_id, kind, number, number_key, status, currency, total,"
        " balance_due, due_on, word, send_count, last_sent_at, open_bounce, call_at, call_reason,"
        " call_emails, call_since) VALUES (?, ?, 'invoice', ?, ?, 'OPEN', 'USD', ?, ?, ?, ?, 1, ?,"
        " ?, ?, ?, ?, ?)",
        (
            (
                n, n % customers + 1, f"INV-{n}", f"inv-{n}", 9_000_000, n % 9_000_000 + 1,
                (NOW - timedelta(days=n % 400 - 30)).date().isoformat(),
                "BOUNCED" if n % 50 == 0 else "DELIVERED", now - n, 2 * (n % 50 == 0),
                (n % 50 == 1) * (now - 5), "silent" * (n % 50 == 1), 3, now - _DAY,
            )
            for n in range(1, documents + 1)
        ),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO emails (id, document_id, kind, created_at) VALUES (?, ?, ?, ?)",
        (
            (n, n % documents + 1, "follow_up" if n % 3 else "original", now)
            for n in range(1, deliveries + 1)
        ),
    )
    db.executemany(
        "INSERT INTO deliveries (id, email_id, document_id, role, address, address_key, domain,"
        " tag, local_status, status, by_person, sent_at, delivered_at, bounced_at, diagnostic,"
        " subtype) VALUES (?, ?, ?, 'to', ?, ?, ?, ?, 40, ?, ?, ?, ?, ?, ?, ?)",
        (_delivery(n, documents, now - random.randrange(90 * _DAY), random)
         for n in range(1, deliveries + 1)),
    )  # fmt: skip
    db.commit()
    db.execute("ANALYZE")
    db.close()


def _delivery(n: int, documents: int, sent_at: int, random: Random) -> tuple[Any, ...]:
    failed = n % 25 == 0
    took = int(random.lognormvariate(1.5, 1.5) * 1_000_000)
    domain = f"domain{int(random.paretovariate(0.8)) % 5_000}.example"
    said = f"smtp; 550 5.1.1 <user{n}@{domain}>: Recipient address rejected: User unknown"
    return (
        n, n, n % documents + 1, f"user{n}@{domain}", f"user{n}@{domain}", domain, f"tag-{n}",
        90 if failed else 80, n % 2, sent_at, 0 if failed else sent_at + took,
        sent_at + took if failed else 0, said if failed else "", "Permanent/General" * failed,
    )  # fmt: skip


def timed(what: str, call: Callable[[], object]) -> None:
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        call()
        took.append((time.perf_counter() - begin) * 1000)
    print(f"{what:<44} {min(took):8.1f} ms  (first {took[0]:.1f})")


def main(documents: int = 1_000_000, deliveries: int = 100_000) -> None:
    with TemporaryDirectory(prefix="outtray-bench-") as folder:
        path = Path(folder) / "outtray.db"
        database = Database(f"sqlite:///{path}")
        runner.prepare(database)
        fill(path, documents, deliveries)
        print(f"{documents:,} documents, {deliveries:,} deliveries of 90 days")

        def clock() -> datetime:
            return NOW

        attention = Attention(database, clock, "anna", Paces(database, clock))
        timed("attention: numbers beside the filters", attention.counts)
        timed("attention: the order", attention.ids)
        ids = attention.ids()
        timed("attention: a page of 100", lambda: attention.rows(ids[:100]))
        for row in attention.rows(ids[:500]):
            attention.acknowledge(row.id, row.seen)
        timed("attention: the order, 500 acknowledged", attention.ids)
        timed("attention: the failures alone", lambda: attention.ids(AttentionChip.FAILURES))
        counting = Counting(database, clock)
        for days in (7, 30, 90):
            timed(f"insights: {days} days", partial(counting.over, days, again=True))
        database.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
