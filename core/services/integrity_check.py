"""Looks for damage that a rule would act on, and puts right what can be worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.db.engine import Database
from core.db.integrity import derived_columns, mending, summaries, whole_database
from core.db.schema import metadata
from core.db.schema.coverage import NOT_FINDABLE
from core.db.sqlite import copies
from core.model.errors import DatabaseDamagedError
from core.model.integrity import CheckReport, Difference

_COUNTED: Final = ("deliveries", "documents", "customers")

Progress = Callable[[str, int], object]
"""Is told what is being looked at, and how many rows of it were."""


def check(database: Database, progress: Progress | None = None) -> CheckReport:
    """Compare; nothing is changed, and one damaged row does not hide another."""
    told = progress or (lambda *_: None)
    structure = whole_database.structure(database, lambda part: told("structure", int(part * 100)))
    report = check_rows(database, told)
    return replace(report, damage=structure.damage, notes=structure.notes)


def check_rows(database: Database, told: Progress = lambda *_: None) -> CheckReport:
    """The same without what lies below the rows."""
    counted = dict.fromkeys(_COUNTED, 0)
    differences: list[Difference] = []
    for table in metadata.sorted_tables:
        rows = 0
        recompute = derived_columns.RECOMPUTE.get(table.name, ())
        for count, found in summaries.rows_of(database, table, recompute):
            rows += count
            differences += found
            told(table.name, rows)
        if table.name in counted:
            counted[table.name] = rows
    differences += summaries.orphans(database)
    for whole in whole_database.CHECKS:
        differences += whole(database)
    return CheckReport(
        deliveries=counted["deliveries"],
        documents=counted["documents"],
        customers=counted["customers"],
        differences=tuple(_once(differences)),
        not_findable=tuple(
            (table, column, reason)
            for table, columns in NOT_FINDABLE.items()
            for column, reason in columns.items()
        ),
    )


def mend(database: Database, now: datetime, progress: Progress | None = None) -> CheckReport:
    """Check, put right what follows from the rest, and check again.

    A SQLite file is copied first. What follows from a row that is itself damaged is left as it is.
    """
    before = check(database, progress)
    wanted = [each for each in before.differences if each.is_mendable]
    only_indexes = all(map(whole_database.is_of_indexes, before.damage))
    if not only_indexes or not (wanted or before.damage):
        return before
    copy = None
    if database.path is not None:
        name = f"{database.path.name}.before-mending-{now:%Y%m%d-%H%M%S}"
        copy = copies.backup(database, database.path.with_name(name)).path
    with suppress(DatabaseDamagedError), database.mending():  # the report says what is left
        if before.damage:
            with database.transaction() as connection:
                whole_database.rebuild(connection)
        found = before.differences
        if mending.restore_values(database, found):
            found = check(database, progress).differences  # what hung on them follows again
        mending.mend(database, found)
    after = check(database, progress)
    left = {(each.table, each.id, each.column) for each in after.differences}
    return replace(
        after,
        copy=copy,
        mended=tuple(
            each for each in before.differences if (each.table, each.id, each.column) not in left
        ),
        mended_damage=tuple(line for line in before.damage if line not in after.damage),
    )


def _once(differences: list[Difference]) -> Iterator[Difference]:
    """Leave out what was found in two ways: the more exact finding stays."""
    exact = {(each.table, each.id, each.column): each for each in differences if each.column != "*"}
    for each in differences:
        key = (each.table, each.id, each.column)
        if each.column == "*" or exact.get(key) is each:
            yield each
