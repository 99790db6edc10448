"""Filters as SQL text: fixed fragments, every value bound by name.

Text rather than SQLAlchemy expressions, because the first rows of the terminal UI are read through
the driver itself (see ``engine.SqliteReader``); the same text runs on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.db.rows import begins_with, part_of, to_instant
from core.model.documents import VIEW_OF, DocumentView
from core.model.enums import BEST_TO_WORST, FLAGS, STATUSES, DisplayStatus, Status, having
from core.rules.monitoring.delivery_latency import NEVER_LATE_BEFORE
from core.rules.monitoring.feed_health import STUCK_AFTER
from core.rules.search.text import search_key, storable

if TYPE_CHECKING:
    from core.model.documents import CustomerFilter, DocumentFilter

# Rules that stand in Python as well, for a row that is shown at another moment than it was read:
#
# needs a call   CALL_DUE        core.rules.chasing.call_reminders.needs_call
# held           HELD            core.rules.chasing.call_reminders.is_ahead
# stuck          STUCK below     core.rules.monitoring.feed_health.is_stuck
# late           ON_ITS_WAY      core.rules.monitoring.delivery_latency.late_document
#
# ``tests/core/db/lists/test_filter_sql_terms.py`` compares the first three and what needs attention
# (test_sql_finds_what_a_plain_reading_finds), ``test_late.py`` what is late
# (test_the_table_and_the_filter_say_the_same). What stands for a status comes from ``STATUSES``.

#: Words that a person should look at all the same, and those of what is merely on its way.
_UNKNOWN: Final = [word.value for word in BEST_TO_WORST if STATUSES[word].outcome == "unknown"]
_ON_THEIR_WAY: Final = [
    axis.name for axis in Status if DisplayStatus[axis.name] in having("on its way")
]

#: What a person should look at; customers are sorted by how many of these they have.
NEEDS_ATTENTION: Final = "({})".format(
    " OR ".join(
        [*(f"d.{flag} > 0" for flag in FLAGS), *(f"d.word = '{word}'" for word in _UNKNOWN)]
    )
)
#: Sent, still open, and every attempt failed: what is merely on its way is not counted.
REACHED_NOBODY: Final = (
    "(d.never_reached > 0 AND d.kind = 'invoice' AND d.send_count > 0"
    f" AND d.word NOT IN ({', '.join(map(repr, _ON_THEIR_WAY))}))"
)

#: Unconfirmed, long enough to be late anywhere, and not stuck: two ranges of ix_documents_word.
ON_ITS_WAY: Final = (
    "((d.word = 'SENT' AND d.last_sent_at > 0 AND d.last_sent_at >= :stuck_before"
    " AND d.last_sent_at < :young_after)"
    " OR (d.word = 'DEFERRED' AND d.last_sent_at > 0 AND d.last_sent_at < :young_after))"
)
#: Deliveries that their recipient's server has not confirmed.
UNCONFIRMED: Final = f"x.status IN ({int(Status.SENT)}, {int(Status.DEFERRED)}) AND x.sent_at > 0"

#: What AWS counts as a bounce: every hard one, a forward's too, and what SES's own list stopped.
COUNTS_AS_BOUNCE: Final = (
    f"(x.status = {int(Status.BOUNCED)}"
    f" OR (x.status = {int(Status.SOFT_BOUNCED)} AND x.subtype LIKE 'Permanent/%')"
    f" OR (x.status = {int(Status.DROPPED)} AND x.subtype = 'Permanent/Suppressed'))"
)

#: Somebody asked not to chase before a moment that is still to come.
HELD: Final = "(d.held_until > 0 AND d.held_until > :now)"
#: What is held back is little, what reached nobody or belongs to a customer is a lot: the pluses,
#: also one before a customer's id, make the database begin with the former.
HELD_UNREACHED: Final = (
    "d.id IN (SELECT h.id FROM documents h WHERE h.held_until > 0 AND h.held_until > :now)"
    f" AND {REACHED_NOBODY.replace('d.never_reached', '+d.never_reached')}"
)
#: Overdue for a call: see above.
CALL_DUE: Final = (
    "(d.call_at > 0 AND d.call_at <= :now AND d.quiet_until <= :now AND d.held_until <= :now)"
)
_LATER: Final = "CASE WHEN d.quiet_until > d.held_until THEN d.quiet_until ELSE d.held_until END"
#: The first moment of ``CALL_DUE``, the latest of the three; no function for that is in both.
CALL_FROM: Final = f"CASE WHEN d.call_at > {_LATER} THEN d.call_at ELSE {_LATER} END"

#: Whose only trouble is that nobody has called.
ONLY_CALLS: Final = " AND ".join(
    [
        CALL_DUE,
        *(f"d.{flag} = 0" for flag in FLAGS),
        *(f"d.word <> '{word}'" for word in _UNKNOWN),
    ]
)

#: With an email that has waited in the outbox for a day: what is not taken is never given up.
WAITS_LONG: Final = (
    "d.id IN (SELECT w.document_id FROM deliveries w JOIN emails we ON we.id = w.email_id"
    " WHERE w.local_status = 10 AND w.local_status < 35 AND w.status = 10"
    " AND we.created_at < :stuck_before)"
)
#: Whose only trouble is that.
ONLY_WAITS: Final = f"{WAITS_LONG} AND NOT {HELD} AND NOT {NEEDS_ATTENTION} AND NOT {CALL_DUE}"

#: What each chip looks for; ``DocumentView.LATE`` needs the paces of domains, see
#: ``core.services.delivery_latency``. Bounces, complaints, drops and failures are looked
#: for where they are *unresolved*, whatever the latest email says; the other words are those of the
#: latest email.
CHIPS: Final = {
    DocumentView.ATTENTION: f"({NEEDS_ATTENTION} OR {CALL_DUE})",
    DocumentView.NEEDS_CALL: CALL_DUE,
    DocumentView.SNOOZED: HELD,
    DocumentView.NEVER_REACHED: "d.never_reached > 0",
    # The three comparisons are one range of ix_documents_word.
    DocumentView.STUCK: (
        "(d.word = 'SENT' AND d.last_sent_at > 0 AND d.last_sent_at < :stuck_before)"
    ),
    **{
        view: f"d.{STATUSES[word].flag} > 0" if STATUSES[word].flag else f"d.word = '{word.value}'"
        for word, view in VIEW_OF.items()
    },
    DocumentView.SOFT_BOUNCED: "d.open_bounce IN (1, 3)",  # BOUNCED is any of them
}

#: Beside ``attention``: whose only trouble may be that nobody has called yet.
CUSTOMER_CALLS: Final = "(c.call_from > 0 AND c.call_from <= :now)"
NO_CALLS: Final = "(c.call_from = 0 OR c.call_from > :now)"
CALLS: Final = f"CASE WHEN {CUSTOMER_CALLS} THEN 1 ELSE 0 END"
ATTENTION_FIRST: Final = f"c.attention DESC, {CALLS} DESC, c.name_key, c.id"
CUSTOMER_NEEDS_ATTENTION: Final = f"(c.attention > 0 OR {CUSTOMER_CALLS})"
_TIMED: Final = (
    DocumentView.STUCK,
    DocumentView.ATTENTION,
    DocumentView.NEEDS_CALL,
    DocumentView.SNOOZED,
)

#: The number that a document's number ends in, without zeros before it; see ``ranking.tail_of``.
NUMBER_TAIL: Final = "ltrim(substr(number_key, length(rtrim(number_key, '0123456789')) + 1), '0')"

FEW: Final = 3_000
"""Ids that are looked up one by one rather than looked for in order."""
_AMONG_FOUND: Final = "IN (SELECT value FROM json_each(:found))"
"""What ``core.db.lists.text_search`` has found, which it does on SQLite alone."""
IS_FOUND: Final = "is_found(d.id)"
"""The same, row by row: see ``SqliteReader.rows_among``."""
LONGEST_SEARCH: Final = 400
"""Characters of a search: a whole letter pasted into it would be too long for a statement."""

type_of_query = tuple[str, dict[str, Any]]


def document_conditions(
    where: DocumentFilter, *, walk: bool = False, near: bool = False
) -> type_of_query:
    """Return a WHERE clause over ``documents d`` (empty for everything) and its values.

    ``walk``: go along an index, and look which of its rows are among those found. ``near``: so few
    rows are looked at that their customers are looked up one by one, and not all searched.
    """
    near = near or where.found is not None
    parts: list[str] = []
    values: dict[str, Any] = {}
    if where.customer_id is not None:
        parts.append("d.customer_id = :customer_id")
        values["customer_id"] = where.customer_id
    if where.customer:
        parts.append(
            "d.customer_id IN (SELECT id FROM customers WHERE search LIKE :customer ESCAPE '!')"
        )
        values["customer"] = part_of(search_key(where.customer[:LONGEST_SEARCH]))
    if where.kind is not None:
        parts.append("d.kind = :kind")
        values["kind"] = where.kind.value
    if where.number:
        parts.append("d.number = :number")
        values["number"] = storable(where.number)
    if where.chip is DocumentView.LATE:
        # In the text itself: there may be more of them than a statement may have values.
        parts.append(f"d.id IN ({', '.join(str(int(key)) for key in where.late) or 'NULL'})")
    elif where.chip is not DocumentView.ALL:
        parts.append(CHIPS[where.chip])
    if where.chip in _TIMED:
        values |= times_of(where.as_of)
    if where.found is not None:
        plus = "+" if walk else ""  # else SQLite looks up every single one of many
        parts.append(f"{plus}d.id {_AMONG_FOUND}")
        values["found"] = str(list(where.found))
    for position, word in enumerate(search_key(where.text[:LONGEST_SEARCH]).split()):
        name = f"word{position}"
        parts.append(
            f"(d.number_key LIKE :{name} ESCAPE '!'"
            f" OR lower(d.last_recipient) LIKE :{name} ESCAPE '!'"
            f" OR {of_customer('search', f':{name}', near=near)})"
        )
        values[name] = part_of(word)
    if where.conditions:
        from core.db.lists import filter_sql_terms  # not for the first paint

        parts += filter_sql_terms.compiled(where, CHIPS, values, near=near)
        values |= times_of(where.as_of) if filter_sql_terms.are_timed(where, _TIMED) else {}
    return _where(parts), values


def of_customer(column: str, pattern: str, *, near: bool) -> str:
    """Return the condition that the document's customer has something like ``pattern``."""
    like = f"LIKE {pattern} ESCAPE '!'"
    if near:
        return f"(SELECT {column} FROM customers WHERE id = d.customer_id) {like}"
    return f"d.customer_id IN (SELECT id FROM customers WHERE {column} {like})"


