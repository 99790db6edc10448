"""What follows from other values, worked out again: the columns that ``coverage.RECOMPUTED`` names.

What is worked out for rows is returned by their position; a value that is right is left as stored.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from core.db.bulk import rows_among
from core.db.integrity.summaries import Recompute, by_id, type_of_row_dicts
from core.db.lists import counters
from core.db.rows import EVENT_COLUMNS, document_columns, fact_of
from core.db.schema import digests
from core.db.writes.event_matching import matches, row_key
from core.db.writes.summaries import (
    current_summaries,
    customer_rollups,
    delivery_columns,
    settled_states,
)
from core.model.enums import address_key, domain_of
from core.rules.delivery.external_email import mention_key
from core.rules.search.text import search_key, storable


def _keys_of(**sources: str) -> Callable[..., Mapping[int, Mapping[str, Any]]]:
    """Address keys: column → the column of the address."""

    def recompute(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
        return {
            n: {key: storable(address_key(row[of])) for key, of in sources.items()}
            for n, row in enumerate(rows)
        }

    return recompute


def _domains(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    return {n: {"domain": storable(domain_of(row["address"]))} for n, row in enumerate(rows)}


def _names(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    return {n: {"name_key": search_key(row["name"])} for n, row in enumerate(rows)}


def _numbers(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    return {
        n: {
            "number_key": search_key(row["number"]),
            "mention_key": mention_key(row["number"]),
        }
        for n, row in enumerate(rows)
    }


def _searches(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    """In which order the addresses stand does not matter."""
    keys: dict[int, list[str]] = defaultdict(list)
    for customer_id, key in rows_among(connection, _CONTACTS, [row["id"] for row in rows]):
        keys[customer_id].append(key)
    found = {}
    for n, row in enumerate(rows):
        wanted, start = search_key(" ".join([row["name"], *keys[row["id"]]])), row["name_key"]
        alike = sorted(row["search"].split()) == sorted(wanted.split())
        found[n] = {
            "search": row["search"] if alike and row["search"].startswith(start) else wanted
        }
    return found


def _held(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    """Documents and customers: the newest promise or snooze of each is in force."""
    is_customers = "customer_id" not in rows[0]
    whose = [row["id" if is_customers else "customer_id"] for row in rows]
    until = {(row[0], row[1]): row[2] for row in rows_among(connection, _HOLDS, set(whose))}
    found = {}
    for n, (customer_id, row) in enumerate(zip(whose, rows, strict=True)):
        of_customer = until.get((customer_id, None), 0)
        own = 0 if is_customers else until.get((customer_id, row["id"]), 0)
        found[n] = {"held_until": max(of_customer, own)}
    return found


def _quiet(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    ids = [row["id"] for row in rows]
    until = {row[0]: row[1] for row in rows_among(connection, _CALLS, ids)}
    return {n: {"quiet_until": until.get(key, 0)} for n, key in enumerate(ids)}


def _contents(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    found = digests.contents(connection, [row["id"] for row in rows])
    return {n: {"contents": found[row["id"]]} for n, row in enumerate(rows)}


def _files(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    return {
        n: {"sha256": hashlib.sha256(bytes(row["content"])).hexdigest()}
        for n, row in enumerate(rows)
    }


def _natural_keys(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    names = ("message_id", "at", "type", "recipient_key", "discriminator")
    return {n: dict(zip(names, row_key(_fact(row)), strict=True)) for n, row in enumerate(rows)}


def _matched(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    found = matches(connection, [_fact(row) for row in rows])
    return {
        n: {
            "delivery_id": each.delivery_id if each else None,
            "counts": int(each.counts) if each else 0,
        }
        for n, each in enumerate(found)
    }


def _fact(row: Mapping[str, Any]) -> Any:
    return fact_of([row[name] for name in _EVENT])


def _settled(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    states = settled_states(connection, [row["id"] for row in rows])
    return by_id(rows, {key: delivery_columns(state) for key, state in states.items()})


def _summaries(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    found = current_summaries(connection, [row["id"] for row in rows])
    return by_id(rows, {key: document_columns(summary) for key, summary in found.items()})


def _rollups(connection: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    found: list[dict[str, Any]] = list(customer_rollups(connection, [row["id"] for row in rows]))
    return by_id(rows, {row.pop("key"): row for row in found})


def _drafts(_: Connection, rows: type_of_row_dicts) -> Mapping[int, Mapping[str, Any]]:
    for row in rows:
        json.loads(row["fields"])
    return {}


_EVENT: Final = tuple(name.strip().removeprefix("v.") for name in EVENT_COLUMNS.split(","))
_CONTACTS: Final = (
    "SELECT customer_id, address_key FROM contacts WHERE customer_id {among} ORDER BY id"
)
_HOLDS: Final = (
    "SELECT h.customer_id, h.document_id, h.resumes_at FROM holds h WHERE h.customer_id {among}"
    " AND h.id IN (SELECT max(id) FROM holds GROUP BY customer_id, document_id)"
)
_CALLS: Final = (
    "SELECT document_id, max(quiet_until) FROM calls WHERE document_id {among} GROUP BY document_id"
)
_CONTENT: Final = (
    "The message, an attachment or a recipient of this email was changed, added or deleted;"
    " which one is not known."
)
_OF_CONTENTS: Final = (
    "contents",
    "messages.mime",
    *(f"attachments.{name}" for name in ("name", "content_type", "size", "sha256", "position")),
    "deliveries",
)

RECOMPUTE: Final[Mapping[str, tuple[Recompute, ...]]] = {
    "address_changes": (Recompute(_keys_of(old_key="old_address", new_key="new_address")),),
    "contacts": (Recompute(_keys_of(address_key="address")),),
    "customers": tuple(map(Recompute, (_names, _searches, _held, _rollups))),
    "deliveries": tuple(map(Recompute, (_keys_of(address_key="address"), _domains, _settled))),
    "documents": tuple(map(Recompute, (_numbers, _held, _quiet, _summaries))),
    "draft_files": (
        Recompute(_files, "The content of the file was changed.", ("sha256", "content"), False),
    ),
    "drafts": (Recompute(_drafts, "", ("fields",), False),),
    "emails": (Recompute(_contents, _CONTENT, _OF_CONTENTS, False),),
    "events": (
        Recompute(_natural_keys, is_mendable=False),
        Recompute(_matched),
    ),
    "suppression_audit": (Recompute(_keys_of(address_key="address")),),
    "suppressions": (Recompute(_keys_of(address_key="address")),),
}


def numbers(connection: Connection) -> Iterator[tuple[str, int, int]]:
    """Yield name, stored and counted, of the numbers of documents that differ."""
    kept, there = counters.stored(connection), counters.counted(connection)
    for name in sorted({*kept, *there}):
        if kept.get(name, 0) != there.get(name, 0):
            yield name, kept.get(name, 0), there.get(name, 0)
