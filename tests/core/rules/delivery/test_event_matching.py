"""A fact belongs to the delivery of its tag, then of its message id, then of its recipient."""

from __future__ import annotations

from core.rules.delivery.events import Candidate, Match, match
from tests.core.db.books import fact

ANN = Candidate(1, "tag-1", "ses-1", "ann@customer.example")
BOB = Candidate(2, "tag-2", "ses-2", "bob@customer.example")
BOB_TOO = Candidate(3, "tag-3", "ses-1", "bob@customer.example")


def test_the_tag_decides_before_the_message_id() -> None:
    told = fact("Delivery", "ses-2", tag="tag-1")
    assert match(told, [ANN, BOB]) == Match(1, counts=True)


def test_without_a_known_tag_the_message_id_decides() -> None:
    assert match(fact("Delivery", "ses-1", tag="unknown"), [ANN, BOB]) == Match(1, counts=True)
    assert match(fact("Delivery", "ses-1"), [ANN, BOB]) == Match(1, counts=True)


def test_within_one_message_the_recipient_decides_whatever_its_case() -> None:
    told = fact("Delivery", "ses-1", recipient=" BOB@customer.example")
    assert match(told, [ANN, BOB_TOO]) == Match(3, counts=True)


def test_an_address_that_was_not_written_to_gets_a_note() -> None:
    told = fact("Bounce", "ses-1", recipient="cousin@else.example")
    assert match(told, [BOB_TOO, ANN]) == Match(1, counts=False)


def test_a_fact_about_nobody_counts_only_where_one_was_written_to() -> None:
    told = fact("Open", "ses-1", recipient="")
    assert match(told, [ANN, BOB]) == Match(1, counts=True)
    assert match(told, [ANN, ANN]) == Match(1, counts=True)
    assert match(told, [ANN, BOB_TOO]) == Match(1, counts=False)


def test_nothing_is_matched_by_address_alone_or_by_missing_ids() -> None:
    unanswered = Candidate(4, "tag-4", "", "ann@customer.example")
    assert match(fact("Delivery", "ses-9"), [ANN, BOB]) is None
    assert match(fact("Delivery", ""), [unanswered]) is None
