"""Writing a customer's addresses, and keeping what was corrected: who, when, from, to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from core.db.engine import hold
from core.db.lists import name_prefixes
from core.db.rows import to_instant
from core.db.schema import address_changes, contacts, customers, digests
from core.model.enums import address_key
from core.rules.chasing.attention import superseded
from core.rules.search.text import storable

# --------------------------------------------------------------------------- reading


# --------------------------------------------------------------------------- writing


_C = contacts.c


def put_contact(
    connection: Connection, customer_id: int, name: str, address: str, *, primary: bool, new: bool
) -> None:
    """Write one contact; a primary one takes the place of the former, which stays as another."""
    if primary:
        digests.change(
            connection,
            update(contacts).where(_C.customer_id == customer_id).values(is_primary=0),
        )
    key = storable(address_key(address))
    if new:
        connection.execute(
            insert(contacts).values(
                customer_id=customer_id,
                name=name,
                address=storable(address.strip()),
                address_key=key,
                is_primary=int(primary),
            )
        )
    else:
        digests.change(
            connection,
            update(contacts)
            .where(_C.customer_id == customer_id, _C.address_key == key)
            .values(name=name, is_primary=int(primary)),
        )


def correct(
    connection: Connection, customer_ids: Sequence[int], old: str, new: str, by: str, at: datetime
) -> list[str]:
    """Put ``new`` in the place of ``old``; return the names of the customers that it changed."""
    hold(connection, "import")  # an import has read the addresses and would write over this
    return [
        name
        for customer_id in sorted(set(customer_ids))
        if (name := _correct_one(connection, customer_id, old, new, by, at)) is not None
    ]


def _correct_one(
    connection: Connection, customer_id: int, old: str, new: str, by: str, at: datetime
) -> str | None:
    found = {
        row.address_key: row
        for row in connection.execute(select(contacts).where(_C.customer_id == customer_id))
    }
    former, present = found.get(storable(address_key(old))), found.get(storable(address_key(new)))
    if present is not None and (former is None or former.id == present.id):
        if present.address == storable(new.strip()):
            return None
        _readdress(connection, present.id, new)  # another spelling of the same
    elif present is not None and former is not None:
        connection.execute(delete(contacts).where(_C.id == former.id))
        if former.is_primary:
            digests.change(
                connection, update(contacts).where(_C.id == present.id).values(is_primary=1)
            )
    elif former is not None:
        _readdress(connection, former.id, new)
    else:
        put_contact(connection, customer_id, "", new, primary=not found, new=True)
    connection.execute(
        insert(address_changes).values(
            customer_id=customer_id,
            old_address=storable(old.strip()),
            old_key=storable(address_key(old)),
            new_address=storable(new.strip()),
            new_key=storable(address_key(new)),
            changed_by=storable(by),
            changed_at=to_instant(at),
        )
    )
    return _refresh_search(connection, customer_id)


def _readdress(connection: Connection, contact_id: int, address: str) -> None:
    digests.change(
        connection,
        update(contacts)
        .where(_C.id == contact_id)
        .values(address=storable(address.strip()), address_key=storable(address_key(address))),
    )


def _refresh_search(connection: Connection, customer_id: int) -> str | None:
    """Make the customer found by the addresses it has now; return its name."""
    keys = connection.scalars(select(_C.address_key).where(_C.customer_id == customer_id)).all()
    name = connection.scalar(select(customers.c.name).where(customers.c.id == customer_id))
    name_prefixes.refresh(connection, customer_id, name or "", keys)
    return name


def superseded_addresses(
    connection: Connection, known: Mapping[int, Mapping[str, object]]
) -> dict[int, Mapping[str, str]]:
    """Return by customer: corrected address → the one in force, as keys. ``known`` has contacts."""
    a = address_changes.c
    changes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(select(a.customer_id, a.old_key, a.new_key).order_by(a.id)):
        changes[row.customer_id].append((row.old_key, row.new_key))
    return {i: superseded(several, known.get(i, ())) for i, several in changes.items()}
