"""What a report does to the delivery it is about, by the spelling of the address that it names.

``uv run python -m bench.spellings`` prints the tables: of every spelling, of every type of
complaint and of everything that stops an email, with the advice. Bodies go through the real reading
and a real database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from bench.books import NOW, fill, new_file
from core.db.engine import Database
from core.db.lists import documents
from core.db.rows import DELIVERY_COLUMNS, state_of
from core.model.delivery import DeliveryState
from core.model.documents import DocumentFilter
from core.model.history import RecipientEntry
from core.rules.delivery.addresses import is_same_address
from core.rules.delivery.reasons import DROPS
from core.services import history
from core.services.feed.ingest import ingest

#: (what we sent to, what the report names, whether that is the same address). A name that is no
#: text stands for the whole list of recipients.
SPELLINGS: Final[tuple[tuple[str, object, bool], ...]] = (
    ("ann@x.example", "ann@x.example", True),
    ("ann@x.example", "ANN@X.EXAMPLE", True),
    ("ann@x.example", "  ann@x.example ", True),
    ("ann@x.example", "rfc822;ann@x.example", True),
    ("ann@x.example", "RFC822; Ann@X.example", True),
    ("ann@x.example", "utf-8;ann@x.example", True),
    ("ann@x.example", "mailto:ann@x.example", True),
    ("ann@x.example", "mailto:ann%40x.example?subject=Invoice", True),
    ("ann@x.example", "SMTP:ann@x.example", True),
    ("ann@x.example", "<ann@x.example>", True),
    ("ann@x.example", "Ann Lee <ann@x.example>", True),
    ("ann@x.example", '"Lee, Ann" <ann@x.example>', True),
    ("ann@x.example", "rfc822;<ann@x.example>", True),
    ("ann@x.example", '"ann"@x.example', True),
    ("ann@x.example", '"ann@x.example"', True),
    ("ann@x.example", "'ann@x.example'", True),
    ("ann@x.example", "ann@x.example.", True),
    ("ann@x.example", "ann@x.example (work)", True),
    ("ann@x.example", "(Ann (Lee)) ann@x.example", True),
    ("ann+inv42@x.example", "ann@x.example", True),
    ("ann@x.example", "ann+inv42@x.example", True),
    ("ann@gmail.com", "ann@googlemail.com", True),
    ("ann.lee@gmail.com", "annlee@gmail.com", True),
    ("ann.lee@googlemail.com", "a.n.n.l.e.e+shop@gmail.com", True),
    ("ann@münchen.example", "ann@xn--mnchen-3ya.example", True),
    ("ann@xn--mnchen-3ya.example", "ann@MÜNCHEN.example", True),
    ("ann@x.example", "ann@x\u3002example", True),
    ("ann@x.example", "ann\u200b@x.example", True),
    ("ann@x.example", "", True),
    ("ann@x.example", "<>", True),
    ("ann@x.example", "rfc822;", True),
    ("ann@x.example", [], True),
    ("ann@x.example", None, True),
    ("ann@x.example", [None], True),
    ("ann@x.example", [{}], True),
    ("ann@x.example", "missing", True),
    ("ann@x.example", "bob@x.example", False),
    ("ann@x.example", "ann@y.example", False),
    ("ann@x.example", "ann@mail.x.example", False),
    ("ann@x.example", "a.nn@x.example", False),
    ("ann@x.example", "ann-inv42@x.example", False),
    ("ann@x.example", "forward+ann=x.example@relay.example", False),
    ("ann@x.example", "ann", False),
    ("ann@straße.example", "ann@xn--mnchen-3ya.example", False),
)
COMPLAINTS: Final = (
    "", "abuse", "Abuse", "ABUSE", "fraud", "virus", "auth-failure", "AUTH_FAILURE", "other",
    "opt-out", "dkim", "Nonsense!", "not-spam", "Not-Spam", "not_spam", "NOTSPAM",
)  # fmt: skip
_BOUNCE: Final = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 no"}


class Row(NamedTuple):
    ours: str
    reported: object
    is_same: bool
    alone: DeliveryState
    """A permanent bounce, and nothing else."""
    delivered: DeliveryState
    """The same after a Delivery."""


def rows() -> Iterator[Row]:
    """Report every spelling twice: without a Delivery, and with one."""
    with new_file() as database:
        known = fill(database, 2 * len(SPELLINGS))
        _readdress(database)
        bodies = []
        for n, (ours, reported, _) in enumerate(SPELLINGS):
            for is_delivered, (message_id, tag, _) in enumerate(known[2 * n : 2 * n + 2]):
                bodies.append(_bounce(message_id, tag, ours, reported))
                if is_delivered:
                    bodies.append(_delivery(message_id, tag, ours))
        ingest(database, bodies, "test", lambda: NOW)
        states = _states(database)
        for n, (ours, reported, _) in enumerate(SPELLINGS):
            alone, delivered = (states[tag] for _, tag, _ in known[2 * n : 2 * n + 2])
            is_same = not isinstance(reported, str) or is_same_address(reported, ours)
            is_same = is_same or reported == "missing"
            yield Row(ours, reported, is_same, alone, delivered)


def complaints() -> Iterator[tuple[str, RecipientEntry]]:
    """Report a complaint of every type about a delivered email, each about a document's own."""
    with new_file() as database:
        known = fill(database, 2 * len(COMPLAINTS))
        bodies = []
        for kind, (message_id, tag, address) in zip(COMPLAINTS, known, strict=False):
            bodies += [
                _delivery(message_id, tag, address),
                _complaint(message_id, tag, address, kind),
            ]
        ingest(database, bodies, "test", lambda: NOW)
        entries = {
            recipient.ses_message_id: recipient
            for row in documents.page_documents(database.reader, DocumentFilter())
            for email in history.document_log(database.reader, row.id).emails
            for recipient in email.recipients
        }
        for kind, (message_id, _, _) in zip(COMPLAINTS, known, strict=False):
            yield kind, entries[message_id]


