"""The demo, ended and started again: its account is as it was left."""

from __future__ import annotations

import json
import os
import shutil
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.demo import company
from core.demo.run import Release, after, sent_in_24_hours, suppressed_now
from core.model.documents import DocumentRow
from core.model.enums import DisplayStatus
from core.model.suppressions import SuppressionFilter
from core.simulator.state import Suppressed
from tests.core.db.books import one
from tests.core.drafts import draft

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a demo left behind: a database, and what was noted when it was generated."""
    shutil.copyfile(migrated_file, tmp_path / "demo.db")
    listed = [
        {"address": address, "reason": "BOUNCE", "at": AT.isoformat(), "message_id": ""}
        for address in ("Freed@Customer.Example", "stays@customer.example")
    ]
    behaviours = {"dead@customer.example": {"kind": "bounce"}}
    notes = {"suppressions": listed, "behaviours": behaviours, "generated_at": AT.isoformat()}
    (tmp_path / "demo.json").write_text(json.dumps(notes), "utf-8")
    monkeypatch.setattr(os, "environ", os.environ.copy())  # the demo leads it to its stand-in
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    return tmp_path


@contextmanager
def demo(folder: Path) -> Iterator[Backend]:
    with company(folder=folder) as settings:
        backend = Backend(settings)
        try:
            backend.open()
            yield backend
        finally:
            backend.close()


def on_list_of_ses(backend: Backend) -> set[str]:
    backend.suppressions.refresh(force=True)
    rows = backend.suppressions.rows(SuppressionFilter())
    return {e.address for row in rows for e in row.entries if e.source == "ses"}


def sent_today() -> int:
    url = f"{os.environ['AWS_ENDPOINT_URL_SESV2']}/_outtray/account"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (loopback)
        return int(json.loads(answer.read())["sent_last_24_hours"])


def wait_for(backend: Backend, row: DocumentRow, word: DisplayStatus) -> None:
    give_up = time.monotonic() + 20
    while backend.documents.log(row.id).document.summary.word is not word:
        assert time.monotonic() < give_up
        backend.pull(1)


def test_what_was_released_and_what_bounced_is_so_at_the_next_start(folder: Path) -> None:
    with demo(folder) as backend:
        database = Database(f"sqlite:///{folder / 'demo.db'}")
        row = one(database)
        database.close()
        backend.suppressions.changes.remove("freed@customer.example", "they wrote to us")
        backend.suppressions.changes.add(
            "typed@customer.example", "bounced before", ses_reason="BOUNCE"
        )
        backend.send(draft(row, "dead@customer.example"), confirmed=True)
        wait_for(backend, row, DisplayStatus.BOUNCED)
        left = on_list_of_ses(backend)
        counted = sent_today()
    assert left == {"stays@customer.example", "typed@customer.example", "dead@customer.example"}
    with demo(folder) as backend:
        assert on_list_of_ses(backend) == left
        assert sent_today() == counted == 1


def test_an_email_that_is_under_way_when_one_leaves_arrives_at_the_next_start(folder: Path) -> None:
    with demo(folder) as backend:
        database = Database(f"sqlite:///{folder / 'demo.db'}")
        row = one(database)
        database.close()
        backend.send(draft(row), confirmed=True)
        assert backend.documents.log(row.id).document.summary.word is DisplayStatus.SENT
    with demo(folder) as backend:
        wait_for(backend, row, DisplayStatus.DELIVERED)


def listed(address: str, hours: float, reason: str = "BOUNCE") -> Suppressed:
    return Suppressed(
        address, "COMPLAINT" if reason == "COMPLAINT" else "BOUNCE", AT + hours * HOUR
    )


def released(address: str, hours: float) -> Release:
    return Release(address, AT + hours * HOUR)


def test_the_last_that_happened_to_an_address_counts() -> None:
    seed = listed("Ann@x.example", 0)
    assert after([seed], []) == (seed,)
    assert after([seed], [listed("ann@x.example", 0), released("Ann@x.example", 1)]) == ()
    again = listed("ann@x.example", 2, "COMPLAINT")
    story: list[Suppressed | Release] = [
        again,
        released("Ann@x.example", 1),
        listed("ann@x.example", 0),
    ]
    assert after([seed], story) == (again,)
    assert after([seed], [*story, released("ann@x.example", 3)]) == ()


def test_an_address_that_is_listed_keeps_its_entry_and_its_case() -> None:
    seed = listed("Ann@x.example", 0)
    assert after([seed], [listed("ann@x.example", 1, "COMPLAINT")]) == (seed,)
    assert after([seed], [released("ann@x.example", 1)]) == (seed,)  # SES wants the exact case


def test_the_history_of_the_generated_company_tells_its_own_list(company: Database) -> None:
    """Nothing is on it but what bounced or complained, and that is so from nothing at all."""
    found = suppressed_now(company.reader, ())
    assert len(found) > 5
    assert {entry.reason for entry in found} == {"BOUNCE", "COMPLAINT"}
    assert suppressed_now(company.reader, found) == found
    assert sent_in_24_hours(company.reader, max(entry.at for entry in found) + HOUR) > 0
