"""The generated company: whom it bills, for what, what is put off or suppressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Final
from unicodedata import normalize
from zlib import crc32

from core.db.engine import Database
from core.db.writes import suppressions
from core.model.chase_state import Scope
from core.model.chasing import HoldKind
from core.model.documents import DocumentRow
from core.model.enums import DocumentKind
from core.model.ports import Clock
from core.model.suppressions import AuditEntry, Suppression
from core.services.chasing import Chasing
from core.simulator.state import Suppressed

_INVOICES_OF_TEN: Final = 8


@dataclass(frozen=True, slots=True)
class Document:
    customer: Customer
    kind: DocumentKind
    number: str
    status: str
    total: Decimal
    balance_due: Decimal
    issued_on: date
    due_on: date


def documents(
    random: Random, customers: list[Customer], now: datetime, count: int = 600
) -> list[Document]:
    """Return ``count`` documents of the last year, oldest first, numbered as they were issued."""
    weights = [customer.weight for customer in customers]
    ages = sorted((random.triangular(0, 364, 40) for _ in range(count)), reverse=True)
    numbers = {DocumentKind.INVOICE: 0, DocumentKind.ESTIMATE: 0}
    found = []
    for position, age in enumerate(ages):
        kind = DocumentKind.INVOICE if position % 10 < _INVOICES_OF_TEN else DocumentKind.ESTIMATE
        numbers[kind] += 1
        prefix = "INV" if kind is DocumentKind.INVOICE else "EST"
        customer = random.choices(customers, weights)[0]
        issued = (now - timedelta(days=age)).date()
        found.append(
            _document(random, customer, kind, f"{prefix}-{numbers[kind]:04}", issued, now.date())
        )
    return found


def _document(
    random: Random, customer: Customer, kind: DocumentKind, number: str, issued: date, today: date
) -> Document:
    total = Decimal(random.randint(4_000, 480_000)) / 100
    due = issued + timedelta(days=random.choice((14, 30, 30, 45)))
    age = (today - issued).days
    if kind is DocumentKind.INVOICE:
        status = _invoice_status(random, age, is_overdue=due < today)
        paid = {"PAID": total, "VOID": total, "PARTIAL": total * random.randint(2, 7) / 10}
        balance = (total - paid.get(status, Decimal(0))).quantize(Decimal("0.01"))
    else:
        status = _estimate_status(random, age)
        balance = Decimal("0.00")
    return Document(customer, kind, number, status, total, balance, issued, due)


def _invoice_status(random: Random, age: int, *, is_overdue: bool) -> str:
    chance = random.random()
    if age < 9 and chance < 0.45:
        return "DRAFT"
    if chance < min(0.82, age / 110):
        return "PAID"
    if chance > 0.985:
        return "VOID"
    if chance > 0.91:
        return "PARTIAL"
    return "OVERDUE" if is_overdue else "OPEN"


def _estimate_status(random: Random, age: int) -> str:
    chance = random.random()
    if age < 14 and chance < 0.5:
        return "DRAFT"
    if age > 60:
        return "ACCEPTED" if chance < 0.6 else "EXPIRED" if chance < 0.85 else "DECLINED"
    return "ACCEPTED" if chance < 0.35 else "SENT"


#: Which customer, whether all of them, what was said by whom, days ago and days ahead.
_SAID: Final = (
    (25, True, HoldKind.PROMISE, "mira", "pays everything with the next run, on the 1st", 2, 9),
    (27, False, HoldKind.DISPUTE, "ben", "two hours too many; we look into it", 1, 5),
)


def write_holds(
    database: Database, people: Sequence[Customer], rows: Mapping[str, DocumentRow], now: datetime
) -> None:
    """Put off a whole customer, and the newest open invoice of another."""
    for position, is_whole, kind, operator, note, ago, ahead in _SAID:
        theirs = [
            row
            for _, row in sorted(rows.items())
            if row.customer == people[position].name and row.kind is DocumentKind.INVOICE
        ]
        document = ([row for row in theirs if row.balance_due] or theirs)[-1]
        at = now - timedelta(days=ago)
        scope = Scope(document.customer_id, None if is_whole else document.id)
        until = (now + timedelta(days=ahead)).astimezone().date()
        Chasing(database, _fixed(at), operator, timedelta()).hold(scope, kind, until, note)


def _fixed(at: datetime) -> Clock:
    return lambda: at


#: Days ago, who, the part before the @ (no contact of the customer), why.
_ADDED: Final = (
    (3, "mira", "paula.former", "has left the firm; her mail is read by nobody"),
    (12, "anna", "Reception", "asked on the phone to send bills to accounting only"),
    (40, "ben", "all-staff", "a list: everybody in the house would get it"),
)


def as_ses_stores(entries: Sequence[Suppressed]) -> tuple[Suppressed, ...]:
    """Give one entry the case in which its own server writes it: SES keeps what it heard."""
    bounced = [entry for entry in entries if entry.reason == "BOUNCE"]
    return tuple(
        replace(entry, address=entry.address.title()) if entry in bounced[1:2] else entry
        for entry in entries
    )


def write_own_list(database: Database, people: Sequence[Customer], now: datetime) -> None:
    """Put a few addresses on the office's own list, with who and why."""
    with database.transaction() as connection:
        for (days, operator, local, reason), customer in zip(_ADDED, people[20:], strict=False):
            domain = customer.mailboxes[0].address.rpartition("@")[2]
            at, address = now - timedelta(days=days), f"{local}@{domain}"
            suppressions.add(connection, [Suppression(address, reason, at, "own")], operator)
            done = AuditEntry(at, address, "own", "added", reason, operator, "done")
            suppressions.write_audit(connection, [done])


