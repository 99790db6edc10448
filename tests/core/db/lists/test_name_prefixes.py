"""However what was typed is looked for, the same is found: near the start, by ids, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.engine import Database, Reader
from core.db.lists import document_paging, documents, filter_sql, filter_sql_terms, text_search
from core.db.reads import attention, history
from core.db.rows import DELIVERY_COLUMNS, state_of
from core.demo.store import fill
from core.model.attention import AttentionChip
from core.model.documents import DocumentFilter, DocumentOrder, DocumentSort, DocumentView
from core.model.enums import address_key
from core.rules.delivery.addresses import AddressRecord, health_of
from core.rules.filters import read
from tests.core.db.books import START, fact, hard_bounce, one, sent, tell

NOW = START + timedelta(minutes=5)
LINES = """
inv-00; gmbh; inv gmbh; GmbH example; nobody!; e; 00; balance>100; total>90000; to:@example.org
to:a; to:anna@; customer:gmbh; customer:gmbh balance>10; number:004; number:004 gmbh; by:demo
-"gmbh"; "gmbh", inv-00; -to:@example.org gmbh; status:paid; currency:eur gmbh; sent<30d; due<1m
issued>30d; overdue>1d; overdue>1d gmbh; bounced gmbh; late; -late gmbh; estimate; sends>1 inv
"""
OLDEST = DocumentSort(descending=False)
BY_TOTAL = DocumentSort(DocumentOrder.TOTAL)


@pytest.fixture
def office(sqlite_database: Database) -> Database:
    fill(sqlite_database, START, seed=3)
    return sqlite_database


def filters(late: tuple[int, ...]) -> Iterator[DocumentFilter]:
    for line in LINES.strip().replace("\n", ";").split(";"):
        said = read(line.strip())
        where = DocumentFilter(text=said.text, conditions=said.conditions, as_of=NOW, late=late)
        yield where
        yield replace(where, sort=OLDEST)
        yield replace(where, sort=BY_TOTAL)
        yield replace(where, chip=DocumentView.BOUNCED)
        yield replace(where, chip=DocumentView.LATE)


def seen(reader: Reader, where: DocumentFilter) -> Any:
    """Twice: what is known the second time is another way."""
    pages = [
        [row.id for row in documents.page_documents(reader, where, offset, 4)]
        for offset in (0, 3, 40)
        for _ in range(2)
    ]
    every = documents.document_ids(reader, where, 900)
    place = documents.document_position(reader, where, every[-1]) if every else None
    count, chips = documents.count_documents(reader, where), documents.chip_counts(reader, where)
    return pages, every, place, count, dict(chips)


def nothing_near(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(document_paging, "nearby_ids", lambda *_: None)


def row_by_row(patch: pytest.MonkeyPatch) -> None:
    nothing_near(patch)
    patch.setattr(text_search, "has_index", lambda _: False)


def hardly_anything_is_few(patch: pytest.MonkeyPatch) -> None:
    for module in (text_search, document_paging, filter_sql, filter_sql_terms):
        patch.setattr(module, "FEW", 3)


def everything_is_too_much(patch: pytest.MonkeyPatch) -> None:
    hardly_anything_is_few(patch)
    patch.setattr(text_search.Lookup.__new__, "__defaults__", (9, True))


def little_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    hardly_anything_is_few(patch)
    patch.setattr(document_paging, "_LOOKED_AT", 12)
    patch.setattr(document_paging, "_LOOKED_AT_IDS", 60)


def test_every_way_finds_the_same(office: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = office.reader
    late = documents.document_ids(reader, DocumentFilter(chip=DocumentView.SENT), 3)
    ways: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
        nothing_near,
        hardly_anything_is_few,
        everything_is_too_much,
        little_is_looked_at,
    )
    with monkeypatch.context() as patch:
        row_by_row(patch)
        expected = {where: seen(reader, where) for where in filters(late)}
    assert sum(bool(found[1]) for found in expected.values()) > len(expected) // 2
    for way in (lambda _: None, *ways):
        text_search._MEMORIES.clear()
        with monkeypatch.context() as patch:
            way(patch)
            for where, found in expected.items():
                assert seen(reader, where) == found, (way, where)


def test_the_health_of_an_address_is_that_of_all_its_deliveries(office: Database) -> None:
    reader = office.reader
    for number, minutes in (("X-1", 10), ("X-2", 30), ("X-3", 20), ("X-4", 40)):
        written = sent(office, one(office, number=number))
        soft = hard_bounce(written.message_ids[0], minutes, subtype="Transient/General")
        tell(office, fact("Delivery", written.message_ids[0], minutes) if minutes == 20 else soft)
    addresses = [row[0] for row in reader.rows("SELECT DISTINCT address FROM deliveries", {})]
    every: dict[str, list[AddressRecord]] = {}
    for row in reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, m.subject, d.number FROM deliveries x"  # noqa: S608
        " JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = x.document_id",
        {},
    ):
        record = AddressRecord(row[1], NOW, state_of(row), row[24], row[25])
        every.setdefault(address_key(row[4]), []).append(record)
    expected = {key: health_of(records) for key, records in every.items()}
    for start in range(0, len(addresses), 400):
        some = addresses[start : start + 400]
        assert history.health(reader, some) == {
            key: expected[key] for key in map(address_key, some)
        }
    assert any(health.soft_streak > 1 for health in expected.values())


def test_the_first_that_need_attention_are_those_of_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, START, seed=3)
    reader, today = database.reader, NOW.date()
    every = attention.ordered(reader, NOW, today, AttentionChip.OPEN, (), 10_000)
    bounds = list[int]()
    least = attention._least_balance

    def noted(*given: Any) -> int:
        bounds.append(least(*given))
        return bounds[-1]

    monkeypatch.setattr(attention, "_least_balance", noted)
    for known in ((), every[::3]):
        for chip in AttentionChip:
            with monkeypatch.context() as patch:
                patch.setattr(attention, "_least_balance", lambda *_: 0)
                expected = attention.ordered(reader, NOW, today, chip, known, 10_000)
            assert attention.count(reader, NOW, known)[chip] == len(expected), chip
            for limit in (1, 3, 10, 10_000):
                found = attention.ordered(reader, NOW, today, chip, known, limit)
                assert found == expected[:limit], (chip, limit)
    assert any(bounds)
