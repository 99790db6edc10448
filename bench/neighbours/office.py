"""The stand-in for AWS and the databases, and what an undisturbed program does with them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.neighbours import databases
from bench.neighbours.databases import Databases
from bench.offices import only_here, open_invoice
from core.aws.clients import Clients
from core.aws.mailer import SesAccount, SesMailer
from core.aws.queue import SqsFeed
from core.aws.suppression_list import SesSuppressionList
from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes.imported_records import Catalogue, put_documents
from core.model.documents import DocumentFilter
from core.model.enums import EmailKind
from core.settings.loading import load
from core.simulator import Simulator

_RATE: Final = 40.0
_BEHAVIOURS: Final = ("success", "success", "success", "bounce", "complaint", "ooto")
_LEASES: Final = timedelta(minutes=2)
"""Longer than any program keeps what it has in hand without a word."""
_PATIENCE: Final = 60.0


@dataclass
class Office:
    """Everything that the rounds share."""

    simulator: Simulator
    databases: Databases
    folder: Path
    queued: tuple[str, ...]
    fresh: tuple[str, ...]
    clients: Clients
    counted: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Make the stand-in as good as new."""
        self.simulator.reset()
        self.simulator.set_faults(duplicate=True, shuffle=True, slow=0.01)
        self.simulator.set_account(max_send_rate=_RATE)
        # A report that killed readers have received five times is not to be set aside by SQS.
        self.clients.queue_control().set_queue_attributes(
            QueueUrl=self._queue_url, Attributes={"RedrivePolicy": ""}
        )

    def left(self) -> int:
        """Reports that wait or are in somebody's hands."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        client = self.clients.queue_control()
        found = client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=names)
        return sum(int(value) for value in found["Attributes"].values())

    @property
    def _queue_url(self) -> str:
        return self.simulator.environment["OUTTRAY_QUEUE_URL"]

    @contextmanager
    def backend(self, url: str, *, is_later: bool = False) -> Iterator[Backend]:
        """A program like the others; ``is_later``: after every lease of those that are gone."""
        ahead = _LEASES if is_later else timedelta()
        settings = load({**self.simulator.environment, "OUTTRAY_DATABASE_URL": url})
        backend = Backend(
            settings,
            clock=lambda: datetime.now(UTC) + ahead,
            mailer=SesMailer(self.clients),
            suppression_book=SesSuppressionList(self.clients),
            feed=SqsFeed(self.clients, settings.queue_url),
            account=SesAccount(self.clients),
        )
        backend.open()
        try:
            yield backend
        finally:
            backend.close()

    def finish(self, url: str) -> list[str]:
        """Do what is left, as a program that is started when all leases have ended."""
        give_up = time.monotonic() + _PATIENCE
        with self.backend(url, is_later=True) as backend:
            backend.outbox.resume()
            while backend.outbox.waiting():
                backend.outbox.work()
                if time.monotonic() > give_up:
                    return [f"{backend.outbox.waiting()} never left the outbox"]
            while backend.pull(0).read or self.left():
                if time.monotonic() > give_up:
                    return [f"{self.left()} reports never left the queue"]
        return []


@contextmanager
def opened(
    folder: Path, *, is_postgresql: bool, queued: int = 14, fresh: int = 40
) -> Iterator[Office]:
    """A stand-in that doubles and shuffles its reports, and a stocked database to copy."""
    with (
        databases.opened(folder, is_postgresql=is_postgresql) as kept,
        Simulator(visibility_seconds=1) as simulator,
        only_here(simulator.environment, folder, kept.stocked),
    ):
        clients = Clients()
        clients.mail(), clients.control(), clients.queue(), clients.queue_control()
        numbers = tuple(f"INV-{n:03}" for n in range(queued + fresh))
        office = Office(simulator, kept, folder, numbers[:queued], numbers[queued:], clients)
        office.begin()
        _stock(office)
        yield office


def _stock(office: Office) -> None:
    numbers = (*office.queued, *office.fresh)
    entries = [open_invoice(each, f"Customer {each}", address_of(each)) for each in numbers]
    with office.backend(office.databases.stocked) as backend:
        with closing(Database(office.databases.stocked)) as database:
            with database.transaction() as connection:
                put_documents(connection, Catalogue(connection), entries)
            rows = documents.page_documents(database.reader, DocumentFilter())
        chosen = [row.id for row in rows if row.number in office.queued]
        drafts = [backend.compose(EmailKind.FOLLOW_UP, each).draft for each in chosen]
        backend.outbox.enqueue(drafts, confirmed=True)
    _leave_no_log(office.databases.stocked)


def address_of(number: str) -> str:
    """Return where the emails about a document go: what becomes of them is not always the same."""
    kind = _BEHAVIOURS[int(number[-3:]) % len(_BEHAVIOURS)]
    return f"{kind}+{number.lower()}@simulator.amazonses.com"


def _leave_no_log(url: str) -> None:
    """A file that is copied has to hold everything itself."""
    with closing(Database(url)) as database:
        if database.path is not None:
            connection: Any = database.engine.raw_connection()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
