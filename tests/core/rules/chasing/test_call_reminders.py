"""When emails will not do any more: the rule, in every order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.model.chasing import CallReason
from core.model.delivery import DeliveryState, DeliveryView
from core.model.enums import DocumentKind, Engagement, Role, Status
from core.rules.chasing.call_reminders import call_need, is_ahead

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
OPEN = Decimal(100)


def email(
    day: float,
    status: Status = Status.DELIVERED,
    *,
    opened_on: float | None = None,
    person: bool = True,
) -> DeliveryView:
    at = START + timedelta(days=day)
    opened = None if opened_on is None else START + timedelta(days=opened_on)
    engagement = Engagement.NONE if opened is None else Engagement.OPENED
    state = DeliveryState(
        status=status,
        engagement=engagement,
        by_person=engagement if person else Engagement.NONE,
        opened_at=opened,
        bounced_at=at if status in (Status.BOUNCED, Status.SOFT_BOUNCED) else None,
        dropped_at=at if status is Status.DROPPED else None,
        sent_at=at,
    )
    return DeliveryView(int(day * 10) + 1, at, Role.TO, "ann@customer.example", None, state)


def reason_of(*emails: DeliveryView) -> CallReason | None:
    need = call_need(emails, OPEN, DocumentKind.INVOICE)
    return need.reason if need else None


def test_three_emails_without_a_sign_of_life_need_a_call_two_weeks_after_the_first() -> None:
    need = call_need([email(0), email(5), email(9)], OPEN, DocumentKind.INVOICE)
    assert need is not None
    assert (need.reason, need.emails) == (CallReason.SILENT, 3)
    assert (need.since, need.at) == (START, START + timedelta(days=14))


def test_the_newest_email_gets_two_days_to_be_read() -> None:
    need = call_need([email(0), email(5), email(20)], OPEN, DocumentKind.INVOICE)
    assert need is not None
    assert need.at == START + timedelta(days=22)


def test_two_emails_are_not_enough_and_a_person_who_opened_one_is_alive() -> None:
    assert reason_of(email(0), email(9)) is None
    assert reason_of(email(0), email(5), email(9, opened_on=10)) is None


def test_what_a_program_opened_is_no_sign_of_life() -> None:
    emails = [email(0), email(5), email(9, opened_on=9, person=False)]
    assert reason_of(*emails) is CallReason.SILENT


def test_silence_is_counted_from_the_last_sign_of_life() -> None:
    need = call_need(
        [email(0, opened_on=1), email(5), email(9), email(12)], OPEN, DocumentKind.INVOICE
    )
    assert need is not None
    assert (need.emails, need.since) == (3, START + timedelta(days=5))


def test_where_every_attempt_failed_a_call_is_needed_at_once() -> None:
    need = call_need(
        [email(0, Status.BOUNCED), email(2, Status.DROPPED)], OPEN, DocumentKind.INVOICE
    )
    assert need is not None
    assert (need.reason, need.at) == (CallReason.UNREACHED, START + timedelta(days=2))
    assert reason_of(email(0, Status.BOUNCED), email(2)) is None
    assert reason_of(email(0, Status.COMPLAINED)) is None  # somebody read it
    assert reason_of(email(0, Status.FAILED)) is None  # SES refused us; nobody was written to


def test_three_days_without_any_word_need_a_call() -> None:
    for status, why in (
        (Status.UNCONFIRMED, CallReason.UNCONFIRMED),
        (Status.SENT, CallReason.STUCK),
        (Status.DEFERRED, CallReason.STUCK),
    ):
        need = call_need([email(0), email(4, status)], OPEN, DocumentKind.INVOICE)
        assert need is not None
        assert (need.reason, need.at) == (why, START + timedelta(days=7))


def test_only_open_invoices_are_chased_by_phone() -> None:
    emails = [email(0), email(5), email(9)]
    assert call_need(emails, Decimal(0), DocumentKind.INVOICE) is None
    assert call_need(emails, OPEN, DocumentKind.ESTIMATE) is None
    assert call_need([], OPEN, DocumentKind.INVOICE) is None


@given(st.data())
def test_the_order_of_the_deliveries_says_nothing(data: st.DataObject) -> None:
    statuses = st.sampled_from(Status)
    days = data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True))
    emails = [
        email(
            day,
            data.draw(statuses),
            opened_on=data.draw(st.none() | st.integers(day, 70)),
            person=data.draw(st.booleans()),
        )
        for day in days
    ]
    shuffled = data.draw(st.permutations(emails))
    assert call_need(shuffled, OPEN, DocumentKind.INVOICE) == call_need(
        emails, OPEN, DocumentKind.INVOICE
    )


@given(st.integers(-(10**6), 10**6))
def test_a_hold_lasts_until_its_moment_and_comes_back_by_itself(seconds: int) -> None:
    assert is_ahead(START + timedelta(seconds=seconds), START) is (seconds > 0)
    assert not is_ahead(None, START)
