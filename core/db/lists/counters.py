"""How many documents there are of each kind that a screen counts, kept beside them.

Counting a million documents takes longer than showing a page of them. The numbers change in the
transaction that changes the documents, by our own statements rather than by triggers: one addition
a number and a transaction, whatever it changed, where triggers took a twentieth of the ingest.
``outtray db check`` compares them. What depends on the time is never in here.

On PostgreSQL every transaction adds to rows of its own, by its number, so that nobody waits for
anybody; what others have left is folded together now and then. A number is the sum of its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from core.db.engine import Reader
from core.db.lists.filter_sql import CHIPS, NEEDS_ATTENTION
from core.model.documents import VIEW_OF, DocumentView
from core.model.enums import FLAGS, STATUSES, DisplayStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection


ALL: Final = "all"
ATTENTION: Final = "needs_attention"
#: The columns of a document that say where it is counted.
COLUMNS: Final = ("word", *FLAGS, "never_reached", "last_sent_at")
LONG_A_DAY: Final = 86_400_000_000
#: Chips that depend on the document's row alone, and not on the time.
OF_CHIPS: Final = (*VIEW_OF.values(), DocumentView.NEVER_REACHED)
_FOLD_EVERY: Final = 64
_SENT: Final = "sent "


@lru_cache(maxsize=4_096)
def names(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Return where a document with these ``COLUMNS`` is counted, the last one in whole days."""
    word, *kept, never_reached, day = row
    status, flags = DisplayStatus(word), dict(zip(FLAGS, kept, strict=True))
    found = [ALL, word_name(status), day_name(day)]
    is_set: dict[str, Any] = {
        view: flags[flag] for each, view in VIEW_OF.items() if (flag := STATUSES[each].flag)
    }
    soft = STATUSES[DisplayStatus.SOFT_BOUNCED]
    is_set[DocumentView.SOFT_BOUNCED] = flags[soft.flag] & soft.bit
    is_set[DocumentView.NEVER_REACHED] = never_reached
    is_set[ATTENTION] = any(kept) or STATUSES[status].outcome == "unknown"
    return (*found, *(str(name) for name, value in is_set.items() if value))


def word_name(word: DisplayStatus) -> str:
    """Return the name under which the documents of a status are counted."""
    return f"word {word.value}"


def day_name(day: int) -> str:
    """Return the name under which those are counted that were sent last on that day; 0: never."""
    return f"{_SENT}{day:06}"


def days(reader: Reader) -> list[tuple[int, int]]:
    """Return (day, documents that were sent last on it), the newest first: where a row stands."""
    rows = reader.rows(
        "SELECT name, sum(n) FROM document_counts WHERE name >= :first AND name < :last"
        " GROUP BY name ORDER BY name DESC",
        {"first": _SENT, "last": f"{_SENT}:"},
    )
    return [(int(row[0].removeprefix(_SENT)), int(row[1])) for row in rows]


def name_of(chip: DocumentView) -> str | None:
    """Return the name under which a chip is counted; ``None`` where it depends on more."""
    if chip is DocumentView.ALL:
        return ALL
    if chip not in OF_CHIPS:
        return None
    of_words = chip.name in DisplayStatus.__members__ and CHIPS[chip] == f"d.word = '{chip.name}'"
    return word_name(DisplayStatus[chip.name]) if of_words else chip.value


def read(reader: Reader) -> Mapping[str, int]:
    """Return every number but those of days; what is not there is 0."""
    rows = reader.rows(
        "SELECT name, sum(n) FROM document_counts WHERE name < :first OR name >= :last"
        " GROUP BY name",
        {"first": _SENT, "last": f"{_SENT}:"},
    )
    return Counter({row[0]: int(row[1]) for row in rows})


