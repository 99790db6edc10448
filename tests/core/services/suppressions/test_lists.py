"""Changing the lists: a reason, both places, read back, audited, and honest about half a change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.db.engine import Database
from core.db.reads import addresses
from core.model.email import Decision
from core.model.errors import (
    InputError,
    NeedsConfirmationError,
    NotFoundError,
    RefusedError,
    UnansweredError,
    UnreachableError,
    UsageError,
)
from core.model.suppressions import Suppression, SuppressionChip, SuppressionFilter
from core.services.suppressions.changes import ListChanges
from core.services.suppressions.lists import Suppressions
from core.services.suppressions.ses_list_cache import SesListCache
from tests.conftest import Clock
from tests.core.fake_book import FakeBook

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
BOB = "bob@x.example"
MIXED = Suppression("Bob@X.example", "BOUNCE", AT, "ses", "ses-1")
EVERYTHING = SuppressionFilter()

Office = Callable[..., Suppressions]


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    """Both lists on both databases; ``book`` is SES's."""

    def make(book: FakeBook, operator: str = "anna") -> Suppressions:
        kept = SesListCache(lambda: book, clock, pause=lambda _: None)
        changes = ListChanges(database, kept, clock, operator)
        return Suppressions(database, kept, clock, changes)

    return make


def outcomes(database: Database, address: str = BOB) -> list[tuple[str, str, str, str]]:
    return [
        (e.list, e.action, e.outcome, e.operator) for e in addresses.audit(database.reader, address)
    ]


def test_what_is_added_is_there_with_who_and_why(
    office: Office, database: Database, clock: Clock
) -> None:
    lists = office(FakeBook())
    change = lists.changes.add(" Bob@X.example ", "asked us  to stop")
    assert change.is_done
    (row,) = lists.page(EVERYTHING)
    (entry,) = row.entries
    assert (entry.reason, entry.added_by, entry.since) == ("asked us to stop", "anna", clock.now)
    assert outcomes(database) == [("own", "added", "done", "anna")]


def test_what_is_there_already_stays_as_it_is(office: Office, database: Database) -> None:
    office(FakeBook()).changes.add(BOB, "first")
    change = office(FakeBook(), "ben").changes.add(BOB.upper(), "second")
    assert [part.outcome for part in change.parts] == ["unchanged"]
    assert addresses.entries(database.reader)[0].reason == "first"
    assert len(outcomes(database)) == 1


@pytest.mark.parametrize(("address", "reason"), [("bob@", "why"), ("", "why"), (BOB, "  ")])
def test_nonsense_is_refused_in_words(office: Office, address: str, reason: str) -> None:
    with pytest.raises(UsageError):
        office(FakeBook()).changes.add(address, reason)


def test_an_address_can_be_put_on_ses_list_and_is_read_back(
    office: Office, database: Database
) -> None:
    book = FakeBook()
    lists = office(book)
    assert lists.changes.add(BOB, "spam trap", ses_reason="COMPLAINT").is_done
    assert book.calls[-1] == ("get", BOB)
    (row,) = lists.page(EVERYTHING)
    assert (row.lists, row.is_complaint, row.entries[0].added_by) == (("ses",), True, "anna")
    assert outcomes(database) == [("ses", "added", "done", "anna")]


def test_what_ses_refuses_to_take_is_said_and_audited(office: Office, database: Database) -> None:
    book = FakeBook()
    book.fails["put"] = RefusedError("SES said: the list is read only.", "Ask AWS.")
    change = office(book).changes.add(BOB, "why", ses_reason="BOUNCE")
    assert not change.is_done
    assert "read only" in change.parts[0].detail
    assert outcomes(database) == [("ses", "added", "failed", "anna")]


# --------------------------------------------------------------------------- removing


def test_an_address_leaves_both_lists_in_every_spelling(office: Office, database: Database) -> None:
    lower = Suppression(BOB, "BOUNCE", AT, "ses")
    book = FakeBook(MIXED, lower)
    lists = office(book)
    lists.changes.add(BOB, "asked us")
    change = lists.changes.remove("BOB@x.example", "has a new mailbox")
    assert change.is_done
    assert {(p.list, p.address) for p in change.parts} == {
        ("own", BOB), ("ses", BOB), ("ses", MIXED.address),
    }  # fmt: skip
    assert book.entries == {}
    assert lists.count(EVERYTHING) == 0
    assert outcomes(database)[:3] == [("ses", "removed", "done", "anna")] * 2 + [
        ("own", "removed", "done", "anna")
    ]


def test_every_removal_is_read_back(office: Office, database: Database) -> None:
    book = FakeBook(Suppression(BOB, "BOUNCE", AT, "ses"))
    book.is_stubborn = True
    change = office(book).changes.remove(BOB, "why")
    assert not change.is_done
    assert "still there" in change.parts[0].detail
    assert outcomes(database) == [("ses", "removed", "failed", "anna")]


