"""Whether what is stored, fact by fact, is what the whole set of facts says.

``uv run python -m bench.histories [--histories N] [--seed N]``. A history is one customer with
documents, emails and recipients, and everything SES reports about them: out of order, told again,
told without our tag, about strangers, before our own commit. Many histories share a database, and
one transaction takes the next few facts of each. Compared are ``outtray db check`` and a fold over
the generated facts that shares no code with the rules (``bench.history_fold``).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from bench.books import new_file
from core.db.engine import Database
from core.db.lists import documents as reads
from core.db.writes import events, outbox
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.model.delivery import DeliveryEvent
from core.model.documents import DocumentFilter
from core.model.enums import DocumentKind, EmailKind, Role, Status
from core.services import integrity_check

START: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
STRANGER: Final = "forwarded@elsewhere.example"
#: Other spellings of one address.
SPELLINGS: Final = ("rfc822;{}", "mailto:{}", "<{}>", '"{}"', "{}.", "{} (work)")
_AT_ONCE: Final = 250

#: Type, subtype, whether the server explained itself.
KINDS: Final = (
    ("Send", "", False),
    ("DeliveryDelay", "General", False),
    ("Delivery", "", True),
    ("Bounce", "Permanent/General", True),
    ("Bounce", "Permanent/NoEmail", False),
    ("Bounce", "Permanent/OnAccountSuppressionList", True),
    ("Bounce", "Permanent/Suppressed", True),
    ("Bounce", "Transient/General", False),
    ("Bounce", "Transient/General", True),
    ("Bounce", "Transient/MailboxFull", False),
    ("BOUNCE", "TRANSIENT/MAILBOX_FULL", True),
    ("Bounce", "Undetermined/Undetermined", False),
    ("Bounce", "Undetermined/Undetermined", True),
    ("Complaint", "abuse", False),
    ("Complaint", "OnAccountSuppressionList", False),
    ("Complaint", "Not_Spam", False),
    ("Complaint", "fraud", False),
    ("Reject", "", True),
    ("Rendering Failure", "", True),
    ("Open", "", False),
    ("Click", "", False),
    ("Subscription", "", False),
    ("Mail Teleported", "", False),
)
_OFTEN: Final = (5, 2, 6, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 2, 1, 1)


@dataclass
class Sent:
    """One delivery: what we did, and what is reported about it."""

    tag: str
    address: str
    role: Role
    replaces: str | None
    local: Status
    is_late: bool
    """SES's reports may come before our own commit says that it took the message."""
    facts: list[DeliveryEvent] = field(default_factory=list)
    is_tagged: bool = False
    """Some report carries our tag."""

    @property
    def message_id(self) -> str:
        return f"m-{self.tag}"


@dataclass
class Document:
    number: str
    kind: DocumentKind
    balance: Decimal
    emails: list[list[Sent]]
    """Oldest first."""


@dataclass
class History:
    customer: str
    documents: list[Document]
    batches: list[list[DeliveryEvent]]

    def deliveries(self) -> Iterator[Sent]:
        for document in self.documents:
            for email in document.emails:
                yield from email


# --------------------------------------------------------------------------- making them up


def make(random: Random, name: str) -> History:
    numbers = [f"{name}-D{n}" for n in range(random.choice((1, 1, 2, 3)))]
    history = History(name, [_document(random, number) for number in numbers], [])
    told = [each for sent in history.deliveries() for each in _tellings(random, sent)]
    random.shuffle(told)
    while told:
        size = random.randint(1, 10)
        history.batches.append(told[:size])
        told = told[size:]
    return history


def _document(random: Random, number: str) -> Document:
    pool = [f"{who}@{number.lower()}.example" for who in ("ann", "bob", "cy")]
    emails: list[list[Sent]] = []
    for n in range(random.choice((0, 1, 1, 2, 3))):
        earlier = [sent.address for email in emails for sent in email]
        to = random.sample(pool, random.choice((1, 1, 1, 2, 3)))
        roles = [Role.TO, *random.choices((Role.TO, Role.CC, Role.BCC), k=len(to) - 1)]
        emails.append(
            [
                _sent(random, f"{number}-{n}-{position}", address, role, earlier)
                for position, (address, role) in enumerate(zip(to, roles, strict=True))
            ]
        )
    kind = random.choice((DocumentKind.INVOICE, DocumentKind.ESTIMATE))
    return Document(number, kind, Decimal(random.choice((0, 849))), emails)


def _sent(random: Random, tag: str, address: str, role: Role, earlier: Sequence[str]) -> Sent:
    replaces = random.choice(earlier) if earlier and random.random() < 0.3 else None
    local = random.choices((Status.SENT, Status.UNCONFIRMED, Status.FAILED), (8, 1, 1))[0]
    is_late = local is Status.SENT and random.random() < 0.1
    sent = Sent(tag, address, role, replaces, local, is_late)
    for n in range(random.choice((0, 1, 2, 2, 3, 5)) if local is not Status.FAILED else 0):
        sent.facts.append(_fact(random, sent, n))
    return sent


