"""Writes the generated company into a database, through the code that production uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from core.aws.events.fields import OUR_TAG
from core.db.engine import Database
from core.db.lists import documents as reads
from core.db.migrations import runner
from core.db.rows import chunks
from core.db.writes import outbox
from core.db.writes.imported_records import Catalogue, CustomerEntry, DocumentEntry, put_documents
from core.demo.customers import (
    Customer,
    Document,
    Mailbox,
    as_ses_stores,
    customers,
    documents,
    write_holds,
    write_own_list,
)
from core.demo.emails import Fate, PastEmail, external_bodies, history
from core.mail.mime import compose, default_body, default_subject
from core.model.delivery import DeliveryEvent
from core.model.documents import DocumentFilter, DocumentRow
from core.model.email import AttachedFile, Draft
from core.model.enums import DocumentKind, EmailKind, Role, Status
from core.rules.delivery.bot_engagement import PREFETCH_AGENTS
from core.services.feed.ingest import ingest
from core.simulator.events import Delays, reports
from core.simulator.messages import read_headers
from core.simulator.outcomes import Behaviour, SimulatedEvent, steps_for, suppressed_step
from core.simulator.outcomes import MailboxBehaviour as Does
from core.simulator.state import Sent, SentMail, Suppressed

SEED: Final = 42
SENDER: Final = "Outtray Demo <billing@outtray.example>"
_REGION: Final = "eu-west-1"
_ACCOUNT: Final = "123456789012"


class _SeededOrigin(SentMail):
    """Gives the same ids for the same seed."""

    __slots__ = ("_random",)

    def __init__(self, random: Random) -> None:
        super().__init__(_REGION, _ACCOUNT)
        object.__setattr__(self, "_random", random)

    def new_id(self, at: datetime) -> str:
        random: Random = object.__getattribute__(self, "_random")
        tail = f"{random.getrandbits(128):032x}"
        parts = (tail[:8], tail[8:12], tail[12:16], tail[16:20], tail[20:])
        return f"0102{int(at.timestamp() * 1000):012x}-{'-'.join(parts)}-000000"


@dataclass(frozen=True, slots=True)
class Company:
    """What the stand-in must be told about the generated company."""

    suppressions: tuple[Suppressed, ...]
    """SES's account list as it follows from the history."""
    mailboxes: tuple[Mailbox, ...]


def generate(path: Path, now: datetime, seed: int = SEED) -> Company:
    """Create the database ``path`` with about 40 customers, 600 documents and 1,500 emails."""
    database = Database(f"sqlite:///{path}")
    try:
        runner.prepare(database)
        return fill(database, now, seed)
    finally:
        database.close()


def fill(database: Database, now: datetime, seed: int = SEED) -> Company:
    """Write the company into an empty database."""
    random = Random(seed)
    people = customers(random)
    books = documents(random, people, now)
    emails = history(random, books, now)
    rows = _write_books(database, people, books)
    bodies, suppressions = _write_emails(database, random, emails, rows, now)
    bodies = [*external_bodies(emails, _SeededOrigin(random)), *bodies]
    for some in chunks(bodies):
        ingest(database, some, "demo", lambda: now, _arrived_at)
    write_own_list(database, people, now)
    write_holds(database, people, rows, now)
    return Company(
        as_ses_stores(suppressions),
        tuple(box for customer in people for box in customer.mailboxes),
    )


def _write_books(
    database: Database, people: Sequence[Customer], books: Sequence[Document]
) -> dict[str, DocumentRow]:
    with database.transaction() as connection:
        catalogue = Catalogue(connection)
        for customer in people:
            for box in reversed(customer.mailboxes):  # the primary one last, so that it stays so
                catalogue.put_customer(_entry(customer, box))
        put_documents(
            connection,
            catalogue,
            [
                DocumentEntry(
                    customer=_entry(document.customer, document.customer.mailboxes[0]),
                    kind=document.kind,
                    number=document.number,
                    status=document.status,
                    currency=document.customer.currency,
                    total=document.total,
                    balance_due=document.balance_due,
                    issued_on=document.issued_on,
                    due_on=document.due_on,
                )
                for document in books
            ],
        )
    return {row.number: row for row in reads.page_documents(database.reader, DocumentFilter())}


def _entry(customer: Customer, box: Mailbox) -> CustomerEntry:
    return CustomerEntry(customer.name, box.address, box.name, customer.ref, customer.phone)


def _write_emails(
    database: Database,
    random: Random,
    emails: Sequence[PastEmail],
    rows: dict[str, DocumentRow],
    now: datetime,
) -> tuple[list[str], list[Suppressed]]:
    """Write the emails as they were sent; return what SES reported, as it arrived, and its list."""
    origin = _SeededOrigin(random)
    causes: dict[str, Suppressed] = {}
    new: list[outbox.NewEmail] = []
    answers: dict[str, outbox.SesAnswer] = {}
    bodies: list[tuple[datetime, str]] = []
    for email in emails:
        written = _new_email(random, email, rows[email.document.number])
        new.append(written)
        for delivery in written.deliveries:
            fate = email.fate if delivery.role is Role.TO else Fate.OPENED
            answers[delivery.tag] = _answer(origin, email, fate)
            sent = _sent(written, delivery, answers[delivery.tag].ses_message_id)
            told = _reported(random, origin, email, fate, sent, causes)
            bodies.extend((at, text) for at, text in told if at <= now)  # the rest is to come
    with database.transaction() as connection:
        outbox.record_all(connection, new, answers)
    # the newest last: that is where the top line looks for when the feed last brought something
    return [text for _, text in sorted(bodies)], list(causes.values())