def test_half_a_removal_says_what_was_done_and_the_next_press_does_the_rest(
    office: Office, database: Database
) -> None:
    book = FakeBook(Suppression(BOB, "BOUNCE", AT, "ses"))
    lists = office(book)
    lists.changes.add(BOB, "asked us")
    book.fails["delete"] = RefusedError("SES said: not now.")
    change = lists.changes.remove(BOB, "why")
    assert [(p.list, p.outcome) for p in change.parts] == [("own", "done"), ("ses", "failed")]
    assert "not now" in change.parts[1].detail
    assert outcomes(database)[:2] == [
        ("ses", "removed", "failed", "anna"),
        ("own", "removed", "done", "anna"),
    ]
    del book.fails["delete"]
    again = lists.changes.remove(BOB, "why")
    assert [(p.list, p.outcome) for p in again.parts] == [("ses", "done")]
    assert book.entries == {}


def test_a_lost_answer_is_settled_by_reading_back(office: Office) -> None:
    book = FakeBook(Suppression(BOB, "BOUNCE", AT, "ses"))
    lists = office(book)

    def removes_and_hangs(address: str) -> None:
        book.entries.pop(address)
        raise UnansweredError("SES did not answer.")

    book.delete = removes_and_hangs  # type: ignore[method-assign]
    assert lists.changes.remove(BOB, "why").is_done


def test_without_a_network_ours_is_removed_and_ses_is_left_to_the_next_press(
    office: Office, database: Database
) -> None:
    book = FakeBook()
    book.fails["get"] = UnreachableError("SES cannot be reached.", "Check the network.")
    lists = office(book)
    lists.changes.add(BOB, "asked us")
    change = lists.changes.remove(BOB, "why")
    assert [(p.list, p.outcome) for p in change.parts] == [("own", "done"), ("ses", "failed")]
    assert "cannot be reached" in change.parts[1].detail
    assert ("ses", "removed", "failed", "anna") in outcomes(database)


def test_a_removal_that_a_stopped_program_began_is_kept_as_begun(
    office: Office, database: Database
) -> None:
    book = FakeBook(Suppression(BOB, "BOUNCE", AT, "ses"))
    lists = office(book)

    def stopped(address: str) -> None:
        raise KeyboardInterrupt

    book.delete = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        lists.changes.remove(BOB, "why")
    assert outcomes(database) == [("ses", "removed", "begun", "anna")]


def test_a_complaint_needs_the_address_typed_and_nothing_is_done_without(
    office: Office, database: Database
) -> None:
    book = FakeBook(Suppression(BOB, "COMPLAINT", AT, "ses"))
    lists = office(book)
    lists.changes.add(BOB, "asked us")
    for typed in ("", "bobby@x.example"):
        with pytest.raises(NeedsConfirmationError):
            lists.changes.remove(BOB, "they want it back", typed=typed)
    assert book.count("delete") == 0
    assert len(outcomes(database)) == 1
    assert lists.changes.remove(BOB, "they want it back", typed=" Bob@x.EXAMPLE").is_done


def test_a_complaint_that_ses_cannot_confirm_now_still_needs_the_address(office: Office) -> None:
    book = FakeBook(Suppression(BOB, "COMPLAINT", AT, "ses"))
    lists = office(book)
    lists.refresh()
    book.fails["get"] = UnreachableError("SES cannot be reached.")
    with pytest.raises(NeedsConfirmationError):
        lists.changes.remove(BOB, "why")