def _fact(random: Random, sent: Sent, n: int) -> DeliveryEvent:
    kind, subtype, is_explained = random.choices(KINDS, _OFTEN)[0]
    recipient = random.choice((sent.address, sent.address.upper(), f" {sent.address}"))
    if random.random() < 0.2:
        recipient = random.choice(SPELLINGS).format(sent.address)
    if random.random() < 0.1:
        recipient = STRANGER
    names_nobody = random.random() < 0.04
    if names_nobody or (kind in ("Open", "Click") and random.random() < 0.3):
        recipient = ""
    return DeliveryEvent(
        type=kind,
        at=START + timedelta(minutes=random.randrange(40), milliseconds=n),
        message_id=sent.message_id,
        recipient=recipient,
        subtype=subtype,
        feedback_id=f"f-{sent.tag}-{n}" if kind in ("Bounce", "Complaint") else "",
        diagnostic=f"550 said {random.randrange(9)}" if is_explained else "",
        user_agent="Thunderbird" if kind in ("Open", "Click") else "",
    )


def _tellings(random: Random, sent: Sent) -> Iterator[DeliveryEvent]:
    """Each fact once to four times; an identity's notification does not have our tag."""
    for fact in sent.facts:
        for _ in range(random.choice((1, 1, 2, 4))):
            has_tag = random.random() < 0.7
            sent.is_tagged |= has_tag
            again = replace(fact, tag=sent.tag) if has_tag else fact
            if random.random() < 0.2:  # as SES names the email in its own notifications
                again = replace(again, message_id=f"<{fact.message_id}@eu-west-1.amazonses.com>")
            yield again


# --------------------------------------------------------------------------- storing them


def store(database: Database, histories: Sequence[History], random: Random) -> Counter[str]:
    """Write the books, then the facts batch by batch; return what was counted."""
    _write(database, histories)
    late = [s for history in histories for s in history.deliveries() if s.is_late]
    counted = Counter(histories=len(histories))
    for number in range(max((len(each.batches) for each in histories), default=0)):
        told = [fact for each in histories for fact in _nth(each.batches, number)]
        random.shuffle(told)
        with database.transaction() as connection:
            stored = events.store(connection, [(f.type, [f]) for f in told], START)
        counted["told"] += len(told)
        counted["facts"] += stored.applied + stored.unmatched
        counted["duplicate"] += stored.duplicate
        if number == 0:
            _accept(database, late)
    if late and counted["told"] == 0:
        _accept(database, late)
    return counted


def _nth(batches: Sequence[list[DeliveryEvent]], number: int) -> list[DeliveryEvent]:
    return batches[number] if number < len(batches) else []


def _write(database: Database, histories: Sequence[History]) -> None:
    documents = [(each.customer, document) for each in histories for document in each.documents]
    with database.transaction() as connection:
        entries = [_entry(customer, document) for customer, document in documents]
        put_documents(connection, Catalogue(connection), entries)
    ids = {row.number: row.id for row in reads.page_documents(database.reader, DocumentFilter())}
    new, answers = [], {}
    for _, document in documents:
        for day, email in enumerate(document.emails):
            new.append(_email(ids[document.number], day, email))
            for sent in email:
                if not sent.is_late:
                    known = sent.message_id if sent.local is Status.SENT else ""
                    answers[sent.tag] = outbox.SesAnswer(sent.local, known, "eu-west-1", START)
    with database.transaction() as connection:
        outbox.record_all(connection, new, answers)


def _entry(customer: str, document: Document) -> DocumentEntry:
    total = Decimal(1_000)
    return DocumentEntry(
        CustomerEntry(customer),
        document.kind,
        document.number,
        "OPEN",
        "EUR",
        total,
        document.balance,
        None,
        None,
    )


def _email(document_id: int, day: int, email: Sequence[Sent]) -> outbox.NewEmail:
    return outbox.NewEmail(
        document_id,
        EmailKind.ORIGINAL,
        "Invoice",
        "",
        "billing@office.example",
        "anna",
        START + timedelta(days=day),
        "",
        None,
        (),
        tuple(outbox.NewDelivery(s.role, s.address, s.tag, s.replaces) for s in email),
    )


def _accept(database: Database, late: Sequence[Sent]) -> None:
    with database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT tag, id FROM deliveries")
        ids: dict[str, Any] = {row[0]: row[1] for row in rows}
        for sent in late:
            outbox.claim(connection, ids[sent.tag], START)
            outbox.accepted(connection, ids[sent.tag], sent.message_id, "eu-west-1", START)


# --------------------------------------------------------------------------- comparing them


def compare(database: Database, histories: Sequence[History]) -> list[str]:
    """Return what differs, in words."""
    from bench import history_fold

    differences = integrity_check.check(database).differences
    found = [f"{d.table} {d.id} {d.column}: {d.stored} for {d.computed}" for d in differences]
    return found + list(history_fold.differences(database, histories))


def run(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Make, store and compare ``count`` histories in a database of their own."""
    random = Random(seed)
    histories = [make(random, f"H{seed}-{n}") for n in range(count)]
    with new_file() as database:
        counted = store(database, histories, random)
        counted["deliveries"] = sum(1 for each in histories for _ in each.deliveries())
        counted["documents"] = sum(len(each.documents) for each in histories)
        counted["emails"] = sum(len(d.emails) for each in histories for d in each.documents)
        return counted, compare(database, histories)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    counted: Counter[str] = Counter()
    differences: list[str] = []
    for n, start in enumerate(range(0, options.histories, _AT_ONCE)):
        more, found = run(min(_AT_ONCE, options.histories - start), options.seed + n)
        counted += more
        differences += found
    names = ("histories", "documents", "emails", "deliveries", "told", "duplicate", "facts")
    for name in names:
        print(f"{name:12} {counted[name]:9}")
    print(f"{'differences':12} {len(differences):9}")
    print(f"{'seconds':12} {time.perf_counter() - started:9.1f}")
    for line in differences[:10]:
        print(line)
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
