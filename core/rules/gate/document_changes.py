"""What is not as it was when a document was sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.model.documents import DocumentRow
from core.model.email import Change, FilePrint, Snapshot


def snapshot_of(document: DocumentRow) -> Snapshot:
    return Snapshot(
        document.status,
        document.currency,
        document.total,
        document.balance_due,
        document.due_on,
    )


def changes(
    before: Snapshot | None,
    document: DocumentRow,
    sent: FilePrint | None,
    current: FilePrint | None,
) -> tuple[Change, ...]:
    """Return what differs: of the document where ``before`` is known, and of its PDF."""
    found = [] if before is None else list(_of_document(before, snapshot_of(document)))
    if sent != current and (sent is None or current is None or sent.sha256 != current.sha256):
        found.append(Change("PDF", _file(sent), _file(current)))
    return tuple(found)


def _of_document(before: Snapshot, now: Snapshot) -> Iterator[Change]:
    pairs = (
        ("total", _money(before.total, before), _money(now.total, now)),
        ("balance", _money(before.balance_due, before), _money(now.balance_due, now)),
        ("due", _day(before.due_on), _day(now.due_on)),
        ("status", before.status, now.status),
    )
    for what, then, today in pairs:
        if then != today:
            yield Change(what, then, today)


def _money(value: Decimal, snapshot: Snapshot) -> str:
    return f"{value:,.2f} {snapshot.currency}"


def _day(on: date | None) -> str:
    return "no date" if on is None else f"{on.day} {on:%B %Y}"


def _file(file: FilePrint | None) -> str:
    return "none" if file is None else f"{file.name}, {file.size:,} bytes, {file.sha256[:8]}"
