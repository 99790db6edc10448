"""What a file of an accounting program says, in our words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.model.enums import DocumentKind
from core.model.reports import Rejection

Progress = Callable[[int, int], None]
"""Takes the bytes done (about) and the bytes of the file; what it raises ends the reading."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    line: int
    """The physical line where the row starts, as a text editor counts them, from 1."""
    name: str
    """Never empty."""
    email: str
    """One bare address, or empty."""
    contact: str
    ref: str = ""
    """The id other files call this customer by; empty where the file has none."""
    phone: str = ""
    currency: str = ""
    """Three capital letters, or empty."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document, however many lines the file spends on it."""

    line: int
    """Of its first row."""
    kind: DocumentKind
    number: str
    """Text: leading zeros are part of it."""
    customer: str
    """The name or the id of a customer, as the file writes it."""
    customer_email: str
    status: str
    """The file's word in upper case; empty where the file says nothing."""
    currency: str
    """Three capital letters."""
    total: Decimal
    balance_due: Decimal
    issued_on: date | None
    due_on: date | None
    pdf: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    file: str
    dialect: str
    """``plain``, ``invoiceninja`` or ``freshbooks``."""
    kind: str
    """``customers``, ``invoices``, ``estimates`` or ``documents`` (of both kinds)."""
    encoding: str
    """``utf-8``, ``utf-8-sig``, ``utf-16``, ``utf-16-le`` or ``windows-1252``."""
    read: int
    """Rows below the header that were not blank, good or bad."""
    customers: tuple[CustomerRecord, ...]
    """Each once; in a file of documents they are not listed again."""
    documents: tuple[DocumentRecord, ...]
    rejected: tuple[Rejection, ...]
    """By line. ``field`` is the column's heading in the file, or ``row``. Where only part of a row
    was left out (an unusable address), the reason says so."""
