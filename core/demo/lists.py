"""The generated company's suppression lists: as SES stores its own, and what the office added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.db.engine import Database
from core.db.writes import suppressions
from core.demo.people import Customer
from core.model.suppressions import AuditEntry, Suppression
from core.simulator.state import Suppressed

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
