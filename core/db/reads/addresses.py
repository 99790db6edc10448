"""What is known of addresses: our suppression list, where they failed, who else has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.db.engine import Reader
from core.db.lists.filter_sql import NEEDS_ATTENTION, numbered
from core.db.reads import gate, history
from core.db.rows import (
    DELIVERY_AT,
    DELIVERY_COLUMNS,
    Record,
    chunks,
    from_instant,
    known_instant,
    view_of,
)
from core.model.delivery import DeliveryView
from core.model.email import KnownAddress
from core.model.enums import address_key, domain_of
from core.model.history import Contact, Health
from core.model.suppressions import AuditEntry, Cause, Release, Suppression
from core.rules.gate.suppression_list import Failure
from core.rules.search.text import search_key, storable

_ENTRY: Final = "SELECT address, reason, since, added_by FROM suppressions"
_CAUSE: Final = Record(
    Cause,
    named={
        "email_id": "m.id",
        "subject": "m.subject",
        "sent_at": "m.created_at",
        "document_id": "d.id",
        "document_number": "d.number",
        "document_kind": "d.kind",
        "customer_id": "c.id",
        "customer": "c.name",
        "is_named": "",
    },
)
_FAILURE: Final = (
    f"SELECT {_CAUSE.columns},"
    " x.address_key, x.status, x.bounced_at, x.complained_at, x.ses_message_id"
    " FROM deliveries x JOIN emails m ON m.id = x.email_id JOIN documents d ON d.id = x.document_id"
    " JOIN customers c ON c.id = d.customer_id"
)
_AUDIT: Final = Record(AuditEntry)
_BOUNCED: Final = 90
"""The least status of a delivery whose bounce was a hard one."""


def entries(reader: Reader) -> tuple[Suppression, ...]:
    """Return all of our own list."""
    return tuple(_entry(row) for row in reader.rows(_ENTRY, {}))


def entries_of(reader: Reader, addresses: Iterable[str]) -> dict[str, Suppression]:
    """Return the entries of our own list, by ``address_key``."""
    found: dict[str, Suppression] = {}
    for some in chunks(sorted({storable(address_key(address)) for address in addresses})):
        among, values = numbered("a", some)
        for row in reader.rows(f"{_ENTRY} WHERE address_key IN {among}", values):
            found[address_key(row[0])] = _entry(row)
    return found


def _entry(row: Sequence[Any]) -> Suppression:
    address, reason, since, added_by = row
    return Suppression(address, reason, from_instant(since), "own", added_by=added_by)


def audit(reader: Reader, address: str) -> tuple[AuditEntry, ...]:
    """Return what was done about an address, newest first."""
    rows = reader.rows(
        f"SELECT {_AUDIT.columns} FROM suppression_audit WHERE address_key = :key"
        " ORDER BY at DESC, id DESC",
        {"key": storable(address_key(address))},
    )
    return tuple(map(_AUDIT.of, rows))


def added_by(reader: Reader, keys: Collection[str]) -> dict[str, str]:
    """Return who put addresses on SES's list through Outtray, by ``address_key``."""
    done = _newest_done(reader, keys, " AND list = 'ses'")
    return {key: operator for key, action, operator, _, _ in done if action == "added"}


def releases(reader: Reader, addresses: Iterable[str]) -> dict[str, Release]:
    """Return who vouched for addresses, by ``address_key``: the last thing done was to remove."""
    keys = {address_key(address) for address in addresses}
    return {
        key: Release(operator, known_instant(at), reason)
        for key, action, operator, at, reason in _newest_done(reader, keys)
        if action == "removed"
    }


def _newest_done(reader: Reader, keys: Collection[str], also: str = "") -> list[Sequence[Any]]:
    found: list[Sequence[Any]] = []
    for some in chunks(sorted(map(storable, keys))):
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
    for some in chunks(sorted(map(storable, keys))):
        among, values = numbered("a", some)
        found += reader.rows(
            f"{_FAILURE} WHERE x.address_key IN {among} AND x.status >= {_BOUNCED}", values
        )
    for some in chunks(sorted(map(storable, message_ids))):
        among, values = numbered("a", some)
        found += reader.rows(f"{_FAILURE} WHERE x.ses_message_id IN {among}", values)
    return tuple(failure for row in found for failure in _failures(row))


def _failures(row: Sequence[Any]) -> list[Failure]:
    cause = _CAUSE.of(row)
    key, status, bounced, complained, message_id = row[-5:]
    times = ((False, bounced if status >= _BOUNCED else 0), (True, complained))
    told = [
        Failure(key, is_complaint, known_instant(at), message_id, cause)
        for is_complaint, at in times
        if at
    ]
    # SES named it although we have not heard yet why: its report may still be on the way.
    return told or [Failure(key, False, cause.sent_at, message_id, cause)]


_FAILED: Final = "x.status IN (35, 70, 85, 90, 100)"
_MOST_EARLIER: Final = 20


@dataclass(frozen=True, slots=True)
class AddressChange:
    """One correction, as it is kept."""

    customer_id: int
    old: str
    new: str
    by: str
    at: datetime


_CHANGE: Final = Record(
    AddressChange,
    named={"old": "old_address", "new": "new_address", "by": "changed_by", "at": "changed_at"},
)


