"""Payloads that nobody here wrote, from public repositories and the guide: none is lost."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from core.aws.events.parser import parse, parse_all, split_bodies
from core.model.reports import BodyOutcome, Parsed
from core.rules.delivery.events import effect, natural_key

EVENTS = Path(__file__).parents[5] / "shared" / "data" / "events"
pytestmark = pytest.mark.skipif(
    not (EVENTS / "INDEX.tsv").exists(), reason="the collected payloads are not here"
)

#: Fixtures of others that cannot be: no time at all, or neither message id nor mail object.
IMPOSSIBLE = {
    "anymail-django-anymail": 3,
    "liberapay-liberapay.com": 2,
    "localstack-localstack": 6,  # recorded, with the times replaced by words
    "mozilla-fxa": 4,
}


def index() -> list[dict[str, str]]:
    with (EVENTS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def read() -> list[tuple[dict[str, str], Parsed]]:
    found = []
    for row in index():
        bodies = split_bodies((EVENTS / row["file"]).read_text(encoding="utf-8"))
        assert len(bodies) == 1, row["file"]
        assert len(parse_all(bodies[0])) == 1, row["file"]
        found.append((row, parse(bodies[0])))
    return found


def test_every_payload_is_read_or_put_aside_with_a_reason() -> None:
    outcomes = Counter(parsed.outcome for _, parsed in read())
    assert outcomes == {BodyOutcome.FACTS: 87, BodyOutcome.QUARANTINED: 18, BodyOutcome.SETUP: 7}
    for row, parsed in read():
        assert bool(parsed.facts) is (parsed.outcome is BodyOutcome.FACTS), row["file"]
        assert bool(parsed.reason) is (parsed.outcome is not BodyOutcome.FACTS), row["file"]


def test_only_impossible_and_inbound_payloads_are_quarantined() -> None:
    quarantined = [(row, p) for row, p in read() if p.outcome is BodyOutcome.QUARANTINED]
    inbound = [p for row, p in quarantined if row["event_type"] == "Received"]
    assert len(inbound) == 3
    assert all("inbound" in p.reason for p in inbound)
    others = Counter(
        row["file"].split("/")[0] for row, _ in quarantined if row["event_type"] != "Received"
    )
    assert others == IMPOSSIBLE


def test_set_up_messages_are_exactly_the_ones_the_index_names() -> None:
    for row, parsed in read():
        about_the_feed = row["event_type"] in (
            "SNS validation text",
            "AmazonSnsSubscriptionSucceeded",
            "SubscriptionConfirmation",
            "UnsubscribeConfirmation",
        )
        assert (parsed.outcome is BodyOutcome.SETUP) is about_the_feed, row["file"]


def test_type_message_id_and_number_of_recipients_are_those_of_the_index() -> None:
    naming = {"Bounce", "Complaint", "Delivery", "DeliveryDelay"}
    checked = 0
    for row, parsed in read():
        for fact in parsed.facts:
            assert fact.type == row["event_type"], row["file"]
            assert fact.message_id == row["ses_message_id"] or not row["ses_message_id"]
        if parsed.facts and row["event_type"] in naming:
            assert len(parsed.facts) == int(row["n_recipients"]), row["file"]
            assert all("<" not in fact.recipient for fact in parsed.facts)
            checked += 1
    assert checked > 50


def test_the_statuses_are_those_a_person_would_read_off() -> None:
    words = Counter(effect(fact).word for _, parsed in read() for fact in parsed.facts)
    assert {str(word): count for word, count in words.items()} == {
        "BOUNCED": 28,
        "COMPLAINED": 15,
        "DELIVERED": 13,
        "DROPPED": 10,
        "SENT": 9,
        "OPENED": 5,
        "CLICKED": 5,
        "DEFERRED": 3,
        "SOFT_BOUNCED": 2,
        "None": 8,  # four automatic replies, one list change, three of a type that is none
    }


def test_reading_twice_gives_the_same_keys() -> None:
    once = [natural_key(fact) for _, parsed in read() for fact in parsed.facts]
    again = [natural_key(f) for _, parsed in read() for f in parse(parsed.raw).facts]
    assert once == again
