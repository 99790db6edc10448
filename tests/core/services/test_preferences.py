"""What screens remember: per person, the last value stands, any text comes back as it went in."""

from __future__ import annotations

import threading

import pytest

from core.db.engine import Database
from core.services.lists import Preferences


@pytest.fixture
def mine(database: Database) -> Preferences:
    return Preferences(database, "anna")


def test_nothing_is_kept_at_first(mine: Preferences) -> None:
    assert mine.get("views") is None


def test_the_last_value_stands(mine: Preferences) -> None:
    mine.put("views", "one")
    mine.put("views", "two")
    assert mine.get("views") == "two"


def test_an_empty_value_removes_what_was_there(mine: Preferences) -> None:
    mine.put("views", "one")
    mine.put("views", "")
    assert mine.get("views") is None


def test_each_operator_has_their_own(database: Database, mine: Preferences) -> None:
    mine.put("views", "anna's")
    Preferences(database, "ben").put("views", "ben's")
    assert mine.get("views") == "anna's"


def test_hostile_text_comes_back(mine: Preferences) -> None:
    hostile = "[/x] \x1b]0;t\x07 \u202e 'quoted'; DROP TABLE preferences; -- ümläut 🧾"
    mine.put("views", hostile)
    assert mine.get("views") == hostile


def test_the_same_value_again_changes_nothing_in_the_database(sqlite_database: Database) -> None:
    mine = Preferences(sqlite_database, "anna")
    mine.put("views", "one")
    before = sqlite_database.reader.revision()  # type: ignore[attr-defined]
    mine.put("views", "one")
    assert sqlite_database.reader.revision() == before  # type: ignore[attr-defined]


def test_two_programs_of_one_person_may_write_at_once(database: Database) -> None:
    desks = [Preferences(database, "anna") for _ in range(4)]
    start = threading.Barrier(len(desks))
    failed: list[Exception] = []

    def write(desk: Preferences, value: str) -> None:
        start.wait()
        try:
            desk.put("views", value)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to show it
            failed.append(error)

    threads = [threading.Thread(target=write, args=(d, str(n))) for n, d in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert desks[0].get("views") in {"0", "1", "2", "3"}
