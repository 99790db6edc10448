"""Which documents need a person, the worst first, and who has seen what of them.

Candidates come from the partial indexes of open failures and due calls, so that what is fine is
never looked at, however much of it there is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from core.db.engine import Reader, SqliteReader
from core.db.lists import counters
from core.db.lists.filter_sql import (
    CALL_DUE,
    HELD,
    NEEDS_ATTENTION,
    ONLY_CALLS,
    ONLY_WAITS,
    WAITS_LONG,
    numbered,
    times_of,
)
from core.db.rows import chunks, known_instant, to_instant, word_of
from core.model.attention import AttentionChip, Failure
from core.model.enums import STATUSES
from core.rules.search.text import storable

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Seen:
    """What an operator has acknowledged about a document."""

    at: datetime
    signs: frozenset[str]


def count(reader: Reader, now: datetime, acknowledged: Collection[int]) -> dict[AttentionChip, int]:
    """Return the number behind every filter.

    Failures are counted already; what is held back or acknowledged is little, and taken off.
    """
    numbers = reader.rows(_COUNTS, {**times_of(now), "name": counters.ATTENTION})[0]
    failures, held, calls, only_calls, only_waits = map(int, numbers)
    seen = _counts_among(reader, now, acknowledged)
    open_failures = failures - held - seen["failures"]
    return {
        AttentionChip.OPEN: open_failures
        + only_calls
        - seen["only_calls"]
        + only_waits
        - seen["only_waits"],
        AttentionChip.FAILURES: open_failures,
        AttentionChip.CALLS: calls - seen["calls"],
        AttentionChip.ACKNOWLEDGED: seen["failures"]
        + seen["held"]
        + seen["only_calls"]
        + seen["only_waits"],
        AttentionChip.SNOOZED: held - seen["held"],
    }


def _counts_among(reader: Reader, now: datetime, ids: Collection[int]) -> Counter[str]:
    """Return how many of these documents are what ``count`` has in its numbers."""
    counts = ", ".join(f"count(*) FILTER (WHERE {each})" for each in _AMONG.values())
    found: Counter[str] = Counter()
    for some in chunks(sorted(ids)):
        among, values = numbered("id", some)
        sql = f"SELECT {counts} FROM documents d WHERE d.id IN {among}"
        row = reader.rows(sql, {**times_of(now), **values})[0]
        found.update(dict(zip(_AMONG, map(int, row), strict=True)))
    return found


def _conditions(acknowledged: Collection[int]) -> dict[AttentionChip, str]:
    known = _listed(acknowledged)
    is_open = f"NOT {HELD} AND d.id NOT IN {known}"
    return {
        AttentionChip.OPEN: is_open,
        AttentionChip.FAILURES: f"{is_open} AND {NEEDS_ATTENTION}",
        AttentionChip.CALLS: f"{is_open} AND {CALL_DUE}",
        AttentionChip.ACKNOWLEDGED: f"d.id IN {known}",
        AttentionChip.SNOOZED: f"{HELD} AND d.id NOT IN {known}",
    }


def ordered(
    reader: Reader,
    now: datetime,
    today: date,
    chip: AttentionChip,
    acknowledged: Collection[int],
    limit: int,
) -> tuple[int, ...]:
    """Return the ids behind a filter by ``urgency.score``, then by balance, then newest first."""
    where = _conditions(acknowledged)[chip]
    days = _DAYS_SQLITE if isinstance(reader, SqliteReader) else _DAYS_POSTGRESQL
    # times 1.0, so that no database counts in whole numbers that are too small for it
    score = (
        f"CASE WHEN {_OWED} AND d.due_on <> '' AND d.due_on < :today"
        f" THEN d.balance_due * 1.0 * {days} ELSE 0 END"
    )
    balance = f"CASE WHEN {_OWED} THEN d.balance_due ELSE 0 END"
    values = {**times_of(now), "today": today.isoformat(), "limit": limit}
    least = _least_balance(reader, where, score, today, values)
    if least:
        where, values["least"] = (
            f"{where} AND d.kind = 'invoice' AND d.balance_due >= :least",
            least,
        )
    parts = " UNION ALL ".join(
        f"SELECT d.id AS id, {score} AS score, {balance} AS balance, d.last_sent_at AS sent"
        f" FROM documents d WHERE {part} AND {where}"
        for part in _PARTS
    )
    rows = reader.rows(
        f"SELECT id FROM ({parts}) AS candidates"
        " ORDER BY score DESC, balance DESC, sent DESC, id DESC LIMIT :limit",
        values,
    )
    return tuple(row[0] for row in rows)


def _least_balance(
    reader: Reader, where: str, score: str, today: date, values: Mapping[str, Any]
) -> int:
    """Return a balance below which nobody can be among the first ``limit``; 0: not known.

    As many with more to pay are that urgent, and nothing is overdue for longer than the longest.
    """
    first = reader.rows("SELECT min(due_on) FROM documents WHERE due_on > ''", {})[0][0]
    longest = (today - date.fromisoformat(first)).days if first else 0
    if longest <= 0:
        return 0
    rows = reader.rows(
        f"SELECT score FROM (SELECT {score} AS score FROM documents d"
        f" WHERE {NEEDS_ATTENTION} AND {where} AND d.kind = 'invoice'"
        " ORDER BY d.balance_due DESC LIMIT :looked_at) AS richest"
        " ORDER BY score DESC LIMIT 1 OFFSET :last",
        {**values, "last": values["limit"] - 1, "looked_at": _LOOKED_AT * values["limit"]},
    )
    return max(0, int(rows[0][0] / longest) - 1) if rows else 0


def acknowledged_by(reader: Reader, operator: str, now: datetime) -> dict[int, Seen]:
    """Return what an operator has seen of the documents that need attention now."""
    rows = reader.rows(
        "SELECT k.document_id, k.at, k.seen FROM acknowledgements k"
        " JOIN documents d ON d.id = k.document_id WHERE k.operator = :operator"
        f" AND k.undone_at = 0 AND ({NEEDS_ATTENTION} OR {CALL_DUE} OR {WAITS_LONG}) ORDER BY k.id",
        {**times_of(now), "operator": storable(operator)},
    )
    return {row[0]: Seen(known_instant(row[1]), frozenset(row[2].split())) for row in rows}


def failures(
    reader: Reader, document_ids: Sequence[int], now: datetime
) -> dict[int, list[Failure]]:
    """Return the deliveries of documents that went wrong, made good or not, or wait too long."""
    found: dict[int, list[Failure]] = defaultdict(list)
    for some in chunks(document_ids):
        among, values = numbered("id", some)
        values = {**values, "stuck_before": times_of(now)["stuck_before"]}
        for row in reader.rows(f"{_FAILURES} AND x.document_id IN {among}", values):
            found[row[0]].append(_failure(row[1:]))
    return found


def _failure(row: Sequence[Any]) -> Failure:
    key, status, address, bounced, dropped, complained, claimed, *said = row
    words, error, code, subtype, is_forward = said
    word = word_of(status)
    times = {"bounced_at": bounced, "dropped_at": dropped, "complained_at": complained}
    at = times.get(STATUSES[word].time, 0)
    since = known_instant(at or claimed)
    return Failure(key, word, address, since, words or error, code, subtype, bool(is_forward))


# --------------------------------------------------------------------------- changes


def acknowledge(
    connection: Connection, document_id: int, operator: str, at: datetime, seen: Iterable[str]
) -> None:
    """Write down what an operator has seen."""
    from sqlalchemy import insert

    from core.db.schema.decisions import acknowledgements

    connection.execute(
        insert(acknowledgements).values(
            document_id=document_id,
            operator=storable(operator),
            at=to_instant(at),
            seen=" ".join(sorted(seen)),
        )
    )


def undo(connection: Connection, document_id: int, operator: str, at: datetime) -> int:
    """Take back all that an operator acknowledged about a document; return how often that was."""
    from sqlalchemy import update

    from core.db.schema import digests
    from core.db.schema.decisions import acknowledgements as k

    mine = (k.c.document_id == document_id) & (k.c.operator == storable(operator))
    return digests.change(
        connection, update(k).where(mine & (k.c.undone_at == 0)).values(undone_at=to_instant(at))
    )


# --------------------------------------------------------------------------- statements


def _listed(ids: Collection[int]) -> str:
    """In the text itself: there may be more of them than a statement may have values."""
    return f"({', '.join(str(int(key)) for key in sorted(ids)) or 'NULL'})" if ids else "(-1)"


#: The failures of what is held back are looked up one by one: it is little, and they are many.
_COUNTS: Final = (
    "SELECT (SELECT coalesce(sum(n), 0) FROM document_counts WHERE name = :name),"
    " (SELECT count(*) FROM documents d WHERE d.id IN (SELECT h.id FROM documents h"
    f" WHERE {HELD.replace('d.', 'h.')}) AND +d.id > 0 AND {NEEDS_ATTENTION}),"
    f" (SELECT count(*) FROM documents d WHERE {CALL_DUE}),"
    f" (SELECT count(*) FROM documents d WHERE {ONLY_CALLS}),"
    f" (SELECT count(*) FROM documents d WHERE {ONLY_WAITS})"
)
_AMONG: Final = {
    "failures": f"NOT {HELD} AND {NEEDS_ATTENTION}",
    "held": f"{HELD} AND {NEEDS_ATTENTION}",
    "calls": CALL_DUE,
    "only_calls": ONLY_CALLS,
    "only_waits": ONLY_WAITS,
}
_OWED: Final = "d.kind = 'invoice' AND d.balance_due > 0"
#: How many of those with the most to pay tell how urgent the last one shown is at least.
_LOOKED_AT: Final = 4
#: Each answered from an index of its own that holds all that is asked; no document is in both.
_PARTS: Final = (NEEDS_ATTENTION, ONLY_CALLS, ONLY_WAITS)
_DAYS_SQLITE: Final = "(julianday(:today) - julianday(d.due_on))"
_DAYS_POSTGRESQL: Final = "(CAST(:today AS date) - CAST(d.due_on AS date))"
_FAILURES: Final = (
    "SELECT x.document_id, x.id, x.status, x.address, x.bounced_at, x.dropped_at,"
    " x.complained_at, CASE WHEN x.status = 10 THEN m.created_at ELSE x.claimed_at END,"
    " x.diagnostic, x.error, x.enhanced_status, x.subtype, x.is_forward"
    " FROM deliveries x JOIN emails m ON m.id = x.email_id"
    " WHERE (x.status IN (30, 35, 70, 85, 90, 100)"
    " OR (x.status = 10 AND m.created_at < :stuck_before))"
)
