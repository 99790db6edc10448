"""Customers and documents as the accounting system tells them: created, updated, or left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from core.db.engine import hold
from core.db.lists import counters, name_prefixes
from core.db.rows import IMPORTED_FIELDS, chunks, document_columns
from core.db.schema import contacts, customers, digests, documents
from core.db.schema.coverage import SEALED
from core.db.writes.chasing import inherit_holds
from core.db.writes.contacts import put_contact, superseded_addresses
from core.db.writes.summaries import lock_documents, summarise_customers, summarise_documents
from core.model.corrections import KeptCorrection
from core.model.delivery import DocumentSummary
from core.model.enums import DocumentKind, address_key
from core.rules.delivery.external_email import mention_key
from core.rules.search.text import search_key, storable

_BATCH = 1000
"""Rows between two reports of progress."""


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    name: str
    address: str = ""
    contact: str = ""
    ref: str = ""
    """The id in the accounting system; empty where it gives none."""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    customer: CustomerEntry
    kind: DocumentKind
    number: str
    status: str
    currency: str
    total: Decimal
    balance_due: Decimal
    issued_on: date | None
    due_on: date | None
    pdf: str = ""


class Catalogue:
    """One import's view of the customers: read once, then kept in step with what is written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_ref: dict[str, int] = {}
        self._refs: dict[int, str] = {}
        self._by_name: dict[str, list[int]] = {}
        self._details: dict[int, tuple[str, str]] = {}
        self._addresses: dict[int, dict[str, tuple[str, bool]]] = {}
        self._known_words: set[str] = set()
        self.customers_created = 0
        self.kept_corrections: list[KeptCorrection] = []
        hold(connection, "import")  # two imports would create the same customer twice
        c = customers.c
        for row in connection.execute(select(c.id, c.ref, c.name, c.phone)):
            self._remember(row.id, row.ref or "", row.name, row.phone)
        for row in connection.execute(
            select(
                contacts.c.customer_id,
                contacts.c.address_key,
                contacts.c.name,
                contacts.c.is_primary,
            )
        ):
            self._addresses[row.customer_id][row.address_key] = (row.name, bool(row.is_primary))
        self._superseded = superseded_addresses(connection, self._addresses)

    def has_ref(self, ref: str) -> bool:
        """Whether a customer has this id in the accounting system."""
        return ref in self._by_ref

    def put_customer(self, entry: CustomerEntry) -> Change:
        """Create the customer, or bring name, phone and primary address up to date."""
        found = self._find(entry)
        if found is None:
            self._create(entry)
            return Change.CREATED
        changed = self._update_details(found, entry)
        if entry.address:
            primary = not self._is_superseded(found, entry.address)
            changed |= self._put_address(found, entry.address, entry.contact, primary=primary)
        if changed:
            self._refresh_search(found)
        return Change.UPDATED if changed else Change.UNCHANGED

    def customer_id(self, entry: CustomerEntry) -> int:
        """Return the customer a document names; one that nobody told us of is created."""
        found = self._find(entry)
        if found is None:
            return self._create(entry)
        if entry.address and not self._addresses[found]:
            self._put_address(found, entry.address, entry.contact, primary=True)
            self._refresh_search(found)
        return found

    def _find(self, entry: CustomerEntry) -> int | None:
        if entry.ref and entry.ref in self._by_ref:
            return self._by_ref[entry.ref]
        named = self._by_name.get(_name_key(entry.name), [])
        if len(named) > 1 and entry.address:
            key = address_key(entry.address)
            named = [i for i in named if key in self._addresses[i]] or named
        if entry.ref:  # another id in the books is another customer, however alike the names
            named = [i for i in named if i not in self._refs]
        return named[0] if named else None

    def _create(self, entry: CustomerEntry) -> int:
        name = storable(entry.name)
        customer_id: int = self._connection.execute(
            insert(customers)
            .values(
                ref=storable(entry.ref) or None,
                name=name,
                name_key=search_key(name),
                phone=storable(entry.phone),
            )
            .returning(customers.c.id)
        ).scalar_one()
        self._remember(customer_id, entry.ref, name, entry.phone)
        if entry.address:
            self._put_address(customer_id, entry.address, entry.contact, primary=True)
        self._refresh_search(customer_id, new=True)
        self.customers_created += 1
        return customer_id

    def _update_details(self, customer_id: int, entry: CustomerEntry) -> bool:
        name, phone = self._details[customer_id]
        wanted = (storable(entry.name) or name, storable(entry.phone) or phone)
        new_ref = "" if customer_id in self._refs else entry.ref
        if wanted == (name, phone) and not new_ref:
            return False
        values: dict[str, Any] = {
            "name": wanted[0],
            "name_key": search_key(wanted[0]),
            "phone": wanted[1],
        }
        if new_ref:
            values["ref"] = storable(new_ref)
        digests.change(
            self._connection,
            update(customers).where(customers.c.id == customer_id).values(values),
        )
        if _name_key(name) != _name_key(wanted[0]):
            self._by_name[_name_key(name)].remove(customer_id)
            self._by_name.setdefault(_name_key(wanted[0]), []).append(customer_id)
        self._details[customer_id] = wanted
        if new_ref:
            self._by_ref[new_ref], self._refs[customer_id] = customer_id, new_ref
        return True

    def _put_address(self, customer_id: int, address: str, contact: str, *, primary: bool) -> bool:
        """Keep an address; the former primary one stays as another contact, with its history."""
        known = self._addresses[customer_id]
        key, name = storable(address_key(address)), storable(contact)
        if known.get(key) == (name or known.get(key, ("", False))[0], primary):
            return False
        if primary:
            for other, (other_name, _) in known.items():
                known[other] = (other_name, False)
        is_new = key not in known
        name = name if is_new else name or known[key][0]
        put_contact(self._connection, customer_id, name, address, primary=primary, new=is_new)
        known[key] = (name, primary)
        return True

    def _is_superseded(self, customer_id: int, address: str) -> bool:
        """Whether the address was corrected here; then the correction stands, and is reported."""
        in_force = self._superseded.get(customer_id, {}).get(storable(address_key(address)))
        if in_force is None:
            return False
        name = self._details[customer_id][0]
        self.kept_corrections.append(KeptCorrection(name, address.strip(), in_force))
        return True

    def _refresh_search(self, customer_id: int, *, new: bool = False) -> None:
        name, addresses = self._details[customer_id][0], self._addresses[customer_id]
        name_prefixes.refresh(
            self._connection, customer_id, name, addresses, new=new, known=self._known_words
        )

    def _remember(self, customer_id: int, ref: str, name: str, phone: str) -> None:
        if ref:
            self._by_ref[ref], self._refs[customer_id] = customer_id, ref
        self._by_name.setdefault(_name_key(name), []).append(customer_id)
        self._details[customer_id] = (name, phone)
        self._addresses.setdefault(customer_id, {})


