"""Both lists as one: merged by address whatever the case, filtered, and traced to their emails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.enums import DocumentKind, address_key
from core.model.suppressions import (
    Cause,
    SuppressedAddress,
    Suppression,
    SuppressionChip,
    SuppressionFilter,
)
from core.rules.gate.suppression_list import (
    Failure,
    cause_of,
    chosen,
    counts,
    list_words,
    merge,
    weightiest,
)

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BOB = "bob@x.example"


def ses(address: str = BOB, reason: str = "BOUNCE", at: datetime | None = AT) -> Suppression:
    return Suppression(address, reason, at, "ses")


def own(address: str = BOB, reason: str = "asked us to stop") -> Suppression:
    return Suppression(address, reason, AT, "own", added_by="anna")


letters = st.sampled_from("abAB")
addresses = st.builds(
    lambda local, domain: f"{local}@{domain}.x", st.text(letters, min_size=1, max_size=3), letters
)
entries = st.builds(
    Suppression,
    addresses,
    st.sampled_from(["BOUNCE", "COMPLAINT", "asked us"]),
    st.sampled_from([None, AT, AT - timedelta(days=1)]),
    st.sampled_from(["ses", "own"]),
)


@given(st.lists(entries, max_size=12), st.randoms())
def test_merging_loses_nothing_and_knows_no_order(found: list[Suppression], random: object) -> None:
    def split(several: list[Suppression]) -> tuple[SuppressedAddress, ...]:
        return merge(
            [e for e in several if e.source == "ses"], [e for e in several if e.source == "own"]
        )

    rows = split(found)
    assert sorted(map(repr, (e for row in rows for e in row.entries))) == sorted(map(repr, found))
    assert (
        len({row.key for row in rows}) == len(rows) == len({address_key(e.address) for e in found})
    )
    assert len({row.id for row in rows}) == len(rows)
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = {
        row.key: (row.id, row.since, row.is_complaint, set(row.lists)) for row in split(shuffled)
    }
    assert again == {r.key: (r.id, r.since, r.is_complaint, set(r.lists)) for r in rows}


@given(st.lists(entries, max_size=12), addresses)
def test_every_chip_counts_what_it_shows(found: list[Suppression], text: str) -> None:
    rows = merge(found, ())
    for chip, count in counts(rows, text).items():
        assert count == len(chosen(rows, SuppressionFilter(text, chip)))


@given(addresses)
def test_a_search_finds_an_address_in_any_case(address: str) -> None:
    rows = merge([ses(address)], ())
    assert chosen(rows, SuppressionFilter(address.swapcase())) == rows


def test_the_newest_comes_first_and_what_has_no_date_last() -> None:
    rows = merge([ses("a@x", at=None), ses("b@x", at=AT - timedelta(days=1)), ses("c@x")], ())
    assert [row.address for row in rows] == ["c@x", "b@x", "a@x"]


def test_spellings_and_lists_are_kept_apart_in_one_row() -> None:
    (row,) = merge([ses("Bob@X.example")], [own()])
    assert row.spellings == ("Bob@X.example", BOB)
    assert list_words(row.lists) == "both"
    assert [list_words(lists) for lists in (("ses",), ("own",))] == ["SES", "ours"]


def test_labels_are_other_addresses() -> None:
    assert len(merge([ses("a+b@x.example"), ses("a@x.example")], ())) == 2


@pytest.mark.parametrize(
    ("chip", "expected"),
    [
        (SuppressionChip.ALL, {"b@x", "c@x", "o@x"}),
        (SuppressionChip.BOUNCES, {"b@x"}),
        (SuppressionChip.COMPLAINTS, {"c@x"}),
        (SuppressionChip.OURS, {"o@x"}),
        (SuppressionChip.SES, {"b@x", "c@x"}),
    ],
)
def test_the_chips(chip: SuppressionChip, expected: set[str]) -> None:
    rows = merge([ses("b@x"), ses("c@x", "COMPLAINT")], [own("o@x")])
    assert {row.address for row in chosen(rows, SuppressionFilter(chip=chip))} == expected


def test_a_complaint_is_spoken_of_before_a_bounce_and_both_before_what_ses_ignores() -> None:
    ignored = Suppression(BOB, "COMPLAINT", AT, "ses", ignored_by="the account")
    assert weightiest([ignored, own(), ses()]) == ses()
    assert weightiest([ses(), ses("Bob@x.example", "COMPLAINT")]).reason == "COMPLAINT"  # type: ignore[union-attr]
    assert weightiest([]) is None


# --------------------------------------------------------------------------- causes


def failure(
    message_id: str, at: datetime = AT, *, complaint: bool = False, email: int = 1
) -> Failure:
    cause = Cause(email, "Invoice", at, 7, f"INV-{email}", DocumentKind.INVOICE, 3, "Krajcik")
    return Failure(BOB, complaint, at, message_id, cause)


def row(entry: Suppression) -> SuppressedAddress:
    return SuppressedAddress((entry,))


def test_the_email_that_ses_names_is_the_cause_whatever_else_fits_better() -> None:
    entry = Suppression(BOB, "BOUNCE", AT, "ses", "ses-1")
    failures = [failure("ses-2", email=2), failure("ses-1", AT - timedelta(days=90))]
    found = cause_of(row(entry), failures)
    assert found is not None
    assert (found.document_number, found.is_named) == ("INV-1", True)


def test_without_a_name_the_failure_closest_in_time_is_taken_and_marked_as_a_guess() -> None:
    failures = [failure("a", AT - timedelta(minutes=9)), failure("b", AT, email=2)]
    found = cause_of(row(ses()), failures)
    assert found is not None
    assert (found.document_number, found.is_named) == ("INV-2", False)


@pytest.mark.parametrize(
    "other",
    [failure("a", AT - timedelta(hours=2)), failure("a", complaint=True)],
    ids=["too long ago", "another kind"],
)
def test_nothing_is_guessed_from_what_does_not_fit(other: Failure) -> None:
    assert cause_of(row(ses()), [other]) is None


def test_our_own_entries_have_a_person_and_no_email_as_their_cause() -> None:
    assert cause_of(row(own()), [failure("a")]) is None
