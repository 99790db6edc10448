"""The table of what screens remember for each person."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from core.db.schema.columns import metadata, text_column

preferences = Table(
    "preferences",
    metadata,
    Column("operator", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    text_column("value"),
)
