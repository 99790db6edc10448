"""Late emails, troubled providers and our rates, from what is stored; asked by log, gate and UI."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.backend import Backend
from core.db.engine import Database
from core.db.reads import delivery_latency, monitoring
from core.model.delivery import DeliveryEvent
from core.model.documents import Late
from core.model.email import Decision
from core.model.enums import EmailKind, Status
from core.rules.monitoring.incidents import Reputation
from core.services.monitoring import IncidentWatch
from core.settings.loading import Settings
from tests.conftest import Clock
from tests.core.db.books import START, entry, fact, hard_bounce, one, put, sent, tell
from tests.core.mail_fakes import FakeList

BUSY = "smtp; 451 4.7.500 Server busy [x.eop-eur02.prod.protection.outlook.com]"


def customer(position: int) -> str:
    return f"ann@firm{position}.example"


def deferred_customers(database: Database, count: int) -> None:
    """Each at a domain of its own, which Microsoft runs, and deferred ten minutes ago."""
    rows = put(
        database, *(entry(f"INV-{n}", f"Firm {n}", customer(n)) for n in range(1, count + 1))
    )
    for n, row in enumerate(rows, 1):
        at = START - timedelta(minutes=12)
        written = sent(database, row, customer(n), at=at)
        message_id = written.message_ids[0]
        delay = fact("DeliveryDelay", message_id, -10, recipient=customer(n), diagnostic=BUSY)
        tell(database, fact("Send", message_id, -12, recipient=customer(n)), delay)


@pytest.fixture
def front_door(database: Database, clock: Clock) -> Backend:
    settings = Settings(database.url, operator="anna", sender="billing@outtray.example")
    return Backend(settings, clock=clock, suppression_list=FakeList())


# --------------------------------------------------------------------------- late


def test_an_email_that_waits_longer_than_its_domain_ever_does_is_late(
    database: Database, front_door: Backend, clock: Clock
) -> None:
    row = one(database)
    for hour in range(6):
        at = START - timedelta(hours=40 - hour)
        written = sent(database, row, at=at)
        minutes = (at - START) / timedelta(minutes=1)
        tell(database, fact("Delivery", written.message_ids[0], minutes + 0.15))
    sent(database, row, at=START - timedelta(hours=3))
    newest, before, *_ = front_door.documents.log(row.id).emails
    assert newest.recipients[0].late == Late("customer.example", 9.0, 10_800.0)
    assert before.recipients[0].late is None
    an_hour_in = START - timedelta(hours=2, minutes=55)
    then = front_door.documents.log(row.id, an_hour_in).emails[0]
    assert then.recipients[0].late is None


def test_only_the_newest_deliveries_of_that_domain_count(database: Database) -> None:
    row = one(database)
    other = sent(database, row, "x@else.example", at=START - timedelta(hours=100))
    tell(database, fact("Delivery", other.message_ids[0], -5999, recipient="x@else.example"))
    for number in range(52):
        at = START - timedelta(hours=60 - number)
        written = sent(database, row, "Ann@CUSTOMER.example", at=at)
        minutes = (at - START) / timedelta(minutes=1)
        seconds = 500 if number < 2 else 9
        tell(database, fact("Delivery", written.message_ids[0], minutes + seconds / 60))
    times = delivery_latency.delivery_times(database.reader, "customer.example")
    assert times == [timedelta(seconds=9)] * 50


# --------------------------------------------------------------------------- providers


def test_a_provider_in_trouble_is_seen_and_the_gate_asks(
    database: Database, front_door: Backend
) -> None:
    deferred_customers(database, 3)
    (trouble,) = front_door.trouble().providers
    assert (trouble.provider, trouble.customers) == ("Microsoft 365", 3)
    row = put(database, entry("INV-9", "Firm 1", customer(1)))[0]
    draft = front_door.compose(EmailKind.ORIGINAL, row.id).draft
    verdict = front_door.check(draft)
    found = {finding.code: finding for finding in verdict.findings}
    assert verdict.decision is Decision.ASK
    assert found["provider_trouble"].title.startswith("Microsoft 365 is deferring us since ")
    assert found["provider_trouble"].address == customer(1)
    outcome = front_door.send(draft, confirmed=False)
    assert outcome.email_id is None


def test_a_customer_elsewhere_is_not_asked_about(database: Database, front_door: Backend) -> None:
    deferred_customers(database, 3)
    row = one(database, number="INV-9", customer="Else", address="bob@else.example")
    verdict = front_door.check(front_door.compose(EmailKind.ORIGINAL, row.id).draft)
    assert "provider_trouble" not in {finding.code for finding in verdict.findings}


def test_what_ses_names_the_provider_is_believed(database: Database, clock: Clock) -> None:
    rows = put(database, *(entry(f"INV-{n}", f"Firm {n}", customer(n)) for n in (1, 2, 3)))
    for n, row in enumerate(rows, 1):
        written = sent(database, row, customer(n), at=START - timedelta(minutes=12))
        told = fact(
            "DeliveryDelay", written.message_ids[0], -10, recipient=customer(n), isp="Gmail"
        )
        tell(database, told)
    assert [t.provider for t in IncidentWatch(database, clock).trouble().providers] == ["Google"]


def test_answers_are_kept_for_a_while_and_then_asked_again(
    database: Database, clock: Clock
) -> None:
    incident_watch = IncidentWatch(database, clock)
    assert incident_watch.trouble().providers == ()
    deferred_customers(database, 3)
    assert incident_watch.trouble().providers == ()
    clock.advance(minutes=1)
    assert len(incident_watch.trouble().providers) == 1


def test_two_customers_are_no_trouble(database: Database, clock: Clock) -> None:
    deferred_customers(database, 2)
    assert IncidentWatch(database, clock).trouble().providers == ()
    assert monitoring.attempts(database.reader, clock.now) == []


# --------------------------------------------------------------------------- our own reputation


def test_only_what_aws_counts_is_counted(database: Database) -> None:
    row = one(database)
    told: dict[str, Callable[[str, float], DeliveryEvent]] = {
        "hard": hard_bounce,
        "global": lambda i, m: hard_bounce(i, m, subtype="Permanent/Suppressed"),
        "own": lambda i, m: hard_bounce(i, m, subtype="Permanent/OnAccountSuppressionList"),
        "soft": lambda i, m: hard_bounce(i, m, subtype="Transient/MailboxFull"),
        "complaint": lambda i, m: fact("Complaint", i, m, subtype="abuse", feedback_id="c"),
        "echo": lambda i, m: fact(
            "Complaint", i, m, subtype="OnAccountSuppressionList", feedback_id="e"
        ),
        "delivery": lambda i, m: fact("Delivery", i, m),
    }
    for number, make in enumerate(told.values()):
        at = START - timedelta(days=number)
        written = sent(database, row, at=at)
        tell(database, make(written.message_ids[0], (at - START) / timedelta(minutes=1) + 1))
    old = sent(database, row, at=START - timedelta(days=40))
    tell(database, hard_bounce(old.message_ids[0], -40 * 24 * 60 + 1))
    assert monitoring.reputation(database.reader, START) == Reputation(
        sent=7, bounced=2, complained=1
    )


def test_a_delivery_nobody_confirmed_yet_counts_as_sent(database: Database) -> None:
    row = one(database)
    sent(database, row)
    states = database.reader.rows("SELECT status, sent_at FROM deliveries", {})
    assert states[0][0] == int(Status.SENT)
    assert monitoring.reputation(database.reader, START).sent == 1