def failed_documents(
    reader: Reader, address: str, customer_ids: Collection[int] | None = None
) -> list[int]:
    """Return documents with a failure at ``address`` that may still be open, newest sent first."""
    whose, values = "", {"key": storable(address_key(address))}
    if customer_ids is not None:
        among, named = numbered("c", sorted(customer_ids))
        whose, values = f" AND d.customer_id IN {among}", {**values, **named}
    rows = reader.rows(
        "SELECT d.id FROM documents d WHERE d.id IN (SELECT x.document_id FROM deliveries x"
        f" WHERE x.address_key = :key AND {_FAILED}) AND {NEEDS_ATTENTION}{whose}"
        " ORDER BY d.last_sent_at DESC, d.id DESC",
        values,
    )
    return [row[0] for row in rows]


def deliveries_of(reader: Reader, document_ids: Sequence[int]) -> dict[int, list[DeliveryView]]:
    """Return all deliveries of documents."""
    found: dict[int, list[DeliveryView]] = defaultdict(list)
    for some in chunks(document_ids):
        among, values = numbered("d", some)
        for row in reader.rows(
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries x JOIN emails m ON m.id = x.email_id"
            f" WHERE x.document_id IN {among} ORDER BY x.id",
            values,
        ):
            found[row[DELIVERY_AT["document_id"]]].append(view_of(row))
    return found


def reached_addresses(reader: Reader, customer_id: int) -> list[tuple[str, datetime]]:
    """Return where emails about this customer's documents arrived, and when last, newest first."""
    rows = reader.rows(
        "SELECT max(x.address), max(x.delivered_at) FROM deliveries x"
        " JOIN documents d ON d.id = x.document_id"
        " WHERE d.customer_id = :id AND x.delivered_at > 0"
        f" GROUP BY x.address_key ORDER BY max(x.delivered_at) DESC LIMIT {_MOST_EARLIER}",
        {"id": customer_id},
    )
    return [(address, known_instant(at)) for address, at in rows]


def customers_with(reader: Reader, address: str, name: str = "") -> list[tuple[int, str]]:
    """Return id and name of customers that have ``address``, or whose documents failed there.

    ``name`` is a part of the name.
    """
    rows = reader.rows(
        "SELECT c.id, c.name, c.name_key FROM customers c WHERE c.id IN"
        " (SELECT customer_id FROM contacts WHERE address_key = :key"
        " UNION SELECT d.customer_id FROM documents d JOIN deliveries x ON x.document_id = d.id"
        f" WHERE x.address_key = :key AND {_FAILED}) ORDER BY c.name_key, c.id",
        {"key": storable(address_key(address))},
    )
    return [(key, found) for key, found, name_key in rows if search_key(name) in name_key]


def customer_name(reader: Reader, customer_id: int) -> str | None:
    rows = reader.rows("SELECT name FROM customers WHERE id = :id", {"id": customer_id})
    return rows[0][0] if rows else None


def changes(reader: Reader, customer_id: int) -> tuple[AddressChange, ...]:
    """Return what was corrected for a customer, oldest first."""
    rows = reader.rows(
        f"SELECT {_CHANGE.columns} FROM address_changes WHERE customer_id = :id ORDER BY id",
        {"id": customer_id},
    )
    return tuple(map(_CHANGE.of, rows))


_MOST_COLLEAGUES = 50


def addresses(reader: Reader, customer_id: int, our_domain: str) -> tuple[KnownAddress, ...]:
    """Return whom one may mean: contacts, whom this customer's documents went to, colleagues.

    Addresses of other customers are none of this customer's business and never offered.
    """
    contacts = history.contacts(reader, customer_id)
    found = {address_key(contact.address): (contact, "contact") for contact in contacts}
    mailed = reader.rows(
        "SELECT x.address, max(x.id) FROM deliveries x JOIN documents d ON d.id = x.document_id"
        " WHERE d.customer_id = :customer GROUP BY x.address ORDER BY 2 DESC",
        {"customer": customer_id},
    )
    colleagues = reader.rows(
        "SELECT x.address, max(x.id) FROM deliveries x WHERE x.domain = :domain"
        " GROUP BY x.address ORDER BY 2 DESC LIMIT :most",
        {"domain": domain_of(f"x@{our_domain}") if our_domain else "", "most": _MOST_COLLEAGUES},
    )
    for rows, origin in ((mailed, "mailed"), (colleagues, "colleague")):
        for address, _ in rows:
            bare = Contact("", address, primary=False, health=Health())
            found.setdefault(address_key(address), (bare, origin))
    healths = history.health(reader, list(found))
    blocked = gate.own_suppressions(reader, list(found))
    return tuple(
        KnownAddress(
            Contact(c.name, c.address, c.primary, healths.get(key, Health())),
            origin,
            blocked[key].reason if key in blocked else "",
        )
        for key, (c, origin) in found.items()
    )


def wire_ids_to(reader: Reader, document_id: int) -> list[tuple[str, str, str]]:
    """Return (SES message id, Region, ``address_key``) of what SES took, oldest first."""
    rows = reader.rows(
        "SELECT x.ses_message_id, x.region, x.address_key FROM deliveries x"
        " JOIN emails m ON m.id = x.email_id"
        " WHERE x.document_id = :id AND x.ses_message_id <> '' ORDER BY m.created_at, x.id",
        {"id": document_id},
    )
    return [(message_id, region, key) for message_id, region, key in rows]
