"""Numbers of documents, kept beside them: see ``core.db.lists.counters``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from core.db.schema.columns import metadata
from core.db.schema.columns import number as _number

document_counts = Table(
    "document_counts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),  # whose: 0 on SQLite
    _number("n"),
    sqlite_with_rowid=False,
)