def _readdress(database: Database) -> None:
    with database.transaction() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM deliveries ORDER BY id").fetchall()
        for n, (key,) in enumerate(ids):
            address = SPELLINGS[n // 2][0]
            connection.exec_driver_sql(
                "UPDATE deliveries SET address = ?, address_key = ? WHERE id = ?",
                (address, address.casefold(), key),
            )


def _states(database: Database) -> dict[str, DeliveryState]:
    found = database.reader.rows(
        f"SELECT {DELIVERY_COLUMNS}, x.tag FROM deliveries x"  # noqa: S608 (a constant)
        " JOIN emails m ON m.id = x.email_id",
        {},
    )
    return {row[-1]: state_of(row) for row in found}


def _body(kind: str, name: str, details: dict[str, Any], *of: str) -> str:
    message_id, tag, address = of
    mail = {
        "timestamp": NOW.isoformat(),
        "messageId": message_id,
        "destination": [address],
        "tags": {"outtray": [tag]},
    }
    at = (NOW + timedelta(minutes=5)).isoformat()
    return json.dumps({"eventType": kind, "mail": mail, name: {"timestamp": at, **details}})


def _bounce(message_id: str, tag: str, address: str, reported: object) -> str:
    details: dict[str, Any] = {"bounceType": "Permanent", "bounceSubType": "General"}
    if isinstance(reported, str):
        details["bouncedRecipients"] = [{"emailAddress": reported, **_BOUNCE}]
    else:
        details["bouncedRecipients"] = reported
    if reported == "missing":
        del details["bouncedRecipients"]
    return _body("Bounce", "bounce", details, message_id, tag, address)


def _delivery(message_id: str, tag: str, address: str) -> str:
    return _body("Delivery", "delivery", {"recipients": [address]}, message_id, tag, address)


def _complaint(message_id: str, tag: str, address: str, kind: str) -> str:
    details: dict[str, Any] = {"complainedRecipients": [{"emailAddress": address}]}
    if kind:
        details["complaintFeedbackType"] = kind
    return _body("Complaint", "complaint", details, message_id, tag, address)


def shown(state: DeliveryState) -> str:
    return f"{state.word.value}{' forward' if state.is_forward else ''}"


def main() -> None:
    _print(
        ("sent to", "reported", "address", "bounce alone", "bounce and Delivery"),
        [
            (
                row.ours,
                row.reported if isinstance(row.reported, str) else json.dumps(row.reported),
                "same" if row.is_same else "another",
                shown(row.alone),
                shown(row.delivered),
            )
            for row in rows()
        ],
    )
    print()
    _print(
        ("complaint", "status", "advice"),
        [
            (
                kind or "(none)",
                shown(entry.state),
                entry.advice if entry.state.complained_at else entry.notes[0].text,
            )
            for kind, entry in complaints()
        ],
    )
    print()
    _print(("stopped by", "in a list", "advice"), DROPS)


def _print(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    widths = [max(len(each[n]) for each in (titles, *lines)) for n in range(len(titles))]
    for line in (titles, *lines):
        print(
            "  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip()
        )


if __name__ == "__main__":
    main()
