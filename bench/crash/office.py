"""A company of a few documents; a stand-in for AWS while a command runs, one for afterwards."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import boto3

from bench.crash.tracing import Ended, files
from core.aws.events.parser import OUR_TAG
from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.documents import DocumentFilter
from core.model.enums import DocumentKind, EmailKind
from core.rules.delivery.external_email import mention_key
from core.settings.loading import load
from core.simulator import Simulator
from tests.core.db.migrations import earlier
from tui.cli.main import run

_DOCUMENTS: Final = 4
_HOUR: Final = 3_600 * 1_000_000
_COUNTED: Final = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass
class Office:
    """``live``: what the program under test talks to; ``after``: what its recovery talks to."""

    folder: Path
    live: Simulator
    after: Simulator
    bodies: tuple[str, ...] = ()

    # ----------------------------------------------------------------- files

    @property
    def database(self) -> Path:
        """What the program under test works on."""
        return self.folder / "live" / "outtray.db"

    @property
    def image(self) -> Path:
        """What is recovered."""
        return self.folder / "image" / "outtray.db"

    def begin(self, template: str) -> None:
        """Everything as it was: the books as ``template`` has them, both stand-ins empty."""
        self.live.reset()
        self.live.set_account(max_send_rate=500.0)
        _empty(self.database.parent)
        shutil.copyfile(self.folder / f"{template}.db", self.database)
        os.environ.update(self.environment(self.live, self.database))

    def copy(self) -> None:
        """Copy the database and its log as they are; whoever writes them stands or is gone."""
        _empty(self.image.parent)
        for path in self.database.parent.iterdir():
            if path in files(self.database) or path.name.startswith(("copy.db", "outtray.db.")):
                shutil.copyfile(path, self.image.with_name(path.name))
        self.after.reset()
        self.after.set_account(max_send_rate=500.0)

    def environment(self, aws: Simulator, database: Path) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **aws.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "OUTTRAY_DATABASE_URL": f"sqlite:///{database}",
            "OUTTRAY_CONFIG": str(self.folder / "settings.toml"),
            "OUTTRAY_OPERATOR": "anna",
            "OUTTRAY_CHECK_MX": "false",
        }

    # ----------------------------------------------------------------- the queue

    def fill_queue(self, aws: Simulator) -> None:
        for body in self.bodies:
            self._sqs(aws).send_message(
                QueueUrl=aws.environment["OUTTRAY_QUEUE_URL"], MessageBody=body
            )

    def in_queue(self, aws: Simulator) -> int:
        """How many reports wait or are in somebody's hands."""
        found = self._sqs(aws).get_queue_attributes(
            QueueUrl=aws.environment["OUTTRAY_QUEUE_URL"], AttributeNames=_COUNTED
        )
        return sum(int(value) for value in found["Attributes"].values())

    def _sqs(self, aws: Simulator) -> Any:
        return boto3.client(
            "sqs",
            endpoint_url=aws.url,
            region_name="eu-west-1",
            aws_access_key_id="outtray-simulator",
            aws_secret_access_key="outtray-simulator",  # noqa: S106 - the stand-in's own
        )

    # ----------------------------------------------------------------- afterwards

    def on_image(self, *arguments: str) -> Ended:
        """Run the program on the copy, with the stand-in for afterwards."""
        os.environ.update(self.environment(self.after, self.image))
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            try:
                code = run(arguments)
            except SystemExit as error:  # argparse's own
                code = int(error.code or 0)
        return Ended(code, out.getvalue())

    def hour_later(self) -> None:
        """Let every lease and every pause of the copy be over."""
        with closing(sqlite3.connect(self.image)) as connection:
            connection.execute(
                "UPDATE deliveries SET lease_until = max(lease_until - :hour, 0),"
                " not_before = max(not_before - :hour, 0)",
                {"hour": _HOUR},
            )
            connection.commit()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.image)) as connection:
            return connection.execute(sql).fetchall()


def accepted(*stand_ins: Simulator) -> Counter[str]:
    """How often SES took which delivery, by our tag."""
    return Counter(each["tags"][OUR_TAG] for aws in stand_ins for each in aws.sent())


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """The templates that commands begin with: ``books``, ``queued``, ``told`` and ``old``."""
    with ExitStack() as stack:
        before = dict(os.environ)
        stack.callback(os.environ.update, before)
        stack.callback(os.environ.clear)  # first: the last that is said is done first
        live = stack.enter_context(Simulator(visibility_seconds=1))
        after = stack.enter_context(Simulator(visibility_seconds=1))
        office = Office(folder, live, after)
        (folder / "settings.toml").write_text("", encoding="utf-8")
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        _make_templates(office)
        yield office


def _make_templates(office: Office) -> None:
    live, folder = office.live, office.folder
    books = folder / "books.db"
    os.environ.update(office.environment(live, books))
    backend = Backend(load(os.environ))
    backend.open()
    database = Database(backend.settings.database_url)
    with database.transaction() as connection:
        put_documents(connection, Catalogue(connection), [_entry(n) for n in range(_DOCUMENTS)])
    backend.suppressions.changes.add("listed@customer.example", "asked us to")
    ids = [row.id for row in documents.page_documents(database.reader, DocumentFilter())]
    _in_one_file(database, books)
    shutil.copyfile(books, folder / "queued.db")
    for document_id in ids:
        backend.send(backend.compose(EmailKind.ORIGINAL, document_id).draft, confirmed=True)
    office.bodies = tuple(_drain(office))
    _in_one_file(database, books)
    shutil.copyfile(books, folder / "told.db")
    backend.close()
    database.close()
    (folder / "queued.db").replace(books)
    shutil.copyfile(books, folder / "queued.db")
    _queue_all(office, ids)
    _make_old(folder / "old.db")


def _queue_all(office: Office, ids: list[int]) -> None:
    os.environ.update(office.environment(office.live, office.folder / "queued.db"))
    backend = Backend(load(os.environ))
    backend.open()
    drafts = [backend.compose(EmailKind.ORIGINAL, each).draft for each in ids]
    backend.outbox.enqueue(drafts, confirmed=True)
    database = Database(backend.settings.database_url)
    backend.close()
    _in_one_file(database, office.folder / "queued.db")
    database.close()


def _make_old(path: Path) -> None:
    """A database of the first version."""
    database = Database(f"sqlite:///{path}")
    earlier.make(database, "0001")
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO customers (name, name_key, search, documents)"
            " VALUES ('Ada', 'ada', 'ada', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO documents (customer_id, kind, number, number_key, mention_key, status,"
            " currency) VALUES (1, 'invoice', 'INV-1', 'inv-1', ?, 'OPEN', 'USD')",
            (mention_key("INV-1"),),
        )
    _in_one_file(database, path)
    database.close()


def _in_one_file(database: Database, path: Path) -> None:
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _drain(office: Office) -> list[str]:
    sqs, url = office._sqs(office.live), office.live.environment["OUTTRAY_QUEUE_URL"]
    found: list[str] = []
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages", []):
        for each in messages:
            found.append(each["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def _entry(n: int) -> DocumentEntry:
    customer = CustomerEntry(f"Customer {n}", f"success+n{n}@simulator.amazonses.com")
    owed = Decimal(100)
    return DocumentEntry(
        customer, DocumentKind.INVOICE, f"INV-{n:04}", "OPEN", "EUR", owed, owed, None, None
    )
