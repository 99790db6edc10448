"""What the screens read: the same by either way, page by page, whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.engine import Database, Reader, SqlAlchemyReader
from core.db.lists import customers as customer_reads
from core.db.lists import documents as reads
from core.db.reads import gate, history
from core.demo.store import fill
from core.model.documents import (
    CustomerFilter,
    CustomerOrder,
    CustomerSort,
    DocumentFilter,
    DocumentOrder,
    DocumentSort,
    DocumentView,
)
from core.model.enums import DocumentKind, domain_of
from tests.conftest import PostgresServer
from tests.core.db.books import START, entry, hard_bounce, put, sent, tell

Read = Callable[[Reader], Any]
LONG_AGO = START - timedelta(days=900)

FILTERS = [
    DocumentFilter(),
    *(DocumentFilter(chip=chip) for chip in DocumentView),
    DocumentFilter(kind=DocumentKind.ESTIMATE),
    DocumentFilter(customer_id=7),
    DocumentFilter(customer="krajcik"),
    DocumentFilter(text="inv-00 gmbh"),
    DocumentFilter(number="INV-0042"),
    DocumentFilter(kind=DocumentKind.INVOICE, chip=DocumentView.ATTENTION, text="example"),
    *(DocumentFilter(sort=DocumentSort(column, descending=False)) for column in DocumentOrder),
    DocumentFilter(customer_id=7, sort=DocumentSort(DocumentOrder.TOTAL)),
    DocumentFilter(text="gmbh", sort=DocumentSort(DocumentOrder.NUMBER)),
]
CUSTOMER_FILTERS = [
    CustomerFilter(),
    CustomerFilter(attention=True),
    CustomerFilter(text="grun"),
    CustomerFilter(text="INV-004"),
    CustomerFilter(text="gmbh krajcik", attention=True),
    CustomerFilter(sort=CustomerSort(CustomerOrder.NAME, descending=False)),
    CustomerFilter(text="gmbh", sort=CustomerSort(CustomerOrder.DOCUMENTS)),
]
HOSTILE = [
    "%",
    "_",
    "!",
    "100%",
    "a_b",
    "'",
    '"',
    "';--",
    "\\",
    "\x00",
    "\ud800",
    "🧾",
    "é",
    "Å",
    "\n",
]

READS: dict[str, Read] = {
    "overview": reads.overview,
    "count_failed": reads.count_failed,
    "last_received": reads.last_received,
    "document": lambda r: [reads.document(r, i) for i in range(610)],
    "documents": lambda r: [reads.page_documents(r, f, 3, 50) for f in FILTERS],
    "count_documents": lambda r: [reads.count_documents(r, f) for f in FILTERS],
    "document_ids": lambda r: [reads.document_ids(r, f, 50) for f in FILTERS],
    "document_position": lambda r: [reads.document_position(r, f, 77) for f in FILTERS],
    "chip_counts": lambda r: [reads.chip_counts(r, f) for f in FILTERS],
    "customers": lambda r: [reads.page_customers(r, f, 1, 20) for f in CUSTOMER_FILTERS],
    "count_customers": lambda r: [reads.count_customers(r, f) for f in CUSTOMER_FILTERS],
    "customer_position": lambda r: [reads.customer_position(r, f, 7) for f in CUSTOMER_FILTERS],
    "open_balances": lambda r: reads.open_balances(r, list(range(50))),
    "never_reached_amounts": lambda r: reads.never_reached_amounts(r, list(range(50))),
    "emails_of": lambda r: [history.emails_of(r, i) for i in range(0, 600, 40)],
    "correspondence": lambda r: [history.correspondence(r, i, START) for i in range(0, 600, 60)],
    "moments": lambda r: [history.moments(r, i) for i in range(0, 600, 40)],
    "email": lambda r: [history.email(r, i) for i in (1, 700, 99_999)],
    "customer_header": lambda r: [history.customer_header(r, i) for i in range(42)],
    "contacts": lambda r: [history.contacts(r, i) for i in range(42)],
    "health": lambda r: history.health(r, ["nobody@x.example", *_addresses(r)]),
    "email_by_message_id": lambda r: [history.email_by_message_id(r, i) for i in ("", "no")],
    "sent_bytes": lambda r: [history.sent_bytes(r, i) for i in (1, 700, 99_999)],
    "first_message_id": lambda r: [history.first_message_id(r, i) for i in range(0, 600, 40)],
    "wire_ids": lambda r: [history.wire_ids(r, i) for i in range(0, 600, 40)],
    "own_suppressions": lambda r: gate.own_suppressions(r, _addresses(r)),
    "spellings": lambda r: gate.spellings(r, _addresses(r)),
    "emails_since": lambda r: [gate.emails_since(r, i, START) for i in range(42)],
    "unsettled_emails": lambda r: [gate.unsettled_emails(r, i) for i in range(601)],
    "delivered_addresses": lambda r: gate.delivered_addresses(
        r, {"nobody.example", *map(domain_of, _addresses(r))}
    ),
    "same_content": lambda r: [
        gate.same_content(r, _addresses(r), subject, body, digests, LONG_AGO)
        for subject, body, digests in _contents(r)
    ],
}


def _addresses(reader: Reader) -> list[str]:
    return [row[0] for row in reader.rows("SELECT address FROM contacts ORDER BY id", {})]


def _contents(reader: Reader) -> list[tuple[str, str, list[str]]]:
    rows = reader.rows(
        "SELECT e.subject, e.body, coalesce(a.sha256, '') FROM emails e"
        " LEFT JOIN attachments a ON a.email_id = e.id WHERE e.id % 40 = 0 ORDER BY e.id",
        {},
    )
    return [(row[0], row[1], [row[2]] if row[2] else []) for row in rows]


@pytest.mark.parametrize("name", READS)
def test_the_driver_and_sqlalchemy_read_the_same(company: Database, name: str) -> None:
    directly = READS[name](company.reader)
    assert directly == READS[name](SqlAlchemyReader(company.engine))


def test_something_is_found_by_its_content(company: Database) -> None:
    assert any(READS["same_content"](company.reader))
    assert READS["delivered_addresses"](company.reader)


def test_every_read_of_the_screens_is_compared() -> None:
    public = {
        name
        for module in (reads, customer_reads, history, gate)
        for name, found in vars(module).items()
        if callable(found) and getattr(found, "__module__", "") == module.__name__
        if not name.startswith("_") and isinstance(found, type(public_of))
    }
    paging = {"ids_at", "position"}  # what a page and the way to a row are made of
    of_one_row = {"state_of", "view_of", "fact_of", "revision"}
    named_otherwise = {"page_documents": "documents", "page_customers": "customers"}
    assert {named_otherwise.get(name, name) for name in public - of_one_row - paging} == set(READS)


def public_of() -> None:
    """Any plain function; only its type is needed."""


@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_windows_of_documents_add_up_to_the_whole(company: Database, where: DocumentFilter) -> None:
    reader = company.reader
    whole = reads.page_documents(reader, where)
    assert reads.count_documents(reader, where) == len(whole)
    for offset, limit in ((0, 7), (5, 20), (max(0, len(whole) - 3), 10), (len(whole), 5)):
        assert reads.page_documents(reader, where, offset, limit) == whole[offset : offset + limit]
    for position in {0, len(whole) // 2, len(whole) - 1} if whole else set():
        assert reads.document_position(reader, where, whole[position].id) == position


@pytest.mark.parametrize("where", CUSTOMER_FILTERS, ids=str)
def test_windows_of_customers_add_up_to_the_whole(company: Database, where: CustomerFilter) -> None:
    reader = company.reader
    whole = reads.page_customers(reader, where)
    assert reads.count_customers(reader, where) == len(whole)
    for offset in (0, 1, len(whole)):
        assert reads.page_customers(reader, where, offset, 4) == whole[offset : offset + 4]
    for position, row in enumerate(whole):
        assert reads.customer_position(reader, where, row.id) == position


def test_a_row_outside_the_filter_has_no_position(company: Database) -> None:
    row = reads.page_documents(company.reader, DocumentFilter(kind=DocumentKind.INVOICE))[0]
    where = DocumentFilter(kind=DocumentKind.ESTIMATE)
    assert reads.document_position(company.reader, where, row.id) is None
    assert reads.customer_position(company.reader, CustomerFilter(text="zzz"), 1) is None


@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_the_number_on_a_chip_is_what_it_shows(company: Database, where: DocumentFilter) -> None:
    counts = reads.chip_counts(company.reader, where)
    expected = {
        c: reads.count_documents(company.reader, replace(where, chip=c)) for c in DocumentView
    }
    assert counts == expected


def test_every_chip_shows_the_documents_it_names(company: Database) -> None:
    rows = reads.page_documents(company.reader, DocumentFilter())

    def shown(chip: DocumentView) -> set[int]:
        found = reads.page_documents(company.reader, DocumentFilter(chip=chip))
        return {row.id for row in found}

    def having(*words: str) -> set[int]:
        return {row.id for row in rows if {w.value for w in row.summary.unresolved} & set(words)}

    assert shown(DocumentView.BOUNCED) == having("BOUNCED", "SOFT_BOUNCED")
    assert shown(DocumentView.SOFT_BOUNCED) == having("SOFT_BOUNCED")
    assert shown(DocumentView.COMPLAINED) == having("COMPLAINED")
    assert shown(DocumentView.DROPPED) == having("DROPPED")
    assert shown(DocumentView.FAILED) == having("FAILED")
    assert shown(DocumentView.NEVER_REACHED) == {
        row.id for row in rows if row.summary.never_reached
    }
    for chip in (
        DocumentView.NEVER_SENT,
        DocumentView.UNCONFIRMED,
        DocumentView.SENT,
        DocumentView.DEFERRED,
        DocumentView.OPENED,
    ):
        assert shown(chip) == {row.id for row in rows if row.summary.word.name == chip.name}
    unconfirmed = {row.id for row in rows if row.summary.word.name == "UNCONFIRMED"}
    failed = having("BOUNCED", "SOFT_BOUNCED", "COMPLAINED", "DROPPED", "FAILED")
    assert shown(DocumentView.ATTENTION) == failed | unconfirmed


def test_rows_are_in_the_order_that_the_screens_promise(company: Database) -> None:
    documents = reads.page_documents(company.reader, DocumentFilter())
    sent_at = [
        row.summary.last_sent_at.timestamp() if row.summary.last_sent_at else 0.0
        for row in documents
    ]
    assert sent_at == sorted(sent_at, reverse=True)
    customers = reads.page_customers(company.reader, CustomerFilter())
    needs = [row.bounced + row.complained + row.dropped + row.failed > 0 for row in customers]
    assert needs[0]
    assert not needs[-1]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_signs_with_a_meaning_in_sql_are_searched_as_themselves(
    database: Database, text: str
) -> None:
    put(
        database,
        entry("INV-1", f"Firm {text} Ltd"),
        entry(f"N{text}2", "Other"),
        entry("INV-3", "Third"),
    )
    for where, count in (
        (DocumentFilter(text=f"firm {text}"), 1),
        (DocumentFilter(customer=f"firm {text}"), 1),
        (DocumentFilter(text=f"n{text}2"), 1),
        (DocumentFilter(number=f"N{text}2"), 1),
        (DocumentFilter(text=f"{text}zzz"), 0),
    ):
        assert reads.count_documents(database.reader, where) == count, where
    assert reads.count_customers(database.reader, CustomerFilter(text=f"firm {text}")) == 1
    assert reads.count_customers(database.reader, CustomerFilter(text=f"n{text}2")) == 1


@given(st.text(max_size=30))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_breaks_a_search(company: Database, text: str) -> None:
    where = DocumentFilter(text=text, customer=text)
    rows = reads.page_documents(company.reader, where, 0, 5)
    assert len(rows) == min(5, reads.count_documents(company.reader, where))
    reads.page_customers(company.reader, CustomerFilter(text=text), 0, 5)


@pytest.mark.parametrize("text", ["word " * 3000, "x" * 70_000], ids=["words", "one word"])
def test_a_whole_letter_pasted_into_the_search_finds_nothing_and_breaks_nothing(
    database: Database, text: str
) -> None:
    put(database, entry())
    assert reads.page_documents(database.reader, DocumentFilter(text=text)) == ()
    assert reads.page_documents(database.reader, DocumentFilter(customer=text)) == ()
    assert reads.page_customers(database.reader, CustomerFilter(text=text)) == ()


@pytest.mark.parametrize("typed", ["AKESSON", "åkesson", "Akesson bjorn", "björn Å"])
def test_accents_and_case_are_not_needed_to_find_a_customer(database: Database, typed: str) -> None:
    put(database, entry("INV-1", "Björn Åkesson"), entry("INV-2", "Somebody Else"))
    (row,) = reads.page_customers(database.reader, CustomerFilter(text=typed))
    assert row.name == "Björn Åkesson"
    assert reads.count_documents(database.reader, DocumentFilter(text=typed)) == 1


def test_a_customer_is_found_by_address_and_by_the_beginning_of_a_number(
    database: Database,
) -> None:
    put(database, entry("INV-0042", "A", "x@a.example"), entry("EST-7", "B", "y@b.example"))
    for text, name in (("x@a.exa", "A"), ("inv-00", "A"), ("est", "B")):
        (row,) = reads.page_customers(database.reader, CustomerFilter(text=text))
        assert row.name == name
    assert reads.count_customers(database.reader, CustomerFilter(text="0042")) == 0


def test_more_customers_than_a_statement_has_room_for_are_read(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as connection:
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
            " INSERT INTO customers (name, name_key) SELECT 'c' || i, 'c' || i FROM n"
        )
    ids = [row[0] for row in sqlite_database.reader.rows("SELECT id FROM customers", {})]
    assert reads.open_balances(sqlite_database.reader, ids) == {}


def test_sums_of_money_are_exact(database: Database) -> None:
    put(
        database,
        *(entry(f"INV-{i}", balance_due=Decimal("0.10"), total=Decimal("0.10")) for i in range(30)),
        entry("INV-E", currency="EUR", balance_due=Decimal("0.0001")),
        entry("EST-1", kind=DocumentKind.ESTIMATE, balance_due=Decimal(5)),
    )
    (row,) = reads.page_customers(database.reader, CustomerFilter())
    amounts = {amount.currency: amount.value for amount in row.open_balance}
    assert amounts == {"USD": Decimal("3.00"), "EUR": Decimal("0.0001")}
    assert row.documents == 32


def test_what_never_reached_anyone_is_counted_when_every_attempt_failed(database: Database) -> None:
    on_its_way, failed, _draft = put(database, entry("INV-1"), entry("INV-2"), entry("INV-3"))
    sent(database, on_its_way, "ann@customer.example")
    written = sent(database, failed, "ann@customer.example", at=START.replace(minute=5))
    tell(database, hard_bounce(written.message_ids[0]))
    overview = reads.overview(database.reader)
    assert overview.never_reached_documents == 1
    assert [(a.value, a.currency) for a in overview.never_reached] == [(Decimal("40.00"), "USD")]
    assert (overview.customers, overview.documents, overview.attention, overview.bounced) == (
        1,
        3,
        1,
        1,
    )
    (row,) = reads.page_customers(database.reader, CustomerFilter())
    assert (row.never_reached, row.bounced) == (1, 1)


def test_the_revision_changes_with_every_commit_and_only_then(database: Database) -> None:
    other = Database(database.url)
    seen = [reads.revision(database.reader)]
    assert reads.revision(database.reader) == seen[0]
    put(other, entry("INV-1"))
    seen.append(reads.revision(database.reader))
    (row,) = put(other, entry("INV-1", status="PARTIAL"))
    seen.append(reads.revision(database.reader))
    written = sent(other, row)
    seen.append(reads.revision(database.reader))
    tell(other, hard_bounce(written.message_ids[0]))
    seen.append(reads.revision(database.reader))
    assert reads.revision(database.reader) == seen[-1]
    assert len(set(seen)) == len(seen)
    other.close()


def test_postgresql_reads_the_same_as_sqlite(company: Database, postgres: PostgresServer) -> None:
    name = postgres.create()
    elsewhere = Database(postgres.url(name))
    fill(elsewhere, START)
    for read in READS.values():
        assert read(elsewhere.reader) == read(company.reader)
    elsewhere.close()
    postgres.drop(name)
