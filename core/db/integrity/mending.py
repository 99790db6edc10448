"""Puts right what follows from the rest, and leaves alone what hangs on damaged rows.

A status that is worked out from a damaged row would be made to fit the damage: a delivery that
looks queued again would be sent again. Such rows stay as they are until they are restored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select, text, update

from core.db.bulk import rows_among
from core.db.driver_errors import UnstorableError
from core.db.engine import Database
from core.db.lists import counters, name_prefixes
from core.db.rows import chunks
from core.db.schema import events, metadata
from core.db.schema.coverage import SEALED, VALUES
from core.db.writes.summaries import settle_deliveries, summarise_customers, summarise_documents
from core.model.integrity import Difference

type_of_work = Callable[[Connection, Collection[int]], object]

#: Columns that are written as they were worked out, row by row.
_WRITTEN: Final = {
    "address_changes": ("old_key", "new_key"),
    "contacts": ("address_key",),
    "customers": ("name_key", "search", "held_until"),
    "deliveries": ("address_key", "domain"),
    "documents": ("number_key", "mention_key", "held_until", "quiet_until"),
    "suppression_audit": ("address_key",),
}


def restore_values(database: Database, differences: Iterable[Difference]) -> int:
    """Put back the values that the digests of their rows have told; return how many."""
    told = [
        each for each in differences if each.is_mendable and (each.table, each.column) in VALUES
    ]
    with database.transaction() as connection:
        for each in told:
            _set(connection, each)
    return len(told)


def mend(database: Database, differences: Sequence[Difference]) -> None:
    """Write what can be worked out, each step in a transaction of its own."""
    unsound = _unsound(differences)
    mendable = [
        each for each in differences if each.is_mendable and (each.table, each.id) not in unsound
    ]
    with database.transaction() as connection:
        hanging = _hanging(connection, unsound, differences)
    _write(database, mendable)
    _events(database, mendable, hanging)
    _settle(database, mendable, hanging)
    _words(database, mendable)
    if any(each.table in ("document_counts", "documents") for each in differences):
        _done(database, counters.recount)


def _unsound(differences: Iterable[Difference]) -> set[tuple[str, int | str]]:
    return {
        (each.table, each.id)
        for each in differences
        # No status follows from the bytes of a message.
        if not each.is_mendable and each.table in SEALED and each.column != "contents"
    }


def _hanging(
    connection: Connection,
    unsound: Collection[tuple[str, int | str]],
    differences: Iterable[Difference],
) -> set[int]:
    """Return the documents whose status would follow from a damaged row."""
    found = {i for table, i in unsound if table == "documents" and isinstance(i, int)}
    for table, sql in _DOCUMENTS_OF.items():
        for name, i in unsound:
            if name == table and isinstance(i, int):
                found.update(connection.execute(text(sql), {"id": i}).scalars())
    for each in differences:
        if each.table == "events" and not each.is_mendable and each.key:
            given = {"id": each.key[0]}
            found.update(connection.execute(text(_DOCUMENTS_OF_MESSAGE), given).scalars())
    return found


def _write(database: Database, mendable: Iterable[Difference]) -> None:
    for each in mendable:
        if each.column in _WRITTEN.get(each.table, ()):
            _done(database, partial(_set, each=each))
        elif each.table == "suppressions" and each.column == "address_key":
            # The key of the table: one that is there already stays.
            given = {"wrong": each.key[0], "right": each.computed}
            _done(database, partial(_rekey, given=given))


def _rekey(connection: Connection, given: Mapping[str, Any]) -> None:
    connection.execute(text(_REKEY), given)


def _set(connection: Connection, each: Difference) -> None:
    table = metadata.tables[each.table]
    connection.execute(
        update(table).where(table.c.id == each.id).values({each.column: each.computed})
    )


def _events(database: Database, mendable: Iterable[Difference], hanging: Collection[int]) -> None:
    """Give reports to the deliveries that they are about."""
    given: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    for each in mendable:
        if each.table == "events" and each.column in ("delivery_id", "counts"):
            given[each.key][each.column] = each.computed
    keys = list(events.primary_key.columns)
    for key, values in given.items():
        where = [column == value for column, value in zip(keys, key, strict=True)]

        def write(
            connection: Connection, where: list[Any] = where, values: dict[str, Any] = values
        ) -> None:
            before = connection.scalar(select(events.c.delivery_id).where(*where))
            connection.execute(update(events).where(*where).values(values))
            touched = {i for i in (before, values.get("delivery_id")) if i is not None}
            settle_deliveries(connection, _free(connection, touched, hanging))

        _done(database, write)


def _settle(database: Database, mendable: Iterable[Difference], hanging: set[int]) -> None:
    ids: dict[str, set[int]] = defaultdict(set)
    for each in mendable:
        if isinstance(each.id, int):
            ids[each.table].add(each.id)

    def settle(connection: Connection, some: Collection[int]) -> None:
        settle_deliveries(connection, _free(connection, some, hanging))

    _each(database, ids["deliveries"], settle)
    wrong = _each(database, ids["documents"] - hanging, summarise_documents)
    for each in mendable:  # what is stored is nonsense: the numbers cannot be told from it
        if each.table == "documents" and each.id in wrong:
            _done(database, partial(_set, each=each))
    _each(database, ids["customers"], summarise_customers)


def _each(database: Database, ids: Collection[int], work: type_of_work) -> set[int]:
    """Do the work for some hundred at a time; return those for which it cannot be done."""
    failed: set[int] = set()
    for some in chunks(sorted(ids)):
        if not _done(database, partial(_on, work, some)):
            failed.update(i for i in some if not _done(database, partial(_on, work, [i])))
    return failed


def _on(work: type_of_work, ids: Collection[int], connection: Connection) -> None:
    work(connection, ids)


def _done(database: Database, work: Callable[[Connection], object]) -> bool:
    """Do it in a transaction; false where a damaged row is in the way: the check will say so."""
    try:
        with database.transaction() as connection:
            work(connection)
    except (ValueError, TypeError, ArithmeticError, LookupError, UnstorableError):
        return False
    return True


def _free(
    connection: Connection, delivery_ids: Iterable[int], hanging: Collection[int]
) -> set[int]:
    """Return the deliveries whose documents do not hang on a damaged row."""
    sql = "SELECT id, document_id FROM deliveries WHERE id {among}"
    rows = rows_among(connection, sql, list(delivery_ids))
    return {row[0] for row in rows if row[1] not in hanging}


def _words(database: Database, mendable: Iterable[Difference]) -> None:
    """Make customers found by their names again; all of them, where letters are wrong."""
    tables = {each.table for each in mendable}
    whose = {each.id for each in mendable if each.table in ("customers", "customer_beginnings")}
    for customer_id in sorted(i for i in whose if isinstance(i, int)):
        with database.transaction() as connection:
            row = connection.execute(text(_NAME), {"id": customer_id}).first()
            if row is not None:
                keys = connection.execute(text(_KEYS), {"id": customer_id}).scalars().all()
                name_prefixes.refresh(connection, customer_id, row[0], keys)
    if "word_grams" in tables:
        with database.transaction() as connection:
            name_prefixes.fill_anew(connection)


_REKEY: Final = (
    "UPDATE suppressions SET address_key = :right WHERE address_key = :wrong"
    " AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.address_key = :right)"
)
_DOCUMENTS_OF: Final = {
    "deliveries": "SELECT document_id FROM deliveries WHERE id = :id",
    "emails": "SELECT document_id FROM deliveries WHERE email_id = :id",
}
_DOCUMENTS_OF_MESSAGE: Final = (
    "SELECT x.document_id FROM events v JOIN deliveries x ON x.id = v.delivery_id"
    " WHERE v.message_id = :id"
)
_NAME: Final = "SELECT name FROM customers WHERE id = :id"
_KEYS: Final = "SELECT address_key FROM contacts WHERE customer_id = :id ORDER BY id"
