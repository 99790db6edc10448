"""The rules of status: any order, any duplication, any batching gives the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.delivery import DeliveryEvent, DeliveryView
from core.model.enums import DisplayStatus, Engagement, Role, Status, address_key
from core.rules.delivery.events import effect, event_type, natural_key
from core.rules.delivery.settling import notes, settle
from core.rules.delivery.status import summarise_document, summarise_email, with_balance, worst

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OURS = "a@x.example"
TYPES = [
    "Send",
    "Delivery",
    "DeliveryDelay",
    "Bounce",
    "BOUNCE",
    "Complaint",
    "Open",
    "Click",
    "Reject",
    "Rendering Failure",
    "Subscription",
    "Mail Teleported",
]
SUBTYPES = [
    "",
    "Permanent/General",
    "Permanent/OnAccountSuppressionList",
    "Transient/General",
    "Transient/MailboxFull",
    "Undetermined/Undetermined",
    "OnAccountSuppressionList",
    "not-spam",
    "Not_Spam",
    "abuse",
    "PERMANENT/NOEMAIL",
    "/",
]
#: Small pools on purpose: times, words and keys collide, which is where an order could show.
FACTS = st.builds(
    DeliveryEvent,
    type=st.sampled_from(TYPES),
    at=st.integers(0, 3).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    message_id=st.sampled_from(["m-1", "m-2"]),
    recipient=st.sampled_from(["a@x.example", "rfc822;A@x.example.", "", "alias@y.example"]),
    subtype=st.sampled_from(SUBTYPES),
    feedback_id=st.sampled_from(["", "f-1"]),
    action=st.sampled_from(["", "failed", "delayed"]),
    enhanced_status=st.sampled_from(["", "4.4.7", "5.1.1"]),
    diagnostic=st.sampled_from(["", "one", "two"]),
    user_agent=st.sampled_from(["", "Mozilla/5.0", "Thunderbird"]),
)
MANY = st.lists(FACTS, max_size=7)
LOCAL = st.sampled_from([Status.QUEUED, Status.SENDING, Status.UNCONFIRMED, Status.FAILED])


# --------------------------------------------------------------------------- one delivery


@given(LOCAL, MANY, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(
    local: Status, facts: list[DeliveryEvent], chance: object
) -> None:
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    state = settle(local, facts, address=OURS)
    assert settle(local, shuffled, address=OURS) == state
    assert notes(state, shuffled, OURS) == notes(state, facts, OURS)


@given(LOCAL, MANY, st.data())
def test_doubled_facts_change_nothing(
    local: Status, facts: list[DeliveryEvent], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(facts), max_size=7)) if facts else []
    state = settle(local, facts, address=OURS)
    assert settle(local, facts + again, address=OURS) == state
    assert notes(state, facts + again, OURS) == notes(state, facts, OURS)


@given(LOCAL, MANY)
def test_a_status_is_never_below_what_we_did_ourselves(
    local: Status, facts: list[DeliveryEvent]
) -> None:
    assert settle(local, facts, address=OURS).status >= local


@given(MANY)
def test_no_bounce_complaint_or_drop_is_taken_back_but_by_a_delivery(
    facts: list[DeliveryEvent],
) -> None:
    """With more events a status can go down; only a Delivery, and what it explains, does that."""
    before = settle(Status.SENT, facts, address=OURS)
    for more in facts:
        if event_type(more.type) != "Delivery":
            less = [fact for fact in facts if natural_key(fact) != natural_key(more)]
            assert settle(Status.SENT, less, address=OURS).status <= before.status


@given(MANY)
def test_an_open_or_a_click_is_never_shown_without_a_delivery(facts: list[DeliveryEvent]) -> None:
    state = settle(Status.SENDING, facts)
    if state.engagement is not Engagement.NONE:
        assert state.status >= Status.DELIVERED
    if state.word in (DisplayStatus.OPENED, DisplayStatus.CLICKED):
        assert state.status is Status.DELIVERED


@given(FACTS)
def test_a_fact_is_either_told_as_a_note_or_moves_a_status(fact: DeliveryEvent) -> None:
    what = effect(fact)
    assert (what.note is None) is (what.status is not None)
    assert (what.word is None) is (what.status is None)


def test_the_words_shown_are_those_of_the_status_shown() -> None:
    delivery = DeliveryEvent("Delivery", NOON + timedelta(hours=1), "m", diagnostic="250 OK")
    bounce = DeliveryEvent(
        "Bounce", NOON, "m", subtype="Permanent/General", diagnostic="550 unknown"
    )
    state = settle(Status.SENDING, [bounce, delivery])
    assert (state.word, state.diagnostic) == (DisplayStatus.BOUNCED, "550 unknown")


def test_a_soft_bounce_gives_its_time_only_while_it_counts() -> None:
    soft = DeliveryEvent("Bounce", NOON, "m", subtype="Transient/MailboxFull")
    delivery = DeliveryEvent("Delivery", NOON, "m")
    later = replace(delivery, at=NOON + timedelta(minutes=1))
    assert settle(Status.SENDING, [soft]).bounced_at == NOON
    assert settle(Status.SENDING, [soft, delivery]).bounced_at == NOON
    assert settle(Status.SENDING, [soft, later]).bounced_at is None
    assert settle(Status.SENDING, [soft, replace(soft, at=later.at)]).bounced_at == later.at


def test_the_time_of_sending_is_the_earlier_of_our_answer_and_the_event() -> None:
    send = DeliveryEvent("Send", NOON, "m")
    earlier, later = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
    assert settle(Status.SENT, [send], accepted_at=earlier).sent_at == earlier
    assert settle(Status.SENT, [send], accepted_at=later).sent_at == NOON
    assert settle(Status.SENT, [], accepted_at=later).sent_at == later


def test_a_fact_from_ses_is_believed_over_our_reading_of_an_error() -> None:
    assert settle(Status.FAILED, [DeliveryEvent("Send", NOON, "m")]).status is Status.SENT
    assert settle(Status.UNCONFIRMED, [DeliveryEvent("Send", NOON, "m")]).status is Status.SENT


def test_a_prefetched_image_is_a_programs_open_and_a_later_reader_a_persons() -> None:
    prefetch = DeliveryEvent("Open", NOON, "m", user_agent="Mozilla/5.0")
    reader = DeliveryEvent("Open", NOON + timedelta(hours=1), "m", user_agent="Thunderbird")
    assert settle(Status.SENT, [prefetch]).by_person is Engagement.NONE
    assert settle(Status.SENT, [prefetch]).word is DisplayStatus.OPENED
    assert settle(Status.SENT, [prefetch, reader]).by_person is Engagement.OPENED


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"recipient": " ANN@x.example "}, True),
        ({"action": "failed", "diagnostic": "other words"}, True),
        ({"tag": "d-1"}, True),
        ({"recipient": "bob@x.example"}, False),
        ({"message_id": "m-2"}, False),
        ({"feedback_id": "f-2"}, False),
        ({"at": NOON + timedelta(milliseconds=1)}, False),
        ({"type": "Complaint"}, False),
    ],
)
def test_the_key_is_of_the_event_and_not_of_its_transport(
    change: dict[str, str], same: bool
) -> None:
    fact = DeliveryEvent(
        "Bounce", NOON, "m-1", "Ann@x.example", "Permanent/General", feedback_id="f-1"
    )
    assert (natural_key(fact) == natural_key(replace(fact, **change))) is same  # type: ignore[arg-type]


def test_two_clicks_at_once_on_two_links_are_two() -> None:
    click = DeliveryEvent("Click", NOON, "m-1", link="https://pay.example/")
    assert natural_key(click) != natural_key(replace(click, link="https://help.example/"))


# --------------------------------------------------------------------------- roll-ups

ADDRESSES = ["a@x.example", "A@x.example", "b@x.example", "c@x.example"]
DELIVERIES = st.builds(
    lambda email, role, address, replaces, local, facts: DeliveryView(
        email_id=email,
        created_at=NOON + timedelta(days=email // 2),  # some emails are made at the same time
        role=role,
        address=address,
        replaces=replaces,
        state=settle(local, facts, address=address),
    ),
    st.integers(1, 4),
    st.sampled_from(Role),
    st.sampled_from(ADDRESSES),
    st.none() | st.sampled_from(ADDRESSES),
    LOCAL,
    st.lists(FACTS, max_size=3),
)
BALANCES = st.sampled_from([Decimal(0), Decimal("-1"), Decimal("849.10")])


@given(st.lists(DELIVERIES, max_size=6), BALANCES, st.randoms(use_true_random=False))
def test_the_order_of_deliveries_changes_no_summary(
    deliveries: list[DeliveryView], balance: Decimal, chance: object
) -> None:
    shuffled = list(deliveries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summarise_document(shuffled, balance) == summarise_document(deliveries, balance)
    assert summarise_email(shuffled) == summarise_email(deliveries)


@given(st.lists(DELIVERIES, min_size=1, max_size=6), BALANCES)
def test_a_document_shows_its_latest_email(
    deliveries: list[DeliveryView], balance: Decimal
) -> None:
    summary = summarise_document(deliveries, balance)
    latest = max((d.created_at, d.email_id) for d in deliveries)
    of_latest = [d for d in deliveries if (d.created_at, d.email_id) == latest]
    assert summary.last_email_id == latest[1]
    assert summary.word is summarise_email(of_latest).word
    assert summary.recipients == len(of_latest)


@given(st.lists(DELIVERIES, max_size=6), BALANCES, BALANCES)
def test_a_new_balance_is_the_same_as_summarising_again(
    deliveries: list[DeliveryView], before: Decimal, after: Decimal
) -> None:
    summary = summarise_document(deliveries, before)
    assert with_balance(summary, after) == summarise_document(deliveries, after)


@given(st.lists(DELIVERIES, min_size=1, max_size=5))
def test_a_delivery_to_every_failed_address_leaves_nothing_unresolved(
    deliveries: list[DeliveryView],
) -> None:
    delivered = settle(Status.SENT, [DeliveryEvent("Delivery", NOON, "m")])
    resent = [
        DeliveryView(9, NOON + timedelta(days=9), Role.TO, address, None, delivered)
        for address in {address_key(d.address) for d in deliveries}
    ]
    assert summarise_document(deliveries + resent, Decimal(0)).unresolved == frozenset()


def test_the_worst_word_is_the_one_a_person_must_see_first() -> None:
    assert (
        worst([DisplayStatus.CLICKED, DisplayStatus.BOUNCED, DisplayStatus.SENT])
        is DisplayStatus.BOUNCED
    )
    assert worst([DisplayStatus.DELIVERED, DisplayStatus.SENT]) is DisplayStatus.SENT
    assert worst([]) is DisplayStatus.NEVER_SENT


def test_every_word_of_a_delivery_has_a_place_among_the_worst() -> None:
    for word in DisplayStatus:
        if word is not DisplayStatus.NEVER_SENT:
            assert worst([word]) is word


# --------------------------------------------------------------------------- twins

BOUNCE = DeliveryEvent("Bounce", NOON, "m", "a@x.example", "Permanent/General", feedback_id="f")


@pytest.mark.parametrize("field", ["enhanced_status", "action", "diagnostic", "subtype"])
def test_two_readings_of_one_event_give_the_same_state_in_both_orders(field: str) -> None:
    richer = replace(BOUNCE, **{field: "Permanent/NoEmail"})  # type: ignore[arg-type]
    assert natural_key(richer) == natural_key(BOUNCE)
    assert settle(Status.SENT, [richer, BOUNCE]) == settle(Status.SENT, [BOUNCE, richer])


def test_the_recipient_shown_does_not_depend_on_the_order_of_two_spellings() -> None:
    spelt = [
        DeliveryView(1, NOON, Role.TO, address, None, settle(Status.SENT, []))
        for address in ("A@x.example", "a@x.example")
    ]
    assert summarise_document(spelt, Decimal(0)) == summarise_document(spelt[::-1], Decimal(0))
