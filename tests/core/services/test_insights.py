"""How sending went, counted by both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from core.db.engine import Database
from core.model.documents import DocumentRow
from core.model.email import Snapshot
from core.model.enums import EmailKind
from core.model.insights import FollowUps
from core.services.monitoring import Counting
from tests.conftest import Clock
from tests.core.db.books import START, fact, hard_bounce, one, sent, tell


@pytest.fixture
def counting(database: Database, clock: Clock) -> Counting:
    clock.advance(hours=2)
    return Counting(database, clock)


def email(
    database: Database, row: DocumentRow, address: str, minutes: float, **more: object
) -> str:
    at = START + timedelta(minutes=minutes)
    return sent(database, row, address, at=at, **more).message_ids[0]


def delivered(
    database: Database, row: DocumentRow, address: str, minutes: float, seconds: float
) -> None:
    message_id = email(database, row, address, minutes)
    tell(database, fact("Delivery", message_id, minutes + seconds / 60, recipient=address))


def test_nothing_sent_is_nothing_and_every_day_is_there(counting: Counting) -> None:
    found = counting.over(7)
    assert found.total.sent == 0
    assert len(found.by_day) == 7
    assert (found.causes, found.domains, found.usual_seconds) == ((), (), None)
    assert sum(each.count for each in found.times) == 0
    assert found.follow_ups == FollowUps()


def test_hard_bounces_count_as_aws_counts_them(database: Database, counting: Counting) -> None:
    row = one(database)

    def bounce(number: int, subtype: str) -> None:
        message_id = email(database, row, "ann@customer.example", number)
        tell(database, hard_bounce(message_id, number + 0.5, subtype=subtype))

    bounce(1, "Permanent/General")
    bounce(2, "Permanent/NoEmail")
    bounce(3, "Transient/MailboxFull")
    bounce(4, "Permanent/OnAccountSuppressionList")  # stopped by our account's list: does not count
    bounce(5, "Permanent/Suppressed")  # SES's global list: counts
    complained = email(database, row, "ann@customer.example", 6)
    tell(database, fact("Complaint", complained, 7, feedback_id="f", subtype="abuse"))
    total = counting.over(30).total
    assert (total.sent, total.bounced, total.soft_bounced, total.dropped) == (6, 3, 1, 2)
    assert (total.complained, total.delivered) == (1, 1)


def test_the_days_are_added_up_and_what_is_older_is_left_out(
    database: Database, counting: Counting
) -> None:
    row = one(database)
    for days in (0, 0, 3, 6, 40):
        at = START - timedelta(days=days, minutes=days + len(row.number))
        sent(database, row, at=at - timedelta(seconds=row.id))
        row = one(database, number=f"{row.number}1")
    week = counting.over(7)
    assert [day.tally.sent for day in week.by_day] == [1, 0, 0, 1, 0, 0, 2]
    assert week.total.sent == 4
    assert counting.over(90).total.sent == 5


def test_domains_have_their_share_their_bounces_and_half_their_time(
    database: Database, counting: Counting
) -> None:
    row = one(database)
    for n, seconds in enumerate((3, 1, 40, 2)):
        delivered(database, row, "ben@slow.example", n, seconds)
    gone = email(database, row, "ben@slow.example", 9)
    tell(database, hard_bounce(gone, 9.5, recipient="ben@slow.example"))
    email(database, row, "eve@quiet.example", 10)
    found = counting.over(7)
    slow, quiet = found.domains
    assert (slow.domain, slow.sent, slow.delivered, slow.bounced) == ("slow.example", 5, 4, 1)
    assert slow.usual_seconds == 2
    assert (quiet.domain, quiet.usual_seconds) == ("quiet.example", None)
    assert found.usual_seconds == 2
    assert {t.upto_seconds: t.count for t in found.times if t.count} == {2: 2, 10: 1, 60: 1}
    assert [(c.cause, c.count) for c in found.causes] == [("userunknown", 1)]
    assert found.failures_read == 1


def test_follow_ups_are_opened_by_people_and_paid_when_they_were_open(
    database: Database, counting: Counting
) -> None:
    def follow_up(number: str, owed: str, minutes: int) -> str:
        row = one(database, number=number, total=Decimal(50), balance_due=Decimal(owed))
        snapshot = Snapshot(row.status, "USD", Decimal(50), Decimal(owed), None)
        return email(
            database, row, "ann@customer.example", minutes, kind=EmailKind.FOLLOW_UP,
            snapshot=snapshot,
        )  # fmt: skip

    opened = follow_up("OPENED-AND-PAID", "50", 1)
    tell(
        database,
        fact("Delivery", opened, 2),
        fact("Open", opened, 60, user_agent="Thunderbird", ip="192.0.2.7"),
    )
    follow_up("STILL-OPEN", "50", 3)
    follow_up("WAS-PAID-BEFORE", "0", 5)
    email(database, one(database, number="AN-ORIGINAL"), "ann@customer.example", 7)
    with database.transaction() as connection:
        connection.execute(
            text(
                "UPDATE documents SET balance_due = 0, status = 'PAID'"
                " WHERE number IN ('OPENED-AND-PAID', 'WAS-PAID-BEFORE')"
            )
        )
    assert counting.over(7).follow_ups == FollowUps(sent=3, opened=1, invoices=3, paid=1)


def test_an_answer_is_kept_for_a_minute_unless_it_is_asked_for_anew(
    database: Database, counting: Counting, clock: Clock
) -> None:
    assert counting.over(7).total.sent == 0
    sent(database, one(database))
    assert counting.over(7).total.sent == 0
    assert counting.over(30).total.sent == 1
    assert counting.over(7, again=True).total.sent == 1
    sent(database, one(database, number="INV-2"))
    clock.advance(seconds=61)
    assert counting.over(7).total.sent == 2
