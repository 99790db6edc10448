"""Which failure comes first, what is said of it, and what is new about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.attention import Failure, NextStep
from core.model.chasing import CallNeed, CallReason
from core.model.delivery import DocumentSummary
from core.model.documents import DocumentRow
from core.model.enums import DisplayStatus, DocumentKind
from core.rules.chasing.attention import days_overdue, has_news, score, signs, what_is_wrong
from core.rules.delivery.status import FAILURES

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
MONEY = st.decimals(0, 10**9, places=2)
DAYS = st.integers(0, 5_000)


def row(
    *unresolved: DisplayStatus,
    word: DisplayStatus = DisplayStatus.SENT,
    call: CallNeed | None = None,
) -> DocumentRow:
    summary = DocumentSummary(word=word, unresolved=frozenset(unresolved), call=call)
    return DocumentRow(
        1, 1, "Ada", DocumentKind.INVOICE, "INV-1", "OPEN", "USD", Decimal(5), Decimal(5), None,
        None, "", summary,
    )  # fmt: skip


def failure(word: DisplayStatus, key: int = 1, minutes: int = 0, said: str = "") -> Failure:
    return Failure(key, word, f"a{key}@x.example", NOW - timedelta(minutes=minutes), said)


SILENT = CallNeed(CallReason.SILENT, NOW - timedelta(days=1), 3, NOW - timedelta(days=20))


def test_only_a_day_that_has_passed_is_overdue() -> None:
    today = date(2026, 11, 20)
    assert days_overdue(None, today) == 0
    assert days_overdue(date(2026, 11, 20), today) == 0
    assert days_overdue(date(2026, 12, 1), today) == 0
    assert days_overdue(date(2026, 10, 31), today) == 20


@given(MONEY, MONEY, DAYS, DAYS)
def test_more_money_and_more_days_never_weigh_less(
    one: Decimal, other: Decimal, few: int, many: int
) -> None:
    little, much = sorted((one, other))
    short, long = sorted((few, many))
    assert score(DocumentKind.INVOICE, little, short) <= score(DocumentKind.INVOICE, much, long)
    assert score(DocumentKind.INVOICE, little, short) >= 0


def test_only_open_invoices_that_are_overdue_weigh() -> None:
    assert score(DocumentKind.INVOICE, Decimal("10.50"), 4) == Decimal("42.00")
    assert score(DocumentKind.INVOICE, Decimal(10), 0) == 0
    assert score(DocumentKind.INVOICE, Decimal(-10), 9) == 0
    assert score(DocumentKind.ESTIMATE, Decimal(10), 9) == 0


FAILED = st.builds(failure, st.sampled_from(sorted(FAILURES)), st.integers(1, 5), st.integers(0, 9))


@given(st.lists(FAILED), st.lists(FAILED))
def test_what_was_seen_is_no_news_in_any_order_and_what_was_not_is(
    seen: list[Failure], more: list[Failure]
) -> None:
    before = signs(seen, row(), NOW)
    assert signs([*reversed(seen), *seen], row(), NOW) == before
    assert not has_news(before, signs(seen[1:], row(), NOW))
    after = signs([*seen, *more], row(), NOW)
    assert has_news(before, after) == bool(after - before)


def test_a_soft_bounce_that_turns_hard_and_a_new_need_of_a_call_are_news() -> None:
    soft = signs([failure(DisplayStatus.SOFT_BOUNCED)], row(), NOW)
    assert has_news(soft, signs([failure(DisplayStatus.BOUNCED)], row(), NOW))
    called = signs([failure(DisplayStatus.SOFT_BOUNCED)], row(call=SILENT), NOW)
    assert has_news(soft, called)
    assert not has_news(called, soft)


def test_the_worst_that_is_unresolved_is_told_with_its_newest_failure() -> None:
    unknown = "smtp; 550 5.1.1 <a2@x.example>: Recipient address rejected: User unknown"
    failures = [
        failure(DisplayStatus.BOUNCED, 1, minutes=9, said="smtp; 552 5.2.2 mailbox full"),
        failure(DisplayStatus.BOUNCED, 2, minutes=5, said=unknown),
        failure(DisplayStatus.SOFT_BOUNCED, 3),
    ]
    wrong = what_is_wrong(row(DisplayStatus.BOUNCED, DisplayStatus.SOFT_BOUNCED), failures, NOW)
    assert wrong.word is DisplayStatus.BOUNCED
    assert wrong.address == "a2@x.example"
    assert wrong.since == NOW - timedelta(minutes=5)
    assert wrong.words == "the mailbox does not exist"
    assert wrong.next == NextStep("attention.edit_address", "correct address")


@pytest.mark.parametrize(
    ("word", "step"),
    [
        (DisplayStatus.COMPLAINED, NextStep("attention.call", "call")),
        (DisplayStatus.DROPPED, NextStep("attention.edit_address", "other address")),
        (DisplayStatus.FAILED, NextStep("attention.resend", "resend")),
        (DisplayStatus.SOFT_BOUNCED, NextStep("attention.resend", "resend later")),
        (DisplayStatus.BOUNCED, NextStep("attention.edit_address", "correct address")),
    ],
)
def test_every_failure_has_words_and_a_next_step(word: DisplayStatus, step: NextStep) -> None:
    said = "550 5.1.1 user unknown" if word is DisplayStatus.BOUNCED else ""
    wrong = what_is_wrong(row(word), [failure(word, said=said)], NOW)
    assert (wrong.word, wrong.next) == (word, step)
    assert wrong.words


def test_a_failed_forward_says_so_and_comes_after_a_bounce_of_the_address() -> None:
    forward = replace(failure(DisplayStatus.SOFT_BOUNCED, 2), is_forward=True)
    told = what_is_wrong(row(DisplayStatus.SOFT_BOUNCED), [forward], NOW)
    assert (told.words, told.next, told.is_forward) == (
        "delivered, but a forward of it failed", NextStep("attention.call", "call"), True,
    )  # fmt: skip
    own = failure(DisplayStatus.SOFT_BOUNCED, 1, 60)
    assert not what_is_wrong(row(DisplayStatus.SOFT_BOUNCED), [forward, own], NOW).is_forward
    assert has_news(
        signs([forward], row(), NOW), signs([replace(forward, is_forward=False)], row(), NOW)
    )


@pytest.mark.parametrize(
    ("subtype", "words"),
    [
        ("Permanent/UnsubscribedRecipient", "they unsubscribed"),
        ("Permanent/OnAccountSuppressionList", "suppressed after a bounce"),
        ("OnAccountSuppressionList", "suppressed after a complaint"),
    ],
)
def test_a_drop_says_why(subtype: str, words: str) -> None:
    dropped = replace(failure(DisplayStatus.DROPPED), subtype=subtype)
    assert what_is_wrong(row(DisplayStatus.DROPPED), [dropped], NOW).words == words


@pytest.mark.parametrize("kind", ["abuse", "other", "auth-failure", "nonsense", ""])
def test_a_complaint_is_answered_by_a_call_and_never_by_an_email(kind: str) -> None:
    complaint = replace(failure(DisplayStatus.COMPLAINED), subtype=kind)
    assert what_is_wrong(row(DisplayStatus.COMPLAINED), [complaint], NOW).next == NextStep(
        "attention.call", "call"
    )


def test_an_email_that_nobody_knows_of_is_to_be_settled_and_a_silent_one_to_be_called() -> None:
    unknown = what_is_wrong(
        row(word=DisplayStatus.UNCONFIRMED), [failure(DisplayStatus.UNCONFIRMED)], NOW
    )
    assert (unknown.word, unknown.next) == (
        DisplayStatus.UNCONFIRMED,
        NextStep("outbox.settle", "settle it"),
    )
    silent = what_is_wrong(row(call=SILENT), [], NOW)
    assert silent.word is None
    assert silent.words == "3 emails since 31 Oct and no sign of life"
    assert (silent.next, silent.since) == (NextStep("attention.call", "call"), SILENT.at)


@given(st.sets(st.sampled_from(sorted(FAILURES)), min_size=1), st.lists(FAILED))
def test_something_is_always_said(words: set[DisplayStatus], failures: list[Failure]) -> None:
    wrong = what_is_wrong(row(*words), failures, NOW)
    assert wrong.word in words
    assert wrong.next
