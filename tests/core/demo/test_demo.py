"""The generated company: the same for the same seed, and with everything a person can meet."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import history
from core.db.writes import feed
from core.demo.store import one_page_pdf
from core.mail.mime import attachments_of
from core.model.documents import CustomerFilter, DocumentFilter, DocumentView
from core.model.enums import DisplayStatus, EmailKind, Status
from core.settings.loading import Settings
from tests.core.db.books import START


def dump(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        rows = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(rows.encode()).hexdigest()


def test_the_same_seed_and_time_make_the_same_rows_in_another_process(
    company_file: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from core.demo.store import generate;"
        "generate(Path(sys.argv[1]), datetime(2026, 11, 20, 14, 0, tzinfo=UTC))"
    )
    path = tmp_path / "again.db"
    subprocess.run(
        [sys.executable, "-c", program, str(path)], check=True, env={"PYTHONHASHSEED": "77"}
    )
    assert dump(path) == dump(company_file)


def test_it_has_the_size_that_is_promised(company: Database) -> None:
    overview = documents.overview(company.reader)
    assert (overview.customers, overview.documents) == (40, 600)
    assert 1_300 <= company.reader.rows("SELECT count(*) FROM emails", {})[0][0] <= 1_700
    unmatched = company.reader.rows("SELECT count(*) FROM events WHERE delivery_id IS NULL", {})
    assert unmatched[0][0] == 0
    assert feed.waiting(company.reader) == ()


def test_every_badge_is_to_be_seen(company: Database) -> None:
    rows = documents.page_documents(company.reader, DocumentFilter())
    in_a_moment = {DisplayStatus.QUEUED, DisplayStatus.SENDING}
    assert {row.summary.word for row in rows} == set(DisplayStatus) - in_a_moment - {
        DisplayStatus.CANCELLED
    }
    front_door = Backend(Settings(company.url), clock=lambda: START)
    counts = front_door.documents.chip_counts(DocumentFilter())
    front_door.close()
    assert all(
        counts[chip] for chip in DocumentView if chip.name not in {w.name for w in in_a_moment}
    )
    assert any(row.summary.other_failed or row.summary.recipients > 1 for row in rows)
    kinds = company.reader.rows("SELECT DISTINCT kind FROM emails", {})
    assert {kind for (kind,) in kinds} == set(EmailKind)
    assert len({row.currency for row in rows}) > 2


def test_most_of_it_went_well(company: Database) -> None:
    rows = company.reader.rows("SELECT status FROM deliveries", {})
    counts = Counter(Status(status) for (status,) in rows)
    total = sum(counts.values())
    assert counts[Status.DELIVERED] > 0.9 * total
    assert 0 < counts[Status.BOUNCED] < 0.03 * total
    overview = documents.overview(company.reader)
    assert 0 < overview.attention < overview.customers / 2


def test_nothing_happens_after_now_or_before_it_was_sent(company: Database) -> None:
    first, last = company.reader.rows(
        "SELECT min(v.at - m.created_at), max(v.at) FROM events v"
        " JOIN deliveries x ON x.id = v.delivery_id JOIN emails m ON m.id = x.email_id",
        {},
    )[0]
    assert first >= 0
    received = documents.last_received(company.reader)
    assert received is not None
    assert last / 1e6 <= received.timestamp()


def test_the_files_of_an_email_are_real_and_kept(company: Database) -> None:
    for row in documents.page_documents(company.reader, DocumentFilter(), 0, 30):
        for email in history.emails_of(company.reader, row.id):
            mime = history.sent_bytes(company.reader, email.id)
            assert mime is not None
            digests = [hashlib.sha256(f.content).hexdigest() for f in attachments_of(mime)]
            assert digests == [each.sha256 for each in email.attachments]
            assert bool(digests) is (email.kind is not EmailKind.FOLLOW_UP)


def test_every_customer_can_be_written_to(company: Database) -> None:
    for row in documents.page_customers(company.reader, CustomerFilter()):
        assert "@" in row.address
        assert row.documents == documents.count_documents(
            company.reader, DocumentFilter(customer_id=row.id)
        )


def test_a_page_says_its_lines_whatever_they_hold() -> None:
    pdf = one_page_pdf(["Invoice (1) \\ ü", "漢字"])
    assert pdf.startswith(b"%PDF-1.4")
    assert rb"(Invoice \(1\) \\ " + "ü".encode("cp1252") in pdf
    assert pdf.rstrip().endswith(b"%%EOF")
