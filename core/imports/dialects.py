"""The files Outtray reads: which columns make each, and what they mean.

The first row that has all the columns of a dialect is the header; what stands above it is skipped.
Order, case and further columns do not matter; cells are separated by ``,``, ``;`` or tab.

**plain**, our own: what any other program's data is brought into.

``customers``: ``name``, ``email``; optional ``id``, ``contact``, ``phone``, ``currency``.

- ``name`` is required. ``email``: one address; may be empty. A row with an unusable address is kept
  without it, and reported.
- ``id``: what ``customer`` in a file of documents may refer to. ``contact``: the person's name.

``documents``: ``number``, ``kind``, ``customer``, ``status``, ``currency``, ``total``,
``balance_due``, ``issued_on``, ``due_on``; optional ``pdf``.

- ``number``, text, and ``customer``, the id or name of one, are required.
- ``kind``: ``invoice`` or ``estimate``; ``quote``, ``offer`` and ``proposal`` are estimates.
- ``status``: one's own word, kept in capitals (``DRAFT SENT OPEN PARTIAL PAID VOID`` …).
- ``currency``: a three-letter code; may be empty where the total carries it (``€ 12.50``).
- ``total``, ``balance_due``: ``1234.50``, ``$1,234.50``, ``-5.00``, ``(5.00)``, ``1.234,50``,
  ``13,50``; four decimals at most. An empty balance is nothing for PAID, the total for the rest.
- ``issued_on``, ``due_on``: ``2019-11-25``, ``11/25/2019``, ``25.11.2019``; a time is ignored; may
  be empty. Where a date with slashes shows that the file puts the day first, all are read so.
- ``pdf``: where the document's PDF lies.

**invoiceninja**: its exports (version 4, in English) of *clients*, *invoices* and *quotes*. The
balance is the amount less what was paid.

**freshbooks**: its exports of *clients* and *invoices*. A total is the sum of its lines. They hold
no balance, so it is nothing for a paid invoice and the total for others, partly paid ones included.

Both spend one line per *item*: lines of one number are one document. ``USD`` is read where neither
a column nor a sign says otherwise. A client without a name is called by the contact's name, or else
by the address, as these programs do on their documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final

from core.imports.records import CustomerRecord, DocumentRecord
from core.imports.rows import Row
from core.imports.values import Money, shown, squeeze
from core.model.enums import DocumentKind

Build = Callable[[Row], CustomerRecord | DocumentRecord]


class Lines(Enum):
    """What further rows of one number mean."""

    REPEAT = "repeat"
    """Each row states the whole document, so all must say the same."""
    ADD_UP = "add up"
    """Each row is a part of the total, so none may be missing."""


@dataclass(frozen=True, slots=True)
class Dialect:
    name: str
    title: str
    """For people: ``Invoice Ninja clients``."""
    kind: str
    required: Mapping[str, str]
    """Field → the column's heading. The second column of one heading is ``Heading 2``."""
    build: Build
    optional: Mapping[str, str] = field(default_factory=dict)
    lines: Lines = Lines.REPEAT


_KINDS: Final = {
    "invoice": DocumentKind.INVOICE,
    "estimate": DocumentKind.ESTIMATE,
    "quote": DocumentKind.ESTIMATE,
    "offer": DocumentKind.ESTIMATE,
    "proposal": DocumentKind.ESTIMATE,
}
_PAID: Final = frozenset({"PAID", "AUTO-PAID", "AUTOPAID"})
_NOTHING: Final = Decimal(0)


# --------------------------------------------------------------------------- customers


def _plain_customer(row: Row) -> CustomerRecord:
    return _customer(row, row.text("name", required=True), row.text("contact"), _email(row))


def _client(row: Row) -> CustomerRecord:
    """A client who is a person, not a company, may have no name but the contact's."""
    contact = squeeze(f"{row.text('first')} {row.text('last')}")
    email = _email(row)
    name = row.text("name") or contact or email or row.text("name", required=True)
    return _customer(row, name, contact, email)


def _customer(row: Row, name: str, contact: str, email: str) -> CustomerRecord:
    code = row.text("currency")
    return CustomerRecord(
        line=row.line,
        name=name,
        email=email,
        contact=contact,
        ref=row.text("ref"),
        phone=row.text("phone") or row.text("contact_phone"),
        currency=code.upper() if re.fullmatch(r"[A-Za-z]{3}", code) else "",
    )


def _email(row: Row) -> str:
    return row.address("email", keeps="customer")


# --------------------------------------------------------------------------- documents


