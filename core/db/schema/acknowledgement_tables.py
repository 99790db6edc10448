"""The table of who has seen which failure."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from core.db.schema.columns import Id, metadata, number, text_column
from core.db.schema.digests import digest_column

acknowledgements = Table(
    "acknowledgements",
    metadata,
    # Never deleted; of an operator and a document the newest row that was not undone counts.
    Column("id", Id, primary_key=True),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("operator", Text, nullable=False),
    number("at"),
    text_column("seen"),  # what was wrong then: urgency.signs, separated by blanks
    number("undone_at"),
    digest_column("acknowledgements"),
    Index("ix_acknowledgements_operator", "operator", "document_id", "id"),
)
