"""Every order, by SQL from either end and by Python over the same rows; and what is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.db.engine import Database
from core.db.lists import counters, customers, document_paging, documents, text_search
from core.demo.store import fill
from core.model.documents import (
    CustomerFilter,
    CustomerOrder,
    CustomerSort,
    DocumentFilter,
    DocumentOrder,
    DocumentRow,
    DocumentSort,
    DocumentView,
)
from core.model.enums import BEST_TO_WORST
from core.services.integrity_check import check
from tests.core.db.books import START, entry, hard_bounce, one, put, sent, tell

WORDS = list(BEST_TO_WORST)
KEYS: dict[DocumentOrder, Callable[[DocumentRow], Any]] = {
    DocumentOrder.LAST_SENT: lambda row: sent_at(row),
    DocumentOrder.NUMBER: lambda row: (row.number.casefold(), row.customer_id),
    DocumentOrder.CUSTOMER: lambda row: (key_of(row.customer), row.customer_id, sent_at(row)),
    DocumentOrder.KIND: lambda row: row.kind.value,
    DocumentOrder.STATUS: lambda row: row.status,
    DocumentOrder.CURRENCY: lambda row: row.currency,
    DocumentOrder.TOTAL: lambda row: row.total,
    DocumentOrder.BALANCE: lambda row: row.balance_due,
    DocumentOrder.SENDS: lambda row: row.summary.send_count,
    DocumentOrder.LAST_RECIPIENT: lambda row: row.summary.last_recipient,
    DocumentOrder.DELIVERY: lambda row: (WORDS.index(row.summary.word), sent_at(row)),
    DocumentOrder.ISSUED: lambda row: str(row.issued_on or ""),
    DocumentOrder.DUE: lambda row: str(row.due_on or ""),
}


def key_of(name: str) -> str:
    from core.rules.search.text import search_key

    return search_key(name)


def sent_at(row: DocumentRow) -> float:
    return row.summary.last_sent_at.timestamp() if row.summary.last_sent_at else 0.0


@pytest.fixture
def office(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A small company in which every page is far away: from the nearer end, by day, by word."""
    fill(database, START, seed=3)
    monkeypatch.setattr(document_paging, "_FAR", 0)
    monkeypatch.setattr(customers, "_FAR", 0)
    return database


def test_documents_stand_as_python_sorts_them(office: Database) -> None:
    everything = documents.page_documents(office.reader, DocumentFilter())
    for column in DocumentOrder:
        for descending in (True, False):
            for chip in (DocumentView.ALL, DocumentView.BOUNCED):
                where = DocumentFilter(sort=DocumentSort(column, descending), chip=chip)
                known = {row.id for row in documents.page_documents(office.reader, where)}
                wanted = sorted(
                    (row for row in everything if row.id in known),
                    key=lambda row: (KEYS[column](row), row.id),
                    reverse=descending,
                )
                assert_stands(office, where, [row.id for row in wanted])