_FIRMS: Final = (
    "Alder & Finch Joinery", "Baltic Rope Works", "Café Zürichberg", "Dunmore Dental Practice",
    "Elbe Logistik GmbH", "Ferrand et Fils", "Grünwald Optik", "Harbour Street Bakery",
    "Ibex Outdoor AG", "Juniper Textiles", "Krajcik & Sons GmbH", "Lindqvist Byggnads AB",
    "Meridian Surveyors", "Nordlys Media ApS", "Orchard Veterinary Clinic", "Pellegrini Marmi",
    "Quayside Architects", "Rossi Impianti S.r.l.", "Søndergaard Print", "Tamarind Catering",
    "Umbra Lighting Design", "Vesterbro Cykler", "Whitcombe Solicitors", "Xylo Instruments",
    "Yarrow Garden Centre", "Zelenka Stavby s.r.o.",
)  # fmt: skip
_PEOPLE: Final = (
    "Ludwig Krajcik DVM", "Dr. Mikra Kranz", "Amélie Durand", "Björn Åkesson", "Caitlin O'Hara",
    "Dario Conti", "Eszter Nagy", "Felix Ochsenbein", "Grace Adeyemi", "Henrik Vuorinen",
    "Inês Carvalho", "Jakub Nowák", "Karin Feldhaus", "Leonor Peixoto",
)  # fmt: skip
_DESKS: Final = ("accounts", "billing", "buchhaltung", "office", "invoices", "finance")
_GIVEN: Final = ("anna", "brook", "carla", "denis", "erik", "farah", "gina", "hugo", "irena", "jon")
_CURRENCIES: Final = ("USD", "USD", "USD", "EUR", "EUR", "GBP", "CHF")
#: What Apple's Mail Privacy Protection calls itself when it loads images in advance.
APPLE_PROXY: Final = "Mozilla/5.0"


