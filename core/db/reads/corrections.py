"""What is read to correct an address: where it failed, who else has it, what worked before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.codec import known_instant, search_key, storable
from core.db.engine import Reader
from core.db.lists.filter_sql import NEEDS_ATTENTION, in_chunks, numbered
from core.db.rows import DELIVERY_COLUMNS, view_of
from core.model.delivery import DeliveryView
from core.model.enums import address_key

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
    for some in in_chunks(document_ids):
        among, values = numbered("d", some)
        for row in reader.rows(
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries x JOIN emails m ON m.id = x.email_id"
            f" WHERE x.document_id IN {among} ORDER BY x.id",
            values,
        ):
            found[row[2]].append(view_of(row))
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
    return [(row[0], known_instant(row[1])) for row in rows]


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
    return [(row[0], row[1]) for row in rows if search_key(name) in row[2]]


def customer_name(reader: Reader, customer_id: int) -> str | None:
    rows = reader.rows("SELECT name FROM customers WHERE id = :id", {"id": customer_id})
    return rows[0][0] if rows else None


def changes(reader: Reader, customer_id: int) -> tuple[AddressChange, ...]:
    """Return what was corrected for a customer, oldest first."""
    rows = reader.rows(
        "SELECT customer_id, old_address, new_address, changed_by, changed_at"
        " FROM address_changes WHERE customer_id = :id ORDER BY id",
        {"id": customer_id},
    )
    return tuple(
        AddressChange(row[0], row[1], row[2], row[3], known_instant(row[4])) for row in rows
    )