def assert_stands(office: Database, where: DocumentFilter, ids: list[int]) -> None:
    total = len(ids)
    assert documents.count_documents(office.reader, where) == total, where
    for offset in {0, total // 3, total // 2 + 5, max(0, total - 20)}:
        page = documents.page_documents(office.reader, where, offset, 25)
        assert [row.id for row in page] == ids[offset : offset + 25], (where, offset)
    for place in {0, total // 2, total - 1}:
        assert documents.document_position(office.reader, where, ids[place]) == place, where


def test_customers_stand_alike_near_and_far(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (
        CustomerFilter(as_of=START),
        *(
            CustomerFilter(as_of=START, sort=CustomerSort(column, descending))
            for column in (CustomerOrder.NAME, CustomerOrder.DOCUMENTS, CustomerOrder.LAST_SENT)
            for descending in (True, False)
        ),
    ):
        monkeypatch.setattr(customers, "_FAR", 10**9)
        near = [row.id for row in documents.page_customers(office.reader, where, 0, 1_000)]
        monkeypatch.setattr(customers, "_FAR", 0)
        assert len(near) == documents.count_customers(office.reader, where)
        for offset in (0, 7, 20, len(near) - 5):
            page = documents.page_customers(office.reader, where, offset, 9)
            assert [row.id for row in page] == near[offset : offset + 9], where
        for place in (0, 11, len(near) - 1):
            assert documents.customer_position(office.reader, where, near[place]) == place
    rows = documents.page_customers(office.reader, CustomerFilter(sort=NAMES), 0, 1_000)
    assert list(rows) == sorted(rows, key=lambda row: (key_of(row.name), row.id))


MINUTES = count(1)
NAMES = CustomerSort(CustomerOrder.NAME, descending=False)


def test_words_are_found_by_the_index_as_by_looking(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_database, START, seed=3)
    reader = sqlite_database.reader
    texts = ("inv-00", "gmbh", "kra", "KRAJ gmbh", "example.org", "00", "é", "%", '"', "nobody!")
    indexed = {
        each: (
            [row.id for row in documents.page_documents(reader, DocumentFilter(text=each), 0, 900)],
            documents.count_documents(reader, DocumentFilter(text=each)),
            documents.chip_counts(reader, DocumentFilter(text=each)),
            {row.id for row in documents.page_customers(reader, CustomerFilter(text=each), 0, 900)},
        )
        for each in texts
    }
    assert any(found for found, *_ in indexed.values())
    monkeypatch.setattr(text_search, "has_index", lambda _: False)
    for each, (found, total, chips, people) in indexed.items():
        where = DocumentFilter(text=each)
        assert found == [row.id for row in documents.page_documents(reader, where, 0, 900)], each
        assert total == documents.count_documents(reader, where)
        assert chips == documents.chip_counts(reader, where)
        assert people == {
            row.id for row in documents.page_customers(reader, CustomerFilter(text=each), 0, 900)
        }


def test_words_that_are_told_later_are_found(sqlite_database: Database) -> None:
    row = one(sqlite_database)
    assert documents.count_documents(sqlite_database.reader, DocumentFilter(text="bernie@")) == 0
    sent(sqlite_database, row, "bernie@elsewhere.example")
    assert documents.count_documents(sqlite_database.reader, DocumentFilter(text="bernie@")) == 1
    put(sqlite_database, entry(number="INV-0999", customer="Quux"))
    assert documents.count_documents(sqlite_database.reader, DocumentFilter(text="quu 999")) == 1


# --------------------------------------------------------------------------- what is counted


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(("new", "send", "bounce", "pay", "fail")), max_size=10))
def test_the_numbers_are_those_of_a_recount_whatever_happened(
    database: Database, steps: list[str]
) -> None:
    messages: list[str] = []
    for step in steps:
        with database.transaction() as connection:
            many = int(connection.execute(text("SELECT count(*) FROM documents")).scalar_one())
        number = f"INV-{many:04}"
        if step == "new" or not many:
            one(database, number=number)
        elif step == "send":
            row = documents.page_documents(database.reader, DocumentFilter(), 0, 1)[0]
            at = START + timedelta(minutes=next(MINUTES))
            messages += sent(database, row, at=at).message_ids
        elif step == "bounce" and messages:
            tell(database, hard_bounce(messages.pop()))
        elif step == "pay":
            put(database, entry(number="INV-0000", balance_due=entry().balance_due * 0))
        elif step == "fail":
            with database.transaction(commit=False) as connection:
                counters.add(connection, {counters.ALL: 5})
    assert check(database).differences == ()
    with database.transaction() as connection:
        kept, there = counters.stored(connection), counters.counted(connection)
    assert {name: n for name, n in kept.items() if n} == {n: c for n, c in there.items() if c}


def test_a_number_that_is_wrong_is_told(database: Database) -> None:
    one(database)
    with database.transaction() as connection:
        counters.add(connection, {counters.ALL: 2})
    (found,) = check(database).differences
    assert (found.table, found.column, found.stored, found.computed) == (
        "document_counts",
        "all",
        3,
        1,
    )
    with database.transaction() as connection:
        counters.recount(connection)
    assert check(database).differences == ()