def test_what_is_on_neither_list_cannot_be_removed(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office(FakeBook()).changes.remove(BOB, "why")


def test_an_address_with_a_slash_stays_and_the_outcome_says_why(office: Office) -> None:
    address = "sales/bob@x.example"
    change = office(FakeBook(Suppression(address, "BOUNCE", AT, "ses"))).changes.remove(
        address, "x"
    )
    assert not change.is_done
    assert "slash" in change.parts[0].detail


def test_a_label_is_another_address(office: Office) -> None:
    book = FakeBook(Suppression("bob+a@x.example", "BOUNCE", AT, "ses"))
    with pytest.raises(NotFoundError):
        office(book).changes.remove(BOB, "why")


# --------------------------------------------------------------------------- looking


def test_both_lists_come_as_one_in_pages_and_every_row_has_its_place(office: Office) -> None:
    many = [Suppression(f"A{n}@x.example", "BOUNCE", AT, "ses") for n in range(5)]
    lists = office(FakeBook(*many))
    lists.refresh()
    lists.changes.add("a3@x.example", "asked us")
    rows = lists.page(EVERYTHING, 0, 3) + lists.page(EVERYTHING, 3, 3)
    assert len(rows) == lists.count(EVERYTHING) == 5
    assert [lists.position(EVERYTHING, row.id) for row in rows] == [0, 1, 2, 3, 4]
    assert lists.counts(EVERYTHING)[SuppressionChip.OURS] == 1
    (both,) = lists.page(SuppressionFilter(chip=SuppressionChip.OURS))
    assert both.lists == ("ses", "own")


def test_details_ask_ses_and_tell_what_was_done(office: Office) -> None:
    lists = office(FakeBook(MIXED))
    lists.changes.add("other@x.example", "why")
    details = lists.details(BOB)
    assert details.row is not None
    assert details.row.entries[0].ses_message_id == "ses-1"
    lists.changes.remove(BOB, "has a new mailbox")
    after = lists.details(BOB)
    assert after.row is None
    assert [(e.action, e.reason) for e in after.audit] == [("removed", "has a new mailbox")]


def test_details_without_a_network_show_what_is_known_and_say_so(office: Office) -> None:
    book = FakeBook(MIXED)
    lists = office(book)
    lists.refresh()
    book.fails["get"] = UnreachableError("SES cannot be reached.")
    details = lists.details(BOB)
    assert details.row is not None
    assert details.problem == "SES cannot be reached."


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (FakeBook(MIXED), Decision.REFUSE),
        (FakeBook(), Decision.ALLOW),
    ],
)
def test_checking_an_address_gives_the_gates_words(
    office: Office, book: FakeBook, expected: Decision
) -> None:
    assert office(book).check(BOB).decision is expected
    assert office(FakeBook()).check("bob@").decision is Decision.REFUSE


def test_a_release_is_the_last_thing_done_and_ends_when_the_address_is_added_again(
    office: Office, database: Database, clock: Clock
) -> None:
    lists = office(FakeBook())
    lists.changes.add(BOB, "asked us")
    assert addresses.releases(database.reader, [BOB]) == {}
    clock.advance(minutes=1)
    lists.changes.remove(BOB, "wants them back")
    release = addresses.releases(database.reader, [BOB.upper()])[BOB]
    assert (release.by, release.reason, release.at) == ("anna", "wants them back", clock.now)
    clock.advance(minutes=1)
    lists.changes.add(BOB, "changed their mind")
    assert addresses.releases(database.reader, [BOB]) == {}


def test_a_removal_that_failed_releases_nobody(office: Office, database: Database) -> None:
    book = FakeBook(Suppression(BOB, "BOUNCE", AT, "ses"))
    book.is_stubborn = True
    office(book).changes.remove(BOB, "why")
    assert addresses.releases(database.reader, [BOB]) == {}


# --------------------------------------------------------------------------- files


def test_a_file_of_addresses_is_imported_and_bad_lines_are_named(
    office: Office, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "address,reason,since\n"
        "ann@x.example,asked us,2026-01-05\n"
        "nobody,why,\n"
        "ben@x.example,,\n"
        "eve@x.example,why,yesterday\n"
        "ANN@x.example,twice,\n"
    )
    lists = office(FakeBook())
    report = lists.changes.import_file(path)
    assert (report.read, report.created, report.unchanged) == (5, 2, 1)
    assert [(r.line, r.field) for r in report.rejected] == [(3, "address"), (5, "since")]
    found = addresses.entries_of(database.reader, ["ann@x.example", "ben@x.example"])
    assert found["ann@x.example"].since == datetime(2026, 1, 5, tzinfo=UTC)
    assert found["ben@x.example"].reason == "imported from list.csv"
    assert outcomes(database, "ann@x.example") == [("own", "added", "done", "anna")]
    again = lists.changes.import_file(path)
    assert (again.created, again.unchanged) == (0, 3)


@pytest.mark.parametrize(
    "text",
    [
        "# who not to write to\nann@x.example\n\nben@x.example\n",
        "ann@x.example;why\nben@x.example;why\n",
        "Email Address,Other\nann@x.example,1\nben@x.example,2\n",
        "\ufeffann@x.example\r\nben@x.example\r\n",
    ],
    ids=["plain", "semicolons", "another header", "windows"],
)
def test_plain_lists_are_read_as_they_come(office: Office, tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8", newline="")
    assert office(FakeBook()).changes.import_file(path).created == 2


def test_a_dry_run_changes_nothing(office: Office, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("ann@x.example\n")
    assert office(FakeBook()).changes.import_file(path, dry_run=True).created == 1
    assert addresses.entries(database.reader) == ()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04rest", b"\x00\x01\x02\x03" * 50])
def test_what_is_no_list_is_refused_whole(
    office: Office, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "list.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"list\.bin"):
        office(FakeBook()).changes.import_file(path)
