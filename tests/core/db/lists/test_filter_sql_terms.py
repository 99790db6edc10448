"""Conditions of a filter line: the SQL finds what a plain reading of them finds, everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import text

from core.backend import Backend
from core.db.engine import Database
from core.db.lists import documents
from core.model.conditions import Condition, Dated, Part, Says
from core.model.documents import DocumentFilter, DocumentRow, DocumentView
from core.model.enums import DisplayStatus, DocumentKind
from core.rules.chasing.call_reminders import is_ahead, needs_call
from core.rules.filters import read, values
from core.rules.monitoring.feed_health import is_stuck
from core.settings.loading import Settings
from tests.answering import answers
from tests.conftest import Clock
from tests.core.db.books import START, document, entry, fact, hard_bounce, put, sent, tell

NOW = START + timedelta(days=1)
LATE = (3, 5)
CUSTOMERS = {
    "Krajcik DVM": "ann@krajcik.example",
    "Bergmann & Töchter": "b@acme.com",
    "Late Night 100%": "late@mail.acme.com",
    "O'Neil_Co": "o_neil@acme.com.example",
}
PEOPLE = ("anna", "Annabel", "ben", "billing@x.example")
STATUSES = ("OPEN", "Open", "PARTIAL", "paid", "Überfällig", "50%_off")
#: Texts from which lines are made; every field, every relation, both signs, odd letters.
LINES = (
    "bounced", "-bounced", "soft", "bounced complained", "-opened -delivered", "late", "-late",
    "stuck", "-stuck", "needs-call", "-needs-call", "snoozed", "attention", "-attention",
    "never-sent", "-never-sent", "never-reached", "sent", "delivered opened", "failed dropped",
    "balance>100", "balance<=100", "balance=100", "balance<0", "-balance>=50.50", "total>1,000.50",
    "sends>1", "sends:0", "sends<=1", "-sends>=1", "sent<2d", "sent>2d", "sent<=36h", "-sent<1w",
    "sent>=2026-11-19", "sent<2026-11-19", "sent:2026-11", "sent:today", "sent<today",
    "sent>yesterday", "sent:2026", "sent>1m", "due<today", "due>7d", "due<=2w", "due:2026-12",
    "-due>=tomorrow", "due:today", "issued>30d", "issued<=30d", "issued:2026-11-01",
    "issued<2026-11", "overdue", "-overdue", "overdue>10d", "overdue<=10d", "overdue>=1m",
    "invoice", "estimate", "invoice estimate", "-estimate", "status:open", "status:op",
    "-status:paid", "status:überfällig", "status:ÜBER", "status:50%_", "status:_", "currency:EUR",
    "currency:u", "-currency:USD", "to:@acme.com", "-to:@acme.com", "to:b@", "to:acme",
    "to:@acme", "to:@",
    "to:ANN@krajcik.example", "to:o_neil@", "to:%", "to:ann@krajcik.example to:@acme.com",
    'customer:"krajcik dvm"', "customer:tochter", "customer:100%", "-customer:o'neil_", "number:3",
    "number:inv-000", "number:_", "by:ann", "by:Anna", "-by:ben", "by:billing", '"late night"',
    '-"acme"', '"töchter"', '-"%"', "customer:'; customer:--", 'customer:"x\' OR 1=1 --"',
)  # fmt: skip


@dataclass
class Books:
    database: Database
    rows: list[DocumentRow]
    sent_by: dict[int, str]

    def expected(self, conditions: tuple[Condition, ...]) -> set[int]:
        return {
            row.id
            for row in self.rows
            if all(
                answers(
                    row,
                    each,
                    as_of=NOW,
                    has_chip=has_chip,
                    sent_by=self.sent_by.get(row.id, ""),
                    addresses=(CUSTOMERS[row.customer],),
                )
                for each in conditions
            )
        }

    def found(self, where: DocumentFilter) -> set[int]:
        rows = documents.page_documents(self.database.reader, where)
        assert documents.count_documents(self.database.reader, where) == len(rows)
        return {row.id for row in rows}


def has_chip(row: DocumentRow, chip: DocumentView) -> bool:
    summary = row.summary
    wrong = {
        DocumentView.BOUNCED: {DisplayStatus.BOUNCED, DisplayStatus.SOFT_BOUNCED},
        DocumentView.SOFT_BOUNCED: {DisplayStatus.SOFT_BOUNCED},
        DocumentView.COMPLAINED: {DisplayStatus.COMPLAINED},
        DocumentView.DROPPED: {DisplayStatus.DROPPED},
        DocumentView.FAILED: {DisplayStatus.FAILED},
    }
    special = {
        DocumentView.LATE: row.id in LATE,
        DocumentView.STUCK: is_stuck(summary.word, summary.last_sent_at, NOW),
        DocumentView.NEEDS_CALL: bool(needs_call(row, NOW)),
        DocumentView.SNOOZED: is_ahead(row.held_until, NOW),
        DocumentView.NEVER_REACHED: summary.never_reached,
        DocumentView.ATTENTION: bool(needs_call(row, NOW))
        or bool(summary.unresolved & set[DisplayStatus]().union(*wrong.values()))
        or summary.word is DisplayStatus.UNCONFIRMED,
    }
    if chip in special:
        return special[chip]
    if chip in wrong:
        return bool(summary.unresolved & wrong[chip])
    return summary.word.value == chip.name


@pytest.fixture
def books(database: Database) -> Books:
    random = Random(7)
    names = list(CUSTOMERS)
    entries = []
    for n in range(48):
        customer = random.choice(names)
        day = date(2026, 11, 20) + timedelta(days=random.randrange(-70, 40))
        entries.append(
            entry(
                f"{'EST' if n % 4 == 0 else 'INV'}-{n:04}",
                customer,
                CUSTOMERS[customer],
                kind=DocumentKind.ESTIMATE if n % 4 == 0 else DocumentKind.INVOICE,
                status=random.choice(STATUSES),
                currency=random.choice(("USD", "EUR")),
                total=Decimal(random.choice(("100", "1000.50", "1000.51", "5000"))),
                balance_due=Decimal(random.choice(("0", "100", "50.5", "-5", "2500"))),
                issued_on=random.choice((None, day - timedelta(days=20), date(2026, 11, 1))),
                due_on=random.choice((None, day, date(2026, 11, 21))),
            )
        )
    for row in put(database, *entries):
        for n in range(random.choice((0, 1, 1, 2))):
            minutes = random.choice((5, 2880, random.randrange(90_000)))
            _send(database, row, NOW - timedelta(minutes=minutes, seconds=n), random)
    ahead, past = to_micro(NOW + timedelta(days=2)), to_micro(NOW - timedelta(days=2))
    with database.transaction() as connection:
        for row in database_rows(database):
            hold = random.choice((0, 0, 0, ahead, past))
            call = random.choice((0, 0, 0, ahead, past))
            connection.execute(
                text(
                    "UPDATE documents SET held_until = :hold, call_at = :call, call_since = :call,"
                    " call_reason = :why WHERE id = :id"
                ),
                {"hold": hold, "call": call, "why": "unreached" if call else "", "id": row.id},
            )
    rows = database_rows(database)
    by = {row[0]: row[1] for row in database.reader.rows("SELECT id, sent_by FROM emails", {})}
    latest = {row.id: by[key] for row in rows if (key := row.summary.last_email_id) is not None}
    return Books(database, rows, latest)


def _send(database: Database, row: DocumentRow, at: datetime, random: Random) -> None:
    address = CUSTOMERS[row.customer]
    written = sent(database, row, address, at=at, sent_by=random.choice(PEOPLE))
    minutes = (at - START) / timedelta(minutes=1) + 1
    kind = random.choice(("", "", "Delivery", "Delivery", "Open", "Bounce", "Soft", "Complaint"))
    if kind in ("Bounce", "Soft"):
        subtype = {"subtype": "Transient/General"} if kind == "Soft" else {}
        tell(database, hard_bounce(written.message_ids[0], minutes, recipient=address, **subtype))
    elif kind:
        tell(database, fact(kind, written.message_ids[0], minutes, recipient=address))


def to_micro(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def database_rows(database: Database) -> list[DocumentRow]:
    return list(documents.page_documents(database.reader, DocumentFilter()))


def test_sql_finds_what_a_plain_reading_finds(books: Books) -> None:
    random = Random(11)
    lines = [
        *LINES,
        *(" ".join(random.sample(LINES, random.choice((2, 2, 3)))) for _ in range(250)),
    ]
    counted = 0
    for line in lines:
        found = read(line)
        assert found.problems == (), line
        where = DocumentFilter(text=found.text, conditions=found.conditions, as_of=NOW, late=LATE)
        words = tuple(Says(Part.WORDS, (word,)) for word in found.text.split())
        expected = books.expected(found.conditions + words)
        assert books.found(where) == expected, line
        counted += bool(expected)
    assert counted > 130  # most of them find something, or the comparison would say little
    one = DocumentFilter(conditions=read("balance>100 -late").conditions, as_of=NOW, late=LATE)
    counts = documents.chip_counts(books.database.reader, one)
    for chip, count in counts.items():
        assert count == len(books.found(replace(one, chip=chip))), chip
    nothing_late = replace(one, late=())
    assert books.found(nothing_late) == books.expected(read("balance>100").conditions)
    anywhere = replace(one, conditions=read("sent<7d").conditions, as_of=None)
    assert books.found(anywhere) == set()  # without a time nothing is known to be younger
    of_a_day = replace(one, conditions=read("due<2026-12-01").conditions, as_of=None)
    assert books.found(of_a_day) == books.expected(of_a_day.conditions)


def test_the_front_door_gives_the_time_and_what_is_late(database: Database, clock: Clock) -> None:
    front_door = Backend(Settings(database.url), clock=clock)
    put(database, entry("INV-1"), entry("INV-2"))
    sent(database, document(database, "INV-1"), at=clock() - timedelta(days=3))
    sent(database, document(database, "INV-2"), at=clock() - timedelta(days=9))
    where = DocumentFilter(conditions=read("sent<7d -late").conditions)
    assert [row.number for row in front_door.documents.page(where)] == ["INV-1"]
    assert front_door.documents.chip_counts(where)[DocumentView.ALL] == 1
    assert front_door.documents.ids(where, 9) == (document(database, "INV-1").id,)


# --------------------------------------------------------------------------- times

BERLIN = timezone(timedelta(hours=1))
AT = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # the 26th in Berlin already


def dated(line: str) -> Dated:
    (condition,) = read(line).conditions
    assert isinstance(condition, Dated)
    return condition


@pytest.mark.parametrize(
    ("line", "since", "until"),
    [
        ("sent:today", "2026-11-25T23:00", "2026-11-26T23:00"),
        ("sent<today", None, "2026-11-25T23:00"),
        ("sent>today", "2026-11-26T23:00", None),
        ("sent<=2026-11-01", None, "2026-11-01T23:00"),
        ("sent>=2026-11", "2026-10-31T23:00", None),
        ("sent:2026", "2025-12-31T23:00", "2026-12-31T23:00"),
        ("sent<=7d", "2026-11-18T23:30", None),
        ("sent>12h", None, "2026-11-25T11:30"),
        ("sent<=1m", "2026-10-25T23:30", None),
        ("sent>1y", None, "2025-11-25T23:30"),
    ],
)
def test_days_are_those_of_the_zone_and_spans_are_exact(
    line: str, since: str | None, until: str | None
) -> None:
    found = values.instants(dated(line), AT, BERLIN)
    assert found == tuple(at and datetime.fromisoformat(at + "+00:00") for at in (since, until))


def test_younger_leaves_the_edge_out() -> None:
    since, until = values.instants(dated("sent<7d"), AT, BERLIN)
    assert since == AT - timedelta(days=7) + timedelta(microseconds=1)
    assert until is None


@pytest.mark.parametrize(
    ("line", "since", "until"),
    [
        ("due<today", None, "2026-11-26"),
        ("due:tomorrow", "2026-11-27", "2026-11-28"),
        ("due<7d", None, "2026-12-03"),
        ("due>7d", "2026-12-04", None),
        ("issued<7d", "2026-11-20", None),
        ("issued<=7d", "2026-11-19", None),
        ("issued>3m", None, "2026-08-26"),
        ("issued:2026-02", "2026-02-01", "2026-03-01"),
        ("overdue", None, "2026-11-26"),
        ("overdue>30d", None, "2026-10-27"),
        ("overdue>=30d", None, "2026-10-28"),
        ("overdue<30d", "2026-10-28", "2026-11-26"),
        ("overdue<=30d", "2026-10-27", "2026-11-26"),
    ],
)
def test_dates_are_compared_by_the_day(line: str, since: str | None, until: str | None) -> None:
    found = values.days(dated(line), AT, BERLIN)
    assert found == tuple(day and date.fromisoformat(day) for day in (since, until))


def test_a_month_before_the_end_of_a_longer_one_is_its_last_day() -> None:
    at = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert values.days(dated("issued>=1m"), at, UTC) == (None, date(2026, 3, 1))
    assert values.instants(dated("sent<=1m"), at, UTC)[0] == datetime(2026, 2, 28, 12, tzinfo=UTC)
