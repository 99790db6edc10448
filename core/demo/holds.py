"""What the generated company has put off: a promise to a customer, a disputed invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from core.db.engine import Database
from core.demo.people import Customer
from core.model.chase_state import Scope
from core.model.chasing import HoldKind
from core.model.documents import DocumentRow
from core.model.enums import DocumentKind
from core.model.ports import Clock
from core.services.chasing import Chasing

#: Which customer, whether all of them, what was said by whom, days ago and days ahead.
_SAID: Final = (
    (25, True, HoldKind.PROMISE, "mira", "pays everything with the next run, on the 1st", 2, 9),
    (27, False, HoldKind.DISPUTE, "ben", "two hours too many; we look into it", 1, 5),
)


def write_holds(
    database: Database, people: Sequence[Customer], rows: Mapping[str, DocumentRow], now: datetime
) -> None:
    """Put off a whole customer, and the newest open invoice of another."""
    for position, is_whole, kind, operator, note, ago, ahead in _SAID:
        theirs = [
            row
            for _, row in sorted(rows.items())
            if row.customer == people[position].name and row.kind is DocumentKind.INVOICE
        ]
        document = ([row for row in theirs if row.balance_due] or theirs)[-1]
        at = now - timedelta(days=ago)
        scope = Scope(document.customer_id, None if is_whole else document.id)
        until = (now + timedelta(days=ahead)).astimezone().date()
        Chasing(database, _fixed(at), operator, timedelta()).hold(scope, kind, until, note)


def _fixed(at: datetime) -> Clock:
    return lambda: at
