"""A believable SQLite database of any size, within minutes.

``uv run python -m bench.million PATH [--documents 1000000 --customers 100000]``. The tables are
made by the program's own upgrade and filled by the driver in the order of their keys, with indexes
and triggers put away meanwhile. What rows show is settled by the program's own rules
(``bench.million_stories``); ``--check N`` compares N documents, as ``outtray db check`` does.

Smaller than in life: of SES's reports only those that say something new are there (no *Send* where
our own call says it), all share one payload, and there are no messages and attachments.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import Any, Final

from bench.million_check import check_sample
from bench.million_people import Company, company
from bench.million_stories import ON_THE_WAY, STORIES, EmailTold, Row, Story, told
from core.db.engine import Database
from core.db.lists import counters, name_prefixes
from core.db.migrations import runner
from core.db.rows import known_instant, to_instant
from core.db.writes import chasing, summaries
from core.model.chasing import HoldKind
from core.model.enums import DocumentKind
from core.rules.delivery.external_email import mention_key
from core.rules.search.text import search_key

_YEARS: Final = 3
_AT_ONCE: Final = 20_000
_DAY: Final = 86_400 * 1_000_000
#: Documents that new emails are still on the way about.
_NEW: Final = timedelta(hours=20)
_MOST_HOLDS: Final = 400


def make(
    path: Path,
    documents: int,
    customers: int,
    *,
    now: datetime | None = None,
    seed: int = 1,
    tell: Callable[[str], object] = lambda _: None,
) -> None:
    """Make the database ``path``; nothing may be there. Everything lies before ``now``."""
    if path.exists():
        raise SystemExit(f"{path} is there already.")
    moment = now or datetime.now(UTC)
    database = Database(f"sqlite:///{path.resolve()}")
    runner.prepare(database)
    database.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA temp_store = MEMORY")
        put_away = _put_away(connection)
        connection.execute("BEGIN")
        writer = _Writer(connection, Random(seed), moment)
        writer.customers(customers)
        tell("customers")
        writer.documents(documents)
        tell("documents, emails, deliveries, events")
        for kind, sql in put_away:
            if kind == "index":
                connection.execute(sql)
        tell("indexes")
        connection.execute("COMMIT")
    _finish(path, [sql for kind, sql in put_away if kind == "trigger"], moment, documents)
    tell("roll-ups of customers, snoozes")


def _put_away(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Drop indexes and triggers; return how they are made."""
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
        " AND sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    return [(kind, sql) for kind, _, sql in found]


