"""The front door: wired to real parts, quick to open, and honest about the feed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.writes.imported_records import Catalogue, put_documents
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.model.enums import DisplayStatus, DocumentKind, EmailKind
from core.model.errors import NotFoundError, OuttrayError, SettingsError
from core.model.feed import FeedState
from core.model.reports import ImportReport, IngestReport
from core.settings.loading import Settings, load
from core.simulator import Simulator
from tests.conftest import Clock
from tests.core.db.books import entry, one, put

MISSING = 10**6


def test_the_environment_of_the_stand_in_is_all_that_is_needed(
    aws: Simulator, sqlite_database: Database
) -> None:
    row = one(sqlite_database, address="success@simulator.amazonses.com")
    environment = {**aws.environment, "OUTTRAY_DATABASE_URL": sqlite_database.url}
    backend = Backend(load(environment))
    backend.open()
    outcome = backend.send(backend.compose(EmailKind.ORIGINAL, row.id).draft, confirmed=False)
    assert [each.status for each in outcome.recipients] == [DisplayStatus.SENT]
    for _ in range(50):
        backend.pull(1)
        if backend.documents.log(row.id).document.summary.word is DisplayStatus.DELIVERED:
            break
    assert backend.feed_status().state is FeedState.LIVE
    assert backend.feed_status().last_event_at is not None
    assert backend.check_summaries().differences == ()
    backend.close()


def test_the_first_rows_need_neither_sqlalchemy_nor_boto3(company_file: Path) -> None:
    program = """
import sys
from core.backend import Backend
from core.model.documents import CustomerFilter, DocumentFilter
from core.settings.loading import Settings
backend = Backend(Settings(database_url=sys.argv[1], queue_url="https://sqs.example/q"))
backend.open()
assert backend.customers.page(CustomerFilter(), 0, 20)
assert backend.documents.page(DocumentFilter(), 0, 20)
backend.overview(), backend.documents.chip_counts(DocumentFilter()), backend.feed_status()
print(sorted({"sqlalchemy", "alembic", "boto3", "botocore", "moto"} & set(sys.modules)))
"""
    told = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{company_file}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


def test_what_is_not_there_is_said_in_words(backend: Backend) -> None:
    for call in (
        lambda: backend.customers.header(MISSING),
        lambda: backend.documents.log(MISSING),
        lambda: backend.compose(EmailKind.ORIGINAL, MISSING),
        lambda: backend.documents.find("NO-1"),
    ):
        with pytest.raises(NotFoundError) as error:
            call()
        assert error.value.title


def test_a_number_that_several_documents_have_asks_which(
    backend: Backend, sqlite_database: Database
) -> None:
    put(sqlite_database, entry("7", "Krajcik", "a@x.example"))

    with sqlite_database.transaction() as connection:
        put_documents(
            connection,
            Catalogue(connection),
            [
                entry("7", "Åkesson", "b@x.example"),
                entry("7", "Krajcik", "a@x.example", kind=DocumentKind.ESTIMATE),
            ],
        )
    with pytest.raises(NotFoundError, match="3 documents") as error:
        backend.documents.find("7")
    assert "--customer" in error.value.hint
    assert backend.documents.find("7", customer="akesson").customer == "Åkesson"
    assert (
        backend.documents.find("7", customer="kraj", kind=DocumentKind.ESTIMATE).kind
        is DocumentKind.ESTIMATE
    )


def test_without_a_queue_the_feed_is_off_and_pulling_says_why(sqlite_database: Database) -> None:
    backend = Backend(Settings(database_url=sqlite_database.url))
    assert backend.feed_status().state is FeedState.OFF
    with pytest.raises(SettingsError, match="No queue"):
        backend.pull(0)
    backend.close()


def test_a_feed_that_breaks_is_down_with_its_reason_until_it_answers_again(
    backend: Backend, aws: Simulator, sqlite_database: Database, clock: Clock
) -> None:
    assert backend.feed_status().state is FeedState.STARTING
    assert backend.pull(0) == IngestReport()
    status = backend.feed_status()
    assert (status.state, status.last_answer_at, status.waiting) == (FeedState.LIVE, clock.now, 0)
    gone = Backend(
        Settings(
            database_url=sqlite_database.url,
            queue_url=aws.environment["OUTTRAY_QUEUE_URL"] + "-gone",
        )
    )
    with pytest.raises(OuttrayError):
        gone.pull(0)
    status = gone.feed_status()
    assert status.state is FeedState.DOWN
    assert "queue is gone" in status.problem
    assert "OUTTRAY_QUEUE_URL" in status.hint
    gone.close()


def test_an_import_is_seen_at_once_and_counts_up(
    backend: Backend, sqlite_database: Database, tmp_path: Path
) -> None:
    before = backend.revision()
    path = tmp_path / "invoices.csv"
    path.write_text(
        "number,customer,customer_email,kind,status,currency,total,balance_due,issued_on,due_on\n"
        "INV-1,Krajcik,ann@customer.example,invoice,OPEN,USD,10.00,10.00,2026-11-01,2026-12-01\n"
    )
    (report,) = backend.import_files([path])
    assert isinstance(report, ImportReport)
    assert backend.revision() != before
    assert backend.documents.count(DocumentFilter()) == 1
    assert backend.customers.count(CustomerFilter()) == 1
    (row,) = backend.documents.page(DocumentFilter(chip=DocumentView.NEVER_SENT))
    assert backend.documents.position(DocumentFilter(), row.id) == 0
    assert backend.customers.position(CustomerFilter(), row.customer_id) == 0
    assert backend.customers.header(row.customer_id).documents == 1
    copied = backend.backup(tmp_path / "copy.db").path
    assert copied.is_file()


def test_a_look_up_that_fails_is_a_finding_and_no_error(
    backend: Backend, aws: Simulator, sqlite_database: Database
) -> None:
    row = one(sqlite_database)
    aws.set_faults(suppression_fail=True)
    verdict = backend.check(backend.compose(EmailKind.ORIGINAL, row.id).draft)
    (finding,) = verdict.findings
    assert finding.code == "suppression_unknown"
    assert "SES's report" not in finding.detail  # that hint is for calls that change something
