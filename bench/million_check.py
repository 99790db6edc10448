"""A sample of a large database, recomputed from its facts as ``outtray db check`` does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from core.db.engine import Database
from core.db.rows import document_columns
from core.db.writes.summaries import (
    current_summaries,
    customer_rollups,
    delivery_columns,
    settled_states,
)


def check_sample(path: Path, documents: int) -> int:
    """Compare every n-th document, its customer and its deliveries; return 1 if any differs."""
    database = Database(f"sqlite:///{path.resolve()}")
    checked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    try:
        with database.transaction(commit=False) as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM documents").scalar_one()
            every = max(1, count // documents)
            chosen = connection.exec_driver_sql(
                "SELECT id, customer_id FROM documents WHERE id % ? = 0", (every,)
            ).fetchall()
            ids, owners = [row[0] for row in chosen], sorted({row[1] for row in chosen})
            among = ", ".join(map(str, ids)) or "NULL"
            sql = f"SELECT id FROM deliveries WHERE document_id IN ({among})"  # noqa: S608
            delivery_ids = connection.exec_driver_sql(sql).scalars().all()
            states = settled_states(connection, delivery_ids)
            shown = current_summaries(connection, ids)
            computed: dict[str, dict[int, dict[str, Any]]] = {
                "deliveries": {key: delivery_columns(each) for key, each in states.items()},
                "documents": {key: document_columns(each) for key, each in shown.items()},
                "customers": {row.pop("key"): row for row in customer_rollups(connection, owners)},
            }
            for table, rows in computed.items():
                for key, values in rows.items():
                    checked[table] += 1
                    names = ", ".join(values)
                    stored = connection.exec_driver_sql(
                        f"SELECT {names} FROM {table} WHERE id = ?",  # noqa: S608
                        (key,),
                    ).one()
                    wrong[table] += tuple(stored) != tuple(values.values())
    finally:
        database.close()
    for table in checked:
        print(f"checked {checked[table]:,} {table}: {wrong[table]} differ from their facts")
    return 1 if wrong.total() else 0
