"""Documents whose latest email waits longer than its domain ever does: marked and filtered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.db.reads import delivery_latency
from core.model.documents import DocumentFilter, DocumentRow, DocumentView
from core.model.enums import DisplayStatus
from core.rules.monitoring.delivery_latency import late_document, late_words
from core.settings.loading import Settings
from tests.conftest import Clock
from tests.core.db.books import START, entry, fact, put, sent, tell

QUICK, SLOW, NEW = "ann@quick.example", "bea@slow.example", "cy@new.example"


@pytest.fixture
def front_door(database: Database, clock: Clock) -> Backend:
    return Backend(Settings(database.url), clock=clock)


def teach(database: Database, address: str, seconds: float, count: int = 6) -> None:
    """Let a domain confirm ``count`` emails, each after so many seconds, days ago."""
    (row,) = put(database, entry(f"OLD-{address}", f"Old {address}", address))
    for n in range(count):
        at = START - timedelta(days=9, hours=n)
        written = sent(database, row, address, at=at)
        minutes = (at - START) / timedelta(minutes=1) + seconds / 60
        tell(database, fact("Delivery", written.message_ids[0], minutes, recipient=address))


def waiting(database: Database, number: str, *addresses: str, hours: float) -> None:
    """A document whose email left so many hours before now, and nothing was heard since."""
    (row,) = put(database, entry(number, f"Customer {number}", addresses[0]))
    sent(database, row, *addresses, at=START - timedelta(hours=hours))


def late(front_door: Backend, **where: object) -> list[str]:
    chosen = replace(DocumentFilter(chip=DocumentView.LATE), **where)  # type: ignore[arg-type]
    rows = front_door.documents.page(chosen)
    assert front_door.documents.count(chosen) == len(rows)
    assert [front_door.documents.position(chosen, row.id) for row in rows] == list(range(len(rows)))
    return [row.number for row in rows]


def marked(rows: Sequence[DocumentRow], clock: Clock) -> dict[str, str]:
    found = ((row.number, late_document(row, clock())) for row in rows)
    return {number: late_words(each) for number, each in found if each is not None}


def test_late_is_what_its_own_domain_calls_late(
    database: Database, front_door: Backend, clock: Clock
) -> None:
    teach(database, QUICK, 9)
    teach(database, SLOW, 1_800)
    for number, address in (("INV-Q", QUICK), ("INV-S", SLOW), ("INV-N", NEW)):
        waiting(database, number, address, hours=3)
    assert late(front_door) == ["INV-Q"]
    assert marked(front_door.documents.page(DocumentFilter()), clock) == {
        "INV-Q": "quick.example confirms in 9 s as a rule; this one waits 3 h."
    }
    clock.advance(hours=3)
    assert sorted(late(front_door)) == ["INV-Q", "INV-S"]
    assert front_door.documents.chip_counts(DocumentFilter())[DocumentView.LATE] == 2


def test_deferred_emails_are_late_as_well_and_confirmed_ones_never(
    database: Database, front_door: Backend, clock: Clock
) -> None:
    teach(database, QUICK, 9)
    for number in ("INV-1", "INV-2", "INV-3"):
        waiting(database, number, QUICK, hours=2)
    when = START - timedelta(hours=2)

    def about(number: str, kind: str, **changes: str) -> None:
        message_id = f"ses-{number}-{when:%d%H%M%S%f}-0"
        tell(database, fact(kind, message_id, -119.9, recipient=QUICK, **changes))

    about("INV-1", "DeliveryDelay", diagnostic="451 later")
    about("INV-2", "Delivery")
    about("INV-3", "Bounce", subtype="Permanent/General", feedback_id="f")
    words = {row.number: row.summary.word for row in front_door.documents.page(DocumentFilter())}
    assert (words["INV-1"], words["INV-2"]) == (DisplayStatus.DEFERRED, DisplayStatus.DELIVERED)
    assert late(front_door) == ["INV-1"]
    clock.advance(days=3)
    assert late(front_door) == ["INV-1"]


def test_after_a_day_without_word_it_is_stuck_and_no_longer_late(
    database: Database, front_door: Backend, clock: Clock
) -> None:
    teach(database, QUICK, 9)
    waiting(database, "INV-1", QUICK, hours=24)
    assert late(front_door) == ["INV-1"]
    clock.advance(seconds=1)
    assert late(front_door) == []
    assert marked(front_door.documents.page(DocumentFilter()), clock) == {}
    counts = front_door.documents.chip_counts(DocumentFilter())
    assert (counts[DocumentView.LATE], counts[DocumentView.STUCK]) == (0, 1)


def test_of_several_recipients_the_first_that_is_late_counts(
    database: Database, front_door: Backend, clock: Clock
) -> None:
    teach(database, QUICK, 9)
    teach(database, SLOW, 1_800)
    waiting(database, "INV-1", SLOW, QUICK, hours=3)
    assert late(front_door) == ["INV-1"]
    assert "quick.example" in marked(front_door.documents.page(DocumentFilter()), clock)["INV-1"]


def test_a_new_email_makes_the_old_wait_forgotten(database: Database, front_door: Backend) -> None:
    teach(database, QUICK, 9)
    waiting(database, "INV-1", QUICK, hours=3)
    (row,) = front_door.documents.page(DocumentFilter(number="INV-1"))
    sent(database, row, QUICK, at=START - timedelta(minutes=5))
    assert late(front_door) == []


def test_late_ones_are_searched_and_filtered_like_any(
    database: Database, front_door: Backend
) -> None:
    teach(database, QUICK, 9)
    waiting(database, "INV-1", QUICK, hours=3)
    waiting(database, "INV-2", QUICK, hours=2)
    assert late(front_door, text="inv-2") == ["INV-2"]
    (row,) = front_door.documents.page(DocumentFilter(number="INV-1"))
    assert late(front_door, customer_id=row.customer_id) == ["INV-1"]
    counts = front_door.documents.chip_counts(DocumentFilter(customer_id=row.customer_id))
    assert counts[DocumentView.LATE] == 1
    assert front_door.documents.log(row.id).document.awaited is not None
    assert front_door.documents.log(row.id, START).document.awaited is None


@pytest.mark.parametrize("minutes", [9, 11])
def test_the_table_and_the_filter_say_the_same(
    database: Database, front_door: Backend, clock: Clock, minutes: int
) -> None:
    teach(database, QUICK, 9)
    waiting(database, "INV-1", QUICK, hours=minutes / 60)
    assert set(late(front_door)) == set(marked(front_door.documents.page(DocumentFilter()), clock))


def test_what_is_on_its_way_is_found_by_an_index(sqlite_database: Database) -> None:
    asked: list[tuple[str, Mapping[str, Any]]] = []

    class Asked:
        def rows(self, sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
            asked.append((sql, values))
            return []

    delivery_latency.on_their_way(Asked(), START)
    ((sql, values),) = asked
    plan = sqlite_database.reader.rows(f"EXPLAIN QUERY PLAN {sql}", values)
    steps = [str(step[3]) for step in plan]
    assert not any(step.startswith("SCAN") for step in steps), steps
    assert sum("ix_documents_word" in step for step in steps) == 2
    assert sum("ix_deliveries_email_id" in step for step in steps) == 1


def test_more_are_late_than_a_statement_may_have_values(front_door: Backend) -> None:
    where = DocumentFilter(chip=DocumentView.LATE, late=tuple(range(100_000)), as_of=START)
    assert documents.count_documents(front_door._reader, where) == 0