class Temper(StrEnum):
    """How a mailbox treats our emails."""

    OPENS = "opens"
    CLICKS = "clicks"
    SILENT = "silent"
    """Delivered, and nothing more is ever heard."""
    DEAD = "dead"
    """Answered once; the mailbox is gone since."""
    FULL = "full"
    SLOW = "slow"
    """Deferred before it is delivered."""
    AWAY = "away"
    """Delivered, and an automatic reply."""
    ANNOYED = "annoyed"
    """Marks one of the later emails as spam."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str
    name: str
    temper: Temper
    diagnostic: str = ""
    """What the server says when it refuses."""
    enhanced_status: str = ""
    user_agent: str = ""
    """Of the program that loads images, where it is not just any browser."""


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    ref: str
    phone: str
    currency: str
    mailboxes: tuple[Mailbox, ...]
    """The primary one first."""
    weight: int
    """How much business: how many documents, beside the others."""


_UNKNOWN_USER: Final = (
    "smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
)
_NO_ACCOUNT: Final = (
    "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try "
    "double-checking the recipient's email address for typos or unnecessary spaces."
)
_ACCESS_DENIED: Final = (
    "smtp; 550 5.4.1 Recipient address rejected: Access denied. For more information ask the "
    "administrator of {domain}"
)
_OUT_OF_STORAGE: Final = (
    "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<452 4.2.2 The recipient's "
    "inbox is out of storage space. Please direct the recipient to free some space and try again.>"
)
_OVER_QUOTA: Final = "smtp; 552 5.2.2 <{address}>: user is over quota"
_GREYLISTED: Final = "smtp; 451 4.7.1 <{address}>: Greylisting in action, please come back later"
_TRY_LATER: Final = "smtp; 421 4.7.0 {domain} Service not available, try again later"
_REFUSALS: Final = {
    Temper.DEAD: ((_UNKNOWN_USER, "5.1.1"), (_NO_ACCOUNT, "5.1.1"), (_ACCESS_DENIED, "5.4.1")),
    Temper.FULL: ((_OUT_OF_STORAGE, "4.4.7"), (_OVER_QUOTA, "5.2.2")),
    Temper.SLOW: ((_GREYLISTED, "4.7.1"), (_TRY_LATER, "4.7.0")),
}
#: One mailbox of each kind for the first customers, so that every status is near the top.
_FIRST_TEMPERS: Final = (
    Temper.DEAD, Temper.FULL, Temper.ANNOYED, Temper.SLOW, Temper.DEAD, Temper.AWAY,
    Temper.DEAD, Temper.CLICKS, Temper.SILENT, Temper.DEAD, Temper.DEAD,
)  # fmt: skip
_LATER_TEMPERS: Final = (
    (Temper.OPENS, 40), (Temper.SILENT, 26), (Temper.CLICKS, 14), (Temper.SLOW, 8),
    (Temper.AWAY, 6), (Temper.DEAD, 8), (Temper.FULL, 2),
)  # fmt: skip


def customers(random: Random, count: int = 40) -> list[Customer]:
    """Return ``count`` customers, firms and persons mixed."""
    names = [*_FIRMS, *_PEOPLE][:count]
    random.shuffle(names)
    return [_customer(random, name, position) for position, name in enumerate(names)]


def _customer(random: Random, name: str, position: int) -> Customer:
    domain = f"{_slug(name)}.example"
    if position < len(_FIRST_TEMPERS):
        temper = _FIRST_TEMPERS[position]
    else:
        kinds, weights = zip(*_LATER_TEMPERS, strict=True)
        temper = random.choices(kinds, weights)[0]
    first = random.choice(_GIVEN)
    boxes = [_mailbox(random, f"{first}{random.randint(10, 99)}@{domain}", first, temper)]
    boxes.extend(
        _mailbox(random, f"{desk}@{domain}", desk, Temper.OPENS)
        for desk in random.sample(_DESKS, k=random.choice((0, 1, 1, 2)))
    )
    return Customer(
        name=name,
        ref=f"C{1000 + position}",
        phone=f"+{random.randint(1, 49)} {random.randint(200, 999)} {random.randint(10000, 99999)}",
        currency=random.choice(_CURRENCIES),
        mailboxes=tuple(boxes),
        weight=random.choice((1, 1, 2, 2, 3, 4)),
    )


def _mailbox(random: Random, address: str, name: str, temper: Temper) -> Mailbox:
    refusals = _REFUSALS.get(temper)
    if refusals is None:
        # by the address and not by chance, so that everything else stays as it is
        is_proxied = temper is Temper.OPENS and crc32(address.encode()) % 4 == 0
        agent = APPLE_PROXY if is_proxied else ""
        return Mailbox(address, name.capitalize(), temper, user_agent=agent)
    words, code = random.choice(refusals)
    said = words.format(address=address, domain=address.rpartition("@")[2])
    return Mailbox(address, name.capitalize(), temper, said, code)


def _slug(name: str) -> str:
    plain = "".join(c for c in normalize("NFKD", name.casefold().replace("ø", "o")) if c.isascii())
    words = ["".join(c for c in word if c.isalnum()) for word in plain.split()]
    return next((word for word in words if len(word) > 3), "customer")
