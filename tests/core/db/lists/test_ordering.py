"""No order, no batching and no company of facts matters to what is settled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.lists import counters, documents
from core.db.writes import outbox, summaries
from core.model.delivery import DeliveryEvent
from core.model.documents import CustomerFilter
from core.rules.delivery.events import natural_key
from core.services.integrity_check import check
from tests.conftest import NewDatabase
from tests.core.db.books import (
    START,
    Written,
    accept,
    entry,
    fact,
    hard_bounce,
    lose_answer,
    new_email,
    one,
    put,
    record,
    sent,
    settled,
    tell,
)

ANN, BOB = "ann@customer.example", "bob@customer.example"


Step = Callable[[Database], object]


class Story:
    """Two documents of one customer, three emails, five deliveries, and what may be heard."""

    def __init__(self, database: Database) -> None:
        first, second = put(database, entry("INV-1"), entry("EST-2"))
        self.answered = [
            record(database, new_email(first, ANN, f"cc:{BOB}")),
            record(database, new_email(first, f"{ANN}>{BOB}", at=START + timedelta(hours=2))),
        ]
        self.unanswered = record(database, new_email(second, ANN, f"bcc:{BOB}"))
        lose_answer(database, self.unanswered)

    @property
    def emails(self) -> list[Written]:
        return [*self.answered, self.unanswered]


_KINDS = st.sampled_from(
    [
        ("Send", ""),
        ("Delivery", ""),
        ("DeliveryDelay", "MailboxFull"),
        ("Bounce", "Permanent/General"),
        ("Bounce", "Permanent/OnAccountSuppressionList"),
        ("Bounce", "Transient/MailboxFull"),
        ("Bounce", "Transient/General"),
        ("Complaint", "abuse"),
        ("Complaint", "OnAccountSuppressionList"),
        ("Open", ""),
        ("Click", ""),
        ("Reject", ""),
        ("Subscription", ""),
        ("Novelty", ""),
    ]
)


@st.composite
def _facts(draw: st.DrawFn) -> list[tuple[int, int, DeliveryEvent]]:
    """Facts as (email, delivery, fact); ids and tags are filled in when the emails are known."""
    found: dict[object, tuple[int, int, DeliveryEvent]] = {}
    for _ in range(draw(st.integers(1, 12))):
        email = draw(st.integers(0, 2))
        delivery = 0 if email == 1 else draw(st.integers(0, 1))
        kind, subtype = draw(_KINDS)
        own = BOB if (email, delivery) in ((0, 1), (1, 0), (2, 1)) else ANN
        made = fact(
            kind,
            f"{email}-{delivery}",
            draw(st.integers(0, 5)),
            subtype=subtype,
            recipient=draw(
                st.sampled_from(
                    [own, own, own.upper(), "", f"rfc822;{own}.", "cousin@else.example"]
                )
            ),
            feedback_id=draw(st.sampled_from(["", "f1"])) if kind == "Bounce" else "",
            diagnostic=draw(st.sampled_from(["", "550 no"])) if kind == "Bounce" else "",
            user_agent=draw(st.sampled_from(["Mozilla/5.0", "Firefox"])),
        )
        found.setdefault(natural_key(made), (email, delivery, made))
    return list(found.values())


def _of(
    story: Story, email: int, delivery: int, made: DeliveryEvent, *, tagged: bool
) -> DeliveryEvent:
    written = story.emails[email]
    tag = written.tags[delivery] if tagged else None
    return replace(made, message_id=written.message_ids[delivery], tag=tag)


def _play(
    database: Database, story: Story, told: Sequence[DeliveryEvent], order: random.Random
) -> dict[str, list[tuple[object, ...]]]:
    """Hear every fact at least once, in any order and batches, among the answers of SES."""
    heard = [*told, *order.choices(told, k=len(told))]
    order.shuffle(heard)
    steps: list[Step] = [partial(accept, written=written) for written in story.answered]
    while heard:
        size = order.randint(1, len(heard))
        steps.append(partial(_tell, facts=tuple(heard[:size])))
        del heard[:size]
    order.shuffle(steps)
    for step in steps:
        step(database)
    assert check(database).differences == ()
    return settled(database)


def _tell(database: Database, facts: Sequence[DeliveryEvent]) -> None:
    tell(database, *facts)


@given(_facts(), st.integers(0, 2**32), st.sets(st.integers(0, 11)))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_and_any_batching_of_any_facts_settles_the_same(
    new_database: NewDatabase,
    chosen: list[tuple[int, int, DeliveryEvent]],
    seed: int,
    untagged: set[int],
) -> None:
    outcomes = []
    for number in range(2):
        database = new_database()
        story = Story(database)
        told = [
            _of(story, *each, tagged=position not in untagged)
            for position, each in enumerate(chosen)
        ]
        told += [replace(each, tag=None) for each in told]  # the other envelope has no tags
        outcomes.append(_play(database, story, told, random.Random(seed + number)))
        database.close()
    assert outcomes[0] == outcomes[1]


def test_check_tells_of_every_value_that_does_not_follow_from_the_facts(
    database: Database,
) -> None:
    written = sent(database, one(database))
    tell(database, hard_bounce(written.message_ids[0]))
    assert check(database).differences == ()
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET status = 80, diagnostic = 'fine'")
        connection.exec_driver_sql("UPDATE documents SET word = 'DELIVERED'")
        connection.exec_driver_sql("UPDATE customers SET bounced = 7, attention = 9")
    report = check(database)
    assert {(d.table, d.column, d.stored) for d in report.differences} >= {
        ("deliveries", "status", 80),
        ("deliveries", "diagnostic", "fine"),
        ("customers", "bounced", 7),
        ("customers", "attention", 9),
        ("document_counts", "word DELIVERED", 0),
    }
    assert (report.deliveries, report.documents, report.customers) == (1, 1, 1)
    with database.transaction() as connection:
        summaries.settle_deliveries(connection, written.delivery_ids)
        counters.recount(connection)
    assert check(database).differences == ()


# --------------------------------------------------------------------------- many at once


def _at_once(*calls: Callable[[], object]) -> None:
    """Run each call in a thread, all at the same moment; fail with the first failure."""
    barrier = threading.Barrier(len(calls))
    failures: list[Exception] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 (told below)
            failures.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_two_programs_that_hear_the_same_facts_at_once_apply_them_once(database: Database) -> None:
    rows = put(database, *(entry(f"INV-{i}") for i in range(8)))
    emails = [sent(database, row) for row in rows]
    facts = [fact("Delivery", each.message_ids[0]) for each in emails]
    facts += [hard_bounce(each.message_ids[0], 5) for each in emails[::2]]

    def hear(order: list[DeliveryEvent]) -> None:
        for each in order:
            tell(database, each)

    _at_once(lambda: hear(facts), lambda: hear(facts[::-1]), lambda: hear(facts[4:] + facts[:4]))
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == len(facts)
    assert check(database).differences == ()
    (customer,) = documents.page_customers(database.reader, CustomerFilter())
    assert customer.bounced == 4


def test_a_fact_that_is_heard_while_ses_answers_finds_its_delivery(database: Database) -> None:
    rows = put(database, *(entry(f"INV-{i}") for i in range(12)))
    for row in rows:
        written = record(database, new_email(row))
        bounce = hard_bounce(written.message_ids[0])  # without a tag: only the id can match it
        _at_once(partial(accept, database, written), partial(tell, database, bounce))
    waiting = database.reader.rows("SELECT count(*) FROM events WHERE delivery_id IS NULL", {})
    assert waiting[0][0] == 0
    assert check(database).differences == ()


def test_a_delivery_is_claimed_by_one_of_many(database: Database) -> None:
    row = one(database)
    with database.transaction() as connection:
        (delivery_id,) = outbox.record(connection, new_email(row)).delivery_ids
    taken: list[bool] = []

    def take() -> None:
        with database.transaction() as connection:
            taken.append(outbox.claim(connection, delivery_id, START))

    _at_once(*[take] * 4)
    assert sorted(taken) == [False, False, False, True]


def test_what_happens_to_several_documents_of_a_customer_at_once_is_added_up(
    database: Database,
) -> None:
    rows = put(database, *(entry(f"INV-{i}") for i in range(12)))
    emails = [sent(database, row) for row in rows]

    def hear(some: Sequence[Written]) -> None:
        for written in some:
            tell(database, hard_bounce(written.message_ids[0]))

    _at_once(*(partial(hear, emails[i::3]) for i in range(3)))
    (customer,) = documents.page_customers(database.reader, CustomerFilter())
    assert customer.bounced == 12
    assert check(database).differences == ()
