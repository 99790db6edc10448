"""Makes a new database, and brings along every one that a version before the baseline made.

The numbers 0001 to 0016 do not tell what is in a database: they were given on branches, and the
tables of one number were not the same at all times. So each is completed by what it lacks
(``tables``), and what follows from its rows is worked out anew where it lacked something.

The tables are those of this program. A later migration that moves rows into other tables or
columns has to do it here as well, for the databases that never stood at the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from core.db.bulk import update_rows
from core.db.codec import storable
from core.db.lists import counters, name_prefixes
from core.db.migrations import tables
from core.db.schema import digests, metadata, send_brake
from core.db.schema.coverage import SEALED
from core.db.writes import outbox_decisions
from core.db.writes.event_rebuild import Progress, Reread, rebuild
from core.db.writes.summaries import chunks, summarise_customers
from core.model.enums import domain_of
from core.model.outbox import OutboxHold
from core.rules.delivery.external_email import mention_key
from core.rules.sending.brake import Phase

#: Derived columns that nothing below works out, should they have been missing.
_DERIVED: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "deliveries.domain": lambda row: storable(domain_of(row["address"])),
    "documents.mention_key": lambda row: mention_key(row["number"]),
}
#: How the statuses of a database differ whose reports another rule had read.
_OTHER_RULES: Final = "deliveries.is_forward"
_SOFT_BEFORE, _SOFT = 60, 85
_LINKED: Final = "UPDATE external_mails SET is_pointed = 0 WHERE email_id IS NOT NULL"


def make(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Complete the tables, then what stands in them; nothing is done twice."""
    made = tables.complete(connection)
    if "send_brake" in made:
        connection.execute(insert(send_brake).values(id=1, phase=Phase.CLEAR.value))
    if "customers" in made:
        return
    if "outbox_holds" in made:
        _hold_what_waits(connection)
    if "external_mails.dismissed_at" in made:  # pointed at a document, and linked to it since
        connection.execute(text(_LINKED))
    for name in made & _DERIVED.keys():
        _work_out(connection, name)
    if _OTHER_RULES in made:
        _read_again(connection, reread, progress)
        digests.fill(connection)
        return
    _seal_brake(connection)
    digests.fill(connection, tables=[name for name in SEALED if _needs_digests(name, made)])


def _hold_what_waits(connection: Connection) -> None:
    """What was left waiting then was never sent by itself: a person looks at it first."""
    waiting = connection.scalar(text("SELECT count(*) FROM deliveries WHERE local_status = 10"))
    if waiting:
        words = (
            f"{waiting} from before the update of Outtray wait. Look at them, cancel what shall"
            " not be sent any more, then resume."
        )
        hold = OutboxHold("pause", "Outtray", datetime.now(UTC), None, words)
        outbox_decisions.hold_back(connection, hold)


def _work_out(connection: Connection, name: str) -> None:
    table, _, column = name.partition(".")
    for rows in digests.pages(connection, metadata.tables[table]):
        values = [(_DERIVED[name](row), row["id"]) for row in rows]
        update_rows(connection, metadata.tables[table], (column,), values)


def _read_again(connection: Connection, reread: Reread, progress: Progress) -> None:
    """Work out every status by the rules of this program, and all that hangs on them."""
    statuses = {"before": _SOFT_BEFORE, "now": _SOFT}
    connection.execute(text("UPDATE deliveries SET status = :now WHERE status = :before"), statuses)
    rebuild(connection, reread, progress)
    for some in chunks(connection.scalars(text("SELECT id FROM customers"))):
        summarise_customers(connection, some)
    counters.recount(connection)
    name_prefixes.fill_anew(connection)


def _seal_brake(connection: Connection) -> None:
    """For a while the digest of the brake's row left out its number."""
    columns = SEALED["send_brake"]
    row = connection.execute(text(f"SELECT digest, {', '.join(columns)} FROM send_brake")).one()
    if row[0] == digests.of(row[2:]):
        digests.seal(connection, send_brake, [1])


def _needs_digests(table: str, made: frozenset[str]) -> bool:
    """Whether the digests cannot be there yet; those that are stay, for they may tell of damage."""
    return any(f"{table}.{column}" in made for column in (*SEALED[table], "digest"))