class _Writer:
    """Makes rows up and writes them."""

    def __init__(self, connection: sqlite3.Connection, random: Random, now: datetime) -> None:
        self._connection = connection
        self._random = random
        self._now = to_instant(now)
        self._companies: list[Company] = []
        self._email = self._delivery = 0
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def customers(self, count: int) -> None:
        self._companies = [company(self._random, n) for n in range(count)]
        self._insert(
            "customers",
            (
                {
                    "id": n,
                    "ref": f"C-{n:06}",
                    "name": each.name,
                    "name_key": each.key,
                    "search": each.search,
                    "phone": f"+49 30 {n:07}" if n % 3 else "",
                }
                for n, each in enumerate(self._companies, 1)
            ),
        )
        self._insert(
            "contacts",
            (
                {
                    "customer_id": n,
                    "name": person.name,
                    "address": person.address,
                    "address_key": person.key,
                    "is_primary": int(place == 0),
                }
                for n, each in enumerate(self._companies, 1)
                for place, person in enumerate(each.people)
            ),
        )

    def documents(self, count: int) -> None:
        raw = '{"note": "made by bench.million; the reports themselves were not kept"}'
        self._insert("payloads", [{"id": 1, "received_at": self._now, "raw": raw}])
        for start in range(0, count, _AT_ONCE):
            for n in range(start, min(start + _AT_ONCE, count)):
                self._document(n, count)
            for table, rows in self._rows.items():
                if table == "events":
                    rows.sort(key=_event_key)
                self._insert(table, rows)
                rows.clear()

    def _document(self, n: int, count: int) -> None:
        random = self._random
        age = int(_YEARS * 365.25 * _DAY * (1 - (n + random.random()) / count)) + _DAY // 24
        begun = self._now - age
        kind = DocumentKind.ESTIMATE if random.random() < 0.25 else DocumentKind.INVOICE
        customer_id = 1 + int(len(self._companies) * random.random() ** 1.6)
        total = int(10_000 * random.lognormvariate(6.2, 1.1)) // 100 * 100 + 1_000
        is_open = random.random() < (0.9 if age < 30 * _DAY else 0.25)
        balance = (total if random.random() < 0.85 else total // 200 * 100) if is_open else 0
        story = told(_story(random, age), kind, is_open)
        issued = known_instant(begun).date()
        number = f"{'EST' if kind is DocumentKind.ESTIMATE else 'INV'}-{n + 1:07}"
        values = {
            "id": n + 1,
            "customer_id": customer_id,
            "kind": kind.value,
            "number": number,
            "number_key": search_key(number),
            "mention_key": mention_key(number),
            "status": _status(kind, is_open, balance, total),
            "currency": random.choice(("USD",) * 8 + ("EUR", "GBP")),
            "total": total,
            "balance_due": balance,
            "issued_on": issued.isoformat(),
            "due_on": (issued + timedelta(days=30)).isoformat()
            if kind is DocumentKind.INVOICE
            else "",
        }
        people = self._companies[customer_id - 1].people
        shown = _stamped(story.document, begun)
        if story.recipient is not None and story.latest is not None:
            shown["last_recipient"] = people[story.recipient].address
            shown["last_email_id"] = self._email + story.latest + 1
        self._put("documents", values | shown)
        for email in story.emails:
            self._write_email(n + 1, number, begun, email, customer_id)

    def _write_email(
        self, document_id: int, number: str, begun: int, email: EmailTold, customer_id: int
    ) -> None:
        self._email += 1
        people = self._companies[customer_id - 1].people
        word = "Reminder" if email.after else "Your document"
        self._put(
            "emails",
            {
                "id": self._email,
                "document_id": document_id,
                "kind": email.kind,
                "subject": f"{word} {number}",
                "body": f"Dear {people[0].name},\n\nplease find {number} attached.\n",
                "sender": "Billing <billing@office.example>",
                "sent_by": ("anna", "ben", "carla")[document_id % 3],
                "created_at": begun + email.after,
            },
        )
        for delivery in email.deliveries:
            self._delivery += 1
            person = people[delivery.slot]
            at = begun + email.after
            message_id = f"0102{at // 1000:012x}-{self._delivery:08x}-4d1a-9c0b-7a3e5f-000000"
            row = _stamped(delivery.row, begun)
            self._put(
                "deliveries",
                {
                    "id": self._delivery,
                    "email_id": self._email,
                    "document_id": document_id,
                    "address": person.address,
                    "address_key": person.key,
                    "domain": person.domain,
                    "replaces": None
                    if delivery.replaces is None
                    else people[delivery.replaces].address,
                    "tag": f"{self._delivery:032x}",
                    "ses_message_id": message_id if row["accepted_at"] else "",
                    **row,
                },
            )
            for event in delivery.events:
                self._put(
                    "events",
                    {
                        "message_id": message_id,
                        "recipient_key": person.key,
                        "delivery_id": self._delivery,
                        "recipient": person.address,
                        "tag": f"{self._delivery:032x}",
                        "payload_id": 1,
                        **_stamped(event, begun),
                    },
                )

    def _put(self, table: str, row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def _insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        remaining = iter(rows)
        first = next(remaining, None)
        if first is None:
            return
        columns, marks = ", ".join(first), ", ".join("?" * len(first))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        names = tuple(first)
        whole: Iterator[tuple[Any, ...]] = (
            tuple(row[name] for name in names) for row in _chained(first, remaining)
        )
        self._connection.executemany(sql, whole)


def _chained(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _event_key(row: dict[str, Any]) -> str:
    key: str = row["message_id"]
    return key


def _stamped(row: Row, begun: int) -> dict[str, Any]:
    values = dict(row.values)
    for name in row.times:
        values[name] += begun
    return values


def _status(kind: DocumentKind, is_open: bool, balance: int, total: int) -> str:
    if kind is DocumentKind.ESTIMATE:
        return "OPEN" if is_open else "ACCEPTED"
    if not is_open:
        return "PAID"
    return "OPEN" if balance == total else "PARTIAL"


_WEIGHTS: Final = tuple(accumulate(story.weight for story in STORIES))
_LASTS: Final = {story: told(story, DocumentKind.INVOICE, True).lasts for story in STORIES}
_WEIGHTS_NEW: Final = tuple(accumulate(story.weight for story in ON_THE_WAY))


def _story(random: Random, age: int) -> Story:
    """Return what became of a document that is so old: nothing of it lies in the future."""
    if age < _NEW / timedelta(microseconds=1):
        return ON_THE_WAY[bisect(_WEIGHTS_NEW, random.randrange(_WEIGHTS_NEW[-1]))]
    while True:
        story = STORIES[bisect(_WEIGHTS, random.randrange(_WEIGHTS[-1]))]
        if _LASTS[story] < age:
            return story


def _finish(path: Path, triggers: list[str], now: datetime, documents: int) -> None:
    """Roll up the customers and snooze some documents with the program's own statements."""
    database = Database(f"sqlite:///{path.resolve()}")
    try:
        with database.transaction() as connection:
            ids = connection.exec_driver_sql("SELECT id FROM customers").scalars().all()
            for start in range(0, len(ids), _AT_ONCE):
                summaries.summarise_customers(connection, ids[start : start + _AT_ONCE])
            for sql in triggers:
                connection.exec_driver_sql(sql)
            counters.recount(connection)
            name_prefixes.fill(connection)
            for index in ("document_words", "customer_words"):
                sql = f"INSERT INTO {index} ({index}) VALUES ('rebuild')"  # noqa: S608
                connection.exec_driver_sql(sql)
            _hold_some(connection, now, documents)
    finally:
        database.close()


def _hold_some(connection: Any, now: datetime, documents: int) -> None:
    until = (now + timedelta(days=9)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = connection.exec_driver_sql(
        "SELECT id, customer_id FROM documents WHERE balance_due > 0 AND kind = 'invoice'"
        " ORDER BY last_sent_at DESC, id DESC LIMIT ?",
        (40 * _MOST_HOLDS,),
    )
    chosen = islice(rows.fetchall(), 3, None, 40 if documents > 40 * _MOST_HOLDS else 97)
    for document_id, customer_id in islice(chosen, _MOST_HOLDS):
        chasing.put_hold(
            connection,
            chasing.NewHold(
                customer_id,
                document_id,
                HoldKind.SNOOZE,
                until.date(),
                until,
                "they asked for a few days",
                "anna",
                now - timedelta(hours=3),
            ),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", type=int, default=5_000, metavar="N")
    options = parser.parse_args()
    begun = last = time.perf_counter()

    def tell(what: str) -> None:
        nonlocal last
        passed, last = time.perf_counter() - last, time.perf_counter()
        print(f"{passed:7.1f} s  {what}", flush=True)

    customers = options.customers or max(1, options.documents // 10)
    make(options.path, options.documents, customers, seed=options.seed, tell=tell)
    print(f"{time.perf_counter() - begun:7.1f} s  in all; {_sizes(options.path)}")
    if options.check:
        sys.exit(check_sample(options.path, options.check))


def _sizes(path: Path) -> str:
    tables = ("customers", "contacts", "documents", "emails", "deliveries", "events")
    with closing(sqlite3.connect(path)) as connection:
        counted = [
            f"{connection.execute(f'SELECT count(*) FROM {name}').fetchone()[0]:,} {name}"  # noqa: S608
            for name in tables
        ]
    return f"{', '.join(counted)}, {path.stat().st_size / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
