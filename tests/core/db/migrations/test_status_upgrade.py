"""A database that was written by other rules gets the statuses that its reports give now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from core.aws.events.parser import parse_all
from core.db.engine import Database
from core.db.lists import counters, documents
from core.db.migrations import runner
from core.model.delivery import DeliveryEvent
from core.model.documents import DocumentFilter
from core.model.enums import DisplayStatus
from core.services.feed.ingest import ingest
from core.services.integrity_check import check
from tests.core.db.books import START, document, one, sent, tell
from tests.core.db.migrations import earlier
from tests.core.db.writes.test_external_email import ANN, BOB, event, hear


def reread(body: str) -> Sequence[DeliveryEvent]:
    return [fact for part in parse_all(body) for fact in part.facts]


def report(kind: str, name: str, message_id: str, details: dict[str, Any]) -> str:
    mail = {"timestamp": "2026-11-20T14:00:00Z", "messageId": message_id, "destination": [ANN]}
    at = {"timestamp": "2026-11-20T14:05:00Z"}
    return json.dumps({"eventType": kind, "mail": mail, name: {**at, **details}})


BOUNCE = {"bounceType": "PERMANENT", "bounceSubType": "GENERAL", "feedbackId": "f"}


def test_what_was_misread_is_read_again_and_every_status_follows(database: Database) -> None:
    """As the program before had them: a type in capitals unknown, an alias a note, and so on."""
    misread = sent(database, one(database, number="INV-1")).message_ids[0]
    alias = sent(database, one(database, number="INV-2")).message_ids[0]
    nobody = sent(database, one(database, number="INV-3")).message_ids[0]
    soft = sent(database, one(database, number="INV-4")).message_ids[0]
    of_alias = [{"emailAddress": "alias@else.example", "diagnosticCode": "550 no"}]
    full = {"bounceType": "Transient", "bounceSubType": "MailboxFull", "feedbackId": "f"}
    ingest(
        database,
        [
            report("BOUNCE", "bounce", misread, BOUNCE),
            report("Delivery", "delivery", alias, {"recipients": [ANN]}),
            report("Bounce", "bounce", alias, {**BOUNCE, "bouncedRecipients": of_alias}),
            report("Bounce", "bounce", nobody, {**BOUNCE, "bouncedRecipients": []}),
            report("Delivery", "delivery", soft, {"recipients": [ANN]}),
            report("Bounce", "bounce", soft, full),
        ],
        "queue",
        lambda: START,
    )
    expected = documents.page_documents(database.reader, DocumentFilter())
    earlier.age(database, "0013")
    with database.transaction() as connection:
        for sql in (
            "UPDATE events SET type = 'BOUNCE', subtype = '' WHERE message_id = :misread",
            "UPDATE events SET counts = 0 WHERE message_id = :alias AND type = 'Bounce'",
            "UPDATE events SET reports_nobody = 1 WHERE message_id = :nobody",
            "UPDATE events SET discriminator = 'OLD' WHERE message_id = :soft AND type = 'Bounce'",
        ):
            name = sql.split(":")[1].split()[0]
            values = {"misread": misread, "alias": alias, "nobody": nobody, "soft": soft}
            connection.execute(text(sql), {name: values[name]})
        connection.execute(text("UPDATE deliveries SET status = 80, subtype = '', diagnostic = ''"))
        connection.execute(text("UPDATE documents SET word = 'DELIVERED', open_bounce = 0"))
        counters.recount(connection)
    told: list[tuple[str, int, int]] = []
    runner.prepare(database, reread, lambda *progress: told.append(progress))
    assert documents.page_documents(database.reader, DocumentFilter()) == expected
    words = {row.number: (row.summary.word, row.summary.is_forward) for row in expected}
    assert words == {
        "INV-1": (DisplayStatus.BOUNCED, False),
        "INV-2": (DisplayStatus.SOFT_BOUNCED, True),
        "INV-3": (DisplayStatus.BOUNCED, False),
        "INV-4": (DisplayStatus.SOFT_BOUNCED, False),
    }
    assert [(done, total) for _, done, total in told if done == total] == [(6, 6), (4, 4)]
    assert check(database).differences == ()


def test_facts_whose_report_cannot_be_read_any_more_stay(database: Database) -> None:
    written = sent(database, one(database))
    bounce = DeliveryEvent("Bounce", START, written.message_ids[0], ANN, "Permanent/General")
    tell(database, bounce)
    earlier.age(database, "0013")
    runner.prepare(database, reread)
    assert document(database).summary.word is DisplayStatus.BOUNCED
    assert database.reader.rows("SELECT count(*) FROM events", {})[0][0] == 1
    assert check(database).differences == ()


def test_recipients_that_a_later_report_had_named_are_written_down(database: Database) -> None:
    one(database)
    hear(database, event("Send", to=(ANN, BOB)), event("Delivery", to=(ANN, BOB)))
    earlier.age(database, "0013")
    with database.transaction() as connection:  # the program before kept the first ones only
        for_bob = "DELETE FROM events WHERE recipient = :bob"
        connection.execute(text(for_bob), {"bob": BOB})
        connection.execute(text("DELETE FROM deliveries WHERE address = :bob"), {"bob": BOB})
    runner.prepare(database, reread)
    summary = document(database).summary
    assert (summary.recipients, summary.delivered) == (2, 2)
    assert check(database).differences == ()
