"""Who is suppressed on our own list, by whom and why; the hard bounces and complaints behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from core.db.codec import from_instant, known_instant, storable
from core.db.engine import Reader
from core.db.lists.filter_sql import in_chunks, numbered
from core.model.enums import DocumentKind, address_key
from core.model.suppressions import AuditEntry, Cause, Release, Suppression
from core.rules.gate.suppression_list import Failure

_ENTRY: Final = "SELECT address, reason, since, added_by FROM suppressions"


_FAILURE: Final = (
    "SELECT x.address_key, x.status, x.bounced_at, x.complained_at, x.ses_message_id,"
    " m.id, m.subject, m.created_at, d.id, d.number, d.kind, c.id, c.name"
    " FROM deliveries x JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = x.document_id"
    " JOIN customers c ON c.id = d.customer_id"
)


_BOUNCED: Final = 90
"""The least status of a delivery whose bounce was a hard one."""


def entries(reader: Reader) -> tuple[Suppression, ...]:
    """Return all of our own list."""
    return tuple(_entry(row) for row in reader.rows(_ENTRY, {}))


def entries_of(reader: Reader, addresses: Iterable[str]) -> dict[str, Suppression]:
    """Return the entries of our own list, by ``address_key``."""
    found: dict[str, Suppression] = {}
    for some in in_chunks(sorted({storable(address_key(address)) for address in addresses})):
        among, values = numbered("a", some)
        for row in reader.rows(f"{_ENTRY} WHERE address_key IN {among}", values):
            found[address_key(row[0])] = _entry(row)
    return found


def _entry(row: Sequence[Any]) -> Suppression:
    return Suppression(row[0], row[1], from_instant(row[2]), "own", added_by=row[3])


def audit(reader: Reader, address: str) -> tuple[AuditEntry, ...]:
    """Return what was done about an address, newest first."""
    rows = reader.rows(
        "SELECT at, address, list, action, reason, operator, outcome, detail"
        " FROM suppression_audit WHERE address_key = :key ORDER BY at DESC, id DESC",
        {"key": storable(address_key(address))},
    )
    return tuple(AuditEntry(known_instant(row[0]), *row[1:]) for row in rows)


def added_by(reader: Reader, keys: Collection[str]) -> dict[str, str]:
    """Return who put addresses on SES's list through Outtray, by ``address_key``."""
    return {
        row[0]: row[2]
        for row in _newest_done(reader, keys, " AND list = 'ses'")
        if row[1] == "added"
    }


def releases(reader: Reader, addresses: Iterable[str]) -> dict[str, Release]:
    """Return who vouched for addresses, by ``address_key``: the last thing done was to remove."""
    keys = {address_key(address) for address in addresses}
    return {
        row[0]: Release(row[2], known_instant(row[3]), row[4])
        for row in _newest_done(reader, keys)
        if row[1] == "removed"
    }


def _newest_done(reader: Reader, keys: Collection[str], also: str = "") -> list[Sequence[Any]]:
    found: list[Sequence[Any]] = []
    for some in in_chunks(sorted(map(storable, keys))):
        among, values = numbered("a", some)
        rows = reader.rows(
            "SELECT address_key, action, operator, at, reason FROM suppression_audit"
            f" WHERE outcome = 'done' AND address_key IN {among}{also} ORDER BY at DESC, id DESC",
            values,
        )
        seen: set[str] = set()
        for row in rows:
            if row[0] not in seen:
                seen.add(row[0])
                found.append(row)
    return found


def failures(
    reader: Reader, keys: Collection[str], message_ids: Collection[str]
) -> tuple[Failure, ...]:
    """Return hard bounces and complaints of addresses, and whatever SES knows by these ids."""
    found: list[Sequence[Any]] = []
    for some in in_chunks(sorted(map(storable, keys))):
        among, values = numbered("a", some)
        found += reader.rows(
            f"{_FAILURE} WHERE x.address_key IN {among} AND x.status >= {_BOUNCED}", values
        )
    for some in in_chunks(sorted(map(storable, message_ids))):
        among, values = numbered("a", some)
        found += reader.rows(f"{_FAILURE} WHERE x.ses_message_id IN {among}", values)
    return tuple(failure for row in found for failure in _failures(row))


def _failures(row: Sequence[Any]) -> list[Failure]:
    cause = Cause(
        email_id=row[5],
        subject=row[6],
        sent_at=known_instant(row[7]),
        document_id=row[8],
        document_number=row[9],
        document_kind=DocumentKind(row[10]),
        customer_id=row[11],
        customer=row[12],
    )
    times = ((False, row[2] if row[1] >= _BOUNCED else 0), (True, row[3]))
    told = [
        Failure(row[0], is_complaint, known_instant(at), row[4], cause)
        for is_complaint, at in times
        if at
    ]
    # SES named it although we have not heard yet why: its report may still be on the way.
    return told or [Failure(row[0], False, cause.sent_at, row[4], cause)]
