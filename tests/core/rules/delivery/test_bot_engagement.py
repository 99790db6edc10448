"""Which opens and clicks were maybe a program's, and that nothing follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.delivery import DeliveryEvent, DeliveryView
from core.model.enums import DisplayStatus, Engagement, Role, Status
from core.rules.delivery.addresses import AddressRecord, health_of
from core.rules.delivery.bot_engagement import PREFETCH_AGENTS, Mark, doubt, machine_marks
from core.rules.delivery.settling import settle
from core.rules.delivery.status import summarise_document, summarise_email

SENT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
READER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
APPLE = "Mozilla/5.0"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
GMAIL_READER = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)


def fact(type_: str, seconds: float, **changes: Any) -> DeliveryEvent:
    values = {"user_agent": READER if type_ in ("Open", "Click") else "", **changes}
    return DeliveryEvent(type_, SENT + timedelta(seconds=seconds), "m", **values)


def mark(*facts: DeliveryEvent, sent_at: datetime | None = SENT) -> dict[str, Mark]:
    """The marks by type and link."""
    found = machine_marks(facts, sent_at)
    return {f"{each.type} {each.link}".strip(): why for each, why in found.items()}


# --------------------------------------------------------------------------- one by one


@pytest.mark.parametrize("agent", [APPLE, f" {APPLE} ", GMAIL_PREFETCH])
def test_a_prefetch_agent_is_a_program_however_late_it_comes(agent: str) -> None:
    assert mark(fact("Open", 86_400, user_agent=agent)) == {"Open": Mark.PREFETCH}


@pytest.mark.parametrize("agent", [READER, GMAIL_READER, f"{APPLE} (iPhone)", ""])
def test_any_other_agent_an_hour_later_is_a_person(agent: str) -> None:
    assert mark(fact("Delivery", 2), fact("Open", 3600, user_agent=agent)) == {}


@pytest.mark.parametrize(
    ("seconds", "is_program"), [(1, True), (2, True), (7, True), (7.001, False), (60, False)]
)
def test_nobody_opens_within_seconds_of_the_delivery(seconds: float, is_program: bool) -> None:
    found = mark(fact("Delivery", 2), fact("Open", seconds))
    assert found == ({"Open": Mark.AT_ONCE} if is_program else {})


def test_an_open_soon_after_a_late_delivery_is_a_programs() -> None:
    late = fact("Delivery", 3600)
    assert mark(fact("Send", 0), late, fact("Click", 3601, link="x")) == {"Click x": Mark.AT_ONCE}


def test_without_a_delivery_the_send_counts_and_without_both_nothing_does() -> None:
    soon = fact("Open", 1.4)
    assert mark(soon) == {"Open": Mark.AT_ONCE}
    assert mark(fact("Send", 0), soon, sent_at=None) == {"Open": Mark.AT_ONCE}
    assert mark(soon, sent_at=None) == {}


def test_two_links_at_once_are_a_scanner_and_its_open_with_them() -> None:
    found = mark(
        fact("Open", 900, ip="198.51.100.7"),
        fact("Click", 901, link="pay", ip="198.51.100.7"),
        fact("Click", 902.5, link="terms", ip="198.51.100.7"),
        fact("Open", 960, ip="198.51.100.7"),
        fact("Click", 901, link="pay", ip="203.0.113.9"),
    )
    assert found == dict.fromkeys(("Open", "Click pay", "Click terms"), Mark.EVERY_LINK)


@pytest.mark.parametrize(
    "other",
    [
        fact("Click", 903.1, link="terms"),
        fact("Click", 900.5, link="pay"),
        fact("Click", 900.5, link="terms", ip="203.0.113.9"),
        fact("Click", 900.5, link="terms", user_agent="Thunderbird"),
    ],
    ids=["a page later", "the same link", "another address", "another program"],
)
def test_a_person_may_click_twice(other: DeliveryEvent) -> None:
    assert mark(fact("Click", 900, link="pay"), other) == {}


# --------------------------------------------------------------------------- a delivery


def test_the_badge_stays_and_says_only_that_it_was_maybe_a_program() -> None:
    by_program = settle(Status.SENT, [fact("Delivery", 1), fact("Open", 3)], SENT)
    assert (by_program.word, by_program.by_program) == (DisplayStatus.OPENED, True)
    assert by_program.by_person is Engagement.NONE
    read = [fact("Delivery", 1), fact("Open", 3), fact("Open", 300)]
    assert settle(Status.SENT, read, SENT).by_program is False


def test_a_persons_open_does_not_vouch_for_a_programs_click() -> None:
    state = settle(Status.SENT, [fact("Open", 300), fact("Click", 1, link="x")], SENT)
    assert (state.engagement, state.by_person) == (Engagement.CLICKED, Engagement.OPENED)
    assert (state.word, state.by_program) == (DisplayStatus.CLICKED, True)


def test_a_click_alone_is_a_click_on_a_delivered_email() -> None:
    state = settle(Status.SENT, [fact("Click", 1, link="x")], SENT)
    assert (state.status, state.word, state.by_program) == (
        Status.DELIVERED,
        DisplayStatus.CLICKED,
        True,
    )


def test_what_comes_later_can_set_a_mark_and_take_one_away() -> None:
    soon, late = fact("Open", 4), fact("Delivery", -60)
    assert settle(Status.SENT, [soon], SENT).by_program
    assert not settle(Status.SENT, [soon, late], SENT).by_program
    first, second = fact("Click", 90, link="a"), fact("Click", 91, link="b")
    assert not settle(Status.SENT, [first], SENT).by_program
    assert settle(Status.SENT, [first, second], SENT).by_program


def test_what_went_wrong_afterwards_is_shown_without_the_mark() -> None:
    bounced = [fact("Open", 1), fact("Bounce", 9, subtype="Permanent/General")]
    state = settle(Status.SENT, bounced, SENT)
    assert (state.word, state.by_program) == (DisplayStatus.BOUNCED, False)


def test_the_reason_told_is_that_of_the_open_whose_time_is_shown() -> None:
    told = [fact("Delivery", 1), fact("Open", 3), fact("Open", 60, user_agent=APPLE)]
    assert doubt(told, "Open", SENT) == "seconds after delivery"
    assert doubt(told, "Click", SENT) == ""
    assert doubt([*told, fact("Open", 300)], "Open", SENT) == ""


def test_an_email_is_opened_by_programs_when_no_person_among_those_shown_did() -> None:
    program = settle(Status.SENT, [fact("Open", 1)], SENT)
    person = settle(Status.SENT, [fact("Open", 300)], SENT)
    clicked = settle(Status.SENT, [fact("Click", 300, link="x")], SENT)

    def email(*states: Any) -> bool:
        views = [DeliveryView(1, SENT, Role.TO, f"{i}@x", None, s) for i, s in enumerate(states)]
        return summarise_email(views).by_program

    assert email(program)
    assert email(program, clicked)  # OPENED is what is shown, and that one was a program
    assert not email(program, person)
    assert not email(settle(Status.SENT, [fact("Delivery", 1)], SENT))
    assert summarise_email([]).by_program is False


# --------------------------------------------------------------------------- any order

FACTS = st.lists(
    st.builds(
        DeliveryEvent,
        type=st.sampled_from(["Send", "Delivery", "Open", "Click", "Bounce", "Complaint"]),
        at=st.integers(0, 12).map(lambda seconds: SENT + timedelta(seconds=seconds)),
        message_id=st.just("m"),
        subtype=st.sampled_from(["", "Permanent/General"]),
        user_agent=st.sampled_from(["", APPLE, READER]),
        ip=st.sampled_from(["", "198.51.100.7"]),
        link=st.sampled_from(["", "pay", "terms"]),
    ),
    max_size=8,
)


@given(FACTS, st.data())
def test_order_and_doubling_change_no_mark(facts: list[DeliveryEvent], data: st.DataObject) -> None:
    again = data.draw(st.permutations(facts)) + data.draw(
        st.lists(st.sampled_from(facts), max_size=6) if facts else st.just([])
    )
    assert machine_marks(again, SENT) == machine_marks(facts, SENT)
    assert settle(Status.SENT, again, SENT) == settle(Status.SENT, facts, SENT)
    for kind in ("Open", "Click"):
        assert doubt(again, kind, SENT) == doubt(facts, kind, SENT)


@given(FACTS)
def test_there_is_a_reason_exactly_where_no_person_did_it(facts: list[DeliveryEvent]) -> None:
    marks = machine_marks(facts, SENT)
    assert all(each.type in ("Open", "Click") for each in marks)
    for kind, engagement in (("Open", Engagement.OPENED), ("Click", Engagement.CLICKED)):
        mine = [f for f in facts if f.type == kind]
        by_person = any(f not in marks for f in mine)
        assert bool(doubt(facts, kind, SENT)) is (bool(mine) and not by_person)
        if by_person:
            assert settle(Status.SENT, facts, SENT).by_person >= engagement


# --------------------------------------------------------------------------- it drives nothing


@given(st.lists(FACTS, min_size=1, max_size=4), st.sampled_from([Decimal(0), Decimal(5)]))
def test_nothing_but_the_mark_depends_on_who_opened(
    told: list[list[DeliveryEvent]], balance: Decimal
) -> None:
    agent = min(PREFETCH_AGENTS)
    by_programs = [
        [replace(f, user_agent=agent) if f.type in ("Open", "Click") else f for f in facts]
        for facts in told
    ]

    def outcome(batches: list[list[DeliveryEvent]]) -> tuple[object, ...]:
        states = [settle(Status.SENT, facts, SENT) for facts in batches]
        views = [
            DeliveryView(i, SENT + timedelta(days=i), Role.TO, "a@x", None, state)
            for i, state in enumerate(states)
        ]
        records = [AddressRecord(i, SENT, state, "", "") for i, state in enumerate(states)]
        summary = replace(summarise_document(views, balance), by_program=False)
        return summary, health_of(records), [replace(s, by_person=Engagement.NONE) for s in states]

    assert outcome(by_programs) == outcome(told)
