"""Kill -9 of ``outtray events pull --follow``: the database ends up as if nobody had disturbed it.

``uv run python -m bench.kill [--times N] [--emails N] [--seed N]``. Emails leave through the real
front door to the stand-in for AWS, with duplicates and shuffling on; what it reports is recorded,
and the database copied before anything is read. One reader works undisturbed. Others are killed,
half of them at any moment since their start, half while they work; when the queue is empty the
database is compared, table by table, and a new round begins with a new copy and a full queue.

Not compared: when we heard of something (``received_at``), and the raw text and the number of the
body that brought a fact first (``payloads.raw``, ``payloads.id``, ``events.payload_id``): of two
bodies that tell the same, either may be the first. How many bodies are kept is compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import boto3
from sqlalchemy import select

from core.backend import Backend
from core.db import schema
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.documents import DocumentFilter
from core.model.enums import DocumentKind, EmailKind
from core.services import integrity_check
from core.settings.loading import load
from core.simulator import Simulator

_VISIBILITY_SECONDS: Final = 1
_STARTS_WITHIN: Final = 60.0
_WORKS_AT_MOST: Final = 0.6
"""Seconds; a commit is made several times in it."""
_KINDS: Final = ("success", "success", "success", "bounce", "complaint", "ooto")
#: The digest of a row covers the others.
_OF_ARRIVALS: Final = ("received_at", "payload_id", "digest")
_OF_ARRIVAL: Final = {("payloads", "id"), ("payloads", "raw")}

type_of_tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Office:
    """What every round begins with."""

    environment: dict[str, str]
    database: Path
    bodies: tuple[str, ...]
    folder: Path

    @property
    def sqs(self) -> Any:
        return boto3.client("sqs", endpoint_url=self.environment["AWS_ENDPOINT_URL_SQS"])


# --------------------------------------------------------------------------- before


def open_office(simulator: Simulator, folder: Path, emails: int) -> Office:
    """Send ``emails`` through the front door; keep what SES reports and the books before it."""
    path = folder / "before.db"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **simulator.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "OUTTRAY_DATABASE_URL": f"sqlite:///{path}",
        "OUTTRAY_CONFIG": str(folder / "settings.toml"),
        "OUTTRAY_OPERATOR": "anna",
    }
    (folder / "settings.toml").write_text("", encoding="utf-8")
    os.environ.update(environment)
    simulator.set_faults(duplicate=True, shuffle=True)
    office = Office(environment, path, (), folder)
    _send(Backend(load(environment)), emails)
    bodies = tuple(_drain(office))
    with Database(f"sqlite:///{path}").transaction() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return Office(environment, path, bodies, folder)


def _send(backend: Backend, emails: int) -> None:
    backend.open()
    database = Database(backend.settings.database_url)
    with database.transaction() as connection:
        put_documents(connection, Catalogue(connection), [_entry(n) for n in range(emails)])
    for row in documents.page_documents(database.reader, DocumentFilter()):
        composed = backend.compose(EmailKind.ORIGINAL, row.id)
        backend.send(composed.draft, confirmed=True)
    database.close()
    backend.close()


def _entry(n: int) -> DocumentEntry:
    kind = _KINDS[n % len(_KINDS)]
    customer = CustomerEntry(f"Customer {n}", f"{kind}+{n}@simulator.amazonses.com")
    owed = Decimal(100)
    return DocumentEntry(
        customer, DocumentKind.INVOICE, f"INV-{n:04}", "OPEN", "EUR", owed, owed, None, None
    )


def _drain(office: Office) -> list[str]:
    """Take everything that was reported, until nothing more comes."""
    url = office.environment["OUTTRAY_QUEUE_URL"]
    found: list[str] = []
    while messages := office.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2
    ).get("Messages", []):
        found += [each["Body"] for each in messages]
        entries = [
            {"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]}
            for n, each in enumerate(messages)
        ]
        office.sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return found


# --------------------------------------------------------------------------- readers


class Round:
    """A copy of the books, and a queue of its own that holds every report."""

    def __init__(self, office: Office, name: str, random: Random) -> None:
        self._office = office
        self.path = office.folder / f"{name}.db"
        shutil.copyfile(office.database, self.path)
        attributes = {"VisibilityTimeout": str(_VISIBILITY_SECONDS)}
        self._sqs = office.sqs
        self.queue = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        bodies = random.sample(office.bodies, len(office.bodies))
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(n), "MessageBody": body}
                for n, body in enumerate(bodies[start : start + 10])
            ]
            self._sqs.send_message_batch(QueueUrl=self.queue, Entries=entries)

    def left(self) -> int:
        """Messages that wait or are in somebody's hands."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return sum(int(value) for value in found["Attributes"].values())

    def reader(self) -> subprocess.Popen[bytes]:
        environment = {
            **self._office.environment,
            "OUTTRAY_QUEUE_URL": self.queue,
            "OUTTRAY_DATABASE_URL": f"sqlite:///{self.path}",
        }
        command = "from tui.cli.main import main; raise SystemExit(main())"
        return subprocess.Popen(
            [sys.executable, "-c", command, "events", "pull", "--follow", "--json"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def finish(self) -> None:
        """One reader, undisturbed until nothing is left."""
        reader = self.reader()
        while self.left():
            time.sleep(0.1)
            if reader.poll() is not None:
                raise SystemExit(f"the reader ended by itself: {reader.returncode}")
        reader.send_signal(signal.SIGTERM)
        reader.communicate(timeout=30)

    def kill_one(self, random: Random, start_seconds: float) -> bool:
        """Start a reader and kill it; return whether there was still something to do."""
        reader = self.reader()
        if random.random() < 0.5:
            time.sleep(random.uniform(0, start_seconds + _WORKS_AT_MOST))
        else:
            assert reader.stdout is not None  # noqa: S101 (for the type checker)
            os.set_blocking(reader.stdout.fileno(), False)
            deadline = time.monotonic() + start_seconds + 2 * _VISIBILITY_SECONDS
            while not reader.stdout.read(1) and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(random.uniform(0, _WORKS_AT_MOST))
        reader.kill()
        reader.communicate(timeout=30)
        return self.left() > 0

    def rows(self) -> type_of_tables:
        """Everything in the database that has to be the same."""
        database = Database(f"sqlite:///{self.path}")
        found: type_of_tables = {}
        with database.transaction() as connection:
            for table in schema.metadata.sorted_tables:
                columns = [c for c in table.c if _is_compared(table.name, c.name)]
                rows = connection.execute(select(*columns)) if columns else None
                count = connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar()  # noqa: S608
                found[table.name] = sorted(map(tuple, rows), key=repr) if rows else [(count,)]
        found["differences"] = [(each,) for each in integrity_check.check(database).differences]
        database.close()
        return found


def _is_compared(table: str, column: str) -> bool:
    return column not in _OF_ARRIVALS and (table, column) not in _OF_ARRIVAL


def different(one: type_of_tables, other: type_of_tables) -> list[str]:
    return [name for name in one if one[name] != other[name]]


# --------------------------------------------------------------------------- the proof


def prove(office: Office, times: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Kill ``times`` readers; return what was counted, and which tables differed in any round."""
    random = Random(seed)
    undisturbed = Round(office, "undisturbed", random)
    started = time.monotonic()
    undisturbed.finish()
    expected = undisturbed.rows()
    counted = Counter(
        bodies=len(office.bodies),
        facts=len(expected["events"]),
        undisturbed_ms=int(1000 * (time.monotonic() - started)),
    )
    wrong = [f"undisturbed: {each}" for each in expected["differences"]]
    start_seconds = _seconds_to_start(office, random)
    while counted["kills"] < times:
        counted["rounds"] += 1
        current = Round(office, f"killed-{counted['rounds']}", random)
        while counted["kills"] < times and current.left():
            counted["kills"] += 1
            counted["kills with work left"] += current.kill_one(random, start_seconds)
        current.finish()
        counted["left in queues"] += current.left()
        wrong += [f"round {counted['rounds']}: {n}" for n in different(expected, current.rows())]
    return counted, wrong


def _seconds_to_start(office: Office, random: Random) -> float:
    """Return how long a reader takes from its start to its first line."""
    measured = Round(office, "start", random)
    started = time.monotonic()
    reader = measured.reader()
    assert reader.stdout is not None  # noqa: S101 (for the type checker)
    reader.stdout.readline()
    seconds = time.monotonic() - started
    reader.kill()
    reader.communicate(timeout=30)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--emails", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with TemporaryDirectory() as folder, Simulator(visibility_seconds=5) as simulator:
        office = open_office(simulator, Path(folder), options.emails)
        counted, wrong = prove(office, options.times, options.seed)
    counted["emails"] = options.emails
    names = ("emails", "bodies", "facts", "undisturbed_ms", "kills", "kills with work left")
    for name in (*names, "rounds", "left in queues"):
        print(f"{name:22} {counted[name]:7}")
    print(f"{'tables that differ':22} {len(wrong):7}")
    print(f"{'seconds':22} {time.monotonic() - started:7.0f}")
    print("\n".join(wrong[:10]), end="\n" if wrong else "")
    raise SystemExit(1 if wrong or counted["left in queues"] else 0)


if __name__ == "__main__":
    main()