def put_documents(
    connection: Connection,
    catalogue: Catalogue,
    entries: Sequence[DocumentEntry],
    progress: Callable[[int, int], None] | None = None,
) -> dict[Change, int]:
    """Create or update documents by customer, kind and number; report (done, all) as it goes."""
    counts = dict.fromkeys(Change, 0)
    touched: set[int] = set()
    for start in range(0, len(entries), _BATCH):
        batch = [(catalogue.customer_id(e.customer), e) for e in entries[start : start + _BATCH]]
        touched.update(_put_batch(connection, batch, counts))
        if progress is not None:
            progress(min(start + _BATCH, len(entries)), len(entries))
    inherit_holds(connection)
    summarise_customers(connection, touched)
    return counts


def _put_batch(
    connection: Connection, batch: Sequence[tuple[int, DocumentEntry]], counts: dict[Change, int]
) -> set[int]:
    """Write one batch; return the customers whose roll-ups have changed."""
    known = _known(connection, {storable(entry.number) for _, entry in batch})
    new: dict[tuple[int, str, str], dict[str, Any]] = {}
    changed: dict[int, dict[str, Any]] = {}
    touched: set[int] = set()
    for customer_id, entry in batch:
        values = _document_values(customer_id, entry)
        key = (customer_id, values["kind"], values["number"])
        found = known.get(key)
        if found is None and key not in new:
            shown = document_columns(DocumentSummary(never_reached=entry.balance_due > 0))
            new[key] = {**values, "mention_key": mention_key(entry.number), **shown}
            counts[Change.CREATED] += 1
        elif found is None or all(found[name] == value for name, value in values.items()):
            counts[Change.UNCHANGED] += 1
            continue
        else:
            changed[found["id"]] = {
                "key": found["id"],
                **{"new_" + name: values[name] for name in IMPORTED_FIELDS},
                "new_digest": digests.of([values[name] for name in SEALED["documents"]]),
            }
            counts[Change.UPDATED] += 1
        touched.add(customer_id)
    if new:
        connection.execute(insert(documents), list(new.values()))
        rows = [tuple(values[name] for name in counters.COLUMNS) for values in new.values()]
        counters.add(connection, counters.changed((), rows))
    if changed:
        lock_documents(connection, changed)
        connection.execute(_UPDATE, list(changed.values()))
        summarise_documents(connection, changed)
    return touched


_UPDATE = (
    update(documents)
    .where(documents.c.id == bindparam("key"))
    .values({name: bindparam("new_" + name) for name in (*IMPORTED_FIELDS, "digest")})
)


def _document_values(customer_id: int, entry: DocumentEntry) -> dict[str, Any]:
    number = storable(entry.number)
    return {
        "customer_id": customer_id,
        "kind": entry.kind.value,
        "number": number,
        "number_key": search_key(number),
        **{name: each.column(getattr(entry, name)) for name, each in IMPORTED_FIELDS.items()},
    }


def _known(connection: Connection, numbers: set[str]) -> dict[tuple[int, str, str], dict[str, Any]]:
    d = documents.c
    columns = (
        d.id,
        d.customer_id,
        d.kind,
        d.number,
        d.number_key,
        *(d[name] for name in IMPORTED_FIELDS),
    )
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    for some in chunks(sorted(numbers)):
        for row in connection.execute(select(*columns).where(d.number.in_(some))).mappings():
            found[row["customer_id"], row["kind"], row["number"]] = dict(row)
    return found


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())
