"""How many events a second the ingest takes, as ratios within one run.

``uv run python -m bench.ingest [--events N] [--url URL]``. Every figure is the median of the runs,
the variants taking turns. Baselines: (a) parsing alone, (b) a bare multi-row insert of ready rows
into the same table in one transaction, (c) the whole work in one transaction.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from sqlalchemy import delete, insert, update

from core import ingest
from core.db import outbox, reads, upgrade
from core.db.catalogue import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.db.engine import Database
from core.db.events import event_row
from core.db.tables import deliveries, events, payloads
from core.model import DocumentFilter, EmailKind, Kind, Role, Status
from core.ses.payload import parse_all

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
_DUPLICATES = 0.1


def fill(database: Database, emails: int) -> list[tuple[str, str, str]]:
    """Write ``emails`` accepted emails; return (message id, tag, address) of each."""
    with database.transaction() as connection:
        put_documents(
            connection,
            Catalogue(connection),
            [
                DocumentEntry(
                    CustomerEntry(f"Customer {n % (emails // 20 + 1)}"),
                    Kind.INVOICE,
                    f"INV-{n}",
                    "OPEN",
                    "USD",
                    Decimal(10),
                    Decimal(10),
                    None,
                    None,
                )
                for n in range(emails // 2)
            ],
        )
    ids = [row.id for row in reads.page_documents(database.reader, DocumentFilter())]
    known: list[tuple[str, str, str]] = []
    new, answers = [], {}
    for n in range(emails):
        tag, address = uuid.uuid4().hex, f"user{n}@example.org"
        at = NOW + timedelta(seconds=n)
        message_id = f"0102{int(at.timestamp() * 1000):012x}-{uuid.uuid4()}-000000"
        new.append(
            outbox.NewEmail(
                ids[n % len(ids)],
                EmailKind.ORIGINAL,
                "Invoice",
                "Hi",
                "b@example.org",
                "anna",
                at,
                "",
                None,
                (),
                (outbox.NewDelivery(Role.TO, address, tag),),
            )
        )
        answers[tag] = outbox.Answer(Status.SENT, message_id, "eu-west-1", at)
        known.append((message_id, tag, address))
    for start in range(0, len(new), 2_000):
        with database.transaction() as connection:
            outbox.record_all(connection, new[start : start + 2_000], answers)
    return known


def bodies(known: list[tuple[str, str, str]], count: int, random: Random) -> list[str]:
    """Return SNS envelopes as SQS delivers them, about 2.3 kB each, a tenth of them twice."""
    made: list[str] = []
    for n in range(count):
        if made and random.random() < _DUPLICATES:
            made.append(random.choice(made[-500:]))
            continue
        made.append(_body(*known[n // 3 % len(known)], n, random))
    return made


def _body(message_id: str, tag: str, address: str, n: int, random: Random) -> str:
    when = (NOW + timedelta(seconds=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kind = random.choices(("Send", "Delivery", "Open", "Bounce"), (3, 4, 2, 1))[0]
    event: dict[str, object] = {
        "Send": {"send": {}},
        "Delivery": {
            "delivery": {
                "timestamp": when,
                "processingTimeMillis": 900,
                "recipients": [address],
                "smtpResponse": "250 2.0.0 OK 1763 - gsmtp",
                "reportingMTA": "a4-10.smtp-out.eu-west-1.amazonses.com",
            }
        },
        "Open": {"open": {"timestamp": when, "userAgent": "Mozilla/5.0 (X11)", "ipAddress": "::1"}},
        "Bounce": {
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": address,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                ],
                "timestamp": when,
                "feedbackId": f"0102{n:012x}-feedback",
                "reportingMTA": "dns; a4-10.smtp-out.eu-west-1.amazonses.com",
            }
        },
    }[kind]
    mail = {
        "timestamp": when,
        "source": "Billing <billing@example.org>",
        "sendingAccountId": "123456789012",
        "messageId": message_id,
        "destination": [address],
        "headersTruncated": False,
        "headers": [{"name": f"X-Header-{i}", "value": "x" * 40} for i in range(10)],
        "commonHeaders": {"from": ["Billing <billing@example.org>"], "to": [address]},
        "tags": {"outtray": [tag], "ses:configuration-set": ["outtray"]},
    }
    message = json.dumps({"eventType": kind, "mail": mail, **event})
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": str(uuid.UUID(int=n)),
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:outtray",
            "Subject": "Amazon SES Email Event Notification",
            "Message": message,
            "Timestamp": when,
            "SignatureVersion": "1",
            "Signature": "x" * 344,
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/x.pem",
        }
    )


def _forget(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(delete(events))
        connection.execute(delete(payloads))
        connection.execute(update(deliveries).values(status=deliveries.c.local_status))


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _bare_insert(database: Database, given: list[str]) -> float:
    """Baseline (b): rows made ready beforehand, one multi-row INSERT, one transaction."""
    facts = {}
    for body in given:
        for part in parse_all(body):
            for fact in part.facts:
                row = event_row(fact)
                facts[tuple(row[k] for k in ("message_id", "at", "type", "discriminator"))] = row

    def insert_all() -> None:
        with database.transaction() as connection:
            payload = connection.execute(
                insert(payloads).values(received_at=1, raw="{}").returning(payloads.c.id)
            ).scalar_one()
            rows = [{**row, "received_at": 1, "payload_id": payload} for row in facts.values()]
            connection.execute(insert(events), rows)

    return _timed(insert_all)


def _in_batches(database: Database, given: list[str], size: int) -> None:
    for start in range(0, len(given), size):
        ingest.ingest(database, given[start : start + size], "bench", lambda: NOW)


def measure(database: Database, given: list[str], runs: int) -> dict[str, float]:
    """Return the median seconds of every variant."""
    seconds: dict[str, list[float]] = {}

    def add(name: str, value: float) -> None:
        seconds.setdefault(name, []).append(value)

    for _ in range(runs):
        add("(a) parsing alone", _timed(lambda: [parse_all(body) for body in given] and None))
        _forget(database)
        add("(b) bare multi-row insert, one transaction", _bare_insert(database, given))
        for label, size in (
            ("(c) all the work, one transaction", len(given)),
            ("1000 a commit", 1000),
            ("100 a commit", 100),
            ("10 a commit", 10),
        ):
            _forget(database)
            add(label, _timed(lambda size=size: _in_batches(database, given, size)))
    return {name: statistics.median(values) for name, values in seconds.items()}


@contextmanager
def _database(url: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade.prepare(database)
        try:
            yield database
        finally:
            database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--url", default="", help="an empty database; default: a SQLite file")
    options = parser.parse_args()
    random = Random(1)
    with _database(options.url) as database:
        known = fill(database, options.events // 2)
        given = bodies(known, options.events, random)
        medians = measure(database, given, options.runs)
    rates = {name: options.events / value for name, value in medians.items()}
    parse = rates["(a) parsing alone"]
    bare = rates["(b) bare multi-row insert, one transaction"]
    whole = rates["(c) all the work, one transaction"]
    print(f"{options.events} events, {options.runs} runs, median")
    print(f"{'variant':45} {'events/s':>9} {'of (a)':>7} {'of (b)':>7} {'of (c)':>7}")
    for name, rate in rates.items():
        print(f"{name:45} {rate:9.0f} {rate / parse:7.3f} {rate / bare:7.3f} {rate / whole:7.3f}")


if __name__ == "__main__":
    main()
