"""One act about many documents: judged first, and then just what was judged and chosen is sent."""

from __future__ import annotations

from collections.abc import Sequence

from core.db.engine import Database
from core.model.documents import DocumentRow
from core.model.email import Composition, Decision
from core.model.enums import DisplayStatus, EmailKind
from core.model.errors import InputError
from core.model.suppressions import Suppression
from core.services.sending import drafts
from core.services.sending.outbox import Bulk, Outbox
from tests.conftest import Clock
from tests.core.db.books import document, entry, put
from tests.core.mail_fakes import FakeList, FakeMailer, office


def many(desk: Outbox, database: Database, kind: EmailKind = EmailKind.FOLLOW_UP) -> Bulk:
    def compose(kind: EmailKind, document_id: int) -> Composition:
        return drafts.draft(database.reader, kind, document_id)

    return Bulk(kind, compose, desk.approve, lambda some: desk.enqueue(some, confirmed=True))


def three(database: Database) -> list[DocumentRow]:
    """One that can go, one that is settled, one that is suppressed."""
    return put(
        database,
        entry("INV-1", "One", "a@customer.example"),
        entry("INV-2", "Two", "b@customer.example", status="PAID"),
        entry("INV-3", "Three", "c@customer.example"),
    )


LISTED = Suppression("c@customer.example", "BOUNCE", None, "ses")


def words(database: Database, rows: Sequence[DocumentRow]) -> list[DisplayStatus]:
    return [document(database, row.number).summary.word for row in rows]


def test_judging_sends_and_writes_nothing(database: Database, clock: Clock) -> None:
    rows, mailer = three(database), FakeMailer()
    desk = office(database, clock, mailer, FakeList(LISTED))
    items = many(desk, database).judge(rows)
    assert [item.decision for item in items] == [Decision.ALLOW, Decision.ASK, Decision.REFUSE]
    assert items[0].recipients == ("a@customer.example",)
    assert desk.work().sent == 0
    assert words(database, rows) == [DisplayStatus.NEVER_SENT] * 3


def test_what_was_chosen_is_sent_once_also_where_the_gate_had_asked(
    database: Database, clock: Clock
) -> None:
    rows, mailer = three(database), FakeMailer()
    desk = office(database, clock, mailer, FakeList(LISTED))
    bulk = many(desk, database)
    bulk.judge(rows)
    queued = bulk.send([rows[0].id, rows[1].id])
    assert len(queued.email_ids) == 2
    desk.work()
    assert sorted(mailer.recipients) == ["a@customer.example", "b@customer.example"]


def test_what_the_gate_refuses_is_not_sent_even_if_it_is_chosen(
    database: Database, clock: Clock
) -> None:
    rows, mailer = three(database), FakeMailer()
    desk = office(database, clock, mailer, FakeList(LISTED))
    bulk = many(desk, database)
    bulk.judge(rows)
    queued = bulk.send([row.id for row in rows])
    assert [left.document_id for left in queued.left_out] == [rows[2].id]
    desk.work()
    assert "c@customer.example" not in mailer.recipients


def test_what_was_not_judged_is_never_sent(database: Database, clock: Clock) -> None:
    rows, mailer = three(database), FakeMailer()
    desk = office(database, clock, mailer)
    bulk = many(desk, database)
    bulk.judge(rows[:1])
    assert len(bulk.send([row.id for row in rows]).email_ids) == 1


def test_confirming_twice_sends_once(database: Database, clock: Clock) -> None:
    rows, mailer = three(database), FakeMailer()
    desk = office(database, clock, mailer)
    bulk = many(desk, database)
    bulk.judge(rows[:1])
    bulk.send([rows[0].id])
    again = bulk.send([rows[0].id])
    assert (again.email_ids, again.left_out[0].is_overtaken) == ((), True)
    desk.work()
    assert mailer.recipients == ["a@customer.example"]


def test_a_draft_that_cannot_be_written_is_refused_and_the_others_go_on(
    database: Database, clock: Clock
) -> None:
    rows = three(database)
    desk = office(database, clock)

    def compose(kind: EmailKind, document_id: int) -> Composition:
        if document_id == rows[0].id:
            raise InputError("invoice.pdf cannot be attached: permission denied.", "Ask ben.")
        return drafts.draft(database.reader, kind, document_id)

    bulk = Bulk(
        EmailKind.RESEND, compose, desk.approve, lambda some: desk.enqueue(some, confirmed=True)
    )
    first, *others = bulk.judge(rows)
    assert first.decision is Decision.REFUSE
    assert first.reason is not None
    assert "permission denied" in first.reason.title
    assert all(item.decision is not Decision.REFUSE for item in others)


def test_judging_tells_how_far_it_is_and_can_be_stopped(database: Database, clock: Clock) -> None:
    rows = three(database)
    told: list[int] = []

    def tell(done: int) -> bool:
        told.append(done)
        return done < 2

    items = many(office(database, clock), database).judge(rows, tell)
    assert (len(items), told) == (2, [1, 2])