def _arrived_at(facts: Sequence[DeliveryEvent]) -> datetime:
    """A report is here about a second after what it tells of."""
    return max(fact.at for fact in facts) + timedelta(milliseconds=900)


def _new_email(random: Random, email: PastEmail, row: DocumentRow) -> outbox.NewEmail:
    kind = email.kind
    files = () if kind is EmailKind.FOLLOW_UP else (_pdf(row),)
    draft = Draft(
        document_id=row.id,
        kind=kind,
        to=(email.mailbox.address,),
        cc=tuple(box.address for box in email.copies),
        subject=default_subject(kind, row),
        body=default_body(kind, row, attached=bool(files)),
        attachments=files,
    )
    message_id = f"<{random.getrandbits(96):024x}@outtray.example>"
    boxes = [(Role.TO, email.mailbox), *((Role.CC, box) for box in email.copies)]
    return outbox.NewEmail(
        document_id=row.id,
        kind=kind,
        subject=draft.subject,
        body=draft.body,
        sender=SENDER,
        sent_by=email.sent_by,
        created_at=email.at,
        message_id=message_id,
        mime=compose(draft, SENDER, message_id, email.at),
        attachments=files,
        deliveries=tuple(
            outbox.NewDelivery(
                role,
                box.address,
                f"{random.getrandbits(128):032x}",
                email.replaces if role is Role.TO else None,
            )
            for role, box in boxes
        ),
    )


def _answer(origin: SentMail, email: PastEmail, fate: Fate) -> outbox.SesAnswer:
    if fate is Fate.REFUSED:
        words = "SES said: Sending paused for this configuration set."
        return outbox.SesAnswer(Status.FAILED, error=words)
    if fate is Fate.LOST_ANSWER:
        return outbox.SesAnswer(Status.UNCONFIRMED, error="SES did not answer within 60 seconds.")
    return outbox.SesAnswer(Status.SENT, origin.new_id(email.at), _REGION, email.at)


def _sent(email: outbox.NewEmail, delivery: outbox.NewDelivery, ses_message_id: str) -> Sent:
    mime = email.mime or b""
    return Sent(
        message_id=ses_message_id,
        at=email.created_at,
        source=SENDER,
        source_arn=f"arn:aws:ses:{_REGION}:{_ACCOUNT}:identity/outtray.example",
        to=(delivery.address,),
        cc=(),
        bcc=(),
        tags=((OUR_TAG, delivery.tag),),
        configuration_set="outtray",
        operation="SendRawEmail",
        raw=mime,
        headers=read_headers(mime),
    )


def _reported(
    random: Random,
    origin: SentMail,
    email: PastEmail,
    fate: Fate,
    sent: Sent,
    causes: dict[str, Suppressed],
) -> Iterator[tuple[datetime, str]]:
    """Yield SES's reports with their times, by the same rules as the stand-in."""
    if fate in (Fate.REFUSED, Fate.LOST_ANSWER):
        return
    recipient = sent.to[0]
    if fate is Fate.IN_FLIGHT:
        steps: tuple[SimulatedEvent, ...] = ()
    elif fate is Fate.DROPPED and recipient in causes:
        steps = (suppressed_step(recipient, causes[recipient]),)
    else:
        steps = steps_for(recipient, _behaviour(email, fate))
    pace = Delays.paced(random.uniform(1.2, 9))
    late = random.uniform(60, 40_000)
    if email.mailbox.user_agent in PREFETCH_AGENTS:
        late = pace.open
    delays = replace(pace, open=late, click=late + random.uniform(2, 300))
    if fate is Fate.DELIVERED_LATE:
        delays = replace(delays, delivery=random.uniform(400, 2_400))
    made = reports(sent, steps, origin, delays)
    for report in made:
        for entry in report.suppress:
            causes[entry.address] = entry
        yield email.at + timedelta(seconds=report.after), report.text


def _behaviour(email: PastEmail, fate: Fate) -> Behaviour:
    box = email.mailbox
    kind = Does.BOUNCE if fate is Fate.DROPPED else Does(fate.value)
    refuses = fate in (Fate.BOUNCED, Fate.SOFT_BOUNCED, Fate.DEFERRED, Fate.DELIVERED_LATE)
    return Behaviour(
        kind,
        diagnostic=box.diagnostic if refuses else "",
        enhanced_status=box.enhanced_status if refuses else "",
        user_agent=box.user_agent,
    )


def _pdf(row: DocumentRow) -> AttachedFile:
    """A real one-page PDF with the document's number and total."""
    return AttachedFile(f"{row.number}.pdf", "application/pdf", one_page_pdf(_lines(row)))


def _lines(row: DocumentRow) -> list[str]:
    what = "Invoice" if row.kind is DocumentKind.INVOICE else "Estimate"
    return [f"{what} {row.number}", row.customer, f"Total {row.total:,.2f} {row.currency}"]


def one_page_pdf(lines: Sequence[str]) -> bytes:
    """Return a minimal PDF 1.4 with these lines in Helvetica."""
    plain = [line.encode("cp1252", "replace") for line in lines]
    escaped = [
        line.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") for line in plain
    ]
    text = b"BT /F1 16 Tf 72 770 Td 22 TL " + b" ".join(b"(" + t + b") Tj T*" for t in escaped)
    text += b" ET"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return out + b"startxref\n%d\n%%%%EOF\n" % start