def changed(before: Sequence[tuple[Any, ...]], after: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    """Return what changes when documents with ``COLUMNS`` ``before`` are like ``after``."""
    found: Counter[str] = Counter()
    for row in after:
        found.update(names((*row[:-1], row[-1] // LONG_A_DAY)))
    for row in before:
        found.subtract(names((*row[:-1], row[-1] // LONG_A_DAY)))
    return {name: n for name, n in sorted(found.items()) if n}


def add(connection: Connection, changes: Mapping[str, int]) -> None:
    """Add to the numbers, in the transaction that changes the documents."""
    if not changes:
        return
    if connection.dialect.name == "sqlite":
        from core.db.bulk import write_many  # past SQLAlchemy: once a commit of the feed

        write_many(connection, _ADD_ON_SQLITE, list(changes.items()))
        return
    from sqlalchemy import text

    rows = [{"name": name, "n": n} for name, n in changes.items()]
    connection.execute(text(_ADD.format(part=_OWN)), rows)
    connection.execute(text(_FOLD))


def recount(connection: Connection) -> None:
    """Count everything anew: after rows were written by other means than this program's."""
    from sqlalchemy import text

    connection.execute(text("DELETE FROM document_counts"))
    connection.execute(
        text("INSERT INTO document_counts (name, part, n) VALUES (:name, 0, :n)"),
        [{"name": name, "n": n} for name, n in counted(connection).items() if n]
        or [{"name": ALL, "n": 0}],
    )


def counted(connection: Connection) -> dict[str, int]:
    """Return the numbers as they follow from the documents."""
    from sqlalchemy import text

    chips = [chip for chip in OF_CHIPS if name_of(chip) == chip.value]
    wanted = {ATTENTION: NEEDS_ATTENTION, **{chip.value: CHIPS[chip] for chip in chips}}
    sums = ", ".join(
        f"coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"
        for condition in wanted.values()
    )
    row = connection.execute(text(f"SELECT count(*), {sums} FROM documents d")).one()
    words = connection.execute(text("SELECT word, count(*) FROM documents GROUP BY word"))
    sent = connection.execute(
        text(f"SELECT last_sent_at / {LONG_A_DAY}, count(*) FROM documents GROUP BY 1")
    )
    return {
        **{day_name(int(each[0])): int(each[1]) for each in sent},
        **{name: int(n) for name, n in zip((ALL, *wanted), row, strict=True)},
        **{word_name(DisplayStatus(each[0])): int(each[1]) for each in words},
    }


def stored(connection: Connection) -> dict[str, int]:
    """Return the numbers as they are kept."""
    from sqlalchemy import text

    rows = connection.execute(text("SELECT name, sum(n) FROM document_counts GROUP BY name"))
    return {row[0]: int(row[1]) for row in rows}


_OWN: Final = "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
_ADD: Final = (
    "INSERT INTO document_counts (name, part, n) VALUES (:name, {part}, :n)"
    " ON CONFLICT (name, part) DO UPDATE SET n = document_counts.n + excluded.n"
)
_ADD_ON_SQLITE: Final = _ADD.format(part="0").replace(":name", "?").replace(":n", "?")
#: Rows that another transaction is folding are left to it: nobody waits here either.
_FOLD: Final = (
    "WITH gone AS (DELETE FROM document_counts k USING (SELECT name, part FROM document_counts"
    f" WHERE {_OWN} % {_FOLD_EVERY} = 0 AND part <> {_OWN} FOR UPDATE SKIP LOCKED) AS old"
    " WHERE k.name = old.name AND k.part = old.part RETURNING k.name, k.n)"
    f" INSERT INTO document_counts (name, part, n) SELECT name, {_OWN}, sum(n) FROM gone"
    " GROUP BY name ON CONFLICT (name, part) DO UPDATE SET n = document_counts.n + excluded.n"
)
#: Not of ours, though no column may say so yet: an event can arrive before our commit.
_NOT_OURS: Final = (
    " AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.ses_message_id = m.message_id)"
    " AND NOT EXISTS"
    " (SELECT 1 FROM events v WHERE v.message_id = m.message_id AND v.tag IS NOT NULL)"
)
_EVERYTHING: Final = f"m.email_id IS NULL AND m.is_ours = 0{_NOT_OURS}"
#: The words of ix_external_mails_waiting: the rows that a person should look at are few. The plus
#: keeps SQLite from the index of email_id, in which everything that hangs on no document is alike.
_WAITING: Final = (
    "+m.email_id IS NULL AND m.is_ours = 0 AND m.is_pointed = 1 AND m.dismissed_at = 0" + _NOT_OURS
)


def count(reader: Reader, *, everything: bool = False) -> int:
    """Return how many wait for a person; with ``everything`` also what nothing points to."""
    sql = f"SELECT count(*) FROM external_mails m WHERE {condition(everything=everything)}"
    return int(reader.rows(sql, {})[0][0])


def condition(*, everything: bool) -> str:
    """Return what is true of those that are meant, as SQL about ``m``."""
    return _EVERYTHING if everything else _WAITING
