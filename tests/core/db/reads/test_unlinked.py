"""Emails that wait to be linked by hand: counted, paged, dismissed, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.db.engine import Database
from core.db.lists import counters, documents
from core.db.writes import external_email
from core.model.enums import EmailKind
from core.model.errors import NotFoundError
from core.services.linking import Linking
from tests.conftest import Clock
from tests.core.db.books import START, one
from tests.core.db.writes.test_external_email import ID, event, hear, log

STRANGER = ("x@else.example",)


@pytest.fixture
def linking(database: Database, clock: Clock) -> Linking:
    return Linking(database, clock, "anna", None)


def ids(linking: Linking, *, everything: bool = False) -> list[str]:
    found = linking.page(everything=everything)
    assert linking.count(everything=everything) == len(found)
    keys = [each.mail.message_id for each in found]
    assert [linking.position(key, everything=everything) for key in keys] == list(range(len(keys)))
    return keys


def test_a_page_is_a_part_of_the_whole_newest_first(database: Database, linking: Linking) -> None:
    one(database)
    names = [f"m-{n}" for n in range(5)]
    hear(database, *(event("Send", to=STRANGER, message_id=name) for name in names))
    assert ids(linking) == sorted(names)  # all of one moment: then by their ids
    assert [each.mail.message_id for each in linking.page(offset=1, limit=2)] == ["m-1", "m-2"]
    assert linking.position("m-9") is None
    assert documents.overview(database.reader).unlinked == 5


def test_what_is_about_no_document_is_hidden_and_says_who_said_so(
    database: Database, linking: Linking, clock: Clock
) -> None:
    one(database)
    hear(database, event("Send", to=STRANGER))
    assert ids(linking) == [ID]
    linking.dismiss(ID)
    assert ids(linking) == []
    assert documents.overview(database.reader).unlinked == 0
    (found,) = linking.page(everything=True)
    assert (found.dismissed_by, found.dismissed_at) == ("anna", clock())
    linking.restore(ID)
    (found,) = linking.page()
    assert (found.dismissed_by, found.dismissed_at) == ("", None)


def test_who_said_it_first_is_kept(database: Database, linking: Linking, clock: Clock) -> None:
    one(database)
    hear(database, event("Send", to=STRANGER))
    linking.dismiss(ID)
    clock.advance(hours=1)
    Linking(database, clock, "ben", None).dismiss(ID)
    (found,) = linking.page(everything=True)
    assert (found.dismissed_by, found.dismissed_at) == ("anna", START)


def test_nothing_links_by_itself_what_a_person_dismissed(
    database: Database, linking: Linking
) -> None:
    hear(database, event("Send"))
    linking.dismiss(ID)
    one(database)  # now number and recipient would fit
    assert external_email.relink(database).linked == 0
    hear(database, event("Delivery", subject="Invoice INV-0042 again"))
    assert log(database) == ()
    (found,) = linking.page(everything=True)
    assert found.mail.subject == "Invoice INV-0042 again"
    assert found.dismissed_by == "anna"
    linking.restore(ID)
    assert linking.again().linked == 1


def test_a_person_can_still_link_it_and_that_ends_the_dismissal(
    database: Database, linking: Linking
) -> None:
    row = one(database)
    hear(database, event("Send", to=STRANGER))
    linking.dismiss(ID)
    done = linking.link_to(ID, row.id)
    assert (done.document.number, done.applied) == ("INV-0042", 1)
    (email,) = log(database)
    assert email.kind is EmailKind.EXTERNAL
    assert ids(linking, everything=True) == []


@pytest.mark.parametrize("act", ["dismiss", "restore"])
def test_what_is_not_there_cannot_be_decided_upon(linking: Linking, act: str) -> None:
    decide: Callable[[str], object] = getattr(linking, act)
    with pytest.raises(NotFoundError):
        decide("nothing")


def test_what_is_linked_or_was_not_dismissed_says_so(database: Database, linking: Linking) -> None:
    one(database)
    hear(database, event("Send"), event("Send", to=STRANGER, message_id="other"))
    with pytest.raises(NotFoundError, match="linked to a document already"):
        linking.dismiss(ID)
    with pytest.raises(NotFoundError, match="Nobody said"):
        linking.restore("other")


def test_a_document_that_is_gone_cannot_be_linked_to(database: Database, linking: Linking) -> None:
    one(database)
    hear(database, event("Send", to=STRANGER))
    with pytest.raises(NotFoundError, match="no longer in the database"):
        linking.link_to(ID, 4711)
    assert ids(linking) == [ID]


def test_only_those_that_point_to_a_document_are_looked_at(sqlite_database: Database) -> None:
    sql = f"SELECT count(*) FROM external_mails m WHERE {counters._WAITING}"  # noqa: S608
    plan = sqlite_database.reader.rows(f"EXPLAIN QUERY PLAN {sql}", {})
    assert any("ix_external_mails_waiting" in str(step[3]) for step in plan), plan
