"""What is stored is the pure function of the set, however its events came, on both databases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.engine import Database
from core.db.rows import DELIVERY_COLUMNS, state_of
from core.db.writes import events
from core.model.delivery import DeliveryEvent
from core.model.enums import Status
from core.rules.delivery.settling import settle
from core.services.integrity_check import check
from tests.core.db.books import START, entry, fact, new_email, put, record
from tests.core.db.books import accept as ses_accepts

ANN = "ann@customer.example"
#: Small pools on purpose: keys, times and tellings collide, which is where an order could show.
_NAMES = ["", ANN, "ANN@customer.example", f"rfc822;{ANN}.", f'"{ANN}"', "alias@else.example"]
_KINDS = [
    ("Send", ""),
    ("Delivery", ""),
    ("DELIVERY", ""),
    ("DeliveryDelay", "General"),
    ("Bounce", "Permanent/General"),
    ("bounce", "PERMANENT/general"),
    ("Bounce", "Permanent/OnAccountSuppressionList"),
    ("Bounce", "Transient/General"),
    ("Bounce", "Transient/MailboxFull"),
    ("Bounce", "Undetermined/Undetermined"),
    ("Bounce", ""),
    ("Complaint", "abuse"),
    ("Complaint", "Not-Spam"),
    ("Complaint", "OnAccountSuppressionList"),
    ("Open", ""),
    ("Click", ""),
    ("Reject", ""),
    ("Novelty", ""),
]
_FACTS = st.builds(
    lambda kind, minutes, name, feedback, action, words, wire: fact(
        kind[0],
        wire,
        minutes,
        subtype=kind[1],
        recipient=name,
        feedback_id=feedback,
        action=action,
        diagnostic=words,
    ),
    st.sampled_from(_KINDS),
    st.integers(0, 3),
    st.sampled_from(_NAMES),
    st.sampled_from(["", "f1"]),
    st.sampled_from(["", "failed", "delayed"]),
    st.sampled_from(["", "550 no", "452 later"]),
    st.sampled_from(["{}", "<{}@eu-west-1.amazonses.com>"]),
)
_SETS = st.lists(st.lists(_FACTS, max_size=6), min_size=1, max_size=12)


@given(_SETS, st.integers(0, 2**32))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_set_of_events_settles_as_the_pure_function_says_in_any_order(
    database: Database, sets: list[list[DeliveryEvent]], seed: int
) -> None:
    chance = Random(seed)
    told = _told_of_new_emails(database, sets)
    heard = [
        replace(each, tag=chance.choice((tag, None)))
        for tag, facts in told.items()
        for each in [*facts, *(facts and chance.choices(facts, k=len(facts)))]
    ]
    chance.shuffle(heard)
    while heard:
        size = chance.randint(1, len(heard))
        with database.transaction() as connection:
            events.store(connection, [(repr(each), [each]) for each in heard[:size]], START)
        del heard[:size]
    stored = _states(database)
    for tag, facts in told.items():
        assert stored[tag] == settle(Status.SENT, facts, START, ANN)
    assert check(database).differences == ()


def _told_of_new_emails(
    database: Database, sets: list[list[DeliveryEvent]]
) -> dict[str, list[DeliveryEvent]]:
    """One accepted email a set; the events have its id, as SES returned it or as on the wire."""
    number = database.reader.rows("SELECT count(*) FROM documents", {})[0][0]
    told: dict[str, list[DeliveryEvent]] = defaultdict(list)
    for row, facts in zip(
        put(database, *(entry(f"INV-{number}-{n}") for n in range(len(sets)))), sets, strict=True
    ):
        written = record(database, new_email(row, ANN))
        ses_accepts(database, written)
        message_id = written.message_ids[0]
        told[written.tags[0]] = [
            replace(each, message_id=each.message_id.format(message_id)) for each in facts
        ]
    return told


def _states(database: Database) -> dict[str, object]:
    rows = database.reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, x.tag"  # noqa: S608 (a constant)
        " FROM deliveries x JOIN emails m ON m.id = x.email_id",
        {},
    )
    return {row[-1]: state_of(row) for row in rows}
