"""SES's list in memory: any case is found, live answers decide, memory is bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.errors import NotPermittedError, ServiceError, ThrottledError, UnreachableError
from core.model.ports import EffectiveReasons
from core.model.suppressions import ListPhase, Suppression
from core.services.suppressions.ses_list_cache import SesListCache
from tests.conftest import Clock
from tests.core.fake_book import FakeBook

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
BOB = Suppression("Bob@X.example", "BOUNCE", AT, "ses", "ses-1")
DOWN = UnreachableError("SES cannot be reached.", "Check the network, then try again.")


def kept(book: FakeBook, clock: Clock | None = None, **options: Any) -> SesListCache:
    clock = clock or Clock(AT)
    return SesListCache(lambda: book, clock, "outtray", pause=lambda _: None, **options)


@given(st.lists(st.booleans(), min_size=len(BOB.address), max_size=len(BOB.address)))
def test_an_entry_is_found_in_any_case_and_with_the_email_that_caused_it(upper: list[bool]) -> None:
    typed = "".join(
        c.upper() if up else c.lower() for c, up in zip(BOB.address, upper, strict=True)
    )
    assert kept(FakeBook(BOB)).look_up(typed) == BOB


def test_the_copy_alone_decides_nothing() -> None:
    book = FakeBook(BOB)
    lists = kept(book)
    lists.refresh()
    book.entries.clear()
    assert lists.stored("bob@x.example"), "the copy still has it"
    assert lists.look_up("bob@x.example") is None, "SES has not"
    assert lists.stored("bob@x.example") == (), "and the copy has learnt it"


def test_the_copy_learns_what_a_look_up_finds() -> None:
    book = FakeBook()
    lists = kept(book)
    lists.refresh()
    book.entries["bob@x.example"] = found = Suppression("bob@x.example", "BOUNCE", AT, "ses")
    assert lists.look_up("BOB@x.example") == found
    assert lists.stored("Bob@x.example") == (found,)


def test_what_was_added_lately_is_told_with_what_stops_nothing_and_the_copy_learns_it() -> None:
    book = FakeBook()
    lists = kept(book)
    lists.refresh()
    new = Suppression("New@x.example", "BOUNCE", AT, "ses")
    spam = Suppression("spam@x.example", "COMPLAINT", AT, "ses")
    old = replace(BOB, since=AT - timedelta(days=1))
    book.entries = {entry.address: entry for entry in (old, new, spam)}
    book.reasons = EffectiveReasons(frozenset({"COMPLAINT"}), "configuration set outtray")
    lists.refresh(force=True)
    told = {entry.address: entry.ignored_by for entry in lists.since(AT)}
    assert told == {"New@x.example": "configuration set outtray", "spam@x.example": ""}
    book.entries["late@x.example"] = late = Suppression("late@x.example", "COMPLAINT", AT, "ses")
    assert late in lists.since(AT)
    assert lists.stored("Late@x.example") == (late,)


def test_the_typed_spelling_is_asked_before_the_whole_list() -> None:
    book = FakeBook(Suppression("bob@x.example", "BOUNCE", AT, "ses"))
    assert kept(book).look_up("BOB@x.example") is not None
    assert book.count("page") == 0


def test_a_look_up_that_fails_is_never_taken_for_a_clean_address() -> None:
    book = FakeBook(BOB)
    book.fails["get"] = DOWN
    with pytest.raises(UnreachableError):
        kept(book).look_up("bob@x.example")


def test_where_the_list_may_not_be_read_exact_spellings_are_and_the_rest_is_said() -> None:
    book = FakeBook(BOB)
    book.fails["page"] = NotPermittedError("SES said: not authorized.", "Allow the call.")
    lists = kept(book)
    assert lists.look_up("bob@x.example") is None
    assert lists.look_up("Bob@X.example") == BOB
    assert lists.problem() == "SES said: not authorized."
    assert (lists.state.phase, lists.state.hint) == (ListPhase.FAILED, "Allow the call.")


def test_the_copy_is_read_again_when_it_is_old_and_not_before(clock: Clock) -> None:
    book = FakeBook(BOB)
    lists = kept(book, clock)
    lists.refresh()
    lists.refresh()
    assert book.count("page") == 1
    clock.advance(minutes=6)
    lists.refresh()
    assert book.count("page") == 2
    lists.refresh(force=True)
    assert book.count("page") == 3


def test_a_failed_reading_keeps_the_older_copy_and_is_tried_again_after_a_minute(
    clock: Clock,
) -> None:
    book = FakeBook(BOB)
    lists = kept(book, clock)
    first = lists.refresh().read_at
    book.fails["page"] = DOWN
    clock.advance(minutes=6)
    state = lists.refresh()
    assert (state.phase, state.problem) == (ListPhase.FAILED, "SES cannot be reached.")
    assert lists.stored("bob@x.example")
    assert state.read_at == first
    del book.fails["page"]
    clock.advance(seconds=61)
    assert lists.refresh().phase is ListPhase.READY


def test_any_error_ends_in_words_and_never_in_a_raised_exception() -> None:
    book = FakeBook(BOB)
    book.before_page = lambda _: 1 / 0  # type: ignore[assignment]
    state = kept(book).refresh()
    assert state.phase is ListPhase.FAILED
    assert "ZeroDivisionError" in state.problem


def test_memory_is_bounded_and_the_state_says_that_there_is_more() -> None:
    many = [Suppression(f"a{n}@x.example", "BOUNCE", AT, "ses") for n in range(25)]
    lists = kept(FakeBook(*many, page_size=10), most=12)
    state = lists.refresh()
    assert (state.count, state.is_cut, len(lists.entries())) == (12, True, 12)
    assert "first 12" in lists.problem()
    assert lists.look_up("a24@x.example") is not None, "exact spellings are still found"


def test_a_page_that_is_throttled_is_asked_for_again_and_none_is_doubled() -> None:
    many = [Suppression(f"a{n}@x.example", "BOUNCE", AT, "ses") for n in range(5)]
    book = FakeBook(*many)
    refused: set[str] = set()

    def once(token: str) -> None:
        if token not in refused:
            refused.add(token)
            raise ThrottledError("SES said: slow down.")

    book.before_page = once
    lists = kept(book)
    assert lists.refresh().count == 5
    assert len(lists.entries()) == 5


def test_what_comes_is_shown_while_the_first_reading_goes_on() -> None:
    many = [Suppression(f"a{n}@x.example", "BOUNCE", AT, "ses") for n in range(5)]
    book = FakeBook(*many)
    seen: list[tuple[int, int]] = []
    lists = kept(book)
    book.before_page = lambda _: seen.append((lists.state.count, len(lists.entries())))
    lists.refresh()
    assert seen == [(0, 0), (2, 2), (4, 4)]


def test_what_is_released_while_the_list_is_read_stays_released() -> None:
    others = [Suppression(f"a{n}@x.example", "BOUNCE", AT, "ses") for n in range(3)]
    book = FakeBook(BOB, *others)
    lists = kept(book)
    book.before_page = lambda token: lists.forget(BOB.address) if token else None
    lists.refresh()
    assert lists.stored(BOB.address) == ()
    assert lists.state.count == 3


def test_a_reason_that_is_not_effective_says_whose_choice_that_is() -> None:
    book = FakeBook(BOB)
    book.reasons = EffectiveReasons(frozenset({"COMPLAINT"}), "configuration set outtray")
    found = kept(book).look_up("bob@x.example")
    assert found is not None
    assert found.ignored_by == "configuration set outtray"


def test_an_ignored_entry_does_not_hide_another_spelling_that_stops() -> None:
    complained = Suppression("bob@x.example", "COMPLAINT", AT, "ses")
    book = FakeBook(BOB, complained)
    book.reasons = EffectiveReasons(frozenset({"COMPLAINT"}), "the account")
    assert kept(book).look_up(BOB.address) == complained


def test_where_nobody_may_say_what_is_effective_every_entry_stops() -> None:
    book = FakeBook(BOB)
    book.fails["effective_reasons"] = NotPermittedError("SES said: not authorized.")
    found = kept(book).look_up(BOB.address)
    assert found is not None
    assert not found.ignored_by


def test_what_failed_half_way_still_says_what_was_found() -> None:
    book = FakeBook(Suppression("bob@x.example", "BOUNCE", AT, "ses"))
    lists = kept(book)
    lists.refresh()
    book.entries["BOB@x.example"] = BOB

    def fail_later(address: str) -> Suppression | None:
        if address != "bob@x.example":
            raise DOWN
        return book.entries[address]

    book.get = fail_later  # type: ignore[method-assign]
    found, problem = lists.every(["bob@x.example", "Bob@x.example"])
    assert [entry.address for entry in found] == ["bob@x.example"]
    assert isinstance(problem, ServiceError)