def _document(
    row: Row, kind: DocumentKind, total: Money, balance: Decimal, status: str, currency: str
) -> DocumentRecord:
    return DocumentRecord(
        line=row.line,
        kind=kind,
        number=row.text("number", required=True),
        customer=row.text("customer", required=True),
        customer_email=row.address("customer_email", keeps="document"),
        status=status,
        currency=currency,
        total=total.value,
        balance_due=balance,
        issued_on=row.day("issued_on"),
        due_on=row.day("due_on"),
        pdf=row.raw("pdf"),
    )


def _status(row: Row) -> str:
    return row.text("status").upper()


def _plain_document(row: Row) -> DocumentRecord:
    word = row.text("kind")
    kind = _KINDS.get(word.casefold())
    if kind is None:
        row.problem("kind", f"found {shown(word)}, expected one of {', '.join(_KINDS)}")
    status, total = _status(row), row.amount("total")
    rest = _NOTHING if status in _PAID else total.value
    balance = row.amount("balance_due", if_empty=rest)
    currency = row.currency(total, "total")
    return _document(row, kind or DocumentKind.INVOICE, total, balance.value, status, currency)


def _invoice_ninja(kind: DocumentKind) -> Build:
    def build(row: Row) -> DocumentRecord:
        total, paid = row.amount("total"), row.amount("paid", if_empty=_NOTHING)
        currency = row.currency(total, "total", default="USD")
        return _document(row, kind, total, total.value - paid.value, _status(row), currency)

    return build


def _freshbooks_line(row: Row) -> DocumentRecord:
    status, total = _status(row), row.amount("total")
    balance = _NOTHING if status in _PAID else total.value
    currency = row.currency(total, "total", default="USD")
    return _document(row, DocumentKind.INVOICE, total, balance, status, currency)


# --------------------------------------------------------------------------- the list


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _invoice_ninja_columns(word: str) -> dict[str, str]:
    return {
        "customer": "Client",
        "number": f"{word} Number",
        "total": "Amount",
        "paid": "Paid",
        "status": "Status",
        "issued_on": f"{word} Date",
    }


_INVOICE_NINJA_EXTRAS: Final = {
    "customer_email": "Email",
    "due_on": "Due Date",
    "currency": "Currency",
}

DIALECTS: Final = (
    Dialect(
        "plain",
        "plain customers",
        "customers",
        _same("name", "email"),
        _plain_customer,
        optional={"ref": "id"} | _same("contact", "phone", "currency"),
    ),
    Dialect(
        "plain",
        "plain documents",
        "documents",
        _same(
            "number",
            "kind",
            "customer",
            "status",
            "currency",
            "total",
            "balance_due",
            "issued_on",
            "due_on",
        ),
        _plain_document,
        optional=_same("pdf"),
    ),
    Dialect(
        "invoiceninja",
        "Invoice Ninja clients",
        "customers",
        {
            "name": "Name",
            "paid": "Paid to Date",
            "first": "First Name",
            "last": "Last Name",
            "email": "Email",
        },
        _client,
        optional={"phone": "Phone", "contact_phone": "Phone 2", "currency": "Currency"},
    ),
    Dialect(
        "invoiceninja",
        "Invoice Ninja invoices",
        "invoices",
        _invoice_ninja_columns("Invoice"),
        _invoice_ninja(DocumentKind.INVOICE),
        optional=_INVOICE_NINJA_EXTRAS,
    ),
    Dialect(
        "invoiceninja",
        "Invoice Ninja quotes",
        "estimates",
        _invoice_ninja_columns("Quote"),
        _invoice_ninja(DocumentKind.ESTIMATE),
        optional=_INVOICE_NINJA_EXTRAS,
    ),
    Dialect(
        "freshbooks",
        "FreshBooks clients",
        "customers",
        {
            "name": "Organization",
            "first": "First Name",
            "last": "Last Name",
            "email": "Email",
        },
        _client,
        optional={"phone": "Phone"},
    ),
    Dialect(
        "freshbooks",
        "FreshBooks invoices",
        "invoices",
        {
            "customer": "Client Name",
            "number": "Invoice #",
            "issued_on": "Date Issued",
            "status": "Invoice Status",
            "total": "Line Total",
        },
        _freshbooks_line,
        optional={"currency": "Currency"},
        lines=Lines.ADD_UP,
    ),
)

#: Files that people try and that hold nothing Outtray needs: their headings → why.
NOT_NEEDED: Final[Mapping[frozenset[str], str]] = {
    frozenset({"client", "invoice number", "amount", "date"}): (
        "These are Invoice Ninja payments. Import the invoices instead: their column Paid "
        "already holds what was paid."
    ),
}