def times_of(as_of: datetime | None) -> dict[str, int]:
    """Return the values that conditions on the time need; ``None``: nothing is due.

    What was sent before ``stuck_before`` has had its day.
    """
    if as_of is None:
        return {"stuck_before": 0, "now": 0}
    return {"stuck_before": to_instant(as_of - STUCK_AFTER), "now": to_instant(as_of)}


def on_its_way(as_of: datetime | None) -> dict[str, int]:
    """Return the values that ``ON_ITS_WAY`` needs; without a time nothing is."""
    if as_of is None:
        return {"stuck_before": 0, "young_after": 0}
    return {
        "stuck_before": to_instant(as_of - STUCK_AFTER),
        "young_after": to_instant(as_of - NEVER_LATE_BEFORE),
    }


def customer_conditions(where: CustomerFilter) -> type_of_query:
    """Return a WHERE clause over ``customers c`` (empty for everything) and its values."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if where.attention:
        parts.append(CUSTOMER_NEEDS_ATTENTION)
        values |= times_of(where.as_of)
    if where.found is not None:
        parts.append(f"c.id {_AMONG_FOUND}")
        values["found"] = str(list(where.found))
    key = search_key(where.text[:LONGEST_SEARCH])
    if key:
        words = []
        for position, word in enumerate(key.split()):
            words.append(f"c.search LIKE :word{position} ESCAPE '!'")
            values[f"word{position}"] = part_of(word)
        parts.append(
            f"({' AND '.join(words)} OR c.id IN"
            " (SELECT customer_id FROM documents WHERE number_key LIKE :number ESCAPE '!'))"
        )
        values["number"] = begins_with(key)
    return _where(parts), values


def is_gathered(where: DocumentFilter) -> bool:
    """Whether so few ids are known that each is looked up, instead of looking for them in order."""
    return where.found is not None and len(where.found) <= FEW


def numbered(name: str, items: Sequence[Any]) -> type_of_query:
    """Return ``(:name0, :name1 …)`` for an IN clause, and its values."""
    values = {f"{name}{position}": item for position, item in enumerate(items)}
    return f"({', '.join(':' + key for key in values) or 'NULL'})", values


def _where(parts: list[str]) -> str:
    return " WHERE " + " AND ".join(parts) if parts else ""
